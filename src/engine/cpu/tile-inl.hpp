// The register tile: the inner loop of the CPU engine.
//
//   acc + A(:, 0..k) · B(:, 0..k)ᴴ       A: MV vectors of rows of a micro-panel, B: nr rows of a micro-panel
//
// Products, the factorization of a block and the solve below it use this loop, with ascending k, and sums that start
// from zero. Complex: re += ar·br + ai·bi, im += ai·br − ar·bi.
//
// Compiled once per instruction set (included through Highway's foreach_target).
#if defined(POSDEF_TILE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_TILE_INL
#undef POSDEF_TILE_INL
#else
#define POSDEF_TILE_INL
#endif

#include <limits>
#include <type_traits>

#include "engine/cpu/kernels.hpp"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// The shape of the tile, for 32 vector registers (AVX-512, NEON) or 16.
template <class T>
struct tile {
  using R = real_type<T>;
  using D = hn::ScalableTag<R>;
  using V = hn::Vec<D>;
  static constexpr int planes = is_complex<T> ? 2 : 1;
  static constexpr index lanes = HWY_LANES(R);
#if HWY_TARGET <= HWY_AVX3
  static constexpr int mv = is_complex<T> ? 2 : 3, nr = is_complex<T> ? 4 : 8;
#elif HWY_TARGET == HWY_AVX2
  static constexpr int mv = is_complex<T> ? 1 : 3, nr = 4;
#elif HWY_ARCH_ARM_A64
  static constexpr int mv = is_complex<T> ? 2 : 4, nr = 4;
#elif HWY_TARGET == HWY_SCALAR
  static constexpr int mv = 2, nr = 2;
#else
  static constexpr int mv = is_complex<T> && sizeof(R) == 4 ? 1 : 2, nr = is_complex<T> && sizeof(R) == 8 ? 2 : 4;
#endif
  static constexpr index mr = mv * lanes;
  /// The row padding of micro-panels, so that both a tile's rows and a diagonal block's columns exist.
  static constexpr index pad = lanes > nr ? lanes : index{nr};
  /// The parts of a sum in a solve are a multiple of mr, 32 or a little more.
  static constexpr index solve_chunk = (32 + mr - 1) / mr * mr;
  static constexpr chunks solve_chunks{solve_chunk, 2 * solve_chunk, 3 * solve_chunk, solve_chunk};
  static_assert(leading_chunks<T>.first % nr == 0 && later_chunks<T>.first % nr == 0);
  static_assert(mr % pad == 0 && pad % nr == 0 && (nr & (nr - 1)) == 0 && (lanes & (lanes - 1)) == 0);

  /// MV vectors of rows × NC columns, in registers.
  template <int MV, int NC = nr>
  struct sums {
    V v[planes][NC][MV];
  };
};

template <class T, int MV, int NC = tile<T>::nr>
HWY_INLINE void set_zero(typename tile<T>::template sums<MV, NC>& t) {
  const typename tile<T>::D d;
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int c = 0; c < NC; ++c)
      for (int v = 0; v < MV; ++v) t.v[q][c][v] = hn::Zero(d);
}

template <class T, int MV, int NC = tile<T>::nr>
HWY_INLINE void put(const typename tile<T>::template sums<MV, NC>& t, real_type<T>* w) {
  const typename tile<T>::D d;
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int c = 0; c < NC; ++c)
      for (int v = 0; v < MV; ++v)
        hn::StoreU(t.v[q][c][v], d, w + (c * tile<T>::planes + q) * tile<T>::mr + v * tile<T>::lanes);
}

