// Is the answer right? LAPACK's test ratios: an error in units of what rounding must cost.
//
//     factor    ‖A − L·Lᴴ‖₁ / (n·‖A‖₁·eps)               xPOT01
//     solve     ‖B − A·X‖₁ / (‖A‖₁·‖X‖₁·eps)             xPOT02, the largest over the right-hand sides
//     inverse   ‖I − A·A⁻¹‖₁ / (n·‖A‖₁·‖A⁻¹‖₁·eps)       xPOT03
//
// Exact: every element of the residual is computed, in double precision. eps is half the spacing of numbers at 1.
// LAPACK's own tests call a ratio below 30 right; a well-conditioned matrix gives less than 1.
// Matrices whose `info` is not 0 are passed over; if all are, the ratio is NaN. An empty matrix gives 0.
// Source: Anderson et al., LAPACK Users' Guide, 3rd ed.; TESTING/LIN of the reference implementation.
#ifndef POSDEF_CLI_NUMERIC_RESIDUAL_HPP
#define POSDEF_CLI_NUMERIC_RESIDUAL_HPP

#include <cstdint>
#include <posdef/types.hpp>
#include <span>

namespace posdef::tools {

/// The largest ratio of a batch. Only the triangle `which` of `a` and of the factor `l` is read.
template <scalar T>
double factor_residual(view<const T> a, view<const T> l, uplo which, std::span<const std::int64_t> info, int threads);

/// `b` may hold one matrix for all of the batch.
template <scalar T>
double solve_residual(view<const T> a, view<const T> x, view<const T> b, uplo which, std::span<const std::int64_t> info,
                      int threads);

/// Only the triangle `which` of `a` and of `inverse` is read.
template <scalar T>
double inverse_residual(view<const T> a, view<const T> inverse, uplo which, std::span<const std::int64_t> info,
                        int threads);

}  // namespace posdef::tools

#endif
