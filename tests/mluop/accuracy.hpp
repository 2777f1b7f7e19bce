// The accuracy of a factor of mluOpCholesky, by the two measures of operator libraries,
//
//     Σ|e − b| / Σ|b|   and   sqrt(Σ(e − b)² / Σb²),
//
// where e is the computed and b the expected value; real and imaginary parts separately, each matrix separately. Both
// the factor and the product L·Lᴴ are measured.
//
// The matrices have known eigenvalues, geometric from 1 to 1/condition, and are rounded to single precision; elements
// that must not be read are NaN. The expected factor comes from the `reference` engine in double precision up to order
// `thorough`, above it from posdef's double precision, which the conformance suite compares with the reference. L·Lᴴ is
// summed in double precision; above that order only every eighth row of it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <posdef/posdef.hpp>

#include "generate/generate.hpp"
#include "support.hpp"

namespace mluop_test {

constexpr std::int64_t thorough = 512;
constexpr double condition = 1000;
constexpr double limit = 1e-5;

template <class T>
using wide = std::conditional_t<std::is_same_v<T, float>, double, std::complex<double>>;

/// Accumulates the two sums of differences of real numbers.
class difference {
 public:
  void add(double e, double b) {
    one_ += std::abs(e - b);
    one_b_ += std::abs(b);
    two_ += (e - b) * (e - b);
    two_b_ += b * b;
  }
  /// Fails if a computed value is NaN.
  void expect_small(const std::string& of) const {
    EXPECT_LT(one_, limit * one_b_) << of;
    EXPECT_LT(std::sqrt(two_), limit * std::sqrt(two_b_)) << of;
  }

