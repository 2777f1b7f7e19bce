// The primitives of engines in host memory that need no optimized kernel.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/engine.hpp"

namespace posdef::internal {

template <class T>
class host {
 public:
  using real = real_type<T>;

  void copy(int sign, strided<const T> a, strided<T> b, part which) const {
    const real s(static_cast<real>(sign));
    for_part(a.rows, a.cols, which, runs_down(b), [&](index i, index j) { b.set(i, j, s * a.get(i, j)); });
  }

  void fill(strided<T> a, T x, part which) const {
    if (std::imag(x) == 0) a.conj = false;  // the conjugate of a real number has a negative zero
    for_part(a.rows, a.cols, which, runs_down(a), [&](index i, index j) { a.set(i, j, x); });
  }

  /// Returns 0, or k for the first diagonal element that is zero or not finite (`positive`: not positive and real).
  index check_diagonal(strided<const T> l, bool positive) const {
    for (index i = 0; i < l.rows; ++i) {
      const T d = l.get(i, i);
      const real re = std::real(d), im = std::imag(d);
      const bool good = positive ? re > 0 && std::isfinite(re) && im == 0
                                 : std::isfinite(re) && std::isfinite(im) && (re != 0 || im != 0);
      if (!good) return i + 1;
    }
    return 0;
  }

  /// 2·Σ log L(i,i) for positive finite diagonals. With L(i,i) = m·2^e, 1 <= m < 2, this is 2·(log Π m + log 2·Σ e),
  /// which needs one logarithm for hundreds of elements.
  real log_diagonal(strided<const T> l) const {
    std::int64_t exponents = 0;
    double product = 1;
    const auto mantissa = [&](double x) {
      if (x < std::numeric_limits<double>::min()) {
        x *= 0x1p54;
        exponents -= 54;
      }
      const auto bits = std::bit_cast<std::uint64_t>(x);
      exponents += static_cast<std::int64_t>(bits >> 52) - 1023;
      return std::bit_cast<double>((bits & ((std::uint64_t{1} << 52) - 1)) | std::bit_cast<std::uint64_t>(1.0));
    };
    for (index i = 0; i < l.rows; ++i) {
      product *= mantissa(static_cast<double>(std::real(l.get(i, i))));
      if (i % 512 == 511) product = mantissa(product);  // prevents overflow
    }
    return static_cast<real>(2 * (std::log(product) + std::log(2.0) * static_cast<double>(exponents)));
  }

 protected:
  static bool runs_down(const strided<T>& a) { return std::abs(a.rs) <= std::abs(a.cs); }

  /// X(i,j) = (B(i,j) − Σ X(i,k)·conj L(j,k)) / conj L(j,j), k < j.
  static void solve_by_division(strided<const T> l, strided<T> b, bool unit) {
    for (index j = 0; j < l.rows; ++j)
      for (index i = 0; i < b.rows; ++i) {
        T x = b.get(i, j);
        for (index k = 0; k < j; ++k) x -= b.get(i, k) * conjugate(l.get(j, k));
        b.set(i, j, unit ? x : x / conjugate(l.get(j, j)));
      }
  }

  static void make_diagonal_real(strided<T> c) {
    for (index i = 0; i < std::min(c.rows, c.cols); ++i) c.at(i, i) = T(std::real(c.at(i, i)));
  }
};

}  // namespace posdef::internal
