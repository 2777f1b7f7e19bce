// Factorization of a compact batch: element (i, j) of `lanes` matrices is one vector.
//
//   for j:  L(j,j) = √(A(j,j) − Σ_{k<j} |L(j,k)|²),   L(i,j) = (A(i,j) − Σ_{k<j} L(i,k)·conj L(j,k)) / L(j,j)
//
// The operations of factor-inl.hpp in the same order. So the last product is subtracted alone, except in the first
// column of a tile.
//
// The same as for one matrix, without branches: a lane whose pivot fails stores its column and continues, which affects
// no other lane. So the result of a matrix does not depend on its lane or on the other matrices.
#if defined(POSDEF_COMPACT_FACTOR_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_COMPACT_FACTOR_INL
#undef POSDEF_COMPACT_FACTOR_INL
#else
#define POSDEF_COMPACT_FACTOR_INL
#endif

#include <limits>

#include "engine/cpu/lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// Element (i, j), i >= j, of a compact batch: a vector of real parts, then one of imaginary parts. Columns are an odd
/// number of elements apart, to avoid cache set conflicts.
template <class T, class Number>
HWY_INLINE Number* element(Number* w, index n, index i, index j) {
  return w + (i + j * (n | 1)) * tile<T>::planes * tile<T>::lanes;
}

/// The elements of ROWS rows from row i on, in COLS columns from column j on: first S, sums of products, then T = A −
/// S.
template <class T, int ROWS, int COLS>
struct reduced : compact_tile<T, ROWS, COLS> {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  using compact_tile<T, ROWS, COLS>::re;
  using compact_tile<T, ROWS, COLS>::im;
  static constexpr index lanes = tile<T>::lanes, step = tile<T>::planes * lanes;
  R* const at;  // element (i, j) of the compact batch
  const index column;
  const R *li, *lj;  // rows i.. and j.. of the columns that are not yet summed

  /// S = Σ_{k<summed(j)} L(i..,k)·conj L(j..,k), since the last end of a part. The parts before it are subtracted from
  /// A in memory.
  HWY_INLINE reduced(R* w, index n, index i, index j)
      : at(element<T>(w, n, i, j)),
        column(element<T>(w, n, 0, 1) - w),
        li(element<T>(w, n, i, 0)),
        lj(element<T>(w, n, j, 0)) {
    const index last = summed<T>(j);
    index k = 0;
    for (index end = leading_chunks<T>.end(0); end <= last; end = leading_chunks<T>.end(k)) {
      this->set_zero();
      for (; k < end; ++k) add_column();
      for (int c = 0; c < COLS; ++c)
        for (int r = 0; r < ROWS; ++r) {
          subtract_sum(r, c);
          put(r, c);
        }
    }
    this->set_zero();
    for (; k < last; ++k) add_column();
  }

  /// S += the product of the next column, but T(·,0) −= this product if `alone`.
  HWY_INLINE void add_column(bool alone = false) {
    const typename tile<T>::D d;
    V xr[ROWS], xi[ROWS];
    for (int r = 0; r < ROWS; ++r) {
      xr[r] = xi[r] = hn::Load(d, li + r * step);
      if constexpr (is_complex<T>) xi[r] = hn::Load(d, li + r * step + lanes);
    }
    for (int c = 0; c < COLS; ++c) {
      const V yr = hn::Load(d, lj + c * step);
      V yi = yr;
      if constexpr (is_complex<T>) yi = hn::Load(d, lj + c * step + lanes);
      for (int r = 0; r < ROWS; ++r)
        alone&& c == 0 ? this->subtract(r, c, xr[r], xi[r], yr, yi) : this->add(r, c, xr[r], xi[r], yr, yi);
    }
    li += column, lj += column;
  }

