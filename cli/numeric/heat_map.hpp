// A matrix seen from afar: rows and columns in up to so many groups each, and of every cell the largest |a(i,j)|. The
// largest, so that one element among zeros is still seen.
#ifndef POSDEF_CLI_NUMERIC_HEAT_MAP_HPP
#define POSDEF_CLI_NUMERIC_HEAT_MAP_HPP

#include <cstdint>
#include <vector>

#include "io/matrices.hpp"

namespace posdef::tools {

struct heat_map {
  std::int64_t cells = 0;       ///< in a row and in a column
  std::vector<double> largest;  ///< row after row; NaN where the cell holds NaN or infinity

  double operator()(std::int64_t row, std::int64_t col) const {
    return largest[static_cast<std::size_t>(row * cells + col)];
  }
};

/// Of matrix `b`, which is square, in min(n, most_cells) groups whose sizes differ by one at most: the first row of
/// group r is ceil(r·n / cells).
template <scalar T>
heat_map heat_map_of(const matrices<T>& m, std::int64_t b, std::int64_t most_cells, int threads);

}  // namespace posdef::tools

#endif
