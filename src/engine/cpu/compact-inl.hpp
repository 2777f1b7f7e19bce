// Solves and inverses of compact batches: one small matrix in each vector lane (see lanes-inl.hpp).
//
//   solve    X(·,j) = (B(·,j) − Σ_{k<j} X(·,k)·conj L(j,k)) · conj(1/L(j,j))
//   invert   the same with B = I, where X = L⁻ᴴ overwrites Lᴴ: row i of X starts at its diagonal
//   square   (Lᴴ·L)(i,j) = Σ_{k>=i} conj L(k,i)·L(k,j), i >= j, in descending k, overwrites L
//
// Every element is computed by the same operations in the same order as on micro-panels (factor-inl.hpp,
// product-inl.hpp), so the results are bitwise equal. On micro-panels the sums of an inverse include the zeros of the
// other triangle. This changes nothing if all numbers are finite, which `invert` checks.
#if defined(POSDEF_COMPACT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_COMPACT_INL
#undef POSDEF_COMPACT_INL
#else
#define POSDEF_COMPACT_INL
#endif

#include <limits>
#include <utility>

#include "engine/cpu/lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// A compact batch as a view of numbers. Conjugation flips a sign bit.
template <class T>
struct operand {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  static constexpr index lanes = tile<T>::lanes, planes = tile<T>::planes;
  R* w;
  index rs, cs;
  V flip;

  HWY_INLINE explicit operand(const strided<const T>& a)
      : w(const_cast<R*>(reinterpret_cast<const R*>(a.p))), rs(planes * a.rs), cs(planes * a.cs) {
    const typename tile<T>::D d;
    flip = a.conj ? hn::SignBit(d) : hn::Zero(d);
  }
  HWY_INLINE R* at(index i, index j) const { return w + i * rs + j * cs; }
  static HWY_INLINE V re(const R* p) { return hn::Load(typename tile<T>::D(), p); }
  /// The imaginary part. For real types an unused value.
  HWY_INLINE V im(const R* p) const {
    if constexpr (is_complex<T>)
      return hn::Xor(hn::Load(typename tile<T>::D(), p + lanes), flip);
    else
      return flip;
  }
  /// N elements, `step` numbers apart.
  template <int N>
  HWY_INLINE void get(const R* p, index step, V (&re_)[N], V (&im_)[N]) const {
    for (int r = 0; r < N; ++r) {
      re_[r] = re(p + r * step);
      im_[r] = im(p + r * step);
    }
  }
  HWY_INLINE void put(R* p, V re, [[maybe_unused]] V im) const {
    const typename tile<T>::D d;
    hn::Store(re, d, p);
    if constexpr (is_complex<T>) hn::Store(hn::Xor(im, flip), d, p + lanes);
  }
};

/// The numbers of rows and columns of a register tile, limited by the number of registers.
template <class T>
inline constexpr int compact_rows = HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64 ? (is_complex<T> ? 2 : 4) : 2;
template <class T>
inline constexpr int compact_columns = HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64 || !is_complex<T> ? 4 : 2;

/// Calls f(i, count) for groups of MOST in [begin, end), then for single elements.
template <int MOST, class F>
HWY_INLINE void in_groups(index begin, index end, const F& f) {
  index i = begin;
  for (; i + MOST <= end; i += MOST) f(i, std::integral_constant<int, MOST>{});
  if constexpr (MOST > 1)
    for (; i < end; ++i) f(i, std::integral_constant<int, 1>{});
}

/// The reciprocals of a diagonal in the format of kernels.hpp: real, or complex in some lanes.
template <class T>
struct reciprocals {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  static constexpr index lanes = tile<T>::lanes;
  const R* w;
  const R* im;      // null if all are real
  V complex_lanes;  // nonzero in lanes whose diagonal is not real

  HWY_INLINE reciprocals(index n, const R* inverse, bool real) : w(inverse), im(real ? nullptr : inverse + n * lanes) {
    const typename tile<T>::D d;
    complex_lanes = im == nullptr ? hn::Zero(d) : hn::Load(d, im + n * lanes);
  }

  /// Element (r, c) of the tile times conj(1/L(j,j)).
  template <int ROWS, int COLS>
  HWY_INLINE void scale(compact_tile<T, ROWS, COLS>& t, int r, int c, index j) const {
    const typename tile<T>::D d;
    const V ir = hn::Load(d, w + j * lanes);
    const V re = hn::Mul(t.re[r][c], ir);
    if constexpr (is_complex<T>) {
      const V x = t.re[r][c], y = t.im[r][c], by = hn::Mul(y, ir);
      t.im[r][c] = by;
      if (im != nullptr) {
        const V ii = hn::Load(d, im + j * lanes);
        const auto some = hn::Ne(complex_lanes, hn::Zero(d));
        t.re[r][c] = hn::IfThenElse(some, hn::MulAdd(y, ii, re), re);
        t.im[r][c] = hn::IfThenElse(some, hn::NegMulAdd(x, ii, by), by);
        return;
      }
    }
    t.re[r][c] = re;
  }
};

