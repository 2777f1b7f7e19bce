// Checks and repairs of the symmetry of a matrix.
#ifndef POSDEF_TOOLS_IO_HERMITIAN_HPP
#define POSDEF_TOOLS_IO_HERMITIAN_HPP

#include <string_view>

#include "io/matrices.hpp"

namespace posdef::tools {

/// The distance of matrices from Hermitian: the largest |a(i,j) - conj a(j,i)| / √(a(i,i)·a(j,j)), and its place,
/// indices from 0. Infinite if one of the two elements is finite and the other is not. The measure ignores pairs
/// without a finite element, which the factorization reports. On the diagonal it measures the imaginary part.
struct asymmetry {
  double ratio = 0;
  std::int64_t matrix = 0, row = 0, col = 0;
};
asymmetry asymmetry_of(const any_matrices& m);

/// Whether rounding explains the ratio: it is at most (64 + 4 n) eps of the matrices' type.
bool is_rounding(const asymmetry& a, const any_matrices& m);

/// Throws input_error with the place unless is_rounding().
void require_hermitian(const any_matrices& m, std::string_view name);

/// "largest |a(i,j) - a(j,i)| / sqrt(a(i,i) a(j,j)) is 1.2e-07, at (3, 1)"
std::string text_of(const asymmetry& a, const any_matrices& m);

/// a(i,j) ← (a(i,j) + conj a(j,i))/2, in both triangles.
void symmetrize(any_matrices& m);

/// Adds `factor` times the mean of each matrix's diagonal to its diagonal.
void add_jitter(any_matrices& m, double factor);

}  // namespace posdef::tools

#endif
