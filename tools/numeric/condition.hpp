// Estimates the condition number of a positive definite matrix from its factor.
//
//     κ₁(A) = ‖A‖₁·‖A⁻¹‖₁
//
// ‖A⁻¹‖₁ is the largest ‖A⁻¹·x‖₁ over vectors with ‖x‖₁ = 1. Starting from x = (1/n, ...), Hager's method moves to the
// unit vector with the largest gradient of ‖A⁻¹·x‖₁ until the norm no longer grows: a few solves with A, O(n²) each.
// The estimate is a lower bound, nearly always within a factor of three. Source: Higham, FORTRAN codes for estimating
// the one-norm of a real or complex matrix, ACM TOMS 14 (1988).
#ifndef POSDEF_TOOLS_NUMERIC_CONDITION_HPP
#define POSDEF_TOOLS_NUMERIC_CONDITION_HPP

#include <complex>
#include <cstdint>
#include <functional>
#include <vector>

namespace posdef::tools {

/// An estimate of ‖A⁻¹‖₁ for Hermitian A of order n: solve(x) puts A⁻¹·x in x.
double estimate_inverse_norm(std::int64_t n, const std::function<void(std::vector<std::complex<double>>& x)>& solve);

}  // namespace posdef::tools

#endif
