// Solves and products with few right-hand sides: X has at most skinny_max rows, so vectors run along L.
//
//   solve      x(i) = (b(i) − Σ_{k<i} x(k)·conj L(i,k)) · conj(1/L(i,i)),  i along a vector
//   subtract   x(i) ← x(i) − Σ_k y(k)·conj L(i,k)
//
// Packing L would take longer than the computation, so its columns are loaded directly from memory.
//
// Every element is computed by the same operations in the same order as in `solve` (factor-inl.hpp) or
// `product_in_lanes` (product-inl.hpp), so the results are bitwise equal.
#if defined(POSDEF_SKINNY_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_SKINNY_INL
#undef POSDEF_SKINNY_INL
#else
#define POSDEF_SKINNY_INL
#endif

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/cpu/columns-inl.hpp"
#include "engine/cpu/product-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// NC columns of Xᵀ in memory, or their sums: planes of numbers.
template <class T>
struct skinny_numbers {
  using R = real_type<T>;
  R* x;
  index stride;

  HWY_INLINE R* at(int q, int c, index j) const { return x + (c * tile<T>::planes + q) * stride + j; }
  template <int MV, int NC>
  HWY_INLINE void get(index i, typename tile<T>::template sums<MV, NC>& to) const {
    const typename tile<T>::D d;
    for (int q = 0; q < tile<T>::planes; ++q)
      for (int c = 0; c < NC; ++c)
        for (int v = 0; v < MV; ++v) to.v[q][c][v] = hn::LoadU(d, at(q, c, i + v * tile<T>::lanes));
  }
  template <int MV, int NC>
  HWY_INLINE void put(index i, const typename tile<T>::template sums<MV, NC>& from) const {
    const typename tile<T>::D d;
    for (int q = 0; q < tile<T>::planes; ++q)
      for (int c = 0; c < NC; ++c)
        for (int v = 0; v < MV; ++v) hn::StoreU(from.v[q][c][v], d, at(q, c, i + v * tile<T>::lanes));
  }
};

/// Which of the two products of an imaginary part comes first: that with the imaginary part of the number y, or of the
/// element of L. The tile computes X·Lᴴ, or its transpose with exchanged factors.
enum class skinny_step { number_first, element_first };

/// z += y·conj l.
template <class T, skinny_step STEP, class V>
HWY_INLINE void step_skinny(V& zr, V& zi, V yr, V yi, const column_part<T>& l) {
  if constexpr (!is_complex<T> || STEP == skinny_step::number_first) {
    add_product<T>(zr, zi, yr, yi, l.re, l.im);
  } else {
    zr = hn::MulAdd(yr, l.re, zr);
    zi = hn::NegMulAdd(yr, l.im, zi);
    zr = hn::MulAdd(yi, l.im, zr);
    zi = hn::MulAdd(yi, l.re, zi);
  }
}

/// sums(rows from i on) += Σ y(k)·conj L(rows, k) for the columns k = begin, begin + every, ... before end. Those of a
/// group of `count` are next to each other.
template <class T, int MV, int NC, skinny_step STEP, class Source>
HWY_INLINE void add_columns(const Source& l, index i, index begin, index end, index every, skinny_numbers<T> y,
                            typename tile<T>::template sums<MV, NC>& sums) {
  constexpr int im = tile<T>::planes - 1;
  const typename tile<T>::D d;
  for (index k = begin; k < end; k += every)
    for (int v = 0; v < MV; ++v) {
      column_part<T> columns[Source::count];
      l.get(k, i + v * tile<T>::lanes, false, columns);
      HWY_UNROLL(16)
      for (index e = 0; e < Source::count; ++e)
        for (int c = 0; c < NC; ++c)
          step_skinny<T, STEP>(sums.v[0][c][v], sums.v[im][c][v], hn::Set(d, *y.at(0, c, k + e)),
                               hn::Set(d, *y.at(im, c, k + e)), columns[e]);
    }
}

/// Changes the order of n numbers.
template <class R>
void reverse(index n, R* x) {
  const hn::ScalableTag<R> d;
  constexpr index lanes = hn::MaxLanes(d);
  R* end = x + n;
  // The last two vectors may overlap.
  for (; end - x >= lanes && end - x > 1; x += lanes) {
    end -= lanes;
    const auto first = hn::LoadU(d, x), last = hn::LoadU(d, end);
    hn::StoreU(hn::Reverse(d, last), d, x);
    hn::StoreU(hn::Reverse(d, first), d, end);
  }
  if (x < end) std::reverse(x, end);
}

