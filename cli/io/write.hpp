// Writing matrices: Matrix Market if the name ends in .mtx, else .npy. Every number can be read back bit for bit.
#ifndef POSDEF_CLI_IO_WRITE_HPP
#define POSDEF_CLI_IO_WRITE_HPP

#include <string>

#include "io/matrices.hpp"
#include "io/output_file.hpp"

namespace posdef::tools {

/// What a Matrix Market file may leave out: nothing, or the upper triangle of a symmetric or Hermitian matrix.
enum class structure { general, hermitian };

/// Throws input_error for a batch: a Matrix Market file holds one matrix. Coordinate format when at least a third of
/// what would be written is zero, else array format.
void write_matrix_market(output_file& out, const any_matrices& m, structure s);

/// Version 1.0, in the order in which the elements lie wherever the format can say so. Always three dimensions if
/// there is more than one matrix, else two.
void write_npy(output_file& out, const any_matrices& m);

/// By the name of `out`; does not commit.
void write_matrices(output_file& out, const any_matrices& m, structure s);

/// Throws input_error if `path` asks for Matrix Market and there is more than one matrix: to be known before the work.
void require_writable(const std::string& path, std::int64_t batch);

}  // namespace posdef::tools

#endif
