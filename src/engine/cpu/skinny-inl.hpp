// Skinny solves and products: X has at most skinny_max rows, so vectors run along L.
//
//   X·Lᴴ = B   with exchanged roles:  x(i) = (b(i) − Σ_{k<i} x(k)·conj L(i,k)) · conj(1/L(i,i)),  i along a vector
//   Σ_k y(k)·conj L(i,k), Σ_k L(i,k)·conj y(k)
//
// Processed by blocks of mr rows and columns: a product, or a triangle row by row. Packing L would take longer than the
// computation, so its columns are loaded directly from memory.
//
// Every element is computed by the same operations in the same order as in `solve` (factor-inl.hpp) or `product`
// (product-inl.hpp), so the results are bitwise equal.
#if defined(POSDEF_SKINNY_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_SKINNY_INL
#undef POSDEF_SKINNY_INL
#else
#define POSDEF_SKINNY_INL
#endif

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "engine/cpu/micro_panels-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// A vector of one column of L. For real types the imaginary part is unused.
template <class T>
struct column_part {
  typename tile<T>::V re, im;
};

/// The base of all column sources: the rows [i, i + rows) of L. `open` prepares the columns [k, k + columns). `get`
/// reads `count` columns from k on, and of these the v-th vector of rows. `lower`: the block contains the diagonal, and
/// elements above it are ignored. Rows and columns outside L are not read.
template <class T>
struct source {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  strided<const T> l;
  index i, rows;
  R* w;    // buffer for a micro-panel of mr columns
  R sign;  // sign of the imaginary parts

  /// Broadcasts one element to all lanes.
  HWY_INLINE void spread_element(index j, index k, V& re, V& im) const {
    const typename tile<T>::D d;
    const auto* z = reinterpret_cast<const R*>(&l.at(j, k));
    re = hn::Set(d, z[0]);
    im = re;
    if constexpr (is_complex<T>) im = hn::Set(d, sign * z[1]);
  }
};

/// Columns of any strides, packed into a micro-panel.
template <class T>
struct packed_columns : source<T> {
  static constexpr index count = 1;
  index begin = 0;

  HWY_INLINE void open(index k, index columns, bool lower) {
    pack<T>(this->l.block(this->i, k, this->rows, columns), lower, this->w, 0);
    begin = k;
  }
  HWY_INLINE void get(index k, int v, bool, column_part<T> (&to)[1]) const {
    const typename tile<T>::D d;
    const auto* part = this->w + (k - begin) * tile<T>::planes * tile<T>::mr + v * tile<T>::lanes;
    to[0].re = to[0].im = hn::LoadU(d, part);
    if constexpr (is_complex<T>) to[0].im = hn::LoadU(d, part + tile<T>::mr);
  }
};

#if HWY_TARGET <= HWY_AVX2

/// Columns whose elements are contiguous.
template <class T>
struct columns_down : source<T> {
  static constexpr index count = 1, lanes = tile<T>::lanes;

  HWY_INLINE void open(index, index, bool) const {}
  HWY_INLINE void get(index k, int v, bool lower, column_part<T> (&to)[1]) const {
    const typename tile<T>::D d;
    const bool backwards = this->l.rs != 1;
    const T* const p = &this->l.at(this->i + v * lanes, k) - (backwards ? lanes - 1 : 0);
    index first = lower ? k - this->i - v * lanes : 0, last = std::min(lanes, this->rows - v * lanes);
    auto &re = to[0].re, &im = to[0].im;
    if (first == 0 && last == lanes) {
      vector_of(p, re, im);
    } else {
      if (backwards) {
        std::swap(first, last);
        first = lanes - first;
        last = lanes - last;
      }
      some_of(p, first, last, re, im);
    }
    if (backwards) {
      re = hn::Reverse(d, re);
      im = hn::Reverse(d, im);
    }
    if constexpr (is_complex<T>) im = hn::Mul(im, hn::Set(d, this->sign));
  }
};

/// Columns of L whose rows are contiguous, reversed if BACKWARDS: vectors of numbers of each row, transposed in
/// registers.
template <class T, bool BACKWARDS>
struct columns_across : source<T> {
  using R = real_type<T>;
  static constexpr index lanes = tile<T>::lanes, planes = tile<T>::planes, count = lanes / planes;

