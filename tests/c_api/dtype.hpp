// Maps an element type to the C interface's constant.
#pragma once

#include <posdef/posdef.h>

#include <complex>
#include <type_traits>

namespace posdef::test {

template <class T>
constexpr posdef_dtype dtype_of = std::is_same_v<T, float>                 ? POSDEF_F32
                                  : std::is_same_v<T, double>              ? POSDEF_F64
                                  : std::is_same_v<T, std::complex<float>> ? POSDEF_C64
                                                                           : POSDEF_C128;

}  // namespace posdef::test
