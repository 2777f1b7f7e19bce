// Is the answer right? LAPACK's test ratios: an error in units of what rounding must cost.
//
//     factor    ‖A − L·Lᴴ‖₁ / (n·‖A‖₁·eps)               xPOT01
//     solve     ‖B − A·X‖₁ / (‖A‖₁·‖X‖₁·eps)             xPOT02, the largest over the right-hand sides
//     inverse   ‖I − A·A⁻¹‖₁ / (n·‖A‖₁·‖A⁻¹‖₁·eps)       xPOT03
//
// of the matrix with its diagonal scaled to one: of D·A·D, whose factor is D·L, solution D⁻¹·X for D·B, and inverse
// D⁻¹·A⁻¹·D⁻¹, where D(i, i) is the power of two next to 1/√A(i,i). So no norm overflows or underflows, and a small
// row's error is not hidden behind a large one: a factorization's error is small in this measure too (Demmel, LAPACK
// Working Note 14).
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
#include <vector>

namespace posdef::tools {

/// The largest of the ratios of matrices whose info is 0; NaN if one is NaN, or if there is none.
double worst_ratio(const std::vector<double>& ratios, std::span<const std::int64_t> info);

/// A ratio for each matrix, 0 for one whose info is not 0. Only the triangle `which` of `a` and of the factor `l` is
/// read.
template <scalar T>
std::vector<double> factor_residuals(view<const T> a, view<const T> l, uplo which, std::span<const std::int64_t> info,
                                     int threads);

/// `b` may hold one matrix for all of the batch.
template <scalar T>
std::vector<double> solve_residuals(view<const T> a, view<const T> x, view<const T> b, uplo which,
                                    std::span<const std::int64_t> info, int threads);

/// Only the triangle `which` of `a` and of `inverse` is read.
template <scalar T>
std::vector<double> inverse_residuals(view<const T> a, view<const T> inverse, uplo which,
                                      std::span<const std::int64_t> info, int threads);

}  // namespace posdef::tools

#endif
