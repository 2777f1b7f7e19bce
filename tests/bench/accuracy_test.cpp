// The measuring functions of the suite `accuracy` against known answers, and factors with planted errors.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "accuracy/inputs.hpp"
#include "accuracy/reference.hpp"
#include "generate/random.hpp"

namespace posdef::bench {
namespace {

template <class T>
constexpr double eps = static_cast<double>(std::numeric_limits<real_type<T>>::epsilon()) / 2;

TEST(DoubleDouble, HasTwiceTheDigits) {
  const double_double root = sqrt(double_double(2));
  EXPECT_EQ(root.hi, 1.4142135623730951);
  EXPECT_NEAR(root.lo, -9.667293313452913e-17, 1e-31);
  const double_double third = double_double(1) / double_double(3);
  EXPECT_EQ(third.hi, 1.0 / 3);
  EXPECT_NEAR(third.lo, 1.850371707708594e-17, 1e-32);
  const double_double one = third * double_double(3) - double_double(1);
  EXPECT_LT(std::abs(one.hi), 1e-31);
  const double_double small = (double_double(1) + double_double(1e-25)) - double_double(1);
  EXPECT_NEAR(small.hi, 1e-25, 1e-32);
}

strips matrix(std::int64_t rows, std::int64_t depth, bool is_complex, precision p, std::uint64_t seed) {
  strips m(rows, depth, is_complex, p);
  tools::random_source random(seed);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t k = 0; k < depth; ++k) {
      const auto part = [&] {
        return double_double(random.normal(), p == precision::extended ? random.normal() * 1e-17 : 0);
      };
      m.set(i, k, {part(), is_complex ? part() : double_double()});
    }
  }
  return m;
}

// Every element of a product, also of incomplete strips, against sums of double-doubles.
TEST(AccuracyProduct, IsTheSumOfDoubleDoubles) {
  for (const bool is_complex : {false, true}) {
    for (const precision p : {precision::plain, precision::doubled, precision::extended}) {
      const strips a = matrix(19, 33, is_complex, p, 1), b = matrix(13, 33, is_complex, p, 2);
      const double allowed = p == precision::plain ? 1e-13 : 1e-29;
      for (std::int64_t i = 0; i < 19; i += 8) {
        for (std::int64_t j = 0; j < 13; j += 4) {
          product_tile tile;
          multiply(a, i, b, j, 31, tile);
          for (std::int64_t r = i; r < std::min<std::int64_t>(19, i + 8); ++r) {
            for (std::int64_t c = j; c < std::min<std::int64_t>(13, j + 4); ++c) {
              complex_double_double rest = tile.at(r - i, c - j);
              for (std::int64_t k = 0; k < 31; ++k) rest = rest - times_conjugate(a.get(r, k), b.get(c, k));
              EXPECT_LT(std::abs(rest.re.hi), allowed) << r << " " << c << " " << is_complex << int(p);
              EXPECT_LT(std::abs(rest.im.hi), allowed) << r << " " << c << " " << is_complex << int(p);
            }
          }
        }
      }
    }
  }
}

TEST(AccuracyProduct, KeepsWhatDoublePrecisionLoses) {
  for (const precision p : {precision::plain, precision::doubled}) {
    strips a(1, 3, false, p), b(1, 3, false, p);
    a.set(0, 0, {0x1p60, {}});
    a.set(0, 1, {1.0, {}});
    a.set(0, 2, {-0x1p60, {}});
    for (std::int64_t k = 0; k < 3; ++k) b.set(0, k, {1.0, {}});
    product_tile tile;
    multiply(a, 0, b, 0, 3, tile);
    EXPECT_EQ(static_cast<double>(tile.at(0, 0).re), p == precision::plain ? 0 : 1);
  }
}

// A lower triangle of small integers: its product with its adjoint is exact in every type.
template <scalar T>
std::vector<T> integer_factor(std::int64_t n) {
  std::vector<T> l(static_cast<std::size_t>(n * n));
  tools::random_source random(3);
  const auto integer = [&] { return static_cast<real_type<T>>(std::floor(random.uniform(-3, 4))); };
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t i = j; i < n; ++i) {
      T& e = l[static_cast<std::size_t>(i + j * n)];
      e = integer();
      if constexpr (tools::is_complex<T>) e.imag(integer());
      if (i == j) e = static_cast<real_type<T>>(4 + i % 3);
    }
  }
  return l;
}

// L·Lᴴ, lower triangle.
template <scalar T>
std::vector<T> product_of(const std::vector<T>& l, std::int64_t n) {
  std::vector<T> a(l.size());
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t i = j; i < n; ++i) {
      for (std::int64_t k = 0; k <= j; ++k)
        a[static_cast<std::size_t>(i + j * n)] +=
            l[static_cast<std::size_t>(i + k * n)] * tools::conjugate(l[static_cast<std::size_t>(j + k * n)]);
    }
  }
  return a;
}

template <class T>
class AccuracyReference : public testing::Test {};
using every_type = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(AccuracyReference, every_type);

