// Writes matrices in one of three formats. Every number reads back bit for bit.
#ifndef POSDEF_TOOLS_IO_WRITE_HPP
#define POSDEF_TOOLS_IO_WRITE_HPP

#include <string>

#include "io/matrices.hpp"
#include "io/output_file.hpp"

namespace posdef::tools {

enum class output_format { npy, matrix_market, csv };

/// The format `name` ("npy", "mtx", "csv"); if empty, by the extension of the path: .mtx, .csv, .npy; .npy for an
/// unknown extension. Throws input_error for extensions of other formats, such as .mat, and for .npy on a terminal
/// unless `name` says so, because .npy is binary.
output_format chosen_format(const std::string& path, const std::string& name);

/// Which elements a Matrix Market file omits: none, or the upper triangle of a symmetric or Hermitian matrix.
enum class structure { general, hermitian };

/// One matrix. Coordinate format if at least a third of the elements to write are zero, else array format.
void write_matrix_market(output_file& out, const any_matrices& m, structure s);

/// Version 1.0, in the memory order of the elements if the format can express it. The dimensions are `leading`, then
/// two; one if `vector`.
void write_npy(output_file& out, const any_matrices& m);

/// One matrix, a row per line, separated by commas; complex numbers as 1+2j.
void write_csv(output_file& out, const any_matrices& m);

/// Does not commit. Throws input_error for a batch if the format holds one matrix only.
void write_matrices(output_file& out, const any_matrices& m, structure s, output_format format);

/// Throws input_error if the format holds one matrix and there is another number of them: called before the work.
void require_writable(const std::string& path, output_format format, std::int64_t batch);

}  // namespace posdef::tools

#endif
