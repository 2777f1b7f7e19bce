// posdef: Cholesky factorization of symmetric and Hermitian positive definite matrices; solves, inverses,
// log-determinants.
//
//   std::vector<double> a = ...;                      // n × n, column-major, lower triangle filled
//   posdef::cholesky(posdef::col_major(a.data(), n)); // a now holds L with A = L·Lᴴ
//
// This header includes the complete C++ interface: types.hpp (views, options, errors), operations.hpp (operations),
// factor.hpp (factor objects), plan.hpp (plans), control.hpp (devices, instruction sets, version).
#ifndef POSDEF_POSDEF_HPP
#define POSDEF_POSDEF_HPP

#include <posdef/control.hpp>
#include <posdef/factor.hpp>
#include <posdef/operations.hpp>
#include <posdef/plan.hpp>
#include <posdef/types.hpp>

#endif