/// x ← 1/x for n numbers. Returns whether all results are finite and normal; positive: whether all x are.
template <class R>
bool invert(index n, R* x, bool& positive) {
  const hn::ScalableTag<R> d;
  constexpr index lanes = hn::MaxLanes(d);
  const auto least = hn::Set(d, std::numeric_limits<R>::min()), most = hn::Set(d, std::numeric_limits<R>::max());
  auto normal = hn::Eq(least, least), above = normal;
  index i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto v = hn::LoadU(d, x + i), r = hn::Div(hn::Set(d, R(1)), v);
    normal = hn::And(normal, hn::And(hn::Ge(hn::Abs(r), least), hn::Le(hn::Abs(r), most)));
    above = hn::And(above, hn::Gt(v, hn::Zero(d)));
    hn::StoreU(r, d, x + i);
  }
  bool good = hn::AllTrue(d, normal);
  positive = hn::AllTrue(d, above);
  for (; i < n; ++i) {
    positive &= x[i] > 0;
    x[i] = R(1) / x[i];
    good &= std::abs(x[i]) >= std::numeric_limits<R>::min() && std::abs(x[i]) <= std::numeric_limits<R>::max();
  }
  return good;
}

/// Calls f(first row, number of vectors as a constant) for the rows [i, rows), at most mr at a time.
template <class T, class F>
HWY_INLINE void in_row_groups(index i, index rows, const F& f) {
  for (; i < rows; i += tile<T>::mr)
    with_vectors<T>(std::min(tile<T>::mr, rows - i), [&](auto mv) HWY_ATTR { f(i, mv); });
}

/// The state of a solve between two rows: the next row of X before its division, the sum of the row after it, the sums
/// of a vector of rows and of the one that follows.
template <class T, int NC>
struct skinny_front {
  using V = typename tile<T>::V;
  V next[2][NC], ahead[2][NC];
  V sum[2][NC], following[2][NC];
};

/// Solves row k, lane r of a vector of rows. next, after: whether there are one and two more rows.
///
/// The critical path leads from row to row: a product and a multiplication. So the products with the next two rows are
/// computed with single elements, ahead of the vectors. `own`, `below`: the column in the vector and in the following.
template <class T, int NC, class Source>
HWY_INLINE void solve_skinny_row(const Source& l, const T* diagonal, index k, int r, bool next, bool after,
                                 const real_type<T>* inverse, const real_type<T>* inverse_im, skinny_numbers<T> x,
                                 const column_part<T>& own, const column_part<T>& below, skinny_front<T, NC>& f) {
  using V = typename tile<T>::V;
  constexpr int lanes = static_cast<int>(tile<T>::lanes), im = tile<T>::planes - 1, nr = tile<T>::nr;
  const typename tile<T>::D d;
  V re[NC], ii[NC];
  for (int c = 0; c < NC; ++c) {
    re[c] = f.next[0][c], ii[c] = f.next[im][c];
    multiply_conj<T>(re[c], ii[c], inverse + k, inverse_im == nullptr ? nullptr : inverse_im + k);
    *x.at(0, c, k) = hn::GetLane(re[c]);
    if constexpr (is_complex<T>) *x.at(1, c, k) = hn::GetLane(ii[c]);
  }
  if (!next) return;
  // As in factor-inl.hpp, the last product is subtracted alone, except in the first row of a tile.
  const bool alone = lanes % nr == 0 ? (r + 1) % nr != 0 : (k + 1) % nr != 0;
  V br, bi;
  l.spread_element(diagonal + l.row_step(), br, bi);
  for (int c = 0; c < NC; ++c) {
    V b[2];
    for (int q = 0; q <= im; ++q) b[q] = hn::Set(d, *x.at(q, c, k + 1));
    if (alone) {
      for (int q = 0; q <= im; ++q) f.next[q][c] = hn::Sub(b[q], f.ahead[q][c]);
      subtract_product<T>(f.next[0][c], f.next[im][c], re[c], ii[c], br, bi);
    } else {
      add_product<T>(f.ahead[0][c], f.ahead[im][c], re[c], ii[c], br, bi);
      for (int q = 0; q <= im; ++q) f.next[q][c] = hn::Sub(b[q], f.ahead[q][c]);
    }
  }
  if (!after) return;
  l.spread_element(diagonal + 2 * l.row_step(), br, bi);
  for (int c = 0; c < NC; ++c) {
    for (int q = 0; q <= im; ++q)
      f.ahead[q][c] = r + 2 < lanes ? spread(d, f.sum[q][c], r + 2) : spread(d, f.following[q][c], r + 2 - lanes);
    add_product<T>(f.ahead[0][c], f.ahead[im][c], re[c], ii[c], br, bi);
    add_product<T>(f.sum[0][c], f.sum[im][c], re[c], ii[c], own.re, own.im);
    add_product<T>(f.following[0][c], f.following[im][c], re[c], ii[c], below.re, below.im);
  }
}

