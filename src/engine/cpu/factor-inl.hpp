// A block in a panel: its factorization, and the solve of rows below it. Left-looking, nr columns at a time:
//
//   T = A(:, J) − L(:, 0..j)·L(J, 0..j)ᴴ       one register tile per strip of rows
//   L(J, J)·L(J, J)ᴴ = T(J, :)                  nr × nr, in scalars
//   L(:, J) = T·L(J, J)⁻ᴴ                       in the registers that hold T
//
// so every column is loaded and stored once. `solve` is the same without the middle step.
#if defined(POSDEF_FACTOR_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_FACTOR_INL
#undef POSDEF_FACTOR_INL
#else
#define POSDEF_FACTOR_INL
#endif

#include <cmath>
#include <limits>

#include "engine/cpu/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// A triangle of nr columns: element (i, k) at l[i + k*step], imaginary part `plane` behind; reciprocal diagonal.
template <class R>
struct triangle {
  const R* l;
  index step, plane;
  const R* inverse;
  index inverse_plane;
};

/// t ← t·L⁻ᴴ in registers:  x(c) = (t(c) − Σ_{k<c} x(k)·conj L(c,k)) · conj(1/L(c,c)).
template <class T, int MV>
HWY_INLINE void solve_tile(typename tile<T>::template sums<MV>& t, const triangle<real_type<T>>& tri) {
  using V = typename tile<T>::V;
  const typename tile<T>::D d;
  for (int c = 0; c < tile<T>::nr; ++c) {
    for (int k = 0; k < c; ++k) {
      const V lr = hn::Set(d, tri.l[c + k * tri.step]);
      for (int v = 0; v < MV; ++v) t.v[0][c][v] = hn::NegMulAdd(t.v[0][k][v], lr, t.v[0][c][v]);
      if constexpr (is_complex<T>) {
        const V li = hn::Set(d, tri.l[c + k * tri.step + tri.plane]);
        for (int v = 0; v < MV; ++v) {
          t.v[1][c][v] = hn::NegMulAdd(t.v[1][k][v], lr, t.v[1][c][v]);
          t.v[0][c][v] = hn::NegMulAdd(t.v[1][k][v], li, t.v[0][c][v]);
          t.v[1][c][v] = hn::MulAdd(t.v[0][k][v], li, t.v[1][c][v]);
        }
      }
    }
    const V ir = hn::Set(d, tri.inverse[c]);
    for (int v = 0; v < MV; ++v) {
      if constexpr (is_complex<T>) {
        const V ii = hn::Set(d, tri.inverse[c + tri.inverse_plane]);
        const V re = t.v[0][c][v], im = t.v[1][c][v];
        t.v[0][c][v] = hn::MulAdd(im, ii, hn::Mul(re, ir));
        t.v[1][c][v] = hn::NegMulAdd(re, ii, hn::Mul(im, ir));
      } else {
        t.v[0][c][v] = hn::Mul(t.v[0][c][v], ir);
      }
    }
  }
}

/// t ← C − t, C a tile of a panel.
template <class T, int MV>
HWY_INLINE void subtract_from(const real_type<T>* c, index step, index plane, typename tile<T>::template sums<MV>& t) {
  const typename tile<T>::D d;
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int j = 0; j < tile<T>::nr; ++j)
      for (int v = 0; v < MV; ++v)
        t.v[q][j][v] = hn::Sub(hn::LoadU(d, c + j * step + q * plane + v * tile<T>::lanes), t.v[q][j][v]);
}

template <class T, int MV>
HWY_INLINE void put(const typename tile<T>::template sums<MV>& t, real_type<T>* c, index step, index plane) {
  const typename tile<T>::D d;
  for (int q = 0; q < tile<T>::planes; ++q)
    for (int j = 0; j < tile<T>::nr; ++j)
      for (int v = 0; v < MV; ++v) hn::StoreU(t.v[q][j][v], d, c + j * step + q * plane + v * tile<T>::lanes);
}

/// The nr × nr diagonal block, factored in scalars. Its numbers are kept here, because the strips that contain its rows
/// are stored over its place in the panel.
template <class T>
struct diagonal_block {
  using R = real_type<T>;
  static constexpr index nr = tile<T>::nr;
  R l[tile<T>::planes][nr][nr] = {};  // [real, imaginary][column][row]
  R inverse[tile<T>::planes][nr] = {};

