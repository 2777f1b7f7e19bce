// Factorization of a block in micro-panels, and the solve of rows below it. Left-looking, nr columns J at a time. Each
// tile of rows is kept in registers and stored once:
//
//   S = L(:, 0..j)·L(J, 0..j)ᴴ
//   the tile with the rows J:  for each column c:  T(:,c) = A(:,c) − S(:,c),  L(c,c) = √T(c,c),  L(:,c) =
//   T(:,c)/L(c,c),
//                              S(:,d) += L(:,c)·conj L(d,c)  for the columns d > c
//   the tiles below it:        the same without the root
//
// Every element is A(i,j) minus the sum of its products in ascending k, divided by L(j,j). The sum starts
// from zero, because then most of it rounds at its own size, which is less than that of A(i,j). It is divided into
// parts
// (`chunks`). The last product in a tile is subtracted after the sum, in one operation: this shortens the critical path
// from column to column. compact_factor-inl.hpp and register-inl.hpp use the same operations, so the results are
// bitwise equal.
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

/// Column e of a tile += or −= column c times conj b: S(e) += L(c)·conj b, or T(e) −= L(c)·conj b for the last product.
template <class T, int MV, class V>
HWY_INLINE void eliminate(typename tile<T>::template sums<MV>& t, int c, int e, V br, V bi) {
  constexpr int im = tile<T>::planes - 1;
  for (int v = 0; v < MV; ++v) {
    auto &re = t.v[0][e][v], &ii = t.v[im][e][v];
    if (e == c + 1)
      subtract_product<T>(re, ii, t.v[0][c][v], t.v[im][c][v], br, bi);
    else
      add_product<T>(re, ii, t.v[0][c][v], t.v[im][c][v], br, bi);
  }
}

/// Column c of a tile: T(:,c) = A(:,c) − S(:,c).
template <class T, int MV>
HWY_INLINE void subtract_sums(const real_type<T>* a, int c, typename tile<T>::template sums<MV>& t) {
  const typename tile<T>::D d;
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int v = 0; v < MV; ++v) {
      const auto* const from = a + (c * tile<T>::planes + q) * tile<T>::mr + v * tile<T>::lanes;
      t.v[q][c][v] = hn::Sub(hn::LoadU(d, from), t.v[q][c][v]);
    }
}

/// S = X(:, 0..k)·B(:, 0..k)ᴴ since the last end of a part. The parts before it are subtracted from the tile A in
/// memory.
template <class T, int MV>
HWY_INLINE void sum_products(index k, const real_type<T>* x, const real_type<T>* b, const chunks& parts,
                             real_type<T>* a, typename tile<T>::template sums<MV>& t) {
  constexpr index step = tile<T>::planes * tile<T>::mr;
  index from = 0;
  for (index to = parts.end(0); to <= k; to = parts.end(from)) {
    set_zero<T, MV>(t);
    accumulate<T, MV>(to - from, x + from * step, b + from * step, t);
    for (int c = 0; c < tile<T>::nr; ++c) subtract_sums<T, MV>(a, c, t);
    put<T, MV>(t, a);
    from = to;
  }
  set_zero<T, MV>(t);
  accumulate<T, MV>(k - from, x + from * step, b + from * step, t);
}

/// Stores column c of a tile, with a root in row `diagonal`.
template <class T, int MV, class V>
HWY_INLINE void put_column(const typename tile<T>::template sums<MV>& t, int c, int diagonal, V root, real_type<T>* a) {
  using R = real_type<T>;
  constexpr int lanes = static_cast<int>(tile<T>::lanes);
  const typename tile<T>::D d;
  const auto own = hn::Eq(hn::Iota(d, R(0)), hn::Set(d, static_cast<R>(diagonal % lanes)));
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int v = 0; v < MV; ++v) {
      V x = t.v[q][c][v];
      if (v == diagonal / lanes) x = hn::IfThenElse(own, q == 0 ? root : hn::Zero(d), x);
      hn::StoreU(x, d, a + (c * tile<T>::planes + q) * tile<T>::mr + v * tile<T>::lanes);
    }
}