/// Solves the rows [i, i + lanes), which all exist. MORE: so do those of the following vector; else there is none.
template <class T, int NC, bool MORE, class Source>
HWY_INLINE void solve_skinny_rows(const Source& l, index i, const real_type<T>* inverse, const real_type<T>* inverse_im,
                                  skinny_numbers<T> x, skinny_front<T, NC>& f) {
  constexpr int lanes = static_cast<int>(tile<T>::lanes), count = static_cast<int>(Source::count);
  const T* diagonal = &l.l.at(i, i);
  const index step = l.row_step() + l.l.cs;
  HWY_UNROLL(16)
  for (int begin = 0; begin < lanes; begin += count) {
    column_part<T> own[count], below[count];
    l.get_lower(i, begin, own);
    if constexpr (MORE) l.get_whole(i + begin, i + lanes, below);
    HWY_UNROLL(16)
    for (int e = 0; e < count; ++e, diagonal += step)
      solve_skinny_row<T, NC>(l, diagonal, i + begin + e, begin + e, MORE || begin + e + 1 < lanes,
                              MORE || begin + e + 2 < lanes, inverse, inverse_im, x, own[e], MORE ? below[e] : own[e],
                              f);
  }
}

/// The same at the end of L, where a vector is not full.
template <class T, int NC, class Source>
HWY_INLINE void solve_last_skinny_rows(const Source& l, index i, const real_type<T>* inverse,
                                       const real_type<T>* inverse_im, skinny_numbers<T> x, skinny_front<T, NC>& f) {
  constexpr int lanes = static_cast<int>(tile<T>::lanes), count = static_cast<int>(Source::count);
  const index rows = l.l.rows, end = std::min(rows, i + lanes);
  for (index begin = i; begin < end; begin += count) {
    column_part<T> own[count], below[count];
    l.get(begin, i, true, own);
    if (i + lanes < rows)
      l.get(begin, i + lanes, false, below);
    else
      for (int e = 0; e < count; ++e) below[e] = own[e];
    for (int e = 0; e < count && begin + e < end; ++e) {
      const index k = begin + e;
      solve_skinny_row<T, NC>(l, &l.l.at(k, k), k, static_cast<int>(k - i), k + 1 < rows, k + 2 < rows, inverse,
                              inverse_im, x, own[e], below[e], f);
    }
  }
}

/// x(rows from i on) −= their sums, which are zero then.
template <class T, int NC>
HWY_INLINE void subtract_skinny_sums(index i, index rows, skinny_numbers<T> sums, skinny_numbers<T> x) {
  in_row_groups<T>(i, rows, [&](index r, auto mv) HWY_ATTR {
    constexpr int MV = decltype(mv)::value;
    typename tile<T>::template sums<MV, NC> s, z;
    sums.template get<MV, NC>(r, s);
    x.template get<MV, NC>(r, z);
    for (int q = 0; q < tile<T>::planes; ++q)
      for (int c = 0; c < NC; ++c)
        for (int v = 0; v < MV; ++v) z.v[q][c][v] = hn::Sub(z.v[q][c][v], s.v[q][c][v]);
    x.template put<MV, NC>(r, z);
    set_zero<T, MV, NC>(s);
    sums.template put<MV, NC>(r, s);
  });
}

