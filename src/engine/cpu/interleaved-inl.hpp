// Many tiny matrices at once, one in each lane of a vector: element (i, j) of `lanes` matrices is one register.
//
//   for j:  L(j,j) = √(A(j,j) − Σ_{k<j} |L(j,k)|²),   L(i,j) = (A(i,j) − Σ_{k<j} L(i,k)·conj L(j,k)) / L(j,j)
//
// just as for one matrix, without a branch: a lane whose pivot fails notes its column and goes on with what it has,
// which touches no other lane. So a matrix has the same bits whatever its lane and whoever its neighbours are.
#if defined(POSDEF_INTERLEAVED_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_INTERLEAVED_INL
#undef POSDEF_INTERLEAVED_INL
#else
#define POSDEF_INTERLEAVED_INL
#endif

#include <limits>

#include "engine/cpu/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// Element (i, j), i >= j, of a pack: w[(i + j·n)·planes·lanes], real parts, then imaginary parts.
template <class T>
HWY_INLINE real_type<T>* element(real_type<T>* w, index n, index i, index j) {
  return w + (i + j * n) * tile<T>::planes * tile<T>::lanes;
}

/// ROWS elements of column j from row i on: A(i..) − Σ L(i.., k)·conj L(j, k), in registers.
template <class T, int ROWS>
struct reduced {
  using V = typename tile<T>::V;
  V re[ROWS], im[ROWS];

  HWY_INLINE reduced(real_type<T>* w, index n, index i, index j) {
    const typename tile<T>::D d;
    constexpr index lanes = tile<T>::lanes, step = tile<T>::planes * lanes;
    const auto* a = element<T>(w, n, i, j);
    for (int r = 0; r < ROWS; ++r) {
      re[r] = hn::Load(d, a + r * step);
      if constexpr (is_complex<T>) im[r] = hn::Load(d, a + r * step + lanes);
    }
    // Row j and rows i.. of the finished columns, one column after the other.
    const index column = n * step;
    const auto *lj = element<T>(w, n, j, 0), *li = element<T>(w, n, i, 0);
    for (index k = 0; k < j; ++k, lj += column, li += column) {
      const V jr = hn::Load(d, lj);
      for (int r = 0; r < ROWS; ++r) {
        const V ir = hn::Load(d, li + r * step);
        re[r] = hn::NegMulAdd(ir, jr, re[r]);
        if constexpr (is_complex<T>) {
          const V ji = hn::Load(d, lj + lanes), ii = hn::Load(d, li + r * step + lanes);
          re[r] = hn::NegMulAdd(ii, ji, re[r]);
          im[r] = hn::NegMulAdd(ii, jr, im[r]);
          im[r] = hn::MulAdd(ir, ji, im[r]);
        }
      }
    }
  }

  HWY_INLINE void scale_and_put(real_type<T>* w, index n, index i, index j, V s) const {
    const typename tile<T>::D d;
    constexpr index lanes = tile<T>::lanes, step = tile<T>::planes * lanes;
    auto* to = element<T>(w, n, i, j);
    for (int r = 0; r < ROWS; ++r) {
      hn::Store(hn::Mul(re[r], s), d, to + r * step);
      if constexpr (is_complex<T>) hn::Store(hn::Mul(im[r], s), d, to + r * step + lanes);
    }
  }
};

/// Factors a pack. failed[lane] receives 0 or the order of the failing minor, as a number.
template <class T>
HWY_INLINE void factor_pack(index n, real_type<T>* w, real_type<T>* failed) {
  using R = real_type<T>;
  const typename tile<T>::D d;
  const auto zero = hn::Zero(d), one = hn::Set(d, R(1)), infinity = hn::Set(d, std::numeric_limits<R>::infinity());
  auto info = zero;
  for (index j = 0; j < n; ++j) {
    const reduced<T, 1> pivot(w, n, j, j);
    const auto good = hn::And(hn::Gt(pivot.re[0], zero), hn::Lt(pivot.re[0], infinity));
    const auto here = hn::Set(d, static_cast<R>(j + 1));
    info = hn::IfThenElse(hn::Or(good, hn::Gt(info, zero)), info, here);
    const auto root = hn::Sqrt(pivot.re[0]), inverse = hn::Div(one, root);
    auto* diagonal = element<T>(w, n, j, j);
    hn::Store(root, d, diagonal);
    if constexpr (is_complex<T>) hn::Store(zero, d, diagonal + tile<T>::lanes);
    index i = j + 1;
    for (; i + 4 <= n; i += 4) reduced<T, 4>(w, n, i, j).scale_and_put(w, n, i, j, inverse);
    for (; i < n; ++i) reduced<T, 1>(w, n, i, j).scale_and_put(w, n, i, j, inverse);
  }
  hn::Store(info, d, failed);
}

/// One matrix between the caller's memory and its lane: the lower triangle, along the caller's shorter step.
template <class T>
HWY_INLINE void into_lane(strided<const T> a, real_type<T>* w, index lane) {
  constexpr index lanes = tile<T>::lanes, step = tile<T>::planes * lanes;
  const index n = a.rows;
  const auto im = a.conj ? real_type<T>(-1) : real_type<T>(1);
  for (index j = 0; j < n; ++j)
    for (index i = j; i < n; ++i) {
      const auto* z = reinterpret_cast<const real_type<T>*>(&a.at(i, j));
      auto* to = w + (i + j * n) * step + lane;
      to[0] = z[0];
      if constexpr (is_complex<T>) to[lanes] = im * z[1];
    }
}

template <class T>
HWY_INLINE void from_lane(const real_type<T>* w, index lane, strided<T> a) {
  constexpr index lanes = tile<T>::lanes, step = tile<T>::planes * lanes;
  const index n = a.rows;
  const auto im = a.conj ? real_type<T>(-1) : real_type<T>(1);
  for (index j = 0; j < n; ++j)
    for (index i = j; i < n; ++i) {
      auto* z = reinterpret_cast<real_type<T>*>(&a.at(i, j));
      const auto* from = w + (i + j * n) * step + lane;
      z[0] = from[0];
      if constexpr (is_complex<T>) z[1] = im * from[lanes];
    }
}

template <class T>
void factor_interleaved(const batch<const T>& a, const batch<T>& out, index first, index count, real_type<T>* w,
                        index* info) {
  using R = real_type<T>;
  constexpr index lanes = tile<T>::lanes;
  const index n = a.rows;
  HWY_ALIGN R failed[lanes];
  for (index b = 0; b < count; b += lanes) {
    const index here = std::min(lanes, count - b);
    // Lanes without a matrix hold zeros, and fail quietly.
    if (here < lanes) std::fill(w, w + n * n * tile<T>::planes * lanes, R(0));
    for (index lane = 0; lane < here; ++lane) into_lane(a[first + b + lane], w, lane);
    factor_pack<T>(n, w, failed);
    for (index lane = 0; lane < here; ++lane) {
      from_lane(w, lane, out[first + b + lane]);
      info[first + b + lane] = static_cast<index>(failed[lane]);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
