// The residual checks, compared with the same sums by textbook loops, and with deliberate errors.
#include "numeric/residual.hpp"

#include <algorithm>

#include "generate/generate.hpp"
#include "generate/random.hpp"
#include "numeric/product.hpp"
#include "numeric/scaled_matrix.hpp"
#include "support.hpp"
#include "textbook.hpp"

namespace posdef::test {
namespace {

using tools::matrices;

template <class T>
using wide = std::conditional_t<tools::is_complex<T>, std::complex<double>, double>;

template <class T>
matrices<T> random_matrix(std::int64_t rows, std::int64_t cols, layout order, std::uint64_t seed) {
  tools::random_source random(seed);
  matrices<T> m(1, rows, cols, order);
  for (std::int64_t e = 0; e < rows * cols; ++e) m.elements.data()[e] = static_cast<T>(random.standard<wide<T>>());
  return m;
}

// The largest of a batch.
template <class T>
double factor_residual(view<const T> a, view<const T> l, uplo which, const std::vector<std::int64_t>& info,
                       int threads) {
  return tools::worst_ratio(tools::factor_residuals<T>(a, l, which, info, threads), info);
}
template <class T>
double solve_residual(view<const T> a, view<const T> x, view<const T> b, uplo which,
                      const std::vector<std::int64_t>& info, int threads) {
  return tools::worst_ratio(tools::solve_residuals<T>(a, x, b, which, info, threads), info);
}
template <class T>
double inverse_residual(view<const T> a, view<const T> x, uplo which, const std::vector<std::int64_t>& info,
                        int threads) {
  return tools::worst_ratio(tools::inverse_residuals<T>(a, x, which, info, threads), info);
}

// max over columns of the sum of |get(i, j)|
template <class Get>
double norm1(std::int64_t rows, std::int64_t cols, const Get& get) {
  double most = 0;
  for (std::int64_t j = 0; j < cols; ++j) {
    double sum = 0;
    for (std::int64_t i = 0; i < rows; ++i) sum += std::abs(get(i, j));
    most = std::max(most, sum);
  }
  return most;
}

template <class T>
class Residual : public testing::Test {
 public:
  static constexpr double eps = static_cast<double>(std::numeric_limits<real_type<T>>::epsilon()) / 2;
  static wide<T> hermitian_element(const matrices<T>& a, uplo which, std::int64_t i, std::int64_t j) {
    if (i == j) return std::real(a(0, i, i));
    const bool stored = which == uplo::lower ? i > j : i < j;
    return stored ? wide<T>(a(0, i, j)) : tools::conjugate(wide<T>(a(0, j, i)));
  }
  static double scale(const matrices<T>& a, std::int64_t i) { return tools::diagonal_scale(std::real(a(0, i, i))); }
  static wide<T> scaled_element(const matrices<T>& a, uplo which, std::int64_t i, std::int64_t j) {
    return hermitian_element(a, which, i, j) * scale(a, i) * scale(a, j);
  }
  // Element (i, j) of the lower factor that the stored triangle represents.
  static wide<T> factor_element(const matrices<T>& l, uplo which, std::int64_t i, std::int64_t j) {
    if (j > i) return 0;
    return which == uplo::lower ? wide<T>(l(0, i, j)) : tools::conjugate(wide<T>(l(0, j, i)));
  }
};
using all_types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Residual, all_types);

// The matrices are unrelated and random: the ratio is huge and must match exactly.
TYPED_TEST(Residual, OfAFactorMatchesTheFormula) {
  using fixture = Residual<TypeParam>;
  const std::int64_t block = tools::product_block;
  for (const std::int64_t n : {std::int64_t{1}, std::int64_t{7}, block - 1, block, block + 1, std::int64_t{300}}) {
    for (const uplo which : {uplo::lower, uplo::upper}) {
      for (const layout order : {layout::col_major, layout::row_major}) {
        const auto a = random_matrix<TypeParam>(n, n, order, 1);
        const auto l = random_matrix<TypeParam>(n, n, order, 2);
        const auto original = [&](auto i, auto j) { return fixture::scaled_element(a, which, i, j); };
        const auto error = [&](std::int64_t i, std::int64_t j) {
          auto sum = original(i, j);
          for (std::int64_t k = 0; k <= std::min(i, j); ++k) {
            sum -= fixture::factor_element(l, which, i, k) * fixture::scale(a, i) *
                   tools::conjugate(fixture::factor_element(l, which, j, k)) * fixture::scale(a, j);
          }
          return i == j ? std::real(sum) : sum;
        };
        const double expected = norm1(n, n, error) / (static_cast<double>(n) * norm1(n, n, original) * fixture::eps);
        EXPECT_NEAR(factor_residual<TypeParam>(a.view(), l.view(), which, {}, 2) / expected, 1, 1e-10);
      }
    }
  }
}

TYPED_TEST(Residual, OfASolutionMatchesTheFormula) {
  using fixture = Residual<TypeParam>;
  for (const std::int64_t n : {1, 50, 200}) {
    for (const uplo which : {uplo::lower, uplo::upper}) {
      const auto a = random_matrix<TypeParam>(n, n, layout::row_major, 1);
      const auto x = random_matrix<TypeParam>(n, 3, layout::col_major, 2);
      const auto b = random_matrix<TypeParam>(n, 3, layout::row_major, 3);
      const auto original = [&](auto i, auto j) { return fixture::scaled_element(a, which, i, j); };
      double worst = 0;
      for (std::int64_t j = 0; j < 3; ++j) {
        double error = 0, size = 0;
        for (std::int64_t i = 0; i < n; ++i) {
          wide<TypeParam> sum = wide<TypeParam>(b(0, i, j)) * fixture::scale(a, i);
          for (std::int64_t k = 0; k < n; ++k)
            sum -= original(i, k) * wide<TypeParam>(x(0, k, j)) / fixture::scale(a, k);
          error += std::abs(sum);
          size += std::abs(wide<TypeParam>(x(0, i, j))) / fixture::scale(a, i);
        }
        worst = std::max(worst, error / (norm1(n, n, original) * size * fixture::eps));
      }
      EXPECT_NEAR(solve_residual<TypeParam>(a.view(), x.view(), b.view(), which, {}, 2) / worst, 1, 1e-10);
    }
  }
}

TYPED_TEST(Residual, OfAnInverseMatchesTheFormula) {
  using fixture = Residual<TypeParam>;
  for (const std::int64_t n : {1, 50, 200}) {
    for (const uplo which : {uplo::lower, uplo::upper}) {
      const auto a = random_matrix<TypeParam>(n, n, layout::row_major, 1);
      const auto x = random_matrix<TypeParam>(n, n, layout::col_major, 2);
      const auto original = [&](auto i, auto j) { return fixture::scaled_element(a, which, i, j); };
      const auto inverted = [&](auto i, auto j) {
        return fixture::hermitian_element(x, which, i, j) / fixture::scale(a, i) / fixture::scale(a, j);
      };
      const auto error = [&](std::int64_t i, std::int64_t j) {
        wide<TypeParam> sum = i == j ? 1 : 0;
        for (std::int64_t k = 0; k < n; ++k) sum -= original(i, k) * inverted(k, j);
        return sum;
      };
      const double expected =
          norm1(n, n, error) / (static_cast<double>(n) * norm1(n, n, original) * norm1(n, n, inverted) * fixture::eps);
      EXPECT_NEAR(inverse_residual<TypeParam>(a.view(), x.view(), which, {}, 2) / expected, 1, 1e-10);
    }
  }
}

TEST(Residual, IsSmallForACorrectFactorAndLargeForAWrongElement) {
  const auto a = tools::generate_spectrum<double>({.n = 250, .condition = 100});
  auto l = textbook_factor(a);
  EXPECT_LT(factor_residual<double>(a.view(), std::as_const(l).view(), uplo::lower, {}, 2), 1);
  l(0, 200, 100) += 1e-6;
  EXPECT_GT(factor_residual<double>(a.view(), std::as_const(l).view(), uplo::lower, {}, 2), 30);
}

TEST(Residual, OfABatchIsTheLargestAndIgnoresFailedMatrices) {
  const auto a = tools::generate_kalman({.batch = 5});
  auto l = textbook_factor(a);
  std::vector<std::int64_t> info(5);
  const auto ratio = [&] { return factor_residual<double>(a.view(), std::as_const(l).view(), uplo::lower, info, 2); };
  EXPECT_LT(ratio(), 1);
  l(3, 1, 0) += 1;
  EXPECT_GT(ratio(), 30);
  info[3] = 1;
  EXPECT_LT(ratio(), 1);
  info.assign(5, 2);
  EXPECT_TRUE(std::isnan(ratio()));
}

TEST(Residual, OneRightHandSideForAllMatrices) {
  matrices<double> a(3, 2, 2), x(3, 2, 1), b(1, 2, 1);
  for (std::int64_t m = 0; m < 3; ++m) {
    for (std::int64_t i = 0; i < 2; ++i) {
      a(m, i, i) = 2;
      x(m, i, 0) = 0.5;
      b(0, i, 0) = 1;
    }
  }
  const auto ratio = [&] {
    return solve_residual<double>(std::as_const(a).view(), std::as_const(x).view(), std::as_const(b).view(),
                                  uplo::lower, {}, 1);
  };
  EXPECT_EQ(ratio(), 0);
  x(2, 1, 0) = 0.75;
  EXPECT_GT(ratio(), 30);
}

TEST(Residual, NanIsNotHidden) {
  matrices<double> a(1, 3, 3), l(1, 3, 3);
  for (std::int64_t i = 0; i < 3; ++i) a(0, i, i) = l(0, i, i) = 1;
  l(0, 1, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(
      std::isnan(factor_residual<double>(std::as_const(a).view(), std::as_const(l).view(), uplo::lower, {}, 1)));
}

// Cases where norms of the unscaled matrix would overflow or underflow and hide an error.
TEST(Residual, ScalesDoNotHideAnError) {
  const std::int64_t n = 20;
  for (const auto& [first, last] : {std::pair{1e150, 1e150}, {1e-140, 1e-140}, {1e-150, 1e150}}) {
    auto a = tools::generate_spectrum<double>({.n = n, .condition = 10});
    for (std::int64_t j = 0; j < n; ++j)
      for (std::int64_t i = 0; i < n; ++i) {
        const auto grade = [&, f = first, l = last](std::int64_t k) {
          return f * std::pow(l / f, static_cast<double>(k) / static_cast<double>(n - 1));
        };
        a(0, i, j) *= grade(i) * grade(j);
      }
    auto l = textbook_factor(a);
    const auto ratio = [&] {
      return factor_residual<double>(std::as_const(a).view(), std::as_const(l).view(), uplo::lower, {}, 1);
    };
    EXPECT_LT(ratio(), 1) << first << " " << last;
    EXPECT_GT(ratio(), 0) << first << " " << last;
    l(0, 1, 0) *= 1 + 1e-10;
    EXPECT_GT(ratio(), 30) << first << " " << last;
  }
}

TEST(Residual, OfAnEmptyMatrixIsZero) {
  const matrices<double> none(1, 0, 0), no_batch(0, 3, 3);
  EXPECT_EQ(factor_residual<double>(none.view(), none.view(), uplo::lower, {}, 2), 0);
  EXPECT_EQ(factor_residual<double>(no_batch.view(), no_batch.view(), uplo::lower, {}, 2), 0);
  EXPECT_EQ(inverse_residual<double>(none.view(), none.view(), uplo::lower, {}, 2), 0);
  EXPECT_EQ(solve_residual<double>(none.view(), none.view(), none.view(), uplo::lower, {}, 2), 0);
}

}  // namespace
}  // namespace posdef::test
