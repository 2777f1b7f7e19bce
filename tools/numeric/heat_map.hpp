// A coarse picture of a matrix: rows and columns in groups, and the largest |a(i,j)| of every cell. The largest value,
// not the mean, so that one element among zeros is visible.
#ifndef POSDEF_TOOLS_NUMERIC_HEAT_MAP_HPP
#define POSDEF_TOOLS_NUMERIC_HEAT_MAP_HPP

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

/// The heat map of the square matrix `b`, in min(n, most_cells) groups whose sizes differ by at most one: the first row
/// of group r is ceil(r·n / cells).
template <scalar T>
heat_map heat_map_of(const matrices<T>& m, std::int64_t b, std::int64_t most_cells, int threads);

}  // namespace posdef::tools

#endif
