// The block sizes and cross-over points of the CPU engine.
#pragma once

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

/// The values are in dispatch/tuning.hpp. `unblocked_max`, `block`, `panels` and kc determine the order of operations
/// and thus the rounding; the others do not.
struct blocking {
  struct step {
    index up_to, order;
  };
  index compact_max;              ///< up to this order, batches are factored as compact batches: one matrix per lane
  index unblocked_max;            ///< up to this order, a matrix is factored unblocked; above it by block columns
  index block;                    ///< the order of blocks in solves and inverses
  step panels[4];                 ///< {maximum order of the matrix, width of its block columns}; the last is unlimited
  index kc, mc, nc;               ///< block sizes of a product (engine/cpu/engine.hpp)
  index compact_solve_max = 512;  ///< up to n·nrhs real numbers, solves use compact batches
  double team_min = 2e5;          ///< below this number of operations, one thread is used
  /// A team updates the matrix in tiles that give each thread so many of them with the first block column.
  /// `updates_few` is for two threads and was measured. `updates_many` is a prediction: simulated for 8 to 128 cores
  /// with the times of tasks on Zen 4, not run on such a machine (docs/internals/schedule.md).
  index updates_few = 8, updates_many = 24;

  index updates_per_thread(int threads) const { return threads > 2 ? updates_many : updates_few; }

  /// The width of the block columns of a matrix of order n > unblocked_max.
  index panel(index n) const {
    const step* s = panels;
    while (n > s->up_to) ++s;
    return s->order;
  }
};

}  // namespace posdef::internal::cpu