TYPED_TEST(AccuracyReference, KnowsTheFactorOfIntegers) {
  using T = TypeParam;
  for (const std::int64_t n : {1, 2, 4, 5, 8, 9, 16, 37, 70}) {
    const std::vector<T> l = integer_factor<T>(n), a = product_of(l, n);
    const reference<T> r(a.data(), n);
    ASSERT_TRUE(r.definite());
    const factor_errors e = r.of_factor(l.data());
    EXPECT_EQ(e.residual, 0);
    EXPECT_EQ(e.scaled_residual, 0);
    EXPECT_LT(e.diagonal_ulp, 1e-9) << n;
    EXPECT_LT(e.below_ulp, 1e-9) << n;
    EXPECT_EQ(r.floor().residual, 0) << n;
  }
}

TYPED_TEST(AccuracyReference, ReportsPlantedErrors) {
  using T = TypeParam;
  constexpr std::int64_t n = 21;
  const std::vector<T> l = integer_factor<T>(n), a = product_of(l, n);
  const reference<T> r(a.data(), n);
  for (const double ulps : {1.0, -3.0, 200.0}) {
    std::vector<T> wrong = l;
    T& diagonal = wrong[17 + 17 * n];  // 6: the spacing is 4 units of 2·eps
    diagonal += static_cast<real_type<T>>(ulps * 8 * eps<T>);
    factor_errors e = r.of_factor(wrong.data());
    EXPECT_NEAR(e.diagonal_ulp, std::abs(ulps), 1e-6);
    EXPECT_LT(e.below_ulp, 1e-9);
    EXPECT_GT(e.residual, 0);
    wrong = l;
    const double row_norm = std::sqrt(static_cast<double>(std::real(a[13 + 13 * n])));
    const double spacing = std::exp2(std::floor(std::log2(row_norm))) * 2 * eps<T>;
    wrong[13 + 5 * n] += static_cast<real_type<T>>(ulps * spacing);
    e = r.of_factor(wrong.data());
    EXPECT_NEAR(e.below_ulp, std::abs(ulps), 1e-6);
    EXPECT_LT(e.diagonal_ulp, 1e-9);
  }
}

// A = [4 2; 2 5] has L = [2 0; 1 2]; an error d in L(2,2) gives the residual 4·d + d² at (2,2).
TYPED_TEST(AccuracyReference, ResidualIsThatOfLapack) {
  using T = TypeParam;
  const std::vector<T> a = {4, 2, 0, 5};
  const double d = 16 * eps<T>;
  const std::vector<T> l = {2, 1, 0, static_cast<real_type<T>>(2 + d)};
  const reference<T> r(a.data(), 2);
  EXPECT_DOUBLE_EQ(r.of_factor(l.data()).residual, (4 * d + d * d) / (2 * 7 * eps<T>));
  // Rows and columns times 2^10 and 1.
  const std::vector<T> b = {0x1p22, 0x1p11, 0, 5};
  const std::vector<T> lb = {0x1p11, 1, 0, static_cast<real_type<T>>(2 + d)};
  const reference<T> s(b.data(), 2);
  EXPECT_DOUBLE_EQ(s.of_factor(lb.data()).residual, (4 * d + d * d) / (2 * (0x1p22 + 0x1p11) * eps<T>));
  EXPECT_DOUBLE_EQ(s.of_factor(lb.data()).scaled_residual, r.of_factor(l.data()).scaled_residual);
  EXPECT_DOUBLE_EQ(s.of_factor(lb.data()).diagonal_ulp, r.of_factor(l.data()).diagonal_ulp);
}

TYPED_TEST(AccuracyReference, ResidualOfAnUnrelatedFactorIsLarge) {
  using T = TypeParam;
  const std::vector<T> a = {4, 2, 0, 5}, zero(4), nan(4, std::numeric_limits<real_type<T>>::quiet_NaN());
  const reference<T> r(a.data(), 2);
  EXPECT_DOUBLE_EQ(r.of_factor(zero.data()).residual, 1 / (2 * eps<T>));
  const factor_errors e = r.of_factor(nan.data());
  EXPECT_TRUE(std::isnan(e.residual));
  EXPECT_TRUE(std::isnan(e.diagonal_ulp));
  EXPECT_TRUE(std::isnan(e.below_ulp));
}

// As the factorization does.
TYPED_TEST(AccuracyReference, IgnoresImaginaryPartsOfTheDiagonal) {
  using T = TypeParam;
  if constexpr (tools::is_complex<T>) {
    const std::vector<T> a = {{4, 3}, 2, 0, {5, -7}}, l = {2, 1, 0, 2};
    const reference<T> r(a.data(), 2);
    ASSERT_TRUE(r.definite());
    EXPECT_EQ(r.of_factor(l.data()).residual, 0);
    const std::vector<T> b = {{4, 3}, 2, 0, {2, -7}}, x = {{0.5, 1}, -0.5, 0, 1};
    EXPECT_EQ(reference<T>(b.data(), 2).of_inverse(x.data()), 0);
  }
}