/// Factors the first `columns` columns of the tile at `a`, with sums t, whose rows from LANE on are the diagonal block.
/// Returns pivots[c] and inverse[c], about 1/L(c,c).
///
/// The critical path leads from pivot to pivot (see divisor). So its operands are broadcast ahead of it, and the rest
/// of a column is computed in parallel. The pivot is subtracted as |L(c+1,c)|², so it agrees with the stored factor.
template <class T, int MV, int LANE>
HWY_INLINE void factor_tile(real_type<T>* a, typename tile<T>::template sums<MV>& t, index columns,
                            real_type<T>* pivots, real_type<T>* inverse) {
  constexpr int nr = tile<T>::nr, lanes = static_cast<int>(tile<T>::lanes), planes = tile<T>::planes;
  const typename tile<T>::D d;
  // Row r of the block in all lanes. If the block has more rows than a vector, LANE is zero.
  const auto row = [&](int q, int c, int r) HWY_ATTR { return spread(d, t.v[q][c][r / lanes], LANE + r % lanes); };
  subtract_sums<T, MV>(a, 0, t);
  next_pivot<one_number<real_type<T>>> pivot(first_part(row(0, 0, 0)));
  // Fully unrolled; otherwise the tile would be kept in memory, on the critical path.
  HWY_UNROLL(8)
  for (int c = 0; c < nr; ++c) {
    if (c >= columns) break;
    const auto by = pivot.make_divisor(/* starts = */ c == 0);
    pivots[c] = hn::GetLane(pivot.exact);
    inverse[c] = hn::GetLane(by.reciprocal);
    if (c + 1 < nr) {
      subtract_sums<T, MV>(a, c + 1, t);
      pivot = next_pivot<one_number<real_type<T>>>(first_part(row(0, c + 1, c + 1)));
      HWY_UNROLL(2)
      for (int q = 0; q < planes; ++q) pivot.subtract(first_part(row(q, c, c + 1)), by);
    }
    const auto root = hn::Set(d, hn::GetLane(by.root)), reciprocal = hn::Set(d, hn::GetLane(by.reciprocal));
    for (int q = 0; q < planes; ++q)
      for (int v = 0; v < MV; ++v) t.v[q][c][v] = divide(t.v[q][c][v], root, reciprocal);
    put_column<T, MV>(t, c, LANE + c, root, a);
    HWY_UNROLL(8)
    for (int e = c + 1; e < nr; ++e) eliminate<T, MV>(t, c, e, row(0, c, e), row(planes - 1, c, e));
  }
}

/// Calls f(integral constant LANE) for the lane where a diagonal block starts: a multiple of nr.
template <class T, int LANE = 0, class F>
HWY_INLINE void with_lane(index lane, const F& f) {
  if constexpr (LANE + tile<T>::nr < tile<T>::lanes)
    if (lane != LANE) return with_lane<T, LANE + tile<T>::nr>(lane, f);
  f(std::integral_constant<int, LANE>{});
}

/// The diagonal of L as real numbers with reciprocals: columns are divided by it.
template <class T>
struct divided {
  const real_type<T>* inverse;

  divided from(index j) const { return {inverse + j}; }
  /// z ← z/L(c,c). own: L(c,c).
  template <class V>
  HWY_INLINE void apply(int c, const real_type<T>* own, V& zr, [[maybe_unused]] V& zi) const {
    const typename tile<T>::D d;
    const V root = hn::Set(d, *own), r = hn::Set(d, inverse[c]);
    zr = divide(zr, root, r);
    if constexpr (is_complex<T>) zi = divide(zi, root, r);
  }
};

/// The reciprocals of the diagonal: columns are multiplied by them. `im` is null if all are real.
template <class T>
struct multiplied {
  const real_type<T>*re, *im;

  multiplied from(index j) const { return {re + j, im == nullptr ? nullptr : im + j}; }
  /// z ← z·conj(1/L(c,c)).
  template <class V>
  HWY_INLINE void apply(int c, const real_type<T>*, V& zr, V& zi) const {
    multiply_conj<T>(zr, zi, re + c, im == nullptr ? nullptr : im + c);
  }
};

