// Factorization of a block in micro-panels, and the solve of rows below it. Left-looking, nr columns J at a time. Each
// tile of rows is loaded once, kept in registers and stored once:
//
//   T = A(:, J) − L(:, 0..j)·L(J, 0..j)ᴴ
//   the tile with the rows J:  for each column c:  L(c,c) = √T(c,c),  L(:,c) = T(:,c)/L(c,c),
//                              T(:,d) −= L(:,c)·conj L(d,c)  for the columns d > c
//   the tiles below it:        L(:, J) = T·L(J, J)⁻ᴴ
//
// Every element is A(i,j) minus its products in ascending k, one fused multiply-add each, times the reciprocal pivot.
// These are the operations of compact_factor-inl.hpp, so the results are bitwise equal.
#if defined(POSDEF_FACTOR_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_FACTOR_INL
#undef POSDEF_FACTOR_INL
#else
#define POSDEF_FACTOR_INL
#endif

#include <limits>

#include "engine/cpu/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// t(d) −= t(c)·conj b, for columns c and d of a tile.
template <class T, int MV, class V>
HWY_INLINE void eliminate(typename tile<T>::template sums<MV>& t, int c, int d, V br, V bi) {
  constexpr int im = tile<T>::planes - 1;
  for (int v = 0; v < MV; ++v) subtract_product<T>(t.v[0][d][v], t.v[im][d][v], t.v[0][c][v], t.v[im][c][v], br, bi);
}

/// Factors the first `columns` columns of the tile whose rows from `lane` on are the diagonal block. Returns pivots[c]
/// and inverse[c] = 1/L(c,c).
///
/// The critical path leads from pivot to pivot (see divisor). So its two operands are broadcast ahead of it, and the
/// rest of a column is computed in parallel.
template <class T, int MV>
HWY_INLINE void factor_tile(typename tile<T>::template sums<MV>& t, index lane, index columns, real_type<T>* pivots,
                            real_type<T>* inverse) {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  constexpr int nr = tile<T>::nr, lanes = static_cast<int>(tile<T>::lanes);
  const typename tile<T>::D d;
  const V rows = hn::Iota(d, R(0));
  // Row r of the block in all lanes. If the block has more rows than a vector, `lane` is zero.
  const auto row = [&](int q, int c, int r) HWY_ATTR { return spread(d, t.v[q][c][r / lanes], lane + r % lanes); };
  V pivot = row(0, 0, 0);
  // Fully unrolled; otherwise the tile would be kept in memory, on the critical path.
  HWY_UNROLL(8)
  for (int c = 0; c < nr; ++c) {
    if (c >= columns) break;
    const divisor<typename tile<T>::D> by(pivot);
    pivots[c] = hn::GetLane(pivot);
    inverse[c] = hn::GetLane(by.reciprocal);
    if (c + 1 < nr) {
      pivot = by.reduce(row(0, c + 1, c + 1), row(0, c, c + 1));
      if constexpr (is_complex<T>) pivot = by.reduce(pivot, row(1, c, c + 1));
    }
    for (int q = 0; q < tile<T>::planes; ++q)
      for (int v = 0; v < MV; ++v) t.v[q][c][v] = hn::Mul(t.v[q][c][v], by.reciprocal);
    HWY_UNROLL(8)
    for (int e = c + 1; e < nr; ++e) {
      const V br = row(0, c, e);
      V bi = br;
      if constexpr (is_complex<T>) bi = row(1, c, e);
      eliminate<T, MV>(t, c, e, br, bi);
    }
    const auto diagonal = hn::Eq(rows, hn::Set(d, static_cast<R>(lane + c % lanes)));
    V& own = t.v[0][c][c / lanes];
    own = hn::IfThenElse(diagonal, by.root, own);
    if constexpr (is_complex<T>) {
      V& own_im = t.v[1][c][c / lanes];
      own_im = hn::IfThenElse(diagonal, hn::Zero(d), own_im);
    }
  }
}

