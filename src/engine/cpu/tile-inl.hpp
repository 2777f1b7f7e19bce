// The register tile: the one inner loop of the CPU engine.
//
//   acc += A(:, 0..k) · B(:, 0..k)ᴴ       A: MV vectors of rows, B: nr rows, both with their columns one `step` apart
//
// Products, the factorization of a block and the solve below it all accumulate through this loop and differ only in
// what they do with the sums. Complex: re += ar·br + ai·bi, im += ai·br − ar·bi.
//
// Compiled once per instruction set (included through Highway's foreach_target).
#if defined(POSDEF_TILE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_TILE_INL
#undef POSDEF_TILE_INL
#else
#define POSDEF_TILE_INL
#endif

#include "engine/cpu/kernels.hpp"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// The shape of the tile, by the number of vector registers: 32 (AVX-512, NEON) or 16.
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
#else
  static constexpr int mv = is_complex<T> ? 1 : 2, nr = 4;
#endif
  static constexpr index mr = mv * lanes;

  /// MV vectors of rows × nr columns, in registers.
  template <int MV>
  struct sums {
    V v[planes][nr][MV];
  };
};

template <class T, int MV>
HWY_INLINE void accumulate(index k, const real_type<T>* HWY_RESTRICT a, index a_step, index a_plane,
                           const real_type<T>* HWY_RESTRICT b, index b_step, index b_plane,
                           typename tile<T>::template sums<MV>& acc) {
  using D = typename tile<T>::D;
  using V = typename tile<T>::V;
  constexpr int nr = tile<T>::nr;
  const D d;
  for (int c = 0; c < nr; ++c)
    for (int v = 0; v < MV; ++v)
      for (int q = 0; q < tile<T>::planes; ++q) acc.v[q][c][v] = hn::Zero(d);
  for (index p = 0; p < k; ++p) {
    V ar[MV], ai[MV];
    for (int v = 0; v < MV; ++v) {
      ar[v] = hn::LoadU(d, a + v * tile<T>::lanes);
      if constexpr (is_complex<T>) ai[v] = hn::LoadU(d, a + a_plane + v * tile<T>::lanes);
    }
    for (int c = 0; c < nr; ++c) {
      const V br = hn::Set(d, b[c]);
      for (int v = 0; v < MV; ++v) acc.v[0][c][v] = hn::MulAdd(ar[v], br, acc.v[0][c][v]);
      if constexpr (is_complex<T>) {
        const V bi = hn::Set(d, b[b_plane + c]);
        for (int v = 0; v < MV; ++v) {
          acc.v[1][c][v] = hn::MulAdd(ai[v], br, acc.v[1][c][v]);
          acc.v[0][c][v] = hn::MulAdd(ai[v], bi, acc.v[0][c][v]);
          acc.v[1][c][v] = hn::NegMulAdd(ar[v], bi, acc.v[1][c][v]);
        }
      }
    }
    a += a_step;
    b += b_step;
  }
}

/// Calls f(integral constant MV) for the number of vectors that `rows` rows need, at most tile::mv; returns MV.
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

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
