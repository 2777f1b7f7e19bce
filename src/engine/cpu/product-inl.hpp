// C ← C + sign·A·Bᴴ on packed strips: a register tile for each pair of strips.
//
// An element of C is the sum over k in one order, then one addition to C: its bits depend on neither the shape of C
// nor the place of the element in it. Tiles that cross an edge or a diagonal, and C without a unit stride, go through a
// small buffer and are added element by element.
#if defined(POSDEF_PRODUCT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_PRODUCT_INL
#undef POSDEF_PRODUCT_INL
#else
#define POSDEF_PRODUCT_INL
#endif

#include "engine/cpu/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// C (unit row stride, a whole tile) += sign · sums.
template <class T>
HWY_INLINE void add_whole(const typename tile<T>::template sums<tile<T>::mv>& acc, real_type<T> sign, T* c, index cs) {
  using V = typename tile<T>::V;
  const typename tile<T>::D d;
  const V s = hn::Set(d, sign);
  for (int j = 0; j < tile<T>::nr; ++j, c += cs) {
    auto* to = reinterpret_cast<real_type<T>*>(c);
    for (int v = 0; v < tile<T>::mv; ++v) {
      if constexpr (is_complex<T>) {
        auto* at = to + 2 * v * tile<T>::lanes;
        V re, im;
        hn::LoadInterleaved2(d, at, re, im);
        hn::StoreInterleaved2(hn::MulAdd(s, acc.v[0][j][v], re), hn::MulAdd(s, acc.v[1][j][v], im), d, at);
      } else {
        auto* at = to + v * tile<T>::lanes;
        hn::StoreU(hn::MulAdd(s, acc.v[0][j][v], hn::LoadU(d, at)), d, at);
      }
    }
  }
}

/// The elements of a tile that exist and are wanted, one by one.
template <class T>
HWY_INLINE void add_some(const typename tile<T>::template sums<tile<T>::mv>& acc, real_type<T> sign, strided<T> c,
                         int lower, index offset) {
  using R = real_type<T>;
  const typename tile<T>::D d;
  HWY_ALIGN R sum[tile<T>::planes][tile<T>::nr][tile<T>::mr];
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int j = 0; j < tile<T>::nr; ++j)
      for (int v = 0; v < tile<T>::mv; ++v) hn::StoreU(acc.v[q][j][v], d, &sum[q][j][v * tile<T>::lanes]);
  for (index j = 0; j < c.cols; ++j) {
    const index diagonal = std::clamp(j - offset, index{0}, c.rows);
    const index first = lower > 0 ? diagonal : 0;
    const index last = lower < 0 ? std::clamp(j - offset + 1, index{0}, c.rows) : c.rows;
    for (index i = first; i < last; ++i) {
      auto* at = reinterpret_cast<R*>(&c.at(i, j));
      at[0] += sign * sum[0][j][i];
      if constexpr (is_complex<T>) at[1] = lower != 0 && i + offset == j ? R(0) : at[1] + sign * sum[1][j][i];
    }
  }
}

template <class T>
void product(index k, const real_type<T>* a, const real_type<T>* b, int sign, strided<T> c, int lower, index offset) {
  constexpr index mr = tile<T>::mr, nr = tile<T>::nr;
  constexpr int planes = tile<T>::planes;
  for (index j = 0; j < c.cols; j += nr, b += planes * nr * k) {
    const index n = std::min(nr, c.cols - j);
    const real_type<T>* strip = a;
    for (index i = 0; i < c.rows; i += mr, strip += planes * mr * k) {
      const index m = std::min(mr, c.rows - i);
      const index off = i + offset - j;  // of this tile's (0, 0)
      const bool outside = (lower > 0 && off + m - 1 < 0) || (lower < 0 && off > n - 1);
      if (outside) continue;
      const bool inside = lower == 0 || (lower > 0 && off - (n - 1) > 0) || (lower < 0 && off + m - 1 < 0);
      typename tile<T>::template sums<tile<T>::mv> acc;
      accumulate<T, tile<T>::mv>(k, strip, planes * mr, mr, b, planes * nr, nr, acc);
      if (inside && m == mr && n == nr && c.rs == 1)
        add_whole<T>(acc, real_type<T>(sign), c.p + i + j * c.cs, c.cs);
      else
        add_some<T>(acc, real_type<T>(sign), c.block(i, j, m, n), inside ? 0 : lower, off);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