/// acc + A·Bᴴ. With EVERY > 1 only the products of every so many columns.
template <class T, int MV, int NC = tile<T>::nr, index EVERY = 1>
HWY_INLINE void accumulate(index k, const real_type<T>* HWY_RESTRICT a, const real_type<T>* HWY_RESTRICT b,
                           typename tile<T>::template sums<MV, NC>& acc) {
  using D = typename tile<T>::D;
  using V = typename tile<T>::V;
  constexpr index mr = tile<T>::mr;
  const D d;
  for (index p = 0; p < k; ++p) {
    V ar[MV], ai[MV];
    for (int v = 0; v < MV; ++v) {
      ar[v] = hn::LoadU(d, a + v * tile<T>::lanes);
      if constexpr (is_complex<T>) ai[v] = hn::LoadU(d, a + mr + v * tile<T>::lanes);
    }
    for (int c = 0; c < NC; ++c) {
      const V br = hn::Set(d, b[c]);
      for (int v = 0; v < MV; ++v) acc.v[0][c][v] = hn::MulAdd(ar[v], br, acc.v[0][c][v]);
      if constexpr (is_complex<T>) {
        const V bi = hn::Set(d, b[mr + c]);
        for (int v = 0; v < MV; ++v) {
          acc.v[1][c][v] = hn::MulAdd(ai[v], br, acc.v[1][c][v]);
          acc.v[0][c][v] = hn::MulAdd(ai[v], bi, acc.v[0][c][v]);
          acc.v[1][c][v] = hn::NegMulAdd(ar[v], bi, acc.v[1][c][v]);
        }
      }
    }
    a += EVERY * tile<T>::planes * mr;
    b += EVERY * tile<T>::planes * mr;
  }
}

/// Calls f(integral constant MV) for the number of vectors that `rows` rows need, at most tile::mv. Returns MV.
template <class T, class F>
HWY_INLINE int with_vectors(index rows, const F& f) {
  const index need = (rows + tile<T>::lanes - 1) / tile<T>::lanes;
  if constexpr (tile<T>::mv >= 4)
    if (need >= 4) return f(std::integral_constant<int, 4>{}), 4;
  if constexpr (tile<T>::mv >= 3)
    if (need >= 3) return f(std::integral_constant<int, 3>{}), 3;
  if constexpr (tile<T>::mv >= 2)
    if (need >= 2) return f(std::integral_constant<int, 2>{}), 2;
  f(std::integral_constant<int, 1>{});
  return 1;
}

/// Calls f(integral constant NC) with the smallest power of two NC >= 2 that covers `columns`. Not 1, because g++ 12
/// fails to compile a tile of one vector with the thread sanitizer.
template <class T, int NC = tile<T>::nr, class F>
HWY_INLINE void with_columns(index columns, const F& f) {
  if constexpr (NC > 2)
    if (2 * columns <= NC) return with_columns<T, NC / 2>(columns, f);
  f(std::integral_constant<int, NC>{});
}

/// z −= x·conj y. All factorizations and solves use these operations and those of add_product in the same order, so
/// their results are bitwise equal. For real types the imaginary parts are unused.
template <class T, class V>
HWY_INLINE void subtract_product(V& zr, [[maybe_unused]] V& zi, V xr, [[maybe_unused]] V xi, V yr,
                                 [[maybe_unused]] V yi) {
  zr = hn::NegMulAdd(xr, yr, zr);
  if constexpr (is_complex<T>) {
    zi = hn::NegMulAdd(xi, yr, zi);
    zr = hn::NegMulAdd(xi, yi, zr);
    zi = hn::MulAdd(xr, yi, zi);
  }
}

/// z ← z·conj(re + i·im), with the same number in all lanes. A null pointer means no imaginary part.
template <class T, class V>
HWY_INLINE void multiply_conj(V& zr, [[maybe_unused]] V& zi, const real_type<T>* re,
                              [[maybe_unused]] const real_type<T>* im) {
  const typename tile<T>::D d;
  const V r = hn::Set(d, *re), x = zr;
  zr = hn::Mul(x, r);
  if constexpr (is_complex<T>) {
    const V y = zi;
    zi = hn::Mul(y, r);
    if (im == nullptr) return;
    const V i = hn::Set(d, *im);
    zr = hn::MulAdd(y, i, zr);
    zi = hn::NegMulAdd(x, i, zi);
  }
}

/// z += x·conj y, with the operations of `accumulate`.
template <class T, class V>
HWY_INLINE void add_product(V& zr, [[maybe_unused]] V& zi, V xr, [[maybe_unused]] V xi, V yr, [[maybe_unused]] V yi) {
  zr = hn::MulAdd(xr, yr, zr);
  if constexpr (is_complex<T>) {
    zi = hn::MulAdd(xi, yr, zi);
    zr = hn::MulAdd(xi, yi, zr);
    zi = hn::NegMulAdd(xr, yi, zi);
  }
}

