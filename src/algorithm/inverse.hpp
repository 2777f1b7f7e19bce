// Inverses, in place, lower.
//
//   trtri   [L11  0 ]⁻¹   [        L11⁻¹          0  ]
//           [L21 L22]   = [−L22⁻¹·L21·L11⁻¹    L22⁻¹ ]                          n³/3 operations
//           Y = L⁻¹ is computed from Y·L = I: first Y22, then Y21 = −(Y22·L21)·L11⁻¹ by a product and a solve. So Y·L
//           is close to I. In A·(Yᴴ·Y) = L·(Y·L)ᴴ·Y this is the factor that the error of A⁻¹ depends on; from L·Y = I
//           it would be larger by the condition number of L (Higham, Accuracy and Stability of Numerical
//           Algorithms, 14.2).
//   lauum   L ← lower triangle of Lᴴ·L:  [L11ᴴ·L11 + L21ᴴ·L21      *    ]
//                                        [     L22ᴴ·L21       L22ᴴ·L22 ]        n³/3 operations
//   potri   A⁻¹ = L⁻ᴴ·L⁻¹: trtri, then lauum
//
// Diagonal blocks are copied to scratch memory, where the other triangle is zero. A solve with the identity gives the
// inverse, a product gives Lᴴ·L or L·B, with the diagonal's products last: they are often the largest. So an engine
// needs no additional primitives; it may have its own for diagonal blocks.
#pragma once

#include <algorithm>

#include "algorithm/solve.hpp"

namespace posdef::internal {

/// B ← Lᴴ·B.
template <primitives E>
void trmm_left_adjoint(E& e, typename E::input l, typename E::output b, bool unit = false) {
  using T = typename E::value_type;
  const index n = l.rows, nb = e.block();
  if (n == 0 || b.cols == 0) return;
  if (n <= nb) {
    const auto s = e.scratch(0, n, n);
    e.fill(s, T(0), part::full);
    e.copy(1, l, s, part::lower);
    if (unit) e.fill(s, T(1), part::diagonal);
    for (index j = 0; j < b.cols; j += nb) {
      const index w = std::min(nb, b.cols - j);
      const auto x = e.scratch(1, n, w), bj = b.columns(j, w);
      e.copy(1, bj, x, part::full);
      e.fill(bj, T(0), part::full);
      e.gemm(1, s.reversed_rows().h(), x.reversed_rows(), bj, part::full);
    }
    return;
  }
  const index n1 = split(n, nb), n2 = n - n1;
  const auto b1 = b.row_range(0, n1), b2 = b.row_range(n1, n2);
  trmm_left_adjoint(e, l.lead(n1), b1, unit);
  e.gemm(1, l.block(n1, 0, n2, n1).h(), b2, b1, part::full);
  trmm_left_adjoint(e, l.block(n1, n1, n2, n2), b2, unit);
}

/// B ← L·B: with reversed indices L is (J·L·J)ᴴ of a lower triangle.
template <primitives E>
void trmm_left(E& e, typename E::input l, typename E::output b, bool unit = false) {
  trmm_left_adjoint(e, l.reversed().h(), b.reversed_rows(), unit);
}

template <primitives E>
void trtri(E& e, typename E::output l, bool unit) {
  using T = typename E::value_type;
  const index n = l.rows, nb = e.block();
  if (n == 0) return;
  if (n <= nb) {
    if constexpr (own_inverse<E>)
      if (e.invert_block(l.reversed().h(), unit)) return;
    const auto s = e.scratch(0, n, n);
    e.fill(s, T(0), part::full);
    e.fill(s, T(1), part::diagonal);
    trsm_plain(e, l, s, unit);
    e.copy(1, s, l, unit ? part::strict_lower : part::lower);
    return;
  }
  const index n1 = split(n, nb), n2 = n - n1;
  const auto l11 = l.lead(n1), l21 = l.block(n1, 0, n2, n1), l22 = l.block(n1, n1, n2, n2);
  trtri(e, l22, unit);
  trmm_left(e, l22, l21, unit);
  trsm_plain(e, l11, l21, unit);
  e.copy(-1, l21, l21, part::full);
  trtri(e, l11, unit);
}

template <blocks_alone E>
void trtri(E& e, typename E::output l, bool unit) {
  e.invert_block(l.reversed().h(), unit);
}

template <primitives E>
void lauum(E& e, typename E::output l) {
  using T = typename E::value_type;
  const index n = l.rows, nb = e.block();
  if (n == 0) return;
  if (n <= nb) {
    if constexpr (own_inverse<E>)
      if (e.square_block(l)) return;
    const auto s = e.scratch(0, n, n);
    e.fill(s, T(0), part::full);
    e.copy(1, l, s, part::lower);
    e.fill(l, T(0), part::lower);
    const auto rows = s.reversed_rows();
    e.gemm(1, rows.h(), rows, l, part::lower);
    return;
  }
  const index n1 = split(n, nb), n2 = n - n1;
  const auto l11 = l.lead(n1), l21 = l.block(n1, 0, n2, n1), l22 = l.block(n1, n1, n2, n2);
  lauum(e, l11);
  e.gemm(1, l21.h(), l21, l11, part::lower);
  trmm_left_adjoint(e, l22, l21);
  lauum(e, l22);
}

template <blocks_alone E>
void lauum(E& e, typename E::output l) {
  e.square_block(l);
}

template <solver E>
void potri(E& e, typename E::output l) {
  trtri(e, l, /* unit = */ false);
  lauum(e, l);
}

}  // namespace posdef::internal
