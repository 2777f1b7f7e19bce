// The register tile: the inner loop of the CPU engine.
//
//   acc ± A(:, 0..k) · B(:, 0..k)ᴴ       A: MV vectors of rows of a micro-panel, B: nr rows of a micro-panel
//
// Products, the factorization of a block and the solve below it use this loop, with ascending k. They differ in the
// initial values and in the use of the sums. Complex: re += ar·br + ai·bi, im += ai·br − ar·bi.
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

/// Loads rows of a micro-panel, nr columns.
template <class T, int MV>
HWY_INLINE void get(const real_type<T>* w, typename tile<T>::template sums<MV>& t) {
  const typename tile<T>::D d;
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int c = 0; c < tile<T>::nr; ++c)
      for (int v = 0; v < MV; ++v)
        t.v[q][c][v] = hn::LoadU(d, w + (c * tile<T>::planes + q) * tile<T>::mr + v * tile<T>::lanes);
}

template <class T, int MV, int NC = tile<T>::nr>
HWY_INLINE void put(const typename tile<T>::template sums<MV, NC>& t, real_type<T>* w) {
  const typename tile<T>::D d;
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int c = 0; c < NC; ++c)
      for (int v = 0; v < MV; ++v)
        hn::StoreU(t.v[q][c][v], d, w + (c * tile<T>::planes + q) * tile<T>::mr + v * tile<T>::lanes);
}

/// acc + A·Bᴴ, or acc − A·Bᴴ.
template <class T, int MV, bool MINUS, int NC = tile<T>::nr>
HWY_INLINE void accumulate(index k, const real_type<T>* HWY_RESTRICT a, const real_type<T>* HWY_RESTRICT b,
                           typename tile<T>::template sums<MV, NC>& acc) {
  using D = typename tile<T>::D;
  using V = typename tile<T>::V;
  constexpr index mr = tile<T>::mr;
  const D d;
  const auto add = [](V x, V y, V sum) HWY_ATTR { return MINUS ? hn::NegMulAdd(x, y, sum) : hn::MulAdd(x, y, sum); };
  const auto sub = [](V x, V y, V sum) HWY_ATTR { return MINUS ? hn::MulAdd(x, y, sum) : hn::NegMulAdd(x, y, sum); };
  for (index p = 0; p < k; ++p) {
    V ar[MV], ai[MV];
    for (int v = 0; v < MV; ++v) {
      ar[v] = hn::LoadU(d, a + v * tile<T>::lanes);
      if constexpr (is_complex<T>) ai[v] = hn::LoadU(d, a + mr + v * tile<T>::lanes);
    }
    for (int c = 0; c < NC; ++c) {
      const V br = hn::Set(d, b[c]);
      for (int v = 0; v < MV; ++v) acc.v[0][c][v] = add(ar[v], br, acc.v[0][c][v]);
      if constexpr (is_complex<T>) {
        const V bi = hn::Set(d, b[mr + c]);
        for (int v = 0; v < MV; ++v) {
          acc.v[1][c][v] = add(ai[v], br, acc.v[1][c][v]);
          acc.v[0][c][v] = add(ai[v], bi, acc.v[0][c][v]);
          acc.v[1][c][v] = sub(ar[v], bi, acc.v[1][c][v]);
        }
      }
    }
    a += tile<T>::planes * mr;
    b += tile<T>::planes * mr;
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

/// z −= x·conj y. All factorizations and solves subtract products by these operations in this order, so their results
/// are bitwise equal. For real types the imaginary parts are unused.
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

/// The divisor of a column: the pivot p in each lane, √p and 1/√p.
///
/// The next pivot is T(c+1,c+1) − T(c+1,c)·conj(T(c+1,c)/p). Multiplying by 1/p does not wait for the root, and 1/√p =
/// √p·(1/p) needs no second division. The latency from pivot to pivot is half of that with division by the root. If 1/p
/// is not a normal number, 1/√p is used twice.
template <class D>
struct divisor {
  using R = hn::TFromD<D>;
  using V = hn::Vec<D>;
  V root, reciprocal, first, second;
  bool once;

  HWY_INLINE explicit divisor(V pivot) : root(hn::Sqrt(pivot)) {
    const D d;
    const V one = hn::Set(d, R(1)), least = hn::Set(d, std::numeric_limits<R>::min());
    const V most = hn::Set(d, 1 / std::numeric_limits<R>::min());
    second = one;
    first = hn::Div(one, pivot);
    reciprocal = hn::Mul(root, first);
    const auto normal = hn::And(hn::Ge(pivot, least), hn::Le(pivot, most));
    once = hn::AllTrue(d, normal);
    if (!once) {
      const V direct = hn::Div(one, root);
      reciprocal = hn::IfThenElse(normal, reciprocal, direct);
      first = hn::IfThenElse(normal, first, direct);
      second = hn::IfThenElse(normal, one, direct);
    }
  }

  /// x − |t|²/p.
  HWY_INLINE V reduce(V x, V t) const {
    V quotient = hn::Mul(t, first);
    if (!once) quotient = hn::Mul(quotient, second);
    return hn::NegMulAdd(quotient, t, x);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
