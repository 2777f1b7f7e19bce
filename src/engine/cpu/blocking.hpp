// The sizes by which the CPU engine cuts matrices.
#pragma once

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

/// Block sizes (dispatch/tuning.hpp). `unblocked_max`, `block`, `panels` and kc decide the order of operations and thus
/// the bits; `compact_max`, mc and nc do not.
struct blocking {
  struct step {
    index up_to, order;
  };
  index compact_max;    ///< up to this order, batches are factored one matrix to a lane
  index unblocked_max;  ///< up to this order, a matrix is factored in one piece, above it by panels
  index block;          ///< of solves and inverses
  step panels[3];       ///< order of the panels, by that of the matrix
  index kc, mc, nc;

  /// Order of the block columns of a matrix of order n > whole.
  index panel(index n) const {
    const step* s = panels;
    while (n > s->up_to) ++s;
    return s->order;
  }
};

}  // namespace posdef::internal::cpu