  HWY_INLINE void open(index, index, bool) const {}
  HWY_INLINE void get(index k, int v, bool lower, column_part<T> (&to)[count]) const {
    const typename tile<T>::D d;
    const R* const corner = reinterpret_cast<const R*>(&this->l.at(this->i, BACKWARDS ? k + count - 1 : k));
    const index step = planes * this->l.rs, first = v * lanes, last = this->rows - 1;
    typename tile<T>::V x[lanes];
    if (!lower && first + lanes - 1 <= last) {
      HWY_UNROLL(16)
      for (index r = 0; r < lanes; ++r) x[r] = hn::LoadU(d, corner + (first + r) * step);
    } else {
      HWY_UNROLL(16)
      for (index r = 0; r < lanes; ++r) {
        const index row = std::min(first + r, last);
        const index there = planes * (lower ? std::clamp(this->i + row - k + 1, index{0}, count) : count);
        const auto mask = BACKWARDS ? lanes_between(d, lanes - there, lanes) : lanes_between(d, 0, there);
        x[r] = hn::MaskedLoad(mask, d, corner + row * step);
      }
    }
    transpose_square(d, x);
    HWY_UNROLL(16)
    for (index c = 0; c < count; ++c) {
      const index e = BACKWARDS ? count - 1 - c : c;
      to[c].re = to[c].im = x[e * planes];
      if constexpr (is_complex<T>) to[c].im = hn::Mul(x[e * planes + 1], hn::Set(d, this->sign));
    }
  }
};

#endif

/// The rows of a source for NC columns of Xᵀ, in registers, and their memory.
template <class T, int MV, int NC>
struct skinny_sums {
  using R = real_type<T>;
  static constexpr int planes = tile<T>::planes;
  typename tile<T>::template sums<MV, NC> sum;
  R* x;
  index x_stride;

  HWY_INLINE R* at(int q, int c, index j) const { return x + (c * planes + q) * x_stride + j; }
  HWY_INLINE void get(index i) {
    const typename tile<T>::D d;
    for (int q = 0; q < planes; ++q)
      for (int c = 0; c < NC; ++c)
        for (int v = 0; v < MV; ++v) sum.v[q][c][v] = hn::LoadU(d, at(q, c, i + v * tile<T>::lanes));
  }
  HWY_INLINE void put(index i) const {
    const typename tile<T>::D d;
    for (int q = 0; q < planes; ++q)
      for (int c = 0; c < NC; ++c)
        for (int v = 0; v < MV; ++v) hn::StoreU(sum.v[q][c][v], d, at(q, c, i + v * tile<T>::lanes));
  }
};

/// How an element of L and the number of its column are combined.
enum class skinny_step { number_first, element_first };

template <class T, skinny_step STEP, class V>
HWY_INLINE void step_skinny(V& zr, V& zi, V yr, V yi, const column_part<T>& l) {
  if constexpr (STEP == skinny_step::number_first)
    add_product<T>(zr, zi, yr, yi, l.re, l.im);
  else
    add_product<T>(zr, zi, l.re, l.im, yr, yi);
}

/// x(rows) += Σ y(k)·conj L(rows, k) for the columns k in [begin, end). Their number is a multiple of `count`.
template <class T, int MV, int NC, skinny_step STEP, class Source>
HWY_INLINE void sum_skinny(Source& l, index begin, index end, const real_type<T>* y, index y_stride, real_type<T>* x,
                           index x_stride) {
  constexpr int planes = tile<T>::planes, im = planes - 1;
  const typename tile<T>::D d;
  skinny_sums<T, MV, NC> rows{{}, x, x_stride};
  rows.get(l.i);
  l.open(begin, end - begin, false);
  for (index k = begin; k < end; k += Source::count)
    for (int v = 0; v < MV; ++v) {
      column_part<T> columns[Source::count];
      l.get(k, v, false, columns);
      HWY_UNROLL(16)
      for (index e = 0; e < Source::count; ++e)
        for (int c = 0; c < NC; ++c) {
          const real_type<T>* const number = y + c * planes * y_stride + k + e;
          step_skinny<T, STEP>(rows.sum.v[0][c][v], rows.sum.v[im][c][v], hn::Set(d, number[0]),
                               hn::Set(d, number[im * y_stride]), columns[e]);
        }
    }
  rows.put(l.i);
}

/// x(rows) −= their sums, which are zero then.
template <class T, int MV, int NC>
HWY_INLINE void subtract_skinny(index i, real_type<T>* sums, real_type<T>* x, index x_stride) {
  const typename tile<T>::D d;
  skinny_sums<T, MV, NC> rows{{}, x, x_stride}, sum{{}, sums, x_stride};
  rows.get(i);
  sum.get(i);
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int c = 0; c < NC; ++c)
      for (int v = 0; v < MV; ++v) {
        rows.sum.v[q][c][v] = hn::Sub(rows.sum.v[q][c][v], sum.sum.v[q][c][v]);
        sum.sum.v[q][c][v] = hn::Zero(d);
      }
  rows.put(i);
  sum.put(i);
}

