// Writing matrices in one of three formats. Every number can be read back bit for bit.
#ifndef POSDEF_CLI_IO_WRITE_HPP
#define POSDEF_CLI_IO_WRITE_HPP

#include <string>

#include "io/matrices.hpp"
#include "io/output_file.hpp"

namespace posdef::tools {

enum class output_format { npy, matrix_market, csv };

/// By the name of a format ("npy", "mtx", "csv"); without one by the end of the path: .mtx, .csv, .npy, and .npy where
/// the name has no end that means another format. Throws input_error for ends such as .mat, whose format posdef does
/// not write, and where .npy, which is binary, would go to a terminal without being asked for.
output_format chosen_format(const std::string& path, const std::string& name);

/// What a Matrix Market file may leave out: nothing, or the upper triangle of a symmetric or Hermitian matrix.
enum class structure { general, hermitian };

/// One matrix. Coordinate format when at least a third of
/// what would be written is zero, else array format.
void write_matrix_market(output_file& out, const any_matrices& m, structure s);

/// Version 1.0, in the order in which the elements lie wherever the format can say so. Dimensions are those of
/// `leading`, then two; one if `vector`.
void write_npy(output_file& out, const any_matrices& m);

/// A row in each line, commas between the numbers; complex numbers as 1+2j. One matrix.
void write_csv(output_file& out, const any_matrices& m);

/// Does not commit. Throws input_error for a batch that the format cannot hold.
void write_matrices(output_file& out, const any_matrices& m, structure s, output_format format);

/// Throws input_error if the format holds one matrix and there are more, or less: to be known before the work.
void require_writable(const std::string& path, output_format format, std::int64_t batch);

}  // namespace posdef::tools

#endif