/// t ← t·L⁻ᴴ in registers:  x(c) = (t(c) − Σ_{k<c} x(k)·conj L(c,k)) · conj(1/L(c,c)),  L a triangle in a micro-panel
///                          at l. inverse_im is null if the reciprocals are real.
template <class T, int MV>
HWY_INLINE void solve_tile(typename tile<T>::template sums<MV>& t, const real_type<T>* l, const real_type<T>* inverse,
                           const real_type<T>* inverse_im) {
  using V = typename tile<T>::V;
  constexpr index step = tile<T>::planes * tile<T>::mr;
  constexpr int im = tile<T>::planes - 1;
  const typename tile<T>::D d;
  HWY_UNROLL(8)
  for (int c = 0; c < tile<T>::nr; ++c) {
    HWY_UNROLL(8)
    for (int k = 0; k < c; ++k) {
      const V br = hn::Set(d, l[c + k * step]);
      V bi = br;
      if constexpr (is_complex<T>) bi = hn::Set(d, l[c + k * step + tile<T>::mr]);
      eliminate<T, MV>(t, k, c, br, bi);
    }
    for (int v = 0; v < MV; ++v)
      multiply_conj<T>(t.v[0][c][v], t.v[im][c][v], inverse + c, inverse_im == nullptr ? nullptr : inverse_im + c);
  }
}

template <class T>
index factor(index n, real_type<T>* w, index stride, real_type<T>* inverse) {
  using R = real_type<T>;
  using t = tile<T>;
  constexpr index step = t::planes * t::mr;
  for (index j = 0; j < n; j += t::nr) {
    R* const micro_panel = w + j / t::mr * stride;
    const index row = j % t::mr, top = row / t::lanes * t::lanes;
    const R* const b = micro_panel + row;
    R pivots[t::nr];
    // If a vector is shorter than the diagonal block, padding rows complete the block.
    const index filled = (n - (j - row) + t::pad - 1) / t::pad * t::pad;
    with_vectors<T>(std::min(t::mr, filled) - top, [&](auto mv) HWY_ATTR {
      constexpr int MV = decltype(mv)::value;
      if constexpr (MV * t::lanes >= t::nr) {
        typename t::template sums<MV> x;
        R* const to = micro_panel + top + j * step;
        get<T, MV>(to, x);
        accumulate<T, MV, true>(j, micro_panel + top, b, x);
        factor_tile<T, MV>(x, row - top, n - j, pivots, inverse + j);
        put<T, MV>(x, to);
      }
    });
    for (index i = j - row + t::mr; i < n; i += t::mr) {
      R* const rows = w + i / t::mr * stride;
      with_vectors<T>(n - i, [&](auto mv) HWY_ATTR {
        constexpr int MV = decltype(mv)::value;
        typename t::template sums<MV> x;
        get<T, MV>(rows + j * step, x);
        accumulate<T, MV, true>(j, rows, b, x);
        solve_tile<T, MV>(x, b + j * step, inverse + j, nullptr);
        put<T, MV>(x, rows + j * step);
      });
    }
    for (index c = 0; c < std::min<index>(t::nr, n - j); ++c)
      if (!(pivots[c] > 0 && pivots[c] < std::numeric_limits<R>::infinity())) return j + c + 1;
  }
  return 0;
}

template <class T>
void solve(index n, const real_type<T>* l, index l_stride, const real_type<T>* inverse, const real_type<T>* inverse_im,
           index m, real_type<T>* x, index x_stride) {
  using t = tile<T>;
  constexpr index step = t::planes * t::mr;
  for (index i = 0; i < m; i += t::mr, x += x_stride) {
    with_vectors<T>(m - i, [&](auto mv) HWY_ATTR {
      constexpr int MV = decltype(mv)::value;
      for (index j = 0; j < n; j += t::nr) {
        const auto* b = l + j / t::mr * l_stride + j % t::mr;
        typename t::template sums<MV> s;
        get<T, MV>(x + j * step, s);
        accumulate<T, MV, true>(j, x, b, s);
        solve_tile<T, MV>(s, b + j * step, inverse + j, inverse_im == nullptr ? nullptr : inverse_im + j);
        put<T, MV>(s, x + j * step);
      }
    });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
