// Reciprocals of a diagonal. Solves multiply by them instead of dividing if no accuracy is lost.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

/// 1/x without intermediate overflow (Smith's division). Infinite or NaN if 1/x is.
template <class T>
T reciprocal(T x) {
  using R = real_type<T>;
  if constexpr (is_complex<T>) {
    const R a = std::real(x), b = std::imag(x);
    if (std::abs(a) >= std::abs(b)) {
      const R q = b / a, d = a + b * q;
      return {1 / d, -q / d};
    }
    const R q = a / b, d = a * q + b;
    return {q / d, -1 / d};
  } else {
    return R(1) / x;
  }
}

/// Whether a reciprocal is neither infinite nor subnormal.
template <class T>
bool representable(T inverse) {
  using R = real_type<T>;
  const R size = std::max(std::abs(std::real(inverse)), std::abs(std::imag(inverse)));
  return size >= std::numeric_limits<R>::min() && size <= std::numeric_limits<R>::max();
}

/// Properties of the reciprocals of a diagonal.
struct reciprocals_are {
  bool representable;  ///< all are finite and normal
  bool real;           ///< all are real
};

/// re, im ← 1/L(j,j).
template <class T>
reciprocals_are invert_diagonal(const strided<const T>& l, real_type<T>* re, [[maybe_unused]] real_type<T>* im) {
  using R = real_type<T>;
  bool real = true;
  for (index j = 0; j < l.rows; ++j) {
    const T x = l.at(j, j);
    re[j] = std::real(x);
    real &= std::imag(x) == 0;
  }
  int lost = 0;
  if (real) {
    // Written so that compilers vectorize it.
    for (index j = 0; j < l.rows; ++j) {
      re[j] = R(1) / re[j];
      const R size = std::abs(re[j]);
      lost |= static_cast<int>(!(size >= std::numeric_limits<R>::min())) |
              static_cast<int>(!(size <= std::numeric_limits<R>::max()));
    }
  } else if constexpr (is_complex<T>) {
    // Checks the reciprocals, because imaginary parts may have become zero.
    real = true;
    for (index j = 0; j < l.rows; ++j) {
      const T inverse = reciprocal(l.get(j, j));
      lost |= static_cast<int>(!representable(inverse));
      re[j] = std::real(inverse);
      im[j] = std::imag(inverse);
      real &= im[j] == 0;
    }
  }
  return {lost == 0, real};
}

}  // namespace posdef::internal::cpu
