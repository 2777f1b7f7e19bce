// The sizes by which the CPU engine cuts matrices.
#pragma once

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

/// Block sizes (plan/tuning.hpp). `block`, `panels` and kc decide the order of operations and thus the bits; `small`,
/// mc and nc do not.
struct blocking {
  struct step {
    index up_to, order;
  };
  index small;
  index block;
  step panels[3];
  index kc, mc, nc;

  /// Order of the block columns of a matrix of order n > block.
  index panel(index n) const {
    const step* s = panels;
    while (n > s->up_to) ++s;
    return s->order;
  }
};

}  // namespace posdef::internal::cpu
