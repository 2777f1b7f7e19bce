// Cholesky factorization A = L·Lᴴ of one Hermitian matrix (or a device's batch in lockstep), lower, in place.
//
//   [A11  *  ]   [L11  0 ] [L11ᴴ L21ᴴ]        L11·L11ᴴ = A11,   L21 = A21·L11⁻ᴴ,
//   [A21 A22 ] = [L21 L22]·[ 0   L22ᴴ]  hence L22·L22ᴴ = A22 − L21·L21ᴴ.
//
// n³/3 operations, no memory beyond that of the engine's primitives. Returns 0, or k if the leading minor of order k is
// not positive definite; then columns before k hold the factor in all rows. For this reason both variants also solve
// the rows below a failing block, for the columns before k.
#pragma once

#include <algorithm>

#include "algorithm/panels.hpp"
#include "algorithm/solve.hpp"

namespace posdef::internal {

/// `automatic`: the engine's own schedule for whole matrices if it has one, else recursive.
enum class factor_algorithm { automatic, recursive, left_looking };

/// Splits at about half, at a multiple of the block. Most operations are in products with a long inner dimension.
template <primitives E>
index potrf_recursive(E& e, typename E::output a, index first = 0) {
  const index n = a.rows, nb = e.block();
  if (n == 0) return 0;
  if (n <= nb) return e.potrf_block(a, first);
  const index n1 = split(n, nb), n2 = n - n1;
  const auto a11 = a.lead(n1), a21 = a.block(n1, 0, n2, n1), a22 = a.block(n1, n1, n2, n2);
  if (const index info = potrf_recursive(e, a11, first); info != 0) {
    const index good = info - first - 1;
    trsm(e, a11.lead(good), a21.columns(0, good));
    return info;
  }
  trsm(e, a11, a21);
  e.gemm(-1, a21, a21.h(), a22, part::lower);
  return potrf_recursive(e, a22, first + n1);
}

/// Block columns from left to right: subtract the contribution of the finished columns, factor the diagonal block,
/// solve the rows below.
template <primitives E>
index potrf_left_looking(E& e, typename E::output a, index first = 0) {
  const index n = a.rows, nb = e.block();
  for (index j = 0; j < n; j += nb) {
    const index w = std::min(nb, n - j), below = n - j - w;
    const auto done = a.block(j, 0, w, j), diagonal = a.block(j, j, w, w), panel = a.block(j + w, j, below, w);
    e.gemm(-1, done, done.h(), diagonal, part::lower);
    const index info = e.potrf_block(diagonal, first + j);
    e.gemm(-1, a.block(j + w, 0, below, j), done.h(), panel, part::full);
    if (info != 0) {
      const index good = info - first - j - 1;
      trsm(e, diagonal.lead(good), panel.columns(0, good));
      return info;
    }
    trsm(e, diagonal, panel);
  }
  return 0;
}

/// An engine with its own schedule for whole matrices.
template <class E>
concept own_schedule = requires(E& e, typename E::output a) {
  e.potrf(a);
};
/// An engine that factors the next diagonal block in the launch that updates it.
template <class E>
concept by_outer_panels = requires(E& e, typename E::output a) {
  e.takes_tiles(a.rows);
  e.potrf_tiles(a);
  e.outer_panel();
};

template <primitives E>
index potrf(E& e, typename E::output a, factor_algorithm which) {
  // The factor of conj(A) is conj(L), so conjugating the view is sufficient.
  if (a.conj) a = a.conjugated();
  if (which == factor_algorithm::automatic) {
    if constexpr (own_schedule<E>) {
      return e.potrf(a);
    } else if constexpr (by_outer_panels<E>) {
      e.takes_tiles(a.rows) ? e.potrf_tiles(a) : potrf_panels(e, a, e.outer_panel());
      return 0;
    }
  }
  return which == factor_algorithm::left_looking ? potrf_left_looking(e, a) : potrf_recursive(e, a);
}

}  // namespace posdef::internal