  /// T = A − S.
  HWY_INLINE void subtract_sum(int r, int c) {
    const typename tile<T>::D d;
    const R* const a = at + c * column + r * step;
    re[r][c] = hn::Sub(hn::Load(d, a), re[r][c]);
    if constexpr (is_complex<T>) im[r][c] = hn::Sub(hn::Load(d, a + lanes), im[r][c]);
  }
  /// T(·,0), all products included.
  HWY_INLINE void finish_first_column(index j) {
    for (int r = 0; r < ROWS; ++r) subtract_sum(r, 0);
    if (summed<T>(j) < j) add_column(/* alone = */ true);
  }
  HWY_INLINE void divide_by(const divisor<typename tile<T>::D>& by, int r, int c) {
    re[r][c] = divide(re[r][c], by.root, by.reciprocal);
    if constexpr (is_complex<T>) im[r][c] = divide(im[r][c], by.root, by.reciprocal);
  }
  HWY_INLINE void put(int r, int c) const {
    const typename tile<T>::D d;
    R* const to = at + c * column + r * step;
    hn::Store(re[r][c], d, to);
    if constexpr (is_complex<T>) hn::Store(im[r][c], d, to + lanes);
  }
};

/// The pivots of a compact batch: per lane the order of the first failing minor as a floating-point number, or zero.
template <class T>
struct pivots {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  V info;

  /// Checks the pivot of column j and stores its root at `diagonal`. A lane that fails continues.
  HWY_INLINE divisor<typename tile<T>::D> take(const next_pivot<typename tile<T>::D>& p, index j, R* diagonal) {
    const typename tile<T>::D d;
    const auto zero = hn::Zero(d), infinity = hn::Set(d, std::numeric_limits<R>::infinity());
    const auto good = hn::And(hn::Gt(p.exact, zero), hn::Lt(p.exact, infinity));
    info = hn::IfThenElse(hn::Or(good, hn::Gt(info, zero)), info, hn::Set(d, static_cast<R>(j + 1)));
    const auto by = p.make_divisor(/* starts = */ j % tile<T>::nr == 0);
    hn::Store(by.root, d, diagonal);
    if constexpr (is_complex<T>) hn::Store(zero, d, diagonal + tile<T>::lanes);
    return by;
  }
};

/// One element per lane.
template <class T>
struct number {
  typename tile<T>::V re, im;

  HWY_INLINE void reduce(next_pivot<typename tile<T>::D>& p, const divisor<typename tile<T>::D>& by) const {
    p.subtract(re, by);
    if constexpr (is_complex<T>) p.subtract(im, by);
  }
};

/// Columns j and j + 1 of ROWS rows from row i on: L(·,j) = T(·,j)/L(j,j), then T(·,j+1) −= L(·,j)·conj L(j+1,j).
/// Returns T(i,j+1).
template <class T, int ROWS>
HWY_INLINE number<T> finish_rows(real_type<T>* w, index n, index i, index j, const divisor<typename tile<T>::D>& first,
                                 const number<T>& below, const divisor<typename tile<T>::D>& second) {
  reduced<T, ROWS, 2> x(w, n, i, j);
  x.finish_first_column(j);
  number<T> top;
  for (int r = 0; r < ROWS; ++r) {
    x.divide_by(first, r, 0);
    x.subtract_sum(r, 1);
    x.subtract(r, 1, x.re[r][0], x.imaginary(r, 0), below.re, below.im);
    if (r == 0) top = {x.re[0][1], x.imaginary(0, 1)};
    x.divide_by(second, r, 1);
  }
  for (int c = 0; c < 2; ++c)
    for (int r = 0; r < ROWS; ++r) x.put(r, c);
  return top;
}

