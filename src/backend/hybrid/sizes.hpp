// The sizes by which the hybrid engine cuts matrices.
#pragma once

#include "engine/strided.hpp"

namespace posdef::internal::hybrid {

/// A row of dispatch/tuning.hpp.
struct sizes {
  struct step {
    index up_to, order;
  };
  index from;  ///< a plan for a device goes hybrid from this order on; one for "hybrid" always does
  step blocks[2];

  /// Order of the diagonal blocks of a matrix of order n. It decides the order of operations and thus the bits.
  index block(index n) const {
    const step* s = blocks;
    while (n > s->up_to) ++s;
    return s->order;
  }
};

}  // namespace posdef::internal::hybrid