/// Right-looking, a vector of columns at a time.
template <class T, int NC, class Source>
HWY_NOINLINE void solve_skinny_sides(Source l, const real_type<T>* inverse, const real_type<T>* inverse_im,
                                     skinny_numbers<T> x, skinny_numbers<T> sums) {
  constexpr index lanes = tile<T>::lanes;
  constexpr int planes = tile<T>::planes;
  const typename tile<T>::D d;
  const index rows = l.l.rows;
  std::fill_n(sums.x, NC * planes * sums.stride, real_type<T>(0));
  skinny_front<T, NC> f;
  for (int q = 0; q < planes; ++q)
    for (int c = 0; c < NC; ++c) {
      f.next[q][c] = hn::Set(d, *x.at(q, c, 0));
      f.ahead[q][c] = f.sum[q][c] = f.following[q][c] = hn::Zero(d);
    }
  for (index i = 0; i < rows; i += lanes) {
    const index end = i + lanes;
    l.open(i, std::min(lanes, rows - i), i, rows - i, true);
    if (end + lanes <= rows)
      solve_skinny_rows<T, NC, true>(l, i, inverse, inverse_im, x, f);
    else if (end == rows)
      solve_skinny_rows<T, NC, false>(l, i, inverse, inverse_im, x, f);
    else
      solve_last_skinny_rows<T, NC>(l, i, inverse, inverse_im, x, f);
    if (end >= rows) break;
    // The first rows after the vector are in the front.
    in_row_groups<T>(end + lanes, rows, [&](index r, auto mv) HWY_ATTR {
      constexpr int MV = decltype(mv)::value;
      typename tile<T>::template sums<MV, NC> s;
      sums.template get<MV, NC>(r, s);
      add_columns<T, MV, NC, skinny_step::number_first>(l, r, i, end, Source::count, x, s);
      sums.template put<MV, NC>(r, s);
    });
    const bool part_ends = tile<T>::solve_chunks.end(i) == end;
    for (int q = 0; q < planes; ++q)
      for (int c = 0; c < NC; ++c) {
        if (part_ends) {
          hn::StoreU(f.following[q][c], d, sums.at(q, c, end));
          f.ahead[q][c] = f.following[q][c] = hn::Zero(d);
        }
        f.sum[q][c] = f.following[q][c];
      }
    if (part_ends) subtract_skinny_sums<T, NC>(end, rows, sums, x);
    if (end + lanes < rows)
      for (int q = 0; q < planes; ++q)
        for (int c = 0; c < NC; ++c) f.following[q][c] = hn::LoadU(d, sums.at(q, c, end + lanes));
  }
}

/// Calls f(number of columns as a constant, first column) for groups of at most 4 of m columns.
template <class F>
HWY_INLINE void in_fours(index m, const F& f) {
  index c = 0;
  for (; c + 4 <= m; c += 4) f(std::integral_constant<int, 4>{}, c);
  if (c + 2 <= m) f(std::integral_constant<int, 2>{}, c), c += 2;
  if (c < m) f(std::integral_constant<int, 1>{}, c);
}

/// x(rows) −= Σ y(k)·conj L(rows, k), summed in lanes.
template <class T, int MV, int NC, skinny_step STEP, class Source>
HWY_INLINE void subtract_down(const Source& l, index i, skinny_numbers<T> y, skinny_numbers<T> x) {
  constexpr index lanes = tile<T>::lanes;
  typename tile<T>::template sums<MV, NC> tree[lane_levels<T> + 1];
  for (index t = 0; t < lanes; ++t) {
    typename tile<T>::template sums<MV, NC> s;
    set_zero<T, MV, NC>(s);
    add_columns<T, MV, NC, STEP>(l, i, reversed_bits<T>(t), l.l.cols, lanes, y, s);
    index level = 0;
    for (index bits = t; bits % 2 == 1; bits /= 2, ++level)
      for (int q = 0; q < tile<T>::planes; ++q)
        for (int c = 0; c < NC; ++c)
          for (int v = 0; v < MV; ++v) s.v[q][c][v] = hn::Add(tree[level].v[q][c][v], s.v[q][c][v]);
    tree[level] = s;
  }
  const auto& sum = tree[lane_levels<T>];
  typename tile<T>::template sums<MV, NC> z;
  x.template get<MV, NC>(i, z);
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int c = 0; c < NC; ++c)
      for (int v = 0; v < MV; ++v) z.v[q][c][v] = hn::Sub(z.v[q][c][v], sum.v[q][c][v]);
  x.template put<MV, NC>(i, z);
}