  /// Reads the block's lower triangle at w. Returns 0 or the order k of the failing minor; columns from there on have
  /// a zero reciprocal.
  index factor(index n, const R* w, index step, index plane) {
    for (index c = 0; c < n; ++c) {
      R pivot = w[c + c * step];
      for (index k = 0; k < c; ++k) pivot -= squared(c, k);
      if (!(pivot > 0 && pivot < std::numeric_limits<R>::infinity())) return c + 1;
      l[0][c][c] = std::sqrt(pivot);
      inverse[0][c] = 1 / l[0][c][c];
      for (index i = c + 1; i < n; ++i) {
        R x = w[i + c * step];
        for (index k = 0; k < c; ++k) x -= l[0][k][i] * l[0][k][c];
        if constexpr (is_complex<T>) {
          R y = w[i + c * step + plane];
          for (index k = 0; k < c; ++k) {
            x -= l[1][k][i] * l[1][k][c];
            y -= l[1][k][i] * l[0][k][c] - l[0][k][i] * l[1][k][c];
          }
          l[1][c][i] = y * inverse[0][c];
        }
        l[0][c][i] = x * inverse[0][c];
      }
    }
    return 0;
  }

  void put(index n, R* w, index step, index plane) const {
    for (int q = 0; q < tile<T>::planes; ++q)
      for (index c = 0; c < n; ++c) std::copy(&l[q][c][c], &l[q][c][0] + n, w + c + c * step + q * plane);
  }

  triangle<R> view() const { return {&l[0][0][0], nr, nr * nr, &inverse[0][0], nr}; }

 private:
  R squared(index i, index k) const {
    R x = l[0][k][i] * l[0][k][i];
    if constexpr (is_complex<T>) x += l[1][k][i] * l[1][k][i];
    return x;
  }
};

template <class T>
index factor(index n, real_type<T>* w, index ld) {
  using R = real_type<T>;
  constexpr index nr = tile<T>::nr;
  const index step = tile<T>::planes * ld;
  for (index j = 0; j < n; j += nr) {
    R* const column = w + j * step;
    const index m = std::min(nr, n - j);
    // T for the strips that hold the diagonal block's rows, so that the block can be factored.
    index updated = j;
    while (updated < j + m) {
      updated += tile<T>::lanes * with_vectors<T>(n - updated, [&](auto mv) HWY_ATTR {
                   constexpr int MV = decltype(mv)::value;
                   typename tile<T>::template sums<MV> t;
                   accumulate<T, MV>(j, w + updated, step, ld, w + j, step, ld, t);
                   subtract_from<T, MV>(column + updated, step, ld, t);
                   put<T, MV>(t, column + updated, step, ld);
                 });
    }
    diagonal_block<T> block;
    const index info = block.factor(m, column + j, step, ld);
    for (index i = j; i < n;) {
      i += tile<T>::lanes * with_vectors<T>(n - i, [&](auto mv) HWY_ATTR {
             constexpr int MV = decltype(mv)::value;
             typename tile<T>::template sums<MV> t;
             accumulate<T, MV>(i < updated ? 0 : j, w + i, step, ld, w + j, step, ld, t);
             subtract_from<T, MV>(column + i, step, ld, t);
             solve_tile<T, MV>(t, block.view());
             put<T, MV>(t, column + i, step, ld);
           });
    }
    // The rows of the block itself went through the solve too: what counts there are the block's own numbers.
    block.put(m, column + j, step, ld);
    if (info != 0) return j + info;
  }
  return 0;
}

template <class T>
void solve(index n, const real_type<T>* l, index ldl, const real_type<T>* inverse, index m, real_type<T>* x,
           index ldx) {
  using R = real_type<T>;
  const index step = tile<T>::planes * ldl, x_step = tile<T>::planes * ldx;
  for (index i = 0; i < m;) {
    i += tile<T>::lanes * with_vectors<T>(m - i, [&](auto mv) HWY_ATTR {
           constexpr int MV = decltype(mv)::value;
           for (index j = 0; j < n; j += tile<T>::nr) {
             typename tile<T>::template sums<MV> t;
             accumulate<T, MV>(j, x + i, x_step, ldx, l + j, step, ldl, t);
             subtract_from<T, MV>(x + i + j * x_step, x_step, ldx, t);
             solve_tile<T, MV>(t, triangle<R>{l + j + j * step, step, ldl, inverse + j, ldl});
             put<T, MV>(t, x + i + j * x_step, x_step, ldx);
           }
         });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
