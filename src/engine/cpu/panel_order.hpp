// The list of tasks of a factorization by block columns (panels.hpp), in the order in which threads take them.
#pragma once

#include <algorithm>

#include "system/index.hpp"

namespace posdef::internal::cpu {

/// A matrix of order n in block columns of width nb and row tiles of order `tile`, which divides nb.
struct panel_grid {
  index n = 1, nb = 1, tile = 1;
  index per_block = nb / tile, tiles = divide_up(n, tile), blocks = divide_up(n, nb);

  static constexpr index divide_up(index a, index by) { return (a + by - 1) / by; }
  index block_order(index k) const { return std::min(nb, n - k * nb); }
  index rows_of(index i) const { return std::min(tile, n - i * tile); }
  /// The row tiles of block k are [first_of(k), end_of(k)).
  index first_of(index k) const { return k * per_block; }
  index end_of(index k) const { return std::min((k + 1) * per_block, tiles); }
  /// The number of updates with block column k.
  index count_updates(index k) const {
    const index left = tiles - end_of(k);
    return left * (left + 1) / 2;
  }
};

/// Calls v.factor(k), v.solve(k, i) and v.update(k, i, j) for every task in order, until v.stopped(k) after the solves
/// of block column k.
template <class Visitor>
void visit_tasks(const panel_grid& g, Visitor& v) {
  for (index k = 0; k < g.blocks; ++k) {
    const index first = g.first_of(k), last = g.end_of(k);
    const auto update_columns = [&](index from, index to) {
      for (index j = from; j < to; ++j)
        for (index i = j; i < g.tiles; ++i) v.update(k - 1, i, j);
    };
    if (k > 0) update_columns(first, last);
    v.factor(k);
    if (k > 0) update_columns(last, g.tiles);
    for (index i = last; i < g.tiles; ++i) v.solve(k, i);
    if (v.stopped(k)) return;
  }
}

}  // namespace posdef::internal::cpu
