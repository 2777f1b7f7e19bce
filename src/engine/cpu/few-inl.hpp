// A solve for a few right-hand sides: where X has fewer rows than a vector has lanes, vectors run along L instead.
//
//   X·Lᴴ = B   in the other roles: with Xᵀ in strips,  x(i) = (b(i) − Σ_{k<i} x(k)·conj L(i,k)) · conj(1/L(i,i))
//
// A strip of rows i at a time: the sums over the strips above it, then its own triangle from row to row. Every element
// comes from the same operations in the same order as in `solve` (factor-inl.hpp), hence with the same bits.
#if defined(POSDEF_FEW_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_FEW_INL
#undef POSDEF_FEW_INL
#else
#define POSDEF_FEW_INL
#endif

#include <limits>

#include "engine/cpu/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// A column of vectors of L's strip: MV of them, real and imaginary parts.
template <class T, int MV>
struct strip_column {
  using V = typename tile<T>::V;
  V re[MV], im[MV];

  HWY_INLINE explicit strip_column(const real_type<T>* l) {
    const typename tile<T>::D d;
    for (int v = 0; v < MV; ++v) {
      re[v] = hn::LoadU(d, l + v * tile<T>::lanes);
      im[v] = re[v];
      if constexpr (is_complex<T>) im[v] = hn::LoadU(d, l + tile<T>::mr + v * tile<T>::lanes);
    }
  }
};

/// x ← the solution of one strip's triangle, from the sums in x; L's columns of these rows at l. `rows` of them exist.
///
/// What takes the time is the chain from row to row. So row k + 1 is taken out of its vector before row k is known, and
/// goes ahead of the vector by itself.
template <class T, int MV, int NC>
HWY_INLINE void solve_few_triangle(typename tile<T>::template sums<MV, NC>& x, const real_type<T>* l, index rows,
                                   const real_type<T>* inverse, const real_type<T>* inverse_im) {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  constexpr index lanes = tile<T>::lanes, step = tile<T>::planes * tile<T>::mr;
  constexpr int im = tile<T>::planes - 1;
  const typename tile<T>::D d;
  const V number = hn::Iota(d, R(0));
  typename tile<T>::template sums<MV, NC> sum = x;
  V next[2][NC];
  for (int c = 0; c < NC; ++c)
    for (int q = 0; q <= im; ++q) next[q][c] = spread(d, sum.v[q][c][0], 0);
  HWY_UNROLL(4)
  for (int v = 0; v < MV; ++v) {
    const index last = std::min(lanes, rows - v * lanes);
    for (index r = 0; r < last; ++r) {
      const index k = v * lanes + r;
      const auto own = hn::Eq(number, hn::Set(d, static_cast<R>(r)));
      const strip_column<T, MV> column(l + k * step);
      const bool more = k + 1 < rows;
      const V br = hn::Set(d, l[k * step + (more ? k + 1 : k)]);
      V bi = br;
      if constexpr (is_complex<T>) bi = hn::Set(d, l[k * step + tile<T>::mr + (more ? k + 1 : k)]);
      for (int c = 0; c < NC; ++c) {
        V re = next[0][c], ii = next[im][c];
        multiply_conj<T>(re, ii, inverse + k, inverse_im == nullptr ? nullptr : inverse_im + k);
        for (int q = 0; q <= im; ++q) {
          const V& from = r + 1 < lanes ? sum.v[q][c][v] : sum.v[q][c][v + 1 < MV ? v + 1 : v];
          next[q][c] = spread(d, from, (r + 1) % lanes);
        }
        subtract_product<T>(next[0][c], next[im][c], re, ii, br, bi);
        for (int u = v; u < MV; ++u)
          subtract_product<T>(sum.v[0][c][u], sum.v[im][c][u], re, ii, column.re[u], column.im[u]);
        x.v[0][c][v] = hn::IfThenElse(own, re, x.v[0][c][v]);
        if constexpr (is_complex<T>) x.v[1][c][v] = hn::IfThenElse(own, ii, x.v[1][c][v]);
      }
    }
  }
}

/// X ← the solution for m columns Xᵀ in strips, otherwise as `solve`.
template <class T>
void solve_few(index n, const real_type<T>* l, index l_stride, const real_type<T>* inverse,
               const real_type<T>* inverse_im, index m, real_type<T>* x, index x_stride) {
  using R = real_type<T>;
  using t = tile<T>;
  constexpr index step = t::planes * t::mr;
  constexpr int most = t::nr < 4 ? t::nr : 4, im = t::planes - 1;
  const typename t::D d;
  for (index j = 0; j < m; j += most) {
    with_columns<T, most>(std::min<index>(most, m - j), [&](auto nc) HWY_ATTR {
      constexpr int NC = decltype(nc)::value;
      for (index i = 0; i < n; i += t::mr) {
        const R* const strip = l + i / t::mr * l_stride;
        R* const to = x + i / t::mr * x_stride + j * step;
        with_vectors<T>(n - i, [&](auto mv) HWY_ATTR {
          constexpr int MV = decltype(mv)::value;
          typename t::template sums<MV, NC> sum;
          get<T, MV, NC>(to, sum);
          const R* lk = strip;
          for (index k = 0; k < i; k += t::mr) {
            const R* const xk = x + k / t::mr * x_stride + j * step;
            for (index r = 0; r < t::mr; ++r, lk += step) {
              const strip_column<T, MV> column(lk);
              for (int c = 0; c < NC; ++c) {
                const auto re = hn::Set(d, xk[c * step + r]);
                auto ii = re;
                if constexpr (is_complex<T>) ii = hn::Set(d, xk[c * step + t::mr + r]);
                for (int v = 0; v < MV; ++v)
                  subtract_product<T>(sum.v[0][c][v], sum.v[im][c][v], re, ii, column.re[v], column.im[v]);
              }
            }
          }
          solve_few_triangle<T, MV, NC>(sum, strip + i * step, std::min(t::mr, n - i), inverse + i,
                                        inverse_im == nullptr ? nullptr : inverse_im + i);
          put<T, MV, NC>(sum, to);
        });
      }
    });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
