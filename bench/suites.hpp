// The cells of the benchmark, and the suites.
#ifndef POSDEF_BENCH_SUITES_HPP
#define POSDEF_BENCH_SUITES_HPP

#include <cstdint>
#include <posdef/types.hpp>
#include <string>
#include <vector>

#include "io/matrices.hpp"

namespace posdef::bench {

enum class operation { cholesky, cholesky_solve, cholesky_inverse, inv_triangular, cholesky_logdet };

std::string name_of(operation op);

/// One operation on one shape.
struct cell {
  std::string suite = {};
  operation op = operation::cholesky;
  tools::dtype type = tools::dtype::f32;
  posdef::uplo uplo = posdef::uplo::lower;
  posdef::layout layout = posdef::layout::col_major;
  std::int64_t batch = 1;
  std::int64_t n = 0;
  std::int64_t nrhs = 1;  ///< used only by cholesky_solve

  /// "f32 1x256"; other cells than a lower, column-major cholesky add the rest: "c64 32x100 upper row-major",
  /// "f64 1x512 cholesky_solve nrhs=64".
  std::string text() const;
  /// Real floating-point operations of one call: n³/3 for cholesky, four times that for complex types.
  double operations() const;
  /// Bytes of the matrices of one call.
  double bytes() const;
};

/// seeds, tiny, sweep, grid, large, contest, ops.
const std::vector<std::string>& suite_names();

/// The cells of a suite. `quick` omits those that take seconds: 32x3000, and batches of more than 1 MiB in grid.
std::vector<cell> cells_of(const std::string& suite, bool quick);

}  // namespace posdef::bench

#endif