/// x(rows) ← the solution with their triangle, from x and the sums of the rows.
///
/// The critical path leads from row to row. So row k + 1 of x minus its sum is broadcast before row k is known, and the
/// product with row k is subtracted separately, ahead of the vector.
template <class T, int MV, int NC, class Source>
HWY_INLINE void solve_skinny_triangle(Source& l, const real_type<T>* inverse, const real_type<T>* inverse_im,
                                      const real_type<T>* sums, real_type<T>* x, index x_stride) {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  constexpr index lanes = tile<T>::lanes;
  constexpr int im = tile<T>::planes - 1;
  const typename tile<T>::D d;
  const V number = hn::Iota(d, R(0));
  skinny_sums<T, MV, NC> rows{{}, x, x_stride}, own{{}, const_cast<R*>(sums), x_stride};
  rows.get(l.i);
  own.get(l.i);
  auto& sum = own.sum;
  V next[2][NC];
  for (int c = 0; c < NC; ++c)
    for (int q = 0; q <= im; ++q) next[q][c] = hn::Sub(hn::Set(d, *rows.at(q, c, l.i)), spread(d, sum.v[q][c][0], 0));
  l.open(l.i, l.rows, true);
  HWY_UNROLL(4)
  for (int v = 0; v < MV; ++v) {
    const index last = std::min(lanes, l.rows - v * lanes);
    for (index begin = 0; begin < last; begin += Source::count) {
      column_part<T> columns[MV][Source::count];
      for (int u = v; u < MV; ++u) l.get(l.i + v * lanes + begin, u, u == v, columns[u]);
      for (index e = 0; e < Source::count; ++e) {
        const index r = begin + e, k = v * lanes + r;
        if (r >= last) break;
        const auto own_row = hn::Eq(number, hn::Set(d, static_cast<R>(r)));
        // As in factor-inl.hpp, the last product is subtracted alone, except in the first row of a tile.
        const bool alone = (k + 1) % tile<T>::nr != 0;
        V br, bi;
        l.spread_element(l.i + std::min(k + 1, l.rows - 1), l.i + k, br, bi);
        for (int c = 0; c < NC; ++c) {
          V re = next[0][c], ii = next[im][c];
          multiply_conj<T>(re, ii, inverse + l.i + k, inverse_im == nullptr ? nullptr : inverse_im + l.i + k);
          V b[2], s[2];
          for (int q = 0; q <= im; ++q) {
            const V& from = r + 1 < lanes ? sum.v[q][c][v] : sum.v[q][c][v + 1 < MV ? v + 1 : v];
            s[q] = spread(d, from, (r + 1) % lanes);
            b[q] = hn::Set(d, *rows.at(q, c, l.i + std::min(k + 1, MV * lanes - 1)));
          }
          if (alone) {
            for (int q = 0; q <= im; ++q) next[q][c] = hn::Sub(b[q], s[q]);
            subtract_product<T>(next[0][c], next[im][c], re, ii, br, bi);
          } else {
            add_product<T>(s[0], s[im], re, ii, br, bi);
            for (int q = 0; q <= im; ++q) next[q][c] = hn::Sub(b[q], s[q]);
          }
          for (int u = v; u < MV; ++u)
            add_product<T>(sum.v[0][c][u], sum.v[im][c][u], re, ii, columns[u][e].re, columns[u][e].im);
          rows.sum.v[0][c][v] = hn::IfThenElse(own_row, re, rows.sum.v[0][c][v]);
          if constexpr (is_complex<T>) rows.sum.v[1][c][v] = hn::IfThenElse(own_row, ii, rows.sum.v[1][c][v]);
        }
      }
    }
  }
  rows.put(l.i);
}

/// Calls f(source of the rows [i, i + mr), clipped to L; their number of vectors).
template <class T, class Source, class F>
HWY_INLINE void with_skinny_rows(const strided<const T>& l, index i, real_type<T>* w, const F& f) {
  const index rows = std::min(tile<T>::mr, l.rows - i);
  with_vectors<T>(rows, [&](auto mv) HWY_ATTR {
    Source source{{l, i, rows, w, l.conj ? real_type<T>(-1) : real_type<T>(1)}};
    f(source, mv);
  });
}