/// The tile at `a`, with sums t, times L⁻ᴴ:  x(c) = (a(c) − s(c) − Σ_{k<c} x(k)·conj L(c,k)) / conj L(c,c), L a
/// triangle in a micro-panel at l.
template <class T, int MV, class Diagonal>
HWY_INLINE void solve_tile(real_type<T>* a, typename tile<T>::template sums<MV>& t, const real_type<T>* l,
                           const Diagonal& by) {
  using V = typename tile<T>::V;
  constexpr index step = tile<T>::planes * tile<T>::mr;
  constexpr int im = tile<T>::planes - 1;
  const typename tile<T>::D d;
  HWY_UNROLL(8)
  for (int c = 0; c < tile<T>::nr; ++c) {
    HWY_UNROLL(8)
    for (int k = 0; k < c; ++k) {
      if (k == c - 1) subtract_sums<T, MV>(a, c, t);
      const V br = hn::Set(d, l[c + k * step]);
      V bi = br;
      if constexpr (is_complex<T>) bi = hn::Set(d, l[c + k * step + tile<T>::mr]);
      eliminate<T, MV>(t, k, c, br, bi);
    }
    if (c == 0) subtract_sums<T, MV>(a, c, t);
    for (int v = 0; v < MV; ++v) by.apply(c, l + c + c * step, t.v[0][c][v], t.v[im][c][v]);
  }
  put<T, MV>(t, a);
}

template <class T>
index factor(index n, real_type<T>* w, index stride, real_type<T>* inverse, const chunks& parts) {
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
        R* const a = micro_panel + top + j * step;
        sum_products<T, MV>(j, micro_panel + top, b, parts, a, x);
        with_lane<T>(row - top, [&](auto lane) HWY_ATTR {
          factor_tile<T, MV, decltype(lane)::value>(a, x, n - j, pivots, inverse + j);
        });
      }
    });
    for (index i = j - row + t::mr; i < n; i += t::mr) {
      R* const rows = w + i / t::mr * stride;
      with_vectors<T>(n - i, [&](auto mv) HWY_ATTR {
        constexpr int MV = decltype(mv)::value;
        typename t::template sums<MV> x;
        sum_products<T, MV>(j, rows, b, parts, rows + j * step, x);
        solve_tile<T, MV>(rows + j * step, x, b + j * step, divided<T>{inverse + j});
      });
    }
    for (index c = 0; c < std::min<index>(t::nr, n - j); ++c)
      if (!(pivots[c] > 0 && pivots[c] < std::numeric_limits<R>::infinity())) return j + c + 1;
  }
  return 0;
}

template <class T, class Diagonal>
HWY_INLINE void solve_rows(index n, const real_type<T>* l, index l_stride, const Diagonal& by, index m, real_type<T>* x,
                           index x_stride, const chunks& parts) {
  using t = tile<T>;
  constexpr index step = t::planes * t::mr;
  for (index i = 0; i < m; i += t::mr, x += x_stride) {
    with_vectors<T>(m - i, [&](auto mv) HWY_ATTR {
      constexpr int MV = decltype(mv)::value;
      for (index j = 0; j < n; j += t::nr) {
        const auto* b = l + j / t::mr * l_stride + j % t::mr;
        typename t::template sums<MV> s;
        sum_products<T, MV>(j, x, b, parts, x + j * step, s);
        solve_tile<T, MV>(x + j * step, s, b + j * step, by.from(j));
      }
    });
  }
}

template <class T>
void factor_below(index n, const real_type<T>* l, index l_stride, const real_type<T>* inverse, index m, real_type<T>* x,
                  index x_stride, const chunks& parts) {
  solve_rows<T>(n, l, l_stride, divided<T>{inverse}, m, x, x_stride, parts);
}

template <class T>
void solve(index n, const real_type<T>* l, index l_stride, const real_type<T>* inverse, const real_type<T>* inverse_im,
           index m, real_type<T>* x, index x_stride) {
  solve_rows<T>(n, l, l_stride, multiplied<T>{inverse, inverse_im}, m, x, x_stride, tile<T>::solve_chunks);
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
