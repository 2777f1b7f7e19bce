// Cholesky factorization by panels of two widths, for an engine that factors the next diagonal block in the launch that
// updates it.
//
// Right-looking. With L11 factored, W = nb columns wide, inside an outer panel of `outer` columns:
//
//   [L11        ]    X ← X·L11⁻ᴴ, all rows below;   then  C ← C − X·Xᴴ  on what is left of the outer panel's columns,
//   [ X   C     ]    and the next diagonal block at C's beginning is factored
//   [ X   C   R ]    R ← R − Y·Yᴴ  once the outer panel is finished, Y being all its columns: a product `outer` deep
//
// So a block costs two launches, n³/3 operations are in products, and the rest R of the matrix is read and written once
// in `outer` columns. An info and its policy are those of a device (lockstep.hpp): the steps behind a failure go on,
// and write only columns from the failing one on. `outer` does not change the bits where the engine's products subtract
// in chunks of nb.
//
// Beside the primitives (engine/engine.hpp) the engine has
//
//   herk_and_potrf_block(A, C, next, first)   C ← C − A·Aᴴ on and below C's diagonal, where C has A's rows and no more
//                                             columns than rows; then potrf_block of C's leading block of order `next`
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
