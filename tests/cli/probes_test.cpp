// Residuals by random vectors and condition estimates, compared with exact values.
#include "numeric/probes.hpp"

#include <algorithm>

#include "generate/generate.hpp"
#include "numeric/condition.hpp"
#include "numeric/residual.hpp"
#include "support.hpp"
#include "textbook.hpp"

namespace posdef::test {
namespace {

using tools::matrices;

template <class T>
class Probes : public testing::Test {};
using all_types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Probes, all_types);

template <class T>
matrices<T> problem(std::int64_t n) {
  using W = std::conditional_t<tools::is_complex<T>, std::complex<double>, double>;
  return std::get<matrices<T>>(
      tools::convert(tools::generate_spectrum<W>({.n = n, .condition = 100}), tools::dtype_of<T>, "a"));
}

template <class T>
matrices<T> copy_of(const matrices<T>& a) {
  matrices<T> m(a.batch, a.rows, a.cols, a.order);
  std::copy_n(a.elements.data(), a.elements.size(), m.elements.data());
  return m;
}

// L⁻ᴴ·L⁻¹, column by column.
template <class T>
matrices<T> inverse_of(const matrices<T>& a) {
  const matrices<T> l = textbook_factor(a);
  const std::int64_t n = a.rows;
  matrices<T> x(1, n, n);
  for (std::int64_t c = 0; c < n; ++c) {
    x(0, c, c) = T(1);
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t k = 0; k < i; ++k) x(0, i, c) -= l(0, i, k) * x(0, k, c);
      x(0, i, c) /= l(0, i, i);
    }
    for (std::int64_t i = n - 1; i >= 0; --i) {
      for (std::int64_t k = i + 1; k < n; ++k) x(0, i, c) -= tools::conjugate(l(0, k, i)) * x(0, k, c);
      x(0, i, c) /= l(0, i, i);
    }
  }
  return x;
}

const std::vector<std::int64_t> good = {0};

TYPED_TEST(Probes, AreAsSmallAsTheExactResidualOfAGoodFactor) {
  const auto a = problem<TypeParam>(150);
  const auto l = textbook_factor(a);
  const double exact = tools::factor_residuals<TypeParam>(a.view(), l.view(), uplo::lower, good, 2)[0];
  const double probed = tools::probed_factor_residuals<TypeParam>(a.view(), l.view(), uplo::lower, good, 2)[0];
  EXPECT_LT(probed, 10 * exact + 0.5);
  EXPECT_GT(probed, exact / 100);
}

TYPED_TEST(Probes, DetectOneWrongElementAnywhere) {
  using real = real_type<TypeParam>;
  const auto a = problem<TypeParam>(150);
  const auto l = textbook_factor(a);
  for (const auto& [i, j] : {std::pair{0, 0}, {149, 0}, {149, 149}, {75, 74}, {70, 3}}) {
    auto wrong = copy_of(l);
    wrong(0, i, j) += TypeParam(real(0.01));
    const double exact = tools::factor_residuals<TypeParam>(a.view(), wrong.view(), uplo::lower, good, 2)[0];
    const double probed = tools::probed_factor_residuals<TypeParam>(a.view(), wrong.view(), uplo::lower, good, 2)[0];
    EXPECT_GT(probed, 30) << i << " " << j;
    EXPECT_GT(probed, exact / 20) << i << " " << j;
    EXPECT_LT(probed, exact * 20) << i << " " << j;
  }
}

TYPED_TEST(Probes, TheUpperTriangleIsTheConjugateTranspose) {
  const auto a = problem<TypeParam>(70);
  const auto l = textbook_factor(a);
  auto u = copy_of(l), b = copy_of(a);
  for (std::int64_t i = 0; i < 70; ++i)
    for (std::int64_t j = 0; j < 70; ++j) {
      u(0, i, j) = tools::conjugate(l(0, j, i));
      b(0, i, j) = tools::conjugate(a(0, j, i));
    }
  EXPECT_EQ(tools::probed_factor_residuals<TypeParam>(a.view(), l.view(), uplo::lower, good, 1),
            tools::probed_factor_residuals<TypeParam>(b.view(), u.view(), uplo::upper, good, 1));
}

TYPED_TEST(Probes, DetectAWrongInverse) {
  const auto a = problem<TypeParam>(100);
  auto inverse = inverse_of(a);
  EXPECT_LT(tools::probed_inverse_residuals<TypeParam>(a.view(), inverse.view(), uplo::lower, good, 2)[0], 30);
  inverse(0, 60, 20) *= TypeParam(real_type<TypeParam>(1.5));
  EXPECT_GT(tools::probed_inverse_residuals<TypeParam>(a.view(), inverse.view(), uplo::lower, good, 2)[0], 30);
}

TEST(Probes, AreTheSameForEveryNumberOfThreads) {
  const auto a = problem<double>(700);
  const auto l = textbook_factor(a);
  const auto one = tools::probed_factor_residuals<double>(a.view(), l.view(), uplo::lower, good, 1);
  for (const int threads : {2, 3, 8})
    EXPECT_EQ(tools::probed_factor_residuals<double>(a.view(), l.view(), uplo::lower, good, threads), one);
}

TEST(Probes, NanIsNotHiddenAndFailedMatricesDoNotCount) {
  const auto a = problem<double>(80);
  auto l = textbook_factor(a);
  l(0, 79, 79) = std::nan("");
  const auto ratio = tools::probed_factor_residuals<double>(a.view(), l.view(), uplo::lower, good, 1);
  EXPECT_TRUE(std::isnan(ratio[0]));
  EXPECT_EQ(
      tools::probed_factor_residuals<double>(a.view(), l.view(), uplo::lower, std::vector<std::int64_t>{80}, 1)[0], 0);
}

// ‖A⁻¹‖₁ of a diagonal matrix is the largest inverse element; of the second difference it is (n+1)²/8 for odd n.
TEST(Condition, OfMatricesWhoseInverseIsKnown) {
  const auto diagonal = [](std::vector<std::complex<double>>& x) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= static_cast<double>(i % 7 + 1);
  };
  EXPECT_DOUBLE_EQ(tools::estimate_inverse_norm(20, diagonal), 7);
  const auto difference = [](std::vector<std::complex<double>>& x) {  // Thomas' algorithm
    const std::size_t n = x.size();
    std::vector<double> c(n);
    double pivot = 2;
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) {
        pivot = 2 + c[i - 1];
        x[i] += x[i - 1];
      }
      x[i] /= pivot;
      c[i] = -1 / pivot;
    }
    for (std::size_t i = n - 1; i-- > 0;) x[i] -= c[i] * x[i + 1];
  };
  EXPECT_NEAR(tools::estimate_inverse_norm(51, difference), 52.0 * 52 / 8, 1e-9 * 338);
  EXPECT_EQ(tools::estimate_inverse_norm(0, difference), 0);
}

}  // namespace
}  // namespace posdef::test