/// Calls f(i, k) for blocks of mr rows from i and mr columns from k, in L's memory order. Partial sums are in memory.
template <class T, class F>
HWY_INLINE void in_order(const strided<const T>& l, bool lower, const F& f) {
  constexpr index mr = tile<T>::mr;
  if (std::abs(l.rs) <= std::abs(l.cs)) {
    for (index k = 0; k < l.cols; k += mr)
      for (index i = lower ? k : 0; i < l.rows; i += mr) f(i, k);
  } else {
    for (index i = 0; i < l.rows; i += mr)
      for (index k = 0; k < (lower ? std::min(i + mr, l.cols) : l.cols); k += mr) f(i, k);
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

template <class T, class Source>
void solve_skinny_from(const strided<const T>& l, const real_type<T>* inverse, const real_type<T>* inverse_im, index m,
                       real_type<T>* x, index x_stride, real_type<T>* w) {
  constexpr index mr = tile<T>::mr, planes = tile<T>::planes;
  real_type<T>* const sums = w + mr * mr * planes;
  in_fours(m, [&](auto nc, index c) HWY_ATTR {
    constexpr int NC = decltype(nc)::value;
    real_type<T>* const xc = x + c * planes * x_stride;
    std::fill_n(sums, NC * planes * x_stride, real_type<T>(0));
    in_order(l, /* lower = */ true, [&](index i, index k) HWY_ATTR {
      with_skinny_rows<T, Source>(l, i, w, [&](auto& rows, auto mv) HWY_ATTR {
        constexpr int MV = decltype(mv)::value;
        if (k == i) return solve_skinny_triangle<T, MV, NC>(rows, inverse, inverse_im, sums, xc, x_stride);
        sum_skinny<T, MV, NC, skinny_step::number_first>(rows, k, k + mr, xc, x_stride, sums, x_stride);
        if (tile<T>::solve_chunks.end(k) == k + mr) subtract_skinny<T, MV, NC>(i, sums, xc, x_stride);
      });
    });
  });
}

template <class T, skinny_step STEP, class Source>
void product_skinny_from(const strided<const T>& l, index m, const real_type<T>* y, index y_stride, real_type<T>* sum,
                         index sum_stride, real_type<T>* w) {
  in_fours(m, [&](auto nc, index c) HWY_ATTR {
    constexpr int NC = decltype(nc)::value;
    const real_type<T>* const yc = y + c * tile<T>::planes * y_stride;
    real_type<T>* const to = sum + c * tile<T>::planes * sum_stride;
    in_order(l, /* lower = */ false, [&](index i, index k) HWY_ATTR {
      // Remaining columns that do not fill a block are packed into a micro-panel.
      const index end = std::min(k + tile<T>::mr, l.cols), whole = k + (end - k) / Source::count * Source::count;
      with_skinny_rows<T, Source>(l, i, w, [&](auto& rows, auto mv) HWY_ATTR {
        sum_skinny<T, decltype(mv)::value, NC, STEP>(rows, k, whole, yc, y_stride, to, sum_stride);
      });
      if (whole == end) return;
      with_skinny_rows<T, packed_columns<T>>(l, i, w, [&](auto& rows, auto mv) HWY_ATTR {
        sum_skinny<T, decltype(mv)::value, NC, STEP>(rows, whole, end, yc, y_stride, to, sum_stride);
      });
    });
  });
}

/// Calls f<Source>() with the fastest column source for l.
template <class T, class F>
HWY_INLINE void with_source([[maybe_unused]] const strided<const T>& l, const F& f) {
#if HWY_TARGET <= HWY_AVX2
  if (l.rs == 1 || l.rs == -1) return f.template operator()<columns_down<T>>();
  if (l.cs == 1) return f.template operator()<columns_across<T, false>>();
  if (l.cs == -1) return f.template operator()<columns_across<T, true>>();
#endif
  f.template operator()<packed_columns<T>>();
}

template <class T>
void solve_skinny(const strided<const T>& l, const real_type<T>* inverse, const real_type<T>* inverse_im, index m,
                  real_type<T>* x, index x_stride, real_type<T>* w) {
  with_source(l, [&]<class Source>() { solve_skinny_from<T, Source>(l, inverse, inverse_im, m, x, x_stride, w); });
}

template <class T>
void product_skinny(const strided<const T>& l, bool element_first, index m, const real_type<T>* y, index y_stride,
                    real_type<T>* sum, index sum_stride, real_type<T>* w) {
  with_source(l, [&]<class Source>() {
    // For real types both are equal.
    if (element_first || !is_complex<T>)
      product_skinny_from<T, skinny_step::element_first, Source>(l, m, y, y_stride, sum, sum_stride, w);
    else if constexpr (is_complex<T>)
      product_skinny_from<T, skinny_step::number_first, Source>(l, m, y, y_stride, sum, sum_stride, w);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
