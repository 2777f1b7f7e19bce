#include "numeric/heat_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/parallel.hpp"

namespace posdef::tools {

// A task is a group of contiguous lines: columns (col_major) or rows.
template <scalar T>
heat_map heat_map_of(const matrices<T>& m, std::int64_t b, std::int64_t most_cells, int threads) {
  const std::int64_t n = m.rows;
  heat_map map;
  map.cells = std::min(n, most_cells);
  map.largest.assign(static_cast<std::size_t>(map.cells * map.cells), 0);
  const auto begin_of = [n, cells = map.cells](std::int64_t group) { return (group * n + cells - 1) / cells; };
  const bool by_column = m.order == layout::col_major;
  parallel_for(map.cells, threads, [&](std::int64_t group, int) {
    for (std::int64_t line = begin_of(group); line < begin_of(group + 1); ++line) {
      const T* const element = m.elements.data() + (b * n + line) * n;
      for (std::int64_t across = 0; across < map.cells; ++across) {
        double& cell =
            map.largest[static_cast<std::size_t>(by_column ? across * map.cells + group : group * map.cells + across)];
        for (std::int64_t k = begin_of(across); k < begin_of(across + 1); ++k) {
          // A complex number may be finite and its absolute value not.
          const double size = std::min(static_cast<double>(std::abs(element[k])), std::numeric_limits<double>::max());
          if (!finite(element[k])) {
            cell = std::numeric_limits<double>::quiet_NaN();
          } else if (size > cell) {  // false for NaN: it stays
            cell = size;
          }
        }
      }
    }
  });
  return map;
}

template heat_map heat_map_of(const matrices<float>&, std::int64_t, std::int64_t, int);
template heat_map heat_map_of(const matrices<double>&, std::int64_t, std::int64_t, int);
template heat_map heat_map_of(const matrices<std::complex<float>>&, std::int64_t, std::int64_t, int);
template heat_map heat_map_of(const matrices<std::complex<double>>&, std::int64_t, std::int64_t, int);

}  // namespace posdef::tools