/// Factors a compact batch, two columns at a time. failed[lane] receives 0 or the order of the failing minor, as a
/// floating-point number. Returns true if no lane has failed.
template <class T>
HWY_INLINE bool factor_compact_block(index n, real_type<T>* w, real_type<T>* failed) {
  using D = typename tile<T>::D;
  constexpr int rows = is_complex<T> ? 2 : 4;
  static_assert(tile<T>::nr % 2 == 0);
  const D d;
  pivots<T> p{hn::Zero(d)};
  divisor<D> last(hn::Set(d, real_type<T>(1)));
  number<T> beside{hn::Zero(d), hn::Zero(d)};  // T(j,j-1)
  const auto pivot = [&](index j) HWY_ATTR {
    reduced<T, 1, 1> t(w, n, j, j);
    t.subtract_sum(0, 0);
    next_pivot<D> next(t.re[0][0]);
    if (summed<T>(j) < j) beside.reduce(next, last);
    return next;
  };
  index j = 0;
  for (; j + 2 <= n; j += 2) {
    const auto first = p.take(pivot(j), j, element<T>(w, n, j, j));
    reduced<T, 1, 2> next(w, n, j + 1, j);
    next.finish_first_column(j);
    next.subtract_sum(0, 1);
    next_pivot<D> second(next.re[0][1]);
    number<T>{next.re[0][0], next.imaginary(0, 0)}.reduce(second, first);
    next.divide_by(first, 0, 0);
    next.put(0, 0);
    const number<T> below{next.re[0][0], next.imaginary(0, 0)};
    last = p.take(second, j + 1, element<T>(w, n, j + 1, j + 1));
    index i = j + 2;
    const auto finish = [&](auto count) HWY_ATTR {
      constexpr int ROWS = decltype(count)::value;
      const auto top = finish_rows<T, ROWS>(w, n, i, j, first, below, last);
      if (i == j + 2) beside = top;
      i += ROWS;
    };
    while (i + rows <= n) finish(std::integral_constant<int, rows>{});
    while (i < n) finish(std::integral_constant<int, 1>{});
  }
  if (j < n) p.take(pivot(j), j, element<T>(w, n, j, j));
  hn::Store(p.info, d, failed);
  return hn::AllTrue(d, hn::Eq(p.info, hn::Zero(d)));
}

/// Writes a compact batch with a failed matrix. Of a failed matrix only the columns that hold the factor are written;
/// out of place the others receive the input.
template <class T>
void put_failed(const batch<const T>& a, const batch<T>& out, index first, index count, const real_type<T>* w,
                const real_type<T>* failed) {
  constexpr index lanes = tile<T>::lanes;
  for (index r = 0; r < count; ++r) {
    const auto from = a[first + r];
    const auto to = out[first + r];
    const index good = failed[r] > 0 ? static_cast<index>(failed[r]) - 1 : a.rows;
    for (index j = 0; j < a.rows; ++j)
      for (index i = j; i < a.rows; ++i) {
        const auto* z = element<T>(w, a.rows, i, j) + r;
        if (j >= good)
          to.set(i, j, from.get(i, j));
        else if constexpr (is_complex<T>)
          to.at(i, j) = {z[0], out.conj ? -z[lanes] : z[lanes]};
        else
          to.at(i, j) = z[0];
      }
  }
}

template <class T>
void factor_compact(const batch<const T>& a, const batch<T>& out, index first, index count, real_type<T>* w,
                    index* info) {
  using R = real_type<T>;
  constexpr index lanes = tile<T>::lanes;
  HWY_ALIGN R failed[lanes];
  const R* from[lanes];
  R* to[lanes];
  for (index b = first; b < first + count; b += lanes) {
    // Lanes without a matrix hold copies of the last one; they compute and store the same result.
    const index here = std::min(lanes, first + count - b);
    for (index r = 0; r < lanes; ++r) {
      const index i = b + std::min(r, here - 1);
      from[r] = reinterpret_cast<const R*>(a[i].p);
      to[r] = reinterpret_cast<R*>(out[i].p);
    }
    const compact_numbers<R> numbers{w, element<T>(w, a.rows, 1, 0) - w, element<T>(w, a.rows, 0, 1) - w};
    move_compact<const T, true>(a[b], part::lower, a.conj, from, numbers);
    if (factor_compact_block<T>(a.rows, w, failed))
      move_compact<T, false>(out[b], part::lower, out.conj, to, numbers);
    else
      put_failed<T>(a, out, b, here, w, failed);
    for (index r = 0; r < here; ++r) info[b + r] = static_cast<index>(failed[r]);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