#if HWY_TARGET <= HWY_AVX2

/// Adds the lanes of as many vectors as a vector has lanes, in pairs half a vector apart first. Lane r of the result is
/// the sum of vector r. Each step adds the halves of what is left, and packs two vectors into one.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V add_lanes(D d, V* s) {
  constexpr int lanes = hn::MaxLanes(d), per = per_block<hn::TFromD<D>>, blocks = lanes / per;
  HWY_UNROLL(8)
  for (int r = 0; r < lanes / 2; ++r) {
    const V &a = s[r], &b = s[r + lanes / 2];
    s[r] = hn::Add(hn::ConcatLowerLower(d, b, a), hn::ConcatUpperUpper(d, b, a));
  }
  if constexpr (blocks == 4) {
    HWY_UNROLL(4)
    for (int r = 0; r < lanes / 4; ++r) {
      const V &a = s[r], &b = s[r + lanes / 4];
      s[r] = hn::Add(hn::OddEvenBlocks(hn::SwapAdjacentBlocks(b), a), hn::OddEvenBlocks(b, hn::SwapAdjacentBlocks(a)));
    }
  }
  transpose_blocks(d, s);
  if constexpr (per == 4) return hn::Add(hn::Add(s[0], s[2]), hn::Add(s[1], s[3]));
  return hn::Add(s[0], s[1]);
}

/// The same for rows that are contiguous: a vector of columns in each step, and a row of L in each sum. BACKWARDS: the
/// columns are in reverse order in memory, and so are the lanes of the sums. They are added in the same pairs.
template <class T, skinny_step STEP, bool BACKWARDS>
HWY_INLINE void subtract_across(const strided<const T>& l, real_type<T> sign, index i, skinny_numbers<T> y,
                                skinny_numbers<T> x) {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  constexpr index lanes = tile<T>::lanes, planes = tile<T>::planes, group = lanes / planes;
  constexpr int im = tile<T>::planes - 1;
  const typename tile<T>::D d;
  const V conjugated = hn::Set(d, sign);
  const index step = planes * l.rs, last = l.rows - 1 - i;
  const R* row[group];
  HWY_UNROLL(16)
  for (index r = 0; r < group; ++r)
    row[r] = reinterpret_cast<const R*>(&l.at(i, BACKWARDS ? lanes - 1 : 0)) + std::min(r, last) * step;
  V s[lanes];
  HWY_UNROLL(16)
  for (index r = 0; r < lanes; ++r) s[r] = hn::Zero(d);
  for (index k = 0; k < l.cols; k += lanes) {
    V yr = hn::LoadU(d, y.at(0, 0, k)), yi = hn::LoadU(d, y.at(im, 0, k));
    if constexpr (BACKWARDS) {
      yr = hn::Reverse(d, yr);
      yi = hn::Reverse(d, yi);
    }
    const index at = planes * (BACKWARDS ? -k : k);
    HWY_UNROLL(16)
    for (index r = 0; r < group; ++r) {
      column_part<T> part;
      vector_of(reinterpret_cast<const T*>(row[r] + at), part.re, part.im);
      if constexpr (is_complex<T>) part.im = hn::Mul(part.im, conjugated);
      step_skinny<T, STEP>(s[r], s[r + (is_complex<T> ? group : 0)], yr, yi, part);
    }
  }
  const V sum = add_lanes(d, s);
  if constexpr (is_complex<T>) {
    const hn::Half<typename tile<T>::D> h;
    R *const re = x.at(0, 0, i), *const ii = x.at(1, 0, i);
    hn::StoreU(hn::Sub(hn::LoadU(h, re), hn::LowerHalf(h, sum)), h, re);
    hn::StoreU(hn::Sub(hn::LoadU(h, ii), hn::UpperHalf(h, sum)), h, ii);
  } else {
    R* const re = x.at(0, 0, i);
    hn::StoreU(hn::Sub(hn::LoadU(d, re), sum), d, re);
  }
}

#endif