/// Broadcasts one lane of a vector.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V spread(D d, V v, index lane) {
  if constexpr (hn::MaxLanes(d) == 1) {
    return v;
  } else {
    const hn::RebindToSigned<D> di;
    return hn::TableLookupLanes(v, hn::IndicesFromVec(d, hn::Set(di, static_cast<hn::TFromD<decltype(di)>>(lane))));
  }
}

/// The divisor of a column with pivot p: d = √p, and r, about 1/d.
///
/// The root takes too long from one pivot to the next. So it starts from an `early` value of the pivot, which need not
/// be exact, and one Newton step corrects it for p. A quotient x/d is corrected in the same way:
///
///   s = √early,  r = s/early,  d = s + (p − s²)·r/2;      q = x·r,  x/d = q + (x − q·d)·r
///
/// The relative errors that remain are (1 − r·d)², small compared with a rounding error. If 1 − r·d is too large (the
/// early value lost digits, or is tiny or huge), d and r are computed from p directly.
template <class D>
struct divisor {
  using R = hn::TFromD<D>;
  using V = hn::Vec<D>;
  V root, reciprocal;
  V inverse_pivot;  ///< about 1/p, for the next early pivot

  /// early = p.
  HWY_INLINE explicit divisor(V pivot) : divisor(pivot, pivot, false) {}
  HWY_INLINE divisor(V pivot, V early) : divisor(pivot, early, true) {}

 private:
  HWY_INLINE divisor(V pivot, V early, bool correct) {
    const D d;
    const V one = hn::Set(d, R(1)), near = hn::Set(d, sizeof(R) == 4 ? R(0x1p-14) : R(0x1p-28));
    root = hn::Sqrt(early);
    inverse_pivot = hn::Div(one, early);
    reciprocal = hn::Mul(root, inverse_pivot);
    if (correct) {
      const V half = hn::Mul(root, hn::Mul(inverse_pivot, hn::Set(d, R(0.5))));
      root = hn::MulAdd(hn::NegMulAdd(root, root, pivot), half, root);
    }
    const auto good = hn::Le(hn::Abs(hn::NegMulAdd(reciprocal, root, one)), near);
    if (!hn::AllTrue(d, good)) {
      root = hn::IfThenElse(good, root, hn::Sqrt(pivot));
      reciprocal = hn::IfThenElse(good, reciprocal, hn::Div(one, root));
      inverse_pivot = hn::IfThenElse(good, inverse_pivot, hn::Div(one, pivot));
    }
  }
};

/// x/d, for a divisor d with r.
template <class V>
HWY_INLINE V divide(V x, V d, V r) {
  const V q = hn::Mul(x, r);
  return hn::MulAdd(hn::NegMulAdd(q, d, x), r, q);
}

/// The pivot p of a column and its early value. Both start as the diagonal element of the tile without the product of
/// the column before; `subtract` takes an element t of that column, before its division: p − |t/d|², early − t·(t/p).
template <class D>
struct next_pivot {
  using V = hn::Vec<D>;
  V exact, early;

  HWY_INLINE explicit next_pivot(V p) : exact(p), early(p) {}
  HWY_INLINE void subtract(V t, const divisor<D>& by) {
    const V quotient = divide(t, by.root, by.reciprocal);
    exact = hn::NegMulAdd(quotient, quotient, exact);
    early = hn::NegMulAdd(hn::Mul(t, by.inverse_pivot), t, early);
  }
  /// The divisor of the column; `starts`: it is the first one of a tile.
  HWY_INLINE divisor<D> make_divisor(bool starts) const {
    return starts ? divisor<D>(exact) : divisor<D>(exact, early);
  }
};

/// A number in vectors of 128 bits: operations on longer vectors take longer on many processors.
template <class R>
using one_number = hn::CappedTag<R, 16 / sizeof(R)>;

template <class V>
HWY_INLINE auto first_part(V v) {
  using D = hn::DFromV<V>;
  if constexpr (hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) > 16)
    return first_part(hn::LowerHalf(v));
  else
    return v;
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