/// Computes ROWS rows of X from row i on, all columns from `begin` on. For an inverse the right-hand sides are rows of
/// the identity. Returns a vector that is NaN in lanes with a non-finite element of X, else zero.
template <class T, int ROWS, bool INVERT>
HWY_INLINE typename tile<T>::V solve_compact_rows(index n, const operand<T>& l, const reciprocals<T>& by,
                                                  const operand<T>& x, index i, index begin) {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  const typename tile<T>::D d;
  V finite = hn::Zero(d);
  in_groups<compact_columns<T>>(begin, n, [&](index j, auto columns) HWY_ATTR {
    constexpr int COLS = decltype(columns)::value;
    compact_tile<T, ROWS, COLS> t;
    t.set_zero();
    const R *xk = x.at(i, begin), *lk = l.at(j, begin);
    // Adds the product with the next column of X. `alone`: subtracts it from column 0 of the tile.
    const auto add_column = [&](bool alone) HWY_ATTR {
      V xr[ROWS], xi[ROWS];
      x.get(xk, x.rs, xr, xi);
      for (int c = 0; c < COLS; ++c) {
        const V yr = l.re(lk + c * l.rs), yi = l.im(lk + c * l.rs);
        for (int r = 0; r < ROWS; ++r)
          alone&& c == 0 ? t.subtract(r, c, xr[r], xi[r], yr, yi) : t.add(r, c, xr[r], xi[r], yr, yi);
      }
      xk += x.cs, lk += l.cs;
    };
    // Column c of the tile: B minus the sums.
    const auto subtract_sums = [&](int c) HWY_ATTR {
      for (int r = 0; r < ROWS; ++r) {
        if constexpr (INVERT) {
          t.re[r][c] = hn::Sub(hn::Set(d, i + r == j + c ? R(1) : R(0)), t.re[r][c]);
          t.im[r][c] = hn::Sub(hn::Zero(d), t.im[r][c]);
        } else {
          const R* const p = x.at(i + r, j + c);
          t.re[r][c] = hn::Sub(x.re(p), t.re[r][c]);
          t.im[r][c] = hn::Sub(x.im(p), t.im[r][c]);
        }
      }
    };
    const index last = std::max(begin, summed<T>(j));
    for (index k = begin; k < last; ++k) add_column(false);
    subtract_sums(0);
    if (last < j) add_column(true);
    for (int c = 0; c < COLS; ++c) {
      for (int k = 0; k < c; ++k) {
        const R* const p = l.at(j + c, j + k);
        const V yr = l.re(p), yi = l.im(p);
        const bool alone = k == c - 1 && (j + c) % tile<T>::nr != 0;
        if (alone) subtract_sums(c);
        for (int r = 0; r < ROWS; ++r)
          alone ? t.subtract(r, c, t.re[r][k], t.imaginary(r, k), yr, yi)
                : t.add(r, c, t.re[r][k], t.imaginary(r, k), yr, yi);
        if (k == c - 1 && !alone) subtract_sums(c);
      }
      for (int r = 0; r < ROWS; ++r) by.scale(t, r, c, j + c);
    }
    for (int c = 0; c < COLS; ++c)
      for (int r = 0; r < ROWS; ++r) {
        if constexpr (INVERT) {
          finite = hn::MulAdd(t.re[r][c], hn::Zero(d), finite);
          if constexpr (is_complex<T>) finite = hn::MulAdd(t.im[r][c], hn::Zero(d), finite);
        }
        x.put(x.at(i + r, j + c), t.re[r][c], t.imaginary(r, c));
      }
  });
  return finite;
}

template <class T>
void solve_compact(strided<const T> l, const real_type<T>* inverse, bool real, strided<T> x) {
  const operand<T> from(l), to(x);
  const reciprocals<T> by(l.rows, inverse, real);
  in_groups<compact_rows<T>>(0, x.rows, [&](index i, auto rows) HWY_ATTR {
    solve_compact_rows<T, decltype(rows)::value, false>(l.rows, from, by, to, i, 0);
  });
}

/// In place: element (i, j) of X overwrites L(j,i), which is not used later.
template <class T>
bool invert_compact(strided<T> l, const real_type<T>* inverse, bool real) {
  const typename tile<T>::D d;
  const index n = l.rows;
  const operand<T> from(l), to(l.h());
  const reciprocals<T> by(n, inverse, real);
  auto finite = hn::Zero(d);
  in_groups<compact_rows<T>>(0, n, [&](index i, auto rows) HWY_ATTR {
    finite = hn::Add(finite, solve_compact_rows<T, decltype(rows)::value, true>(n, from, by, to, i, i));
  });
  return hn::AllTrue(d, hn::Eq(finite, hn::Zero(d)));
}

