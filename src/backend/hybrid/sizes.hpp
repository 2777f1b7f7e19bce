// The block sizes of the hybrid engine.
#pragma once

#include "engine/strided.hpp"

namespace posdef::internal::hybrid {

/// A row of dispatch/tuning.hpp.
struct sizes {
  struct step {
    index up_to, order;
  };
  index from;  ///< a device plan uses the host from this order on; a plan for "hybrid" always does
  step blocks[2];

  /// The order of the diagonal blocks of a matrix of order n. It determines the rounding.
  index block(index n) const {
    const step* s = blocks;
    while (n > s->up_to) ++s;
    return s->order;
  }
};

}  // namespace posdef::internal::hybrid