TYPED_TEST(AccuracyReference, ReportsIndefiniteMatrices) {
  using T = TypeParam;
  const std::vector<T> a = {4, 2, 0, 1};
  EXPECT_FALSE(reference<T>(a.data(), 2).definite());
}

// A = [4], x = b/4 exactly, or with an error of k units of ε.
TYPED_TEST(AccuracyReference, ErrorsOfASolution) {
  using T = TypeParam;
  const T a = 4;
  const reference<T> r(&a, 1);
  const T exact = r.right_side()[0] / real_type<T>(4);
  EXPECT_EQ(r.of_solution(&exact).backward, 0);
  EXPECT_LT(r.of_solution(&exact).forward, 1e-9);
  const T wrong = exact * static_cast<real_type<T>>(1 + 64 * eps<T>);
  const double error = static_cast<double>(std::abs(wrong - exact)) / static_cast<double>(std::abs(exact));
  EXPECT_NEAR(r.of_solution(&wrong).forward, error / eps<T>, 1e-6);
  EXPECT_NEAR(r.of_solution(&wrong).backward, error / (2 + error) / eps<T>, 1e-6);
}

// The solution of a larger system by its known factor, with one wrong element.
TYPED_TEST(AccuracyReference, FindsTheWrongElementOfASolution) {
  using T = TypeParam;
  constexpr std::int64_t n = 19;
  std::vector<T> a(n * n);
  for (std::int64_t i = 0; i < n; ++i) a[static_cast<std::size_t>(i + i * n)] = 4;
  const reference<T> r(a.data(), n);
  std::vector<T> x = r.right_side();
  for (T& e : x) e /= real_type<T>(4);
  EXPECT_EQ(r.of_solution(x.data()).backward, 0);
  x[11] = 7;
  EXPECT_GT(r.of_solution(x.data()).backward, 0.1 / eps<T>);
  EXPECT_GT(r.of_solution(x.data()).forward, 0.1 / eps<T>);
  x[11] = std::numeric_limits<real_type<T>>::quiet_NaN();
  EXPECT_TRUE(std::isnan(r.of_solution(x.data()).backward));
}

// A = [2 1; 1 1] has A⁻¹ = [1 −1; −1 2]; with an error d in its last element A·X = [1 d; 0 1 + d].
TYPED_TEST(AccuracyReference, ResidualOfAnInverse) {
  using T = TypeParam;
  const std::vector<T> a = {4, 2, 0, 2}, x = {0.5, -0.5, 0, 1};
  const reference<T> r(a.data(), 2);
  EXPECT_EQ(r.of_inverse(x.data()), 0);
  const double d = 64 * eps<T>;
  const std::vector<T> wrong = {0.5, -0.5, 0, static_cast<real_type<T>>(1 + d)};
  // D = diag(1/2, 1/2): D·A·D = [1 1/2; 1/2 1/2], D⁻¹·X·D⁻¹ = [2 −2; −2 4 + 4·d].
  EXPECT_NEAR(r.of_inverse(wrong.data()), 4 * d / (2 * 1.5 * (6 + 4 * d) * eps<T>), 1e-6);
}

TYPED_TEST(AccuracyReference, FactorOfAnyMatrixIsBelievable) {
  using T = TypeParam;
  constexpr std::int64_t n = 45;
  const tools::buffer<T> a = make_accuracy_matrix<T>("wishart", n, 0);
  const reference<T> r(a.data(), n);
  EXPECT_GT(r.floor().residual, 0.001);
  EXPECT_LT(r.floor().residual, 1);
}

// Every matrix is Hermitian, positive definite in its type, and the same in every call; samples differ.
TYPED_TEST(AccuracyReference, MatricesAreDefinite) {
  using T = TypeParam;
  for (const std::string& name : accuracy_matrices()) {
    for (const std::int64_t n : {2, 3, 10, 33, 100}) {
      std::vector<tools::buffer<T>> both;
      for (const std::int64_t sample : {0, 1}) {
        both.push_back(make_accuracy_matrix<T>(name, n, sample));
        const T* const a = both.back().data();
        for (std::int64_t j = 0; j < n; ++j) {
          for (std::int64_t i = 0; i < n; ++i) {
            ASSERT_EQ(a[i + j * n], tools::conjugate(a[j + i * n])) << name << " " << n;
            ASSERT_TRUE(tools::finite(a[i + j * n])) << name << " " << n;
          }
        }
        const reference<T> r(a, n);
        ASSERT_TRUE(r.definite()) << name << " " << n;
        EXPECT_LT(r.floor().residual, 1) << name << " " << n;
      }
      const tools::buffer<T> again = make_accuracy_matrix<T>(name, n, 0);
      EXPECT_TRUE(std::equal(again.data(), again.data() + n * n, both[0].data())) << name;
      EXPECT_FALSE(std::equal(again.data(), again.data() + n * n, both[1].data())) << name;
    }
  }
  EXPECT_THROW(make_accuracy_matrix<T>("wishard", 4, 0), tools::input_error);
}

}  // namespace
}  // namespace posdef::bench
