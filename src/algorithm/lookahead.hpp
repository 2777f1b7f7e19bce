// Cholesky factorization with lookahead, for an engine that factors diagonal blocks asynchronously.
//
// Right-looking, block columns of order nb. With D the next diagonal block and E the rows below it,
//
//   [L11]           [A11  *   * ]    L11·L11ᴴ = A11    asynchronous; the engine does the rest:
//   [X   ]    of    [ X   D   * ]    X ← X·L11⁻ᴴ,  D ← D − X·Xᴴ        then D is factored
//   [Y   ]          [ Y   E   F ]    Y ← Y·L11⁻ᴴ,  E ← E − Y·Xᴴ,  F ← F − Y·Yᴴ   in parallel
//
// The critical path from one diagonal block to the next is a solve and a product of order nb. Nearly all of the n³/3
// operations run in parallel to the factorization of a block. In addition to the primitives (engine/engine.hpp) the
// engine has
//
//   start_block(A, first)   starts to factor a block in its lower triangle and returns at once; A must not be used
//   finish_block(A)         later operations of the engine use L
//
// info follows the rules of a device (algorithm/lockstep.hpp): the steps after a failure still run, and write only
// columns from the failing one on. Every element is updated in ascending order of block columns, so the rounding
// depends on n and nb only.
#pragma once

#include <algorithm>

#include "algorithm/solve.hpp"

namespace posdef::internal {

template <primitives E>
void potrf_with_lookahead(E& e, typename E::output a, index nb) {
  const index n = a.rows;
  if (n == 0) return;
  const auto diagonal = [&](index j) {
    const index w = std::min(nb, n - j);
    return a.block(j, j, w, w);
  };
  e.start_block(diagonal(0), 0);
  for (index j = 0; j < n; j += nb) {
    const auto l11 = diagonal(j);
    e.finish_block(l11);
    const index w = l11.rows, next = j + w, below = n - next;
    if (below == 0) return;
    const auto d = diagonal(next), x = a.block(next, j, d.rows, w);
    trsm(e, l11, x);
    e.gemm(-1, x, x.h(), d, part::lower);
    e.start_block(d, next);
    const index rest = below - d.rows, last = next + d.rows;
    if (rest == 0) continue;
    const auto y = a.block(last, j, rest, w);
    trsm(e, l11, y);
    e.gemm(-1, y, x.h(), a.block(last, next, rest, d.rows), part::full);
    e.gemm(-1, y, y.h(), a.block(last, last, rest, rest), part::lower);
  }
}

}  // namespace posdef::internal
