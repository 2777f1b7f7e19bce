// The sizes by which the CPU engine cuts matrices and chooses kernels.
#pragma once

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

/// Block sizes and cross-overs (dispatch/tuning.hpp). `unblocked_max`, `block`, `panels` and kc decide the order of
/// operations and thus the bits; the others do not.
struct blocking {
  struct step {
    index up_to, order;
  };
  index compact_max;    ///< up to this order, batches are factored as compact batches: one matrix in each lane
  index unblocked_max;  ///< up to this order, a matrix is factored in one piece; above it by block columns
  index block;          ///< order of the blocks of solves and inverses
  step panels[3];       ///< order of the block columns by that of the matrix: up to n, block columns of
  index kc, mc, nc;     ///< ranges of a product (engine/cpu/engine.hpp)
  index compact_solve_max = 512;  ///< compact batches are solved up to n·nrhs real numbers on the right
  double team_min = 2e5;          ///< below this number of operations, one thread works alone

  /// Order of the block columns of a matrix of order n > unblocked_max.
  index panel(index n) const {
    const step* s = panels;
    while (n > s->up_to) ++s;
    return s->order;
  }
};

}  // namespace posdef::internal::cpu
