// The operations and their properties.
#pragma once

namespace posdef::internal {

enum class operation {
#define POSDEF_SQUARE(name, input, output, info) name,
#define POSDEF_SOLVE(name, info) name,
#define POSDEF_NUMBER(name, info) name,
#include "algorithm/operations.def"
  lauum,  // Lᴴ·L: a step of cholesky_inverse, and a LAPACK routine
};

/// The meaning of info = k > 0.
enum class failure {
  minor,            ///< the leading minor of order k is not positive definite
  factor_diagonal,  ///< diagonal element k is not positive and finite
  diagonal,         ///< diagonal element k is zero or not finite
};

constexpr failure failure_of(operation what) {
#define POSDEF_SQUARE(name, input, output, info) \
  if (what == operation::name) return failure::info;
#define POSDEF_SOLVE(name, info) \
  if (what == operation::name) return failure::info;
#define POSDEF_NUMBER(name, info) \
  if (what == operation::name) return failure::info;
#include "algorithm/operations.def"
  return failure::factor_diagonal;
}

constexpr bool solves(operation what) {
#define POSDEF_SOLVE(name, info) \
  if (what == operation::name) return true;
#include "algorithm/operations.def"
  return false;
}

/// Whether the operation uses diag::unit: its matrix is triangular and not a Cholesky factor.
constexpr bool takes_unit_diagonal(operation what) { return failure_of(what) == failure::diagonal; }

}  // namespace posdef::internal
