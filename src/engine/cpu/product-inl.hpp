// C ← C + sign·A·Bᴴ on micro-panels: one register tile per micro-panel of A and per nr rows of B.
//
// An element of C is a sum in ascending k, then one addition to C. So its rounding does not depend on the shape of C or
// on its position. Partial tiles, tiles that cross a diagonal, and C without a unit stride use a small buffer.
//
// The products of a solve are summed in lanes: lane r of a vector gets the products k = r, r + lanes, r + 2·lanes, ...
// in ascending order, then the lanes are added in pairs, half a vector apart first. With one right-hand side this is
// how a row of L in memory is multiplied (skinny-inl.hpp). The tile sums the products of one lane after the other.
#if defined(POSDEF_PRODUCT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_PRODUCT_INL
#undef POSDEF_PRODUCT_INL
#else
#define POSDEF_PRODUCT_INL
#endif

#include <bit>

#include "engine/cpu/tile-inl.hpp"
#include "hwy/cache_control.h"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// The signs of the sums. Imaginary parts have their own sign, because C may be conjugated.
template <class R>
struct signs {
  R re, im;
};

/// Prefetches the tile of C (unit row stride).
template <class T>
HWY_INLINE void fetch(const strided<T>& c) {
  constexpr index line = 64 / sizeof(T);
  for (index j = 0; j < c.cols; ++j)
    for (index i = 0; i < c.rows; i += line) hwy::Prefetch(&c.at(i, j));
}

/// Adds the sums to a whole tile of C with unit row stride.
template <class T, int MV, int NC>
HWY_INLINE void add_whole(const typename tile<T>::template sums<MV, NC>& acc, signs<real_type<T>> sign, T* c,
                          index cs) {
  using V = typename tile<T>::V;
  const typename tile<T>::D d;
  const V s = hn::Set(d, sign.re);
  for (int j = 0; j < NC; ++j, c += cs) {
    auto* to = reinterpret_cast<real_type<T>*>(c);
    for (int v = 0; v < MV; ++v) {
      if constexpr (is_complex<T>) {
        auto* at = to + 2 * v * tile<T>::lanes;
        V re, im;
        hn::LoadInterleaved2(d, at, re, im);
        hn::StoreInterleaved2(hn::MulAdd(s, acc.v[0][j][v], re), hn::MulAdd(hn::Set(d, sign.im), acc.v[1][j][v], im), d,
                              at);
      } else {
        auto* at = to + v * tile<T>::lanes;
        hn::StoreU(hn::MulAdd(s, acc.v[0][j][v], hn::LoadU(d, at)), d, at);
      }
    }
  }
}

/// Adds the elements of a partial tile, or of one that crosses a diagonal.
template <class T, int MV, int NC>
HWY_INLINE void add_some(const typename tile<T>::template sums<MV, NC>& acc, signs<real_type<T>> sign, strided<T> c,
                         region where, index offset) {
  using R = real_type<T>;
  const typename tile<T>::D d;
  HWY_ALIGN R sum[NC * tile<T>::planes * tile<T>::mr];
  put<T, MV, NC>(acc, sum);
  for (index j = 0; j < c.cols; ++j) {
    const index diagonal = std::clamp(j - offset, index{0}, c.rows);
    const index first = where == region::lower ? diagonal : 0;
    const index last = where == region::upper ? std::clamp(j - offset + 1, index{0}, c.rows) : c.rows;
    const R* const s = sum + j * tile<T>::planes * tile<T>::mr;
    index i = first;
    if constexpr (!is_complex<T>)
      if (c.rs == 1)
        for (; i + tile<T>::lanes <= last; i += tile<T>::lanes)
          hn::StoreU(hn::MulAdd(hn::Set(d, sign.re), hn::LoadU(d, s + i), hn::LoadU(d, &c.at(i, j))), d, &c.at(i, j));
    for (; i < last; ++i) {
      auto* at = reinterpret_cast<R*>(&c.at(i, j));
      at[0] += sign.re * s[i];
      if constexpr (is_complex<T>)
        at[1] = where != region::all && i + offset == j ? R(0) : at[1] + sign.im * s[i + tile<T>::mr];
    }
  }
}

/// The number of times that a vector can be halved.
template <class T>
inline constexpr int lane_levels = std::countr_zero(static_cast<unsigned>(tile<T>::lanes));

/// The lane whose products come t-th: its number t with reversed bits. Then each sum is added to the one before it as
/// soon as both are complete.
template <class T>
constexpr index reversed_bits(index t) {
  index r = 0;
  for (int b = 0; b < lane_levels<T>; ++b) r = 2 * r + (t >> b & 1);
  return r;
}

