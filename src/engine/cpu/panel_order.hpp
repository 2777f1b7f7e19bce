// The list of tasks of a factorization by block columns (panels.hpp), in the order in which threads take them.
#pragma once

#include <algorithm>

#include "system/index.hpp"

namespace posdef::internal::cpu {

/// A matrix of order n in block columns of width nb and row tiles of order `tile`, which divides nb.
struct panel_grid {
  index n = 1, nb = 1, tile = 1;
  /// Threads take at least this number of updates (if there are as many) between a block and its solves, and the block
  /// before the updates below it. Negative: the block after the updates below it, its solves after all updates.
  index ahead = -1;
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

/// The largest tile that divides nb, is a multiple of mr, and gives each thread that many updates with the first block
/// column; mr if there is none.
constexpr index largest_tile(index n, index nb, index mr, int threads, index updates_per_thread) {
  for (index tile = nb; tile > mr; tile -= mr) {
    const index tiles = panel_grid::divide_up(n, tile);
    if (nb % tile == 0 && (threads == 1 || tiles * (tiles + 1) / 2 >= updates_per_thread * threads)) return tile;
  }
  return mr;
}

/// The updates that other threads need while one factors a block: it takes about as long as (nb/tile)²/4 updates. Two
/// threads are faster in the other order.
constexpr index updates_ahead(index nb, index tile, int threads) {
  return threads > 2 ? threads * (nb / tile) * (nb / tile) / 4 : -1;
}

/// Calls v.factor(k), v.solve(k, i) and v.update(k, i, j) for every task in order, until v.stopped(k) after the last
/// task of the step that factors block k. Omits a part of a column of `count` updates if v.skip(count).
template <class Visitor>
void visit_tasks(const panel_grid& g, Visitor& v) {
  for (index k = 0; k < g.blocks; ++k) {
    const index first = g.first_of(k), last = g.end_of(k);
    const auto update = [&](index j, index from, index to) {
      if (from == to || v.skip(to - from)) return;
      for (index i = from; i < to; ++i) v.update(k - 1, i, j);
    };
    const auto solve = [&] {
      for (index i = last; i < g.tiles; ++i) v.solve(k, i);
    };
    if (k == 0) {
      v.factor(k);
      solve();
    } else {
      const index below = g.ahead < 0 ? g.tiles : last;
      for (index j = first; j < last; ++j) update(j, j, below);
      v.factor(k);
      for (index j = first; j < last; ++j) update(j, below, g.tiles);
      index j = last;
      for (index done = 0; j < g.tiles && (g.ahead < 0 || done < g.ahead); ++j) {
        update(j, j, g.tiles);
        done += g.tiles - j;
      }
      solve();
      for (; j < g.tiles; ++j) update(j, j, g.tiles);
    }
    if (v.stopped(k)) return;
  }
}

}  // namespace posdef::internal::cpu
