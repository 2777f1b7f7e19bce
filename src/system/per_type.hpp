// One value for each element type.
#pragma once

#include <complex>
#include <type_traits>

namespace posdef::internal {

template <template <class> class F>
struct per_type {
  F<float> f32;
  F<double> f64;
  F<std::complex<float>> c64;
  F<std::complex<double>> c128;

  template <class T>
  const F<T>& of() const {
    if constexpr (std::is_same_v<T, float>)
      return f32;
    else if constexpr (std::is_same_v<T, double>)
      return f64;
    else if constexpr (std::is_same_v<T, std::complex<float>>)
      return c64;
    else
      return c128;
  }
};

}  // namespace posdef::internal
