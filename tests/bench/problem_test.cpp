// The checks of results: posdef's results pass, and one wrong element does not.
#include "problem.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <posdef/posdef.hpp>

#include "bench/host_engine.hpp"
#include "low_rank.hpp"

namespace posdef::bench {
namespace {

template <class T>
class Problem : public testing::Test {
 protected:
  static constexpr std::int64_t copies = 3;

  static cell shape(operation op, uplo which = uplo::lower, layout order = layout::col_major) {
    return {.op = op, .type = tools::dtype_of<T>, .uplo = which, .layout = order, .batch = 4, .n = 37, .nrhs = 3};
  }
  // Runs the cell's operation on every copy with posdef.
  static void solve(problem<T>& p) {
    const cell& c = p.shape();
    const options o{.uplo = c.uplo, .device = host_engine};
    for (std::int64_t copy = 0; copy < p.copies(); ++copy) {
      const view<T> a = view<T>(p.matrices(copy), c.n, c.n, 0, c.layout).batched(c.batch);
      const view<T> b = view<T>(p.right_sides(copy), c.n, c.nrhs).batched(c.batch);
      switch (c.op) {
        case operation::cholesky: cholesky(a, o); break;
        case operation::cholesky_solve: cholesky_solve<T>(a, b, o); break;
        case operation::cholesky_inverse: cholesky_inverse(a, o); break;
        case operation::inv_triangular: inv_triangular(a, o); break;
        case operation::cholesky_logdet:
          cholesky_logdet(a, std::span(p.logdets(copy), static_cast<std::size_t>(c.batch)), o);
          break;
      }
    }
  }
  // `spoiled` is one number of the last matrix of the last copy; a relative error of 1 % must be detected.
  template <class E>
  static void expect_checked(problem<T>& p, E* spoiled) {
    EXPECT_LT(p.residual(), 3) << p.shape().text();
    const E right = *spoiled;
    *spoiled = right * E(1.01);
    EXPECT_GT(p.residual(), wrong_residual) << p.shape().text();
    *spoiled = std::numeric_limits<real_type<T>>::quiet_NaN();
    EXPECT_TRUE(std::isnan(p.residual())) << p.shape().text();
    *spoiled = right;
    EXPECT_LT(p.residual(), 3) << p.shape().text();
  }
};
using Elements = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Problem, Elements);

TYPED_TEST(Problem, FactorsAreChecked) {
  for (const uplo which : {uplo::lower, uplo::upper}) {
    for (const layout order : {layout::col_major, layout::row_major}) {
      const cell c = this->shape(operation::cholesky, which, order);
      problem<TypeParam> p(c, this->copies);
      EXPECT_GT(p.residual(), wrong_residual) << "the input is not its own factor";
      this->solve(p);
      TypeParam* const last = p.matrices(this->copies - 1) + 3 * c.n * c.n;
      this->expect_checked(p, last + 20 * c.n + 20);
    }
  }
}

TYPED_TEST(Problem, IgnoresTheOtherTriangle) {
  const cell c = this->shape(operation::cholesky);
  problem<TypeParam> p(c, 1);
  this->solve(p);
  p.matrices(0)[5 * c.n + 2] = 1000;
  EXPECT_LT(p.residual(), 3);
}

// Above order 1024 the generator changes, and above 512 the checks work in pieces.
TYPED_TEST(Problem, ChecksLargeOrders) {
  using real = real_type<TypeParam>;
  const std::int64_t n = 1030;
  for (const layout order : {layout::col_major, layout::row_major}) {
    const cell c{.type = tools::dtype_of<TypeParam>, .layout = order, .batch = 2, .n = n};
    const problem<TypeParam> p(c, 0);
    std::vector<TypeParam> a(static_cast<std::size_t>(2 * n * n));
    p.write_inputs(a.data(), 0, 2 * n * n);
    EXPECT_EQ(a[1], tools::conjugate(a[static_cast<std::size_t>(n)])) << "both triangles are filled";
    EXPECT_GT(std::abs(a[static_cast<std::size_t>(n * n - 2)]), 0);
    EXPECT_EQ(a[static_cast<std::size_t>(n * n)], a[0] * real(1.5)) << "matrices of a batch differ";
    EXPECT_GT(p.residual_of(a.data() + n * n, 1, uplo::lower), wrong_residual);
    cholesky(view<TypeParam>(a.data(), n, n, 0, order).batched(2), {.device = host_engine});
    for (const int threads : {1, 3}) {
      EXPECT_LT(p.residual_of(a.data(), 0, uplo::lower, threads), 3);
      EXPECT_LT(p.residual_of(a.data() + n * n, 1, uplo::lower, threads), 3);
    }
    EXPECT_GT(p.residual_of(a.data(), 1, uplo::lower), wrong_residual) << "the other matrix's factor";
    a[static_cast<std::size_t>(900 * n + 900)] *= real(1.01);
    EXPECT_GT(p.residual_of(a.data(), 0, uplo::lower), wrong_residual);
  }
}

TYPED_TEST(Problem, QuickMatrixIsHermitianForAnyNumberOfThreads) {
  for (const std::int64_t n : {1, 127, 128, 300}) {
    const auto size = static_cast<std::size_t>(n * n);
    std::vector<TypeParam> a(size), b(size);
    write_low_rank(a.data(), n, 1);
    write_low_rank(b.data(), n, 3);
    EXPECT_EQ(a, b);
    std::int64_t different = 0;
    for (std::int64_t j = 0; j < n; ++j) {
      EXPECT_GE(std::real(a[static_cast<std::size_t>(j + j * n)]), 1);
      for (std::int64_t i = 0; i < n; ++i) {
        const TypeParam e = a[static_cast<std::size_t>(i + j * n)];
        different += e != tools::conjugate(a[static_cast<std::size_t>(j + i * n)]) || std::abs(e) == 0;
      }
    }
    EXPECT_EQ(different, 0) << n;
  }
}

// Inputs are written, and large results checked, in pieces.
TEST(Pieces, AddUpToTheWhole) {
  const std::int64_t n = 2100;
  const problem<float> p({.n = n}, 0);
  std::vector<float> l(static_cast<std::size_t>(n * n));
  p.write_inputs(l.data(), 0, n * n);
  const double one = p.residual_of(l.data(), 0, uplo::lower, 1);
  EXPECT_GT(one, wrong_residual);
  EXPECT_EQ(p.residual_of(l.data(), 0, uplo::lower, 4), one) << "independent of the number of threads";
  cell twice{.batch = 2, .n = n};
  const problem<float> q(twice, 0);
  std::vector<float> part(1000);
  q.write_inputs(part.data(), n * n - 500, n * n + 500);
  EXPECT_EQ(part[499], l[static_cast<std::size_t>(n * n - 1)]);
  EXPECT_EQ(part[500], l[0] * 1.5f) << "across the boundary of two matrices";
}

TYPED_TEST(Problem, SolutionsAreChecked) {
  problem<TypeParam> p(this->shape(operation::cholesky_solve), this->copies);
  this->solve(p);
  this->expect_checked(p, p.right_sides(this->copies - 1) + 4 * 37 * 3 - 5);
}

TYPED_TEST(Problem, InversesAreChecked) {
  for (const operation op : {operation::cholesky_inverse, operation::inv_triangular}) {
    problem<TypeParam> p(this->shape(op), this->copies);
    this->solve(p);
    this->expect_checked(p, p.matrices(this->copies - 1) + 3 * 37 * 37 + 10 * 37 + 10);
  }
}

TYPED_TEST(Problem, LogDeterminantsAreChecked) {
  problem<TypeParam> p(this->shape(operation::cholesky_logdet), this->copies);
  this->solve(p);
  this->expect_checked(p, p.logdets(this->copies - 1) + 3);
}

TYPED_TEST(Problem, RestoringGivesTheSameInputs) {
  const cell c = this->shape(operation::cholesky);
  problem<TypeParam> p(c, 2);
  const std::vector<TypeParam> before(p.matrices(0), p.matrices(0) + 4 * c.n * c.n);
  EXPECT_NE(before[0], before[static_cast<std::size_t>(c.n * c.n)]) << "matrices of a batch differ";
  this->solve(p);
  p.restore();
  for (std::int64_t copy = 0; copy < 2; ++copy) {
    EXPECT_TRUE(std::equal(before.begin(), before.end(), p.matrices(copy))) << "copy " << copy;
  }
}

}  // namespace
}  // namespace posdef::bench
