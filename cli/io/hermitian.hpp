// Whether both triangles of a matrix say the same.
#ifndef POSDEF_CLI_IO_HERMITIAN_HPP
#define POSDEF_CLI_IO_HERMITIAN_HPP

#include <string_view>

#include "io/matrices.hpp"

namespace posdef::tools {

/// How far matrices are from Hermitian: the largest |a(i,j) - conj a(j,i)| / √(a(i,i)·a(j,j)), and where it is, indices
/// from 0. Infinite where one of the two is finite and the other is not; two that are not finite are left for the
/// factorization to report. On the diagonal it is the imaginary part that counts.
struct asymmetry {
  double ratio = 0;
  std::int64_t matrix = 0, row = 0, col = 0;
};
asymmetry asymmetry_of(const any_matrices& m);

/// Whether the ratio is one of rounding: up to (64 + 4 n) eps of the matrices' type.
bool is_rounding(const asymmetry& a, const any_matrices& m);

/// Throws input_error, naming the place, unless it is.
void require_hermitian(const any_matrices& m, std::string_view name);

/// "largest |a(i,j) - a(j,i)| / sqrt(a(i,i) a(j,j)) is 1.2e-07, at (3, 1)"
std::string text_of(const asymmetry& a, const any_matrices& m);

/// a(i,j) ← (a(i,j) + conj a(j,i))/2, in both triangles.
void symmetrize(any_matrices& m);

/// Adds `factor` times the mean of each matrix's diagonal to its diagonal.
void add_jitter(any_matrices& m, double factor);

}  // namespace posdef::tools

#endif
