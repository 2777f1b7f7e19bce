// Cholesky factorization with panels of two widths, for an engine that factors the next diagonal block in the launch
// that updates it.
//
// Right-looking. With L11 factored, W = nb columns wide, inside an outer panel of `outer` columns:
//
//   [L11        ]    X ← X·L11⁻ᴴ, all rows below;   then  C ← C − X·Xᴴ  on the remaining columns of the outer panel,
//   [ X   C     ]    and the next diagonal block, at the start of C, is factored
//   [ X   C   R ]    R ← R − Y·Yᴴ  after the outer panel, with Y all its columns: inner dimension `outer`
//
// A block costs two launches. n³/3 operations are in products, and the remainder R is read and written once per outer
// panel. info follows the rules of a device (lockstep.hpp): the steps after a failure still run, and write only columns
// from the failing one on. `outer` does not change the rounding if the engine's products subtract in chunks of nb.
//
// In addition to the primitives (engine/engine.hpp) the engine has
//
//   herk_and_potrf_block(A, C, next, first)   C ← C − A·Aᴴ on and below C's diagonal, where A and C have equal rows and
//                                             C is not wider than high; then potrf_block of C's leading block of order
//                                             `next`
//   trsm_factored(L, B)                       trsm_block with the block that was factored last
#pragma once

#include <algorithm>

#include "engine/engine.hpp"

namespace posdef::internal {

/// `outer` is a multiple of the engine's block.
template <primitives E>
void potrf_panels(E& e, typename E::output a, index outer) {
  const index n = a.rows, nb = e.block();
  const auto order = [&](index j) { return std::min(nb, n - j); };
  if (n == 0) return;
  e.potrf_block(a.lead(order(0)), 0);
  for (index begin = 0; begin < n; begin += outer) {
    const index end = std::min(begin + outer, n);
    for (index j = begin; j < end; j += nb) {
      const index w = order(j), next = j + w, below = n - next;
      if (below == 0) return;
      const auto x = a.block(next, j, below, w);
      e.trsm_factored(a.block(j, j, w, w), x);
      if (next < end) e.herk_and_potrf_block(x, a.block(next, next, below, end - next), order(next), next);
    }
    const index rest = n - end;
    if (rest > 0)
      e.herk_and_potrf_block(a.block(end, begin, rest, end - begin), a.block(end, end, rest, rest), order(end), end);
  }
}

}  // namespace posdef::internal