/// Rows are contiguous in memory, so as many vectors of them are processed together as there are registers.
template <class T, skinny_step STEP, class Source>
HWY_INLINE void subtract_skinny_from(Source l, index m, skinny_numbers<T> y, skinny_numbers<T> x) {
  constexpr index wide = Source::packed ? 1 : 8 / tile<T>::planes;
  in_fours(m, [&](auto nc, index c) HWY_ATTR {
    constexpr int NC = decltype(nc)::value, MV = wide > NC ? static_cast<int>(wide) / NC : 1;
    const skinny_numbers<T> yc{y.at(0, static_cast<int>(c), 0), y.stride},
        xc{x.at(0, static_cast<int>(c), 0), x.stride};
    index i = 0;
    if constexpr (MV * tile<T>::lanes > tile<T>::mr)
      for (; i + MV * tile<T>::lanes <= l.l.rows; i += MV * tile<T>::lanes)
        subtract_down<T, MV, NC, STEP>(l, i, yc, xc);
    in_row_groups<T>(i, l.l.rows, [&](index first, auto mv) HWY_ATTR {
      l.open(0, l.l.cols, first, std::min(tile<T>::mr, l.l.rows - first), false);
      subtract_down<T, decltype(mv)::value, NC, STEP>(l, first, yc, xc);
    });
  });
}

#if HWY_TARGET <= HWY_AVX2

template <class T, skinny_step STEP, bool BACKWARDS>
HWY_INLINE void subtract_skinny_rows(const strided<const T>& l, real_type<T> sign, index m, skinny_numbers<T> y,
                                     skinny_numbers<T> x) {
  constexpr index group = tile<T>::lanes / tile<T>::planes;
  for (index i = 0; i < l.rows; i += group)
    for (int c = 0; c < static_cast<int>(m); ++c)
      subtract_across<T, STEP, BACKWARDS>(l, sign, i, {y.at(0, c, 0), y.stride}, {x.at(0, c, 0), x.stride});
}

#endif

template <class T>
void solve_skinny(const strided<const T>& l, const real_type<T>* inverse, const real_type<T>* inverse_im, index m,
                  real_type<T>* x, index x_stride, real_type<T>* sums, index sums_stride, real_type<T>* w) {
  const source<T> base{l, w, l.conj ? real_type<T>(-1) : real_type<T>(1)};
  const auto from = [&](const auto& columns) HWY_ATTR {
    in_fours(m, [&](auto nc, index c) HWY_ATTR {
      solve_skinny_sides<T, decltype(nc)::value>(columns, inverse, inverse_im,
                                                 {x + c * tile<T>::planes * x_stride, x_stride}, {sums, sums_stride});
    });
  };
#if HWY_TARGET <= HWY_AVX2
  if (l.rs == 1) return from(columns_down<T, false>{base});
  if (l.rs == -1) return from(columns_down<T, true>{base});
  if (l.cs == 1) return from(columns_across<T, false>{base});
  if (l.cs == -1) return from(columns_across<T, true>{base});
#endif
  from(packed_columns<T>{base});
}

template <class T, skinny_step STEP>
HWY_NOINLINE void subtract_skinny_in_order(const strided<const T>& l, index m, skinny_numbers<T> y, skinny_numbers<T> x,
                                           real_type<T>* w) {
  const source<T> base{l, w, l.conj ? real_type<T>(-1) : real_type<T>(1)};
#if HWY_TARGET <= HWY_AVX2
  if (l.rs == 1) return subtract_skinny_from<T, STEP>(columns_down<T, false>{base}, m, y, x);
  if (l.rs == -1) return subtract_skinny_from<T, STEP>(columns_down<T, true>{base}, m, y, x);
  if (l.cs == 1) return subtract_skinny_rows<T, STEP, false>(l, base.sign, m, y, x);
  if (l.cs == -1) return subtract_skinny_rows<T, STEP, true>(l, base.sign, m, y, x);
#endif
  subtract_skinny_from<T, STEP>(packed_columns<T>{base}, m, y, x);
}

template <class T>
void subtract_skinny(const strided<const T>& l, bool element_first, index m, const real_type<T>* y, index y_stride,
                     real_type<T>* x, index x_stride, real_type<T>* w) {
  const skinny_numbers<T> from{const_cast<real_type<T>*>(y), y_stride}, to{x, x_stride};
  // For real types both are equal.
  if (element_first || !is_complex<T>)
    subtract_skinny_in_order<T, skinny_step::element_first>(l, m, from, to, w);
  else if constexpr (is_complex<T>)
    subtract_skinny_in_order<T, skinny_step::number_first>(l, m, from, to, w);
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
