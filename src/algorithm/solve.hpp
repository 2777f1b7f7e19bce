// Triangular solves. All eight variants are B ← B·L⁻ᴴ on suitable views.
//
//   X·Lᴴ = B   directly. With L = [L1 0; L2 L3] and B = [B1 B2]:  X1 = B1·L1⁻ᴴ,  X2 = (B2 − X1·L2ᴴ)·L3⁻ᴴ
//   X·L  = B   indices reversed: J·L·J is upper, hence (J·L·J)ᴴ lower, and X·J·(J·L·J) = B·J
//   L·X  = B   transposed: Xᵀ·Lᵀ = Bᵀ, and Lᵀ = (conj L)ᴴ
//   Lᴴ·X = B   transposed: Xᵀ·conj(L) = Bᵀ
//
// B is m × n, L is n × n lower: n²·m operations. The recursion halves n at multiples of the engine's block.
#pragma once

#include "engine/engine.hpp"

namespace posdef::internal {

/// B ← B·L⁻ᴴ.
template <primitives E>
void trsm(E& e, typename E::input l, typename E::output b, bool unit = false) {
  const index n = l.rows, nb = e.block();
  if (n == 0 || b.rows == 0) return;
  if constexpr (own_solve<E>)
    if (e.solve_few(l, b, unit)) return;
  if (n <= nb) return e.trsm_block(l, b, unit);
  const index n1 = split(n, nb), n2 = n - n1;
  const auto b1 = b.columns(0, n1), b2 = b.columns(n1, n2);
  trsm(e, l.lead(n1), b1, unit);
  if constexpr (own_solve<E>)
    e.subtract_solved(b1, l.block(n1, 0, n2, n1), b2);
  else
    e.gemm(-1, b1, l.block(n1, 0, n2, n1).h(), b2, part::full);
  trsm(e, l.block(n1, n1, n2, n2), b2, unit);
}

template <blocks_alone E>
void trsm(E& e, typename E::input l, typename E::output b, bool unit = false) {
  e.trsm_block(l, b, unit);
}

/// B ← B·L⁻¹.
template <solver E>
void trsm_plain(E& e, typename E::input l, typename E::output b, bool unit = false) {
  trsm(e, l.reversed().h(), b.reversed_columns(), unit);
}

/// B ← L⁻¹·B.
template <solver E>
void trsm_left(E& e, typename E::input l, typename E::output b, bool unit = false) {
  trsm(e, l.conjugated(), b.t(), unit);
}

/// B ← L⁻ᴴ·B.
template <solver E>
void trsm_left_adjoint(E& e, typename E::input l, typename E::output b, bool unit = false) {
  trsm_plain(e, l.conjugated(), b.t(), unit);
}

}  // namespace posdef::internal