/// A·Bᴴ, summed in lanes.
template <class T, int MV, int NC>
HWY_INLINE void accumulate_in_lanes(index k, const real_type<T>* a, const real_type<T>* b,
                                    typename tile<T>::template sums<MV, NC>& acc) {
  using R = real_type<T>;
  constexpr index lanes = tile<T>::lanes, step = tile<T>::planes * tile<T>::mr;
  const typename tile<T>::D d;
  HWY_ALIGN R tree[(lane_levels<T> + 1) * NC * step];
  for (index t = 0; t < lanes; ++t) {
    const index lane = reversed_bits<T>(t);
    set_zero<T, MV, NC>(acc);
    accumulate<T, MV, NC, lanes>((k - lane + lanes - 1) / lanes, a + lane * step, b + lane * step, acc);
    R* sum = tree;
    for (index bits = t; bits % 2 == 1; bits /= 2, sum += NC * step)
      for (int q = 0; q < tile<T>::planes; ++q)
        for (int c = 0; c < NC; ++c)
          for (int v = 0; v < MV; ++v) {
            const R* const earlier = sum + (c * tile<T>::planes + q) * tile<T>::mr + v * tile<T>::lanes;
            acc.v[q][c][v] = hn::Add(hn::LoadU(d, earlier), acc.v[q][c][v]);
          }
    if (t + 1 < lanes) put<T, MV, NC>(acc, sum);
  }
}

/// Computes one tile, clipped to C. Element (0, 0) is `offset` below the diagonal. LANES: summed in lanes.
template <class T, bool LANES, int MV, int NC>
HWY_INLINE void add_tile(index k, const real_type<T>* a, const real_type<T>* b, signs<real_type<T>> sign, strided<T> c,
                         region where, index offset) {
  const bool inside = where == region::all || (where == region::lower && offset >= c.cols) ||
                      (where == region::upper && offset <= -c.rows);
  typename tile<T>::template sums<MV, NC> acc;
  set_zero<T, MV, NC>(acc);
  if (c.rs == 1) fetch(c);
  if constexpr (LANES)
    accumulate_in_lanes<T, MV, NC>(k, a, b, acc);
  else
    accumulate<T, MV, NC>(k, a, b, acc);
  if (inside && c.rows == MV * tile<T>::lanes && c.cols == NC && c.rs == 1)
    add_whole<T, MV, NC>(acc, sign, c.p, c.cs);
  else
    add_some<T, MV, NC>(acc, sign, c, inside ? region::all : where, offset);
}

/// The same for fewer columns than a tile. Not inlined, to keep the code of whole tiles small.
template <class T, bool LANES, int MV>
HWY_NOINLINE void add_narrow_tile(index k, const real_type<T>* a, const real_type<T>* b, signs<real_type<T>> sign,
                                  const strided<T>& c, region where, index offset) {
  with_columns<T>(
      c.cols, [&](auto nc) HWY_ATTR { add_tile<T, LANES, MV, decltype(nc)::value>(k, a, b, sign, c, where, offset); });
}

template <class T, bool LANES>
void multiply(index k, const real_type<T>* a, index a_stride, const real_type<T>* b, index b_stride, int sign,
              strided<T> c, region where, index offset) {
  using R = real_type<T>;
  constexpr index mr = tile<T>::mr, nr = tile<T>::nr;
  const signs<R> s{static_cast<R>(sign), static_cast<R>(c.conj ? -sign : sign)};
  for (index i = 0; i < c.rows; i += mr, a += a_stride) {
    const index m = std::min(mr, c.rows - i);
    with_vectors<T>(m, [&](auto mv) HWY_ATTR {
      constexpr int MV = decltype(mv)::value;
      // The columns that this micro-panel contributes to.
      const index first = where == region::upper ? std::max<index>(0, i + offset) / nr * nr : 0;
      const index last = where == region::lower ? std::min(c.cols, i + m + offset) : c.cols;
      for (index j = first; j < last; j += nr) {
        const index n = std::min(nr, c.cols - j);
        const R* const bj = b + j / mr * b_stride + j % mr;
        if (n == nr)
          add_tile<T, LANES, MV, nr>(k, a, bj, s, c.block(i, j, m, nr), where, i + offset - j);
        else
          add_narrow_tile<T, LANES, MV>(k, a, bj, s, c.block(i, j, m, n), where, i + offset - j);
      }
    });
  }
}

template <class T>
void product(index k, const real_type<T>* a, index a_stride, const real_type<T>* b, index b_stride, int sign,
             strided<T> c, region where, index offset) {
  multiply<T, false>(k, a, a_stride, b, b_stride, sign, c, where, offset);
}

template <class T>
void product_in_lanes(index k, const real_type<T>* a, index a_stride, const real_type<T>* b, index b_stride, int sign,
                      strided<T> c, region where, index offset) {
  multiply<T, true>(k, a, a_stride, b, b_stride, sign, c, where, offset);
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
