// Reciprocals of a diagonal: what a solve multiplies by instead of dividing, wherever they lose nothing.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

/// 1/x without overflow in between (Smith's division), infinite or NaN where 1/x is.
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

/// Neither overflown nor so small that it has lost bits.
template <class T>
bool representable(T inverse) {
  using R = real_type<T>;
  const R size = std::max(std::abs(std::real(inverse)), std::abs(std::imag(inverse)));
  return size >= std::numeric_limits<R>::min() && size <= std::numeric_limits<R>::max();
}

}  // namespace posdef::internal::cpu