 private:
  double one_ = 0, one_b_ = 0, two_ = 0, two_b_ = 0;
};

/// Real and imaginary parts of a lower triangle in double precision, row-major, so that rows are contiguous.
struct planes {
  std::int64_t n;
  bool complex;
  std::vector<double> re, im;
  planes(std::int64_t n_, bool complex_) : n(n_), complex(complex_), re(static_cast<std::size_t>(n * n)) {
    if (complex) im.resize(re.size());
  }
  std::size_t at(std::int64_t i, std::int64_t j) const { return static_cast<std::size_t>(i * n + j); }
  template <class T>
  void set(std::int64_t i, std::int64_t j, T x) {
    re[at(i, j)] = std::real(x);
    if (complex) im[at(i, j)] = std::imag(x);
  }
};

/// Σ x(k)·y(k) in eight partial sums, which the compiler vectorizes.
inline double dot(const double* x, const double* y, std::int64_t count) {
  std::array<double, 8> sums{};
  std::int64_t k = 0;
  for (; k + 8 <= count; k += 8)
    for (std::int64_t u = 0; u < 8; ++u) sums[static_cast<std::size_t>(u)] += x[k + u] * y[k + u];
  for (; k < count; ++k) sums[0] += x[k] * y[k];
  double sum = 0;
  for (const double s : sums) sum += s;
  return sum;
}

inline void expect_same(const planes& e, const planes& b, const std::string& of) {
  difference real, imaginary;
  for (std::int64_t i = 0; i < e.n; ++i)
    for (std::int64_t j = 0; j <= i; ++j) {
      real.add(e.re[e.at(i, j)], b.re[b.at(i, j)]);
      if (e.complex) imaginary.add(e.im[e.at(i, j)], b.im[b.at(i, j)]);
    }
  real.expect_small("real part of the factor, " + of);
  if (e.complex) imaginary.expect_small("imaginary part of the factor, " + of);
}

/// Compares L·Lᴴ with A; both are lower triangles.
inline void expect_gives_back(const planes& l, const planes& a, const std::string& of) {
  difference real, imaginary;
  const std::int64_t step = l.n <= thorough ? 1 : 8;
  for (std::int64_t i = l.n - 1; i >= 0; i -= step)
    for (std::int64_t j = 0; j <= i; ++j) {
      const double *ri = &l.re[l.at(i, 0)], *rj = &l.re[l.at(j, 0)];
      double re = dot(ri, rj, j + 1);
      if (l.complex) {
        const double *ii = &l.im[l.at(i, 0)], *ij = &l.im[l.at(j, 0)];
        re += dot(ii, ij, j + 1);
        imaginary.add(dot(ii, rj, j + 1) - dot(ri, ij, j + 1), a.im[a.at(i, j)]);
      }
      real.add(re, a.re[a.at(i, j)]);
    }
  real.expect_small("real part of L·Lᴴ, " + of);
  if (l.complex) imaginary.expect_small("imaginary part of L·Lᴴ, " + of);
}

/// The rounded matrix and its expected factor, in double precision.
template <class T>
struct truth {
  planes a, l;
  truth(std::int64_t n, std::uint64_t seed) : a(n, std::is_same_v<wide<T>, std::complex<double>>), l(a) {
    using W = wide<T>;
    auto m = posdef::tools::generate_spectrum<W>(
        {.n = n, .condition = condition, .reflections = n <= thorough ? 64 : 12, .seed = seed});
    for (std::int64_t j = 0; j < n; ++j)
      for (std::int64_t i = j; i < n; ++i) {
        m(0, i, j) = static_cast<W>(static_cast<T>(m(0, i, j)));
        a.set(i, j, m(0, i, j));
      }
    const auto engine = n <= thorough ? posdef::engine::reference : posdef::engine::cpu;
    posdef::cholesky(m.view(), {.device = {engine, 0}});
    for (std::int64_t j = 0; j < n; ++j)
      for (std::int64_t i = j; i < n; ++i) l.set(i, j, m(0, i, j));
  }
};

/// Index of element (i, j) of a lower triangle; an upper triangle holds its conjugate transpose.
inline std::size_t place(std::int64_t n, std::int64_t i, std::int64_t j, bool upper) {
  return static_cast<std::size_t>(upper ? j * n + i : i * n + j);
}

template <class T>
T element(const planes& p, std::int64_t i, std::int64_t j, bool upper) {
  const double re = p.re[p.at(i, j)];
  if constexpr (std::is_same_v<T, float>)
    return static_cast<float>(re);
  else
    return T(static_cast<float>(re), static_cast<float>(upper ? -p.im[p.at(i, j)] : p.im[p.at(i, j)]));
}

/// Factors a batch of different matrices, lower and upper, and measures each. Batch 0: one matrix, of rank 2.
template <class T>
void expect_accurate(std::int64_t batch, std::int64_t n) {
  const std::int64_t count = std::max<std::int64_t>(batch, 1);
  std::vector<truth<T>> right;
  for (std::int64_t b = 0; b < count; ++b) right.emplace_back(n, static_cast<std::uint64_t>(b + 1));
  const tensor desc(dtype_of<T>, batch == 0 ? std::vector{n, n} : std::vector{batch, n, n});
  handle h;
  const T nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<T> in(static_cast<std::size_t>(count * n * n)), out(in.size());
  for (const bool upper : {false, true}) {
    std::fill(in.begin(), in.end(), nan);
    std::fill(out.begin(), out.end(), nan);
    for (std::int64_t b = 0; b < count; ++b) {
      T* const at = in.data() + b * n * n;
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j <= i; ++j)
          at[place(n, i, j, upper)] = element<T>(right[static_cast<std::size_t>(b)].a, i, j, upper);
    }
    ASSERT_EQ(mluOpCholesky(h, desc, data(in), desc, data(out), upper), MLUOP_STATUS_SUCCESS);
    for (std::int64_t b = 0; b < count; ++b) {
      const std::string of = "matrix " + std::to_string(b) + (upper ? ", upper" : ", lower");
      const T* const at = out.data() + b * n * n;
      const truth<T>& t = right[static_cast<std::size_t>(b)];
      planes l(n, t.a.complex);
      bool other_is_zero = true;
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
          const T x = at[place(n, i, j, upper)];
          if (j > i) {
            other_is_zero = other_is_zero && x == T(0);
          } else if constexpr (std::is_same_v<T, float>) {
            l.set(i, j, x);
          } else {
            l.set(i, j, upper ? std::conj(x) : x);
          }
        }
      ASSERT_TRUE(other_is_zero) << of;
      expect_same(l, t.l, of);
      expect_gives_back(l, t.a, of);
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace mluop_test