/// ROWS × COLS elements of Lᴴ·L at (i, j). For C stored by rows the product on micro-panels exchanges its operands, and
/// thus the two products of an imaginary part. BY_ROWS does the same.
template <class T, int ROWS, int COLS, bool BY_ROWS>
HWY_INLINE void square_compact_tile(index n, const operand<T>& l, index i, index j) {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  const typename tile<T>::D d;
  compact_tile<T, ROWS, COLS> t;
  for (int c = 0; c < COLS; ++c)
    for (int r = 0; r < ROWS; ++r) t.re[r][c] = t.im[r][c] = hn::Zero(d);
  const R *ik = l.at(n - 1, i), *jk = l.at(n - 1, j);
  const auto add_row = [&](auto count) HWY_ATTR {
    constexpr int rows = decltype(count)::value;
    V xr[rows], xi[rows];
    l.get(ik, l.cs, xr, xi);
    for (int c = 0; c < COLS; ++c) {
      const V yr = l.re(jk + c * l.cs), yi = l.im(jk + c * l.cs);
      for (int r = 0; r < rows; ++r) {
        t.re[r][c] = hn::MulAdd(xr[r], yr, t.re[r][c]);
        if constexpr (is_complex<T>) {
          t.re[r][c] = hn::MulAdd(xi[r], yi, t.re[r][c]);
          if constexpr (BY_ROWS) t.im[r][c] = hn::MulAdd(xr[r], yi, t.im[r][c]);
          t.im[r][c] = hn::NegMulAdd(xi[r], yr, t.im[r][c]);
          if constexpr (!BY_ROWS) t.im[r][c] = hn::MulAdd(xr[r], yi, t.im[r][c]);
        }
      }
    }
    ik -= l.rs, jk -= l.rs;
  };
  for (index k = n; k-- > i + ROWS - 1;) add_row(std::integral_constant<int, ROWS>{});
  // Row k of L is zero after its diagonal.
  [&]<int... K>(std::integer_sequence<int, K...>) HWY_ATTR {
    (add_row(std::integral_constant<int, ROWS - 1 - K>{}), ...);
  }
  (std::make_integer_sequence<int, ROWS - 1>{});
  // Adds to zero, as the product adds to C.
  for (int c = 0; c < COLS; ++c)
    for (int r = 0; r < ROWS; ++r)
      if (i + r >= j + c) {
        R* const p = l.at(i + r, j + c);
        hn::Store(hn::Add(t.re[r][c], hn::Zero(d)), d, p);
        if constexpr (is_complex<T>)
          hn::Store(i + r == j + c ? hn::Zero(d) : hn::Add(hn::Xor(t.im[r][c], l.flip), hn::Zero(d)), d, p + l.lanes);
      }
}

/// In place, in ascending rows and columns, so that overwritten elements are not used later.
template <class T, bool BY_ROWS>
HWY_INLINE void square_compact_rows(const operand<T>& l, index n) {
  in_groups<compact_rows<T>>(0, n, [&](index i, auto rows) HWY_ATTR {
    constexpr int ROWS = decltype(rows)::value, COLS = compact_columns<T>;
    index j = 0;
    for (; j < i + ROWS && j + COLS <= n; j += COLS) square_compact_tile<T, ROWS, COLS, BY_ROWS>(n, l, i, j);
    for (; j < i + ROWS; ++j) square_compact_tile<T, ROWS, 1, BY_ROWS>(n, l, i, j);
  });
}

template <class T>
void square_compact(strided<T> l) {
  const operand<T> to(l);
  if (is_complex<T> && std::abs(l.cs) < std::abs(l.rs))
    square_compact_rows<T, is_complex<T>>(to, l.rows);
  else
    square_compact_rows<T, false>(to, l.rows);
}

template <class T>
bool invert_compact_diagonal(strided<const T> l, bool positive, real_type<T>* inverse) {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  const typename tile<T>::D d;
  const operand<T> from(l);
  const V least = hn::Set(d, std::numeric_limits<R>::min()), most = hn::Set(d, std::numeric_limits<R>::max());
  auto good = hn::Eq(least, least);
  for (index i = 0; i < l.rows; ++i) {
    const R* const p = from.at(i, i);
    const V x = hn::Div(hn::Set(d, R(1)), from.re(p)), size = positive ? x : hn::Abs(x);
    good = hn::And(good, hn::And(hn::Ge(size, least), hn::Le(size, most)));
    if constexpr (is_complex<T>) good = hn::And(good, hn::Eq(from.im(p), hn::Zero(d)));
    hn::Store(x, d, inverse + i * tile<T>::lanes);
  }
  return hn::AllTrue(d, good);
}

template <class T>
void to_compact(const strided<const T>& a, part which, const real_type<T>* const* at, strided<T> to) {
  constexpr index planes = tile<T>::planes;
  move_compact<const T, true>(a, which, a.conj != to.conj, at,
                              {reinterpret_cast<real_type<T>*>(to.p), planes * to.rs, planes * to.cs});
}

template <class T>
void from_compact(const strided<T>& from, part which, real_type<T>* const* at, const strided<T>& a) {
  constexpr index planes = tile<T>::planes;
  move_compact<T, false>(a, which, a.conj != from.conj, at,
                         {reinterpret_cast<real_type<T>*>(from.p), planes * from.rs, planes * from.cs});
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
