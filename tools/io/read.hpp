// Reads matrices. The first bytes of a file determine its format, not its name.
//
// Existing readers do not fit. fast_matrix_market is not in Debian; CHOLMOD's reader takes only sparse matrices,
// changes them silently (it sums duplicates and turns Inf into numbers) and reports no line; xtensor's xnpy trusts the
// sizes in the header and allocates before checking them. The readers here are strict and small, respect a memory
// limit, report the place of every error, and are fuzzed.
//
// NaN and infinity are valid values ("nan" and "inf" in Matrix Market): the factorization reports them.
#ifndef POSDEF_TOOLS_IO_READ_HPP
#define POSDEF_TOOLS_IO_READ_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "io/byte_stream.hpp"
#include "io/matrices.hpp"

namespace posdef::tools {

enum class file_format { matrix_market, npy, table };

/// One matrix from the text of a Matrix Market file: f64 or c128, both triangles filled, col_major.
///
/// Coordinate and array; real, complex, integer; general, symmetric, hermitian; comments and blank lines anywhere
/// after the header, CRLF allowed. Errors are input_error "name:line: ...": pattern (no values), skew-symmetric (cannot
/// be positive definite), duplicates, entries above the diagonal of a symmetric matrix, a non-real diagonal of a
/// Hermitian one, integers beyond 2^53, numbers beyond double, missing or extra text.
/// Source: Boisvert, Pozo & Remington, The Matrix Market Exchange Formats, NISTIR 5935, 1996.
any_matrices read_matrix_market(std::string_view text, const std::string& name, std::uint64_t memory_limit);

/// A column (1-D), a matrix (2-D) or a batch (3-D and more: the first indices) from a .npy file, version 1, 2 or 3.
///
/// Little- or big-endian f4, f8, c8, c16, C or Fortran order; f2 becomes f32, integers of up to 8 bytes and booleans
/// f64. Errors are input_error "name: byte offset: ...": other types, integers beyond 2^53, an array without
/// dimensions, a header that is not exactly the dictionary of the format, a file shorter or longer than its header
/// says. Source: NumPy enhancement proposal 1, and numpy/lib/format.py.
any_matrices read_npy(byte_stream& in, const std::string& name, std::uint64_t memory_limit);

/// The array `wanted` of a .npz file; `wanted` may be empty if the file has only one.
any_matrices read_npz(std::string_view bytes, const std::string& name, const std::string& wanted,
                      std::uint64_t memory_limit);

/// One matrix from a table of numbers, a row per line, separated by commas, semicolons, tabs or spaces (one kind per
/// file), as spreadsheets, numpy.savetxt and MATLAB write it: f64 or c128, row_major.
///
/// Complex numbers are 1+2j, (1+2j) or 1+2i. Lines that begin with # and blank lines are ignored. Errors are
/// input_error "name:line: ...": column names, rows of different lengths, numbers beyond double.
any_matrices read_table(std::string_view text, const std::string& name, std::uint64_t memory_limit);

struct input_file {
  any_matrices content;
  file_format format;
};

/// Reads any of these formats, determined by content, gzip-packed or not; "-" is stdin. `wanted` selects an array of a
/// .npz file. Throws input_error.
input_file read_matrices(const std::string& path, const std::string& wanted = {},
                         std::uint64_t memory_limit = usable_memory());

}  // namespace posdef::tools

#endif
