// Memory: a call of a plan allocates nothing; if any allocation of a call fails, the call reports it and writes
// nothing. The operator new of this program also serves the library.
#include <gtest/gtest.h>
#include <posdef/posdef.h>

#include <vector>

#include "c_api/failing_new.hpp"

namespace {

constexpr std::int64_t n = 40, batch = 50;

// A batch of matrices 2·I; optionally the last one is indefinite.
struct problem {
  std::vector<double> a, b, numbers;
  posdef_matrix ma, mb;
  explicit problem(bool bad = false) : a(n * n * batch), b(n * batch, 1.0), numbers(batch) {
    for (std::int64_t k = 0; k < batch; ++k) {
      for (std::int64_t i = 0; i < n; ++i) a[static_cast<std::size_t>(k * n * n + i * n + i)] = 2;
    }
    if (bad) a.back() = -2;
    ma = posdef_col_major(POSDEF_F64, a.data(), n, n);
    mb = posdef_col_major(POSDEF_F64, b.data(), n, 1);
    ma.batch = mb.batch = batch;
  }
};

posdef_options single_threaded() {
  posdef_options o = POSDEF_OPTIONS_INIT;
  o.threads = 1;
  return o;
}

TEST(Allocation, PlannedCallsAllocateNothing) {
  const posdef_options o = single_threaded();
  posdef_plan* plan = nullptr;
  ASSERT_EQ(posdef_plan_create(&plan, POSDEF_F64, n, batch, 1, &o, nullptr, 0), POSDEF_SUCCESS) << posdef_last_error();
  for (const bool bad : {false, true}) {
    problem p(bad);
    posdef_status status[6];
    const long before = allocations;
    status[0] = posdef_plan_cholesky(plan, &p.ma, nullptr, nullptr);
    status[1] = posdef_plan_cholesky_solve(plan, &p.ma, &p.mb, nullptr, nullptr);
    status[2] = posdef_plan_cholesky_logdet(plan, &p.ma, p.numbers.data(), nullptr);
    status[3] = posdef_plan_solve_triangular(plan, &p.ma, &p.mb, nullptr, nullptr);
    status[4] = posdef_plan_inv_triangular(plan, &p.ma, nullptr, nullptr);
    status[5] = posdef_plan_cholesky_inverse(plan, &p.ma, nullptr, nullptr);
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(status[0], bad ? POSDEF_NOT_POSITIVE_DEFINITE : POSDEF_SUCCESS);
    EXPECT_EQ(status[2], bad ? POSDEF_SINGULAR : POSDEF_SUCCESS);
    EXPECT_EQ(status[3], POSDEF_SUCCESS);
  }
  posdef_plan_destroy(plan);
}

// Repeats the call with its first, second, ... allocation failing until it succeeds; returns the number of allocations.
template <class Call>
long fail_each_allocation(Call call) {
  for (long k = 0;; ++k) {
    fail_at = allocations + k;
    const posdef_status status = call();
    const bool reached = allocations > fail_at;
    fail_at = -1;
    if (!reached) {
      EXPECT_EQ(status, POSDEF_SUCCESS) << posdef_last_error();
      return k;
    }
    EXPECT_EQ(status, POSDEF_OUT_OF_MEMORY) << "allocation " << k;
    EXPECT_NE(posdef_last_error()[0], '\0');
  }
}

TEST(Allocation, EveryFailingAllocationOfACallIsReportedAndNothingIsWritten) {
  const posdef_options o = single_threaded();
  problem p;
  const std::vector<double> a = p.a;
  // At least the info of 50 matrices must be allocated, because this caller passes none.
  EXPECT_GE(fail_each_allocation([&] {
              EXPECT_EQ(p.a, a);
              return posdef_cholesky(&p.ma, nullptr, nullptr, &o);
            }),
            1);
  EXPECT_NE(p.a, a);
}

TEST(Allocation, EveryFailingAllocationOfAPlanIsReported) {
  const posdef_options o = single_threaded();
  posdef_plan* plan = nullptr;
  EXPECT_GE(fail_each_allocation([&] {
              EXPECT_EQ(plan, nullptr);
              return posdef_plan_create(&plan, POSDEF_F64, n, batch, 1, &o, nullptr, 0);
            }),
            1);
  EXPECT_NE(plan, nullptr);
  posdef_plan_destroy(plan);
}

TEST(Allocation, HugeWorkspaceIsOutOfMemory) {
  posdef_plan* plan = nullptr;
  const std::int64_t many = std::int64_t{1} << 58;
  EXPECT_EQ(posdef_plan_create(&plan, POSDEF_F64, 1, many, 1, nullptr, nullptr, 0), POSDEF_OUT_OF_MEMORY);
  EXPECT_EQ(plan, nullptr);
}

}  // namespace
