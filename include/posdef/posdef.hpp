// posdef: factor symmetric or Hermitian positive definite matrices, solve, invert, take log-determinants.
//
//   std::vector<double> a = ...;                     // n × n, column-major, lower triangle filled
//   posdef::cholesky(posdef::col_major(a.data(), n)); // a now holds L with A = L·Lᴴ
//
// This header is all of the C++ interface: types.hpp (views, options, errors), operations.hpp (the operations),
// plan.hpp (reuse without allocation), control.hpp (devices, instruction sets, version).
#ifndef POSDEF_POSDEF_HPP
#define POSDEF_POSDEF_HPP

#include <posdef/control.hpp>
#include <posdef/factor.hpp>
#include <posdef/operations.hpp>
#include <posdef/plan.hpp>
#include <posdef/types.hpp>

#endif
