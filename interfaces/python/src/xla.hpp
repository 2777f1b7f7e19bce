// The operations as a custom call of XLA, for JAX.
#pragma once

#include "xla_abi.hpp"

namespace posdef::python::xla {

/// One handler for every operation. Attributes, all of them 64-bit integers:
///   operation  0 cholesky, 1 cholesky_solve, 2 cholesky_inverse, 3 solve_triangular, 4 inv_triangular
///   upper      0 or 1
///   trans      0 none, 1 transpose, 2 conjugate transpose; only solve_triangular reads it
/// Arguments: (..., n, n), and for the solves (..., n, k) with the same batch dimensions; all C-ordered.
/// Results: the answer, NaN for a matrix without one; and info, int32, of the batch's shape.
error* handle(call_frame* frame);

}  // namespace posdef::python::xla
