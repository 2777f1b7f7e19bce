// C ← C + sign·A·Bᴴ on strips: a register tile for each strip of A and each nr rows of B.
//
// An element of C is the sum over k in one order, then one addition to C: its bits depend on neither the shape of C
// nor the place of the element in it. Tiles that cross an edge or a diagonal, and C without a unit stride, go through a
// small buffer.
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

/// What is added: sign times the sums; the imaginary parts with a sign of their own, because C may be conjugated.
template <class R>
struct signs {
  R re, im;
};

/// C (unit row stride, a whole tile) += the sums.
template <class T, int MV>
HWY_INLINE void add_whole(const typename tile<T>::template sums<MV>& acc, signs<real_type<T>> sign, T* c, index cs) {
  using V = typename tile<T>::V;
  const typename tile<T>::D d;
  const V s = hn::Set(d, sign.re);
  for (int j = 0; j < tile<T>::nr; ++j, c += cs) {
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

/// The elements of a tile that exist and are wanted.
template <class T, int MV>
HWY_INLINE void add_some(const typename tile<T>::template sums<MV>& acc, signs<real_type<T>> sign, strided<T> c,
                         int lower, index offset) {
  using R = real_type<T>;
  const typename tile<T>::D d;
  HWY_ALIGN R sum[tile<T>::nr * tile<T>::planes * tile<T>::mr];
  put<T, MV>(acc, sum);
  for (index j = 0; j < c.cols; ++j) {
    const index diagonal = std::clamp(j - offset, index{0}, c.rows);
    const index first = lower > 0 ? diagonal : 0;
    const index last = lower < 0 ? std::clamp(j - offset + 1, index{0}, c.rows) : c.rows;
    const R* const s = sum + j * tile<T>::planes * tile<T>::mr;
    index i = first;
    if constexpr (!is_complex<T>)
      if (c.rs == 1)
        for (; i + tile<T>::lanes <= last; i += tile<T>::lanes)
          hn::StoreU(hn::MulAdd(hn::Set(d, sign.re), hn::LoadU(d, s + i), hn::LoadU(d, &c.at(i, j))), d, &c.at(i, j));
    for (; i < last; ++i) {
      auto* at = reinterpret_cast<R*>(&c.at(i, j));
      at[0] += sign.re * s[i];
      if constexpr (is_complex<T>) at[1] = lower != 0 && i + offset == j ? R(0) : at[1] + sign.im * s[i + tile<T>::mr];
    }
  }
}

template <class T>
void product(index k, const real_type<T>* a, index a_stride, const real_type<T>* b, index b_stride, int sign,
             strided<T> c, int lower, index offset) {
  using R = real_type<T>;
  constexpr index mr = tile<T>::mr, nr = tile<T>::nr;
  const signs<R> s{static_cast<R>(sign), static_cast<R>(c.conj ? -sign : sign)};
  for (index i = 0; i < c.rows; i += mr, a += a_stride) {
    const index m = std::min(mr, c.rows - i);
    with_vectors<T>(m, [&](auto mv) HWY_ATTR {
      constexpr int MV = decltype(mv)::value;
      // The columns of this strip that have anything to be computed.
      const index first = lower < 0 ? std::max<index>(0, i + offset) / nr * nr : 0;
      const index last = lower > 0 ? std::min(c.cols, i + m + offset) : c.cols;
      for (index j = first; j < last; j += nr) {
        const index n = std::min(nr, c.cols - j), off = i + offset - j;  // off: of this tile's (0, 0)
        const bool inside = lower == 0 || (lower > 0 && off - (n - 1) > 0) || (lower < 0 && off + m - 1 < 0);
        typename tile<T>::template sums<MV> acc;
        set_zero<T, MV>(acc);
        accumulate<T, MV, false>(k, a, b + j / mr * b_stride + j % mr, acc);
        if (inside && m == MV * tile<T>::lanes && n == nr && c.rs == 1)
          add_whole<T, MV>(acc, s, c.p + i + j * c.cs, c.cs);
        else
          add_some<T, MV>(acc, s, c.block(i, j, m, n), inside ? 0 : lower, off);
      }
    });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
