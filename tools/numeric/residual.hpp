// LAPACK's test ratios: the error of a result in units of the expected rounding error.
//
//     factor    ‖A − L·Lᴴ‖₁ / (n·‖A‖₁·eps)               xPOT01
//     solve     ‖B − A·X‖₁ / (‖A‖₁·‖X‖₁·eps)             xPOT02, the largest over the right-hand sides
//     inverse   ‖I − A·A⁻¹‖₁ / (n·‖A‖₁·‖A⁻¹‖₁·eps)       xPOT03
//
// of the matrix with its diagonal scaled to one: of D·A·D, whose factor is D·L, solution D⁻¹·X for D·B, and inverse
// D⁻¹·A⁻¹·D⁻¹, where D(i, i) is the power of two next to 1/√A(i,i). So no norm overflows or underflows, and large rows
// do not hide the error of small ones: the error of a factorization is small in this measure too (Demmel, LAPACK
// Working Note 14).
//
// Every element of the residual is computed, in double precision. eps is half the spacing of numbers at 1. LAPACK's own
// tests accept a ratio below 30; a well-conditioned matrix gives less than 1. Matrices whose `info` is not 0 are
// skipped; if all are, the ratio is NaN. An empty matrix gives 0.
// Source: Anderson et al., LAPACK Users' Guide, 3rd ed.; TESTING/LIN of the reference implementation.
#ifndef POSDEF_TOOLS_NUMERIC_RESIDUAL_HPP
#define POSDEF_TOOLS_NUMERIC_RESIDUAL_HPP

#include <cstdint>
#include <posdef/types.hpp>
#include <span>
#include <vector>

namespace posdef::tools {

/// The largest ratio of the matrices with info 0; NaN if one is NaN or there is none.
double worst_ratio(const std::vector<double>& ratios, std::span<const std::int64_t> info);

/// One ratio per matrix, 0 if its info is not 0. Reads only the triangle `which` of `a` and of the factor `l`.
template <scalar T>
std::vector<double> factor_residuals(view<const T> a, view<const T> l, uplo which, std::span<const std::int64_t> info,
                                     int threads);

/// `b` may hold one matrix for the whole batch.
template <scalar T>
std::vector<double> solve_residuals(view<const T> a, view<const T> x, view<const T> b, uplo which,
                                    std::span<const std::int64_t> info, int threads);

/// Reads only the triangle `which` of `a` and of `inverse`.
template <scalar T>
std::vector<double> inverse_residuals(view<const T> a, view<const T> inverse, uplo which,
                                      std::span<const std::int64_t> info, int threads);

}  // namespace posdef::tools

#endif
