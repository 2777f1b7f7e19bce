// Reciprocals of a diagonal. Solves multiply by them instead of dividing if no accuracy is lost.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/cpu/kernels.hpp"

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
  bool positive;       ///< the real parts of the diagonal are positive
};

/// re, im ← 1/L(j,j).
template <class T>
reciprocals_are invert_diagonal(const kernels<T>& k, const strided<const T>& l, real_type<T>* re,
                                [[maybe_unused]] real_type<T>* im) {
  reciprocals_are all{true, true, true};
  const T* diagonal = l.p;
  for (index j = 0; j < l.rows; ++j, diagonal += l.rs + l.cs) {
    re[j] = std::real(*diagonal);
    if constexpr (is_complex<T>) all.real &= std::imag(*diagonal) == 0;
  }
  if (all.real) {
    all.representable = k.invert(l.rows, re, all.positive);
  } else if constexpr (is_complex<T>) {
    // Checks the reciprocals, because imaginary parts may have become zero.
    all.real = true;
    for (index j = 0; j < l.rows; ++j) {
      const T inverse = reciprocal(l.get(j, j));
      all.positive &= re[j] > 0;
      all.representable &= representable(inverse);
      re[j] = std::real(inverse);
      im[j] = std::imag(inverse);
      all.real &= im[j] == 0;
    }
  }
  return all;
}

}  // namespace posdef::internal::cpu
