// The caller's floating-point environment: its rounding mode applies in every thread of a call, its traps are not
// triggered by posdef's internal operations, and its flags are unchanged.
#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <complex>
#include <limits>
#include <posdef/posdef.hpp>
#include <vector>

namespace posdef {
namespace {

using index = std::int64_t;

/// A lower triangle with a negative pivot in the middle if `bad`; everything else is NaN.
template <class T>
std::vector<T> triangles(index n, index count, bool bad) {
  std::vector<T> a(static_cast<std::size_t>(n * n * count), T(std::numeric_limits<real_type<T>>::quiet_NaN()));
  for (index b = 0; b < count; ++b)
    for (index j = 0; j < n; ++j)
      for (index i = j; i < n; ++i)
        a[static_cast<std::size_t>(b * n * n + i + j * n)] =
            i == j ? T(static_cast<real_type<T>>(bad && i == n / 2 ? -1 : n + 1)) : T(real_type<T>(0.3));
  return a;
}

template <class T>
class FloatingPoint : public testing::Test {
 protected:
  void SetUp() override { std::feclearexcept(FE_ALL_EXCEPT); }
  void TearDown() override {
#ifdef __GLIBC__
    fedisableexcept(FE_ALL_EXCEPT);
#endif
    std::fesetround(FE_TONEAREST);
    force({});
  }
};
using Types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(FloatingPoint, Types);

TYPED_TEST(FloatingPoint, CallersRoundingModeAppliesInEveryThread) {
  using T = TypeParam;
  const index n = 500;
  const auto a = triangles<T>(n, 1, false);
  plan<T> one({}, {.n = n}, {.threads = 1}), many({}, {.n = n}, {.threads = 8});
  const auto factor = [&](plan<T>& p) {
    auto l = a;
    p.cholesky(col_major(l.data(), n), {});
    for (auto& x : l)
      if (x != x) x = T(0);
    return l;
  };
  const auto nearest = factor(one);
  EXPECT_EQ(factor(many), nearest);
  std::fesetround(FE_UPWARD);
  const auto upward = factor(one), by_many = factor(many);
  EXPECT_EQ(std::fegetround(), FE_UPWARD);
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(by_many, upward);
  EXPECT_NE(upward, nearest) << "otherwise this test is meaningless";
  EXPECT_EQ(factor(many), nearest) << "a thread kept the mode of another call";
}

TYPED_TEST(FloatingPoint, TriggersNoTrapsAndLeavesNoFlags) {
  using T = TypeParam;
  std::vector<std::string> sets = instruction_sets();
  if (sets.empty()) sets.emplace_back();
  for (const auto& set : sets)
    for (const bool bad : {false, true})
      for (const index n : {1, 2, 3, 5, 8, 13, 17, 33, 64, 70, 150, 200}) {
        if (!set.empty()) force({.instruction_set = set});
        const index count = n < 40 ? 5 : 2;
        auto a = triangles<T>(n, count, bad);
        std::vector<T> b(static_cast<std::size_t>(n * 3 * count), T(1)), inverse(a.size());
        std::vector<real_type<T>> det(static_cast<std::size_t>(count));
        std::vector<index> info(static_cast<std::size_t>(count));
        const auto sides = view<T>(b.data(), n, 3).batched(count);
        const auto out = view<T>(inverse.data(), n, n).batched(count);
        for (const int threads : {1, 2}) {
          const options o{.on_failure = on_failure::nan, .threads = threads};
#ifdef __GLIBC__
          feenableexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
#endif
          auto factor = a;
          const auto f = view<T>(factor.data(), n, n).batched(count);
          try_cholesky(f, info, o);
          try_cholesky_solve(view<const T>(f), sides, info, o);
          try_cholesky_inverse(view<const T>(f), out, info, o);
          try_inv_triangular(view<const T>(f), out, info, o);
          try_cholesky_logdet(view<const T>(f), std::span(det), info, o);
          const int flags = std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
#ifdef __GLIBC__
#if defined(__x86_64__)  // other processors may have no traps
          EXPECT_TRUE(fegetexcept() & FE_INVALID) << "the caller's traps are enabled again";
#endif
          fedisableexcept(FE_ALL_EXCEPT);
#endif
          EXPECT_EQ(flags, 0) << set << ", n " << n << ", bad " << bad << ", threads " << threads;
        }
      }
}

}  // namespace
}  // namespace posdef
