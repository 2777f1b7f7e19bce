// The columns of a block of L in the caller's memory, as vectors: what a solve or product with few right-hand sides
// reads.
#if defined(POSDEF_COLUMNS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_COLUMNS_INL
#undef POSDEF_COLUMNS_INL
#else
#define POSDEF_COLUMNS_INL
#endif

#include <algorithm>

#include "engine/cpu/micro_panels-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// A vector of one column of L. For real types the imaginary part is unused.
template <class T>
struct column_part {
  typename tile<T>::V re, im;
};

/// The base of all column sources. `open` prepares the columns [k, k + columns) of the rows from i on. `get` reads the
/// columns [k, k + count), and of these the vector of rows from i on. `lower`: elements above the diagonal are ignored.
/// Rows outside L are not read; lanes without an element hold any finite number. `get_lower` is the same for the
/// columns i + r, r a constant, and rows that all exist.
template <class T>
struct source {
  using R = real_type<T>;
  using V = typename tile<T>::V;
  strided<const T> l;
  R* w;    // buffer for micro-panels
  R sign;  // sign of the imaginary parts

  HWY_INLINE index row_step() const { return l.rs; }
  /// Broadcasts one element to all lanes.
  HWY_INLINE void spread_element(const T* at, V& re, V& im) const {
    const typename tile<T>::D d;
    const auto* z = reinterpret_cast<const R*>(at);
    re = hn::Set(d, z[0]);
    im = re;
    if constexpr (is_complex<T>) im = hn::Set(d, sign * z[1]);
  }
};

/// Columns of any strides, packed into micro-panels.
template <class T>
struct packed_columns : source<T> {
  static constexpr bool packed = true;
  static constexpr index count = 1;
  index first_row = 0, first_column = 0, stride = 0;

  HWY_INLINE void open(index k, index columns, index i, index rows, bool lower) {
    constexpr index mr = tile<T>::mr, nr = tile<T>::nr;
    first_row = i;
    first_column = k;
    stride = tile<T>::planes * mr * ((columns + nr - 1) / nr * nr);
    pack<T>(this->l.block(i, k, rows, columns), lower, this->w, stride);
  }
  HWY_INLINE void get(index k, index i, bool, column_part<T> (&to)[1]) const {
    constexpr index mr = tile<T>::mr;
    const typename tile<T>::D d;
    const index row = i - first_row;
    const auto* part = this->w + row / mr * stride + (k - first_column) * tile<T>::planes * mr + row % mr;
    to[0].re = to[0].im = hn::LoadU(d, part);
    if constexpr (is_complex<T>) to[0].im = hn::LoadU(d, part + mr);
  }
  HWY_INLINE void get_whole(index k, index i, column_part<T> (&to)[1]) const { get(k, i, false, to); }
  HWY_INLINE void get_lower(index i, int r, column_part<T> (&to)[1]) const { get(i + r, i, true, to); }
};

#if HWY_TARGET <= HWY_AVX2

/// Columns whose elements are contiguous, in reverse order if BACKWARDS.
template <class T, bool BACKWARDS>
struct columns_down : source<T> {
  static constexpr bool packed = false;
  static constexpr index count = 1, lanes = tile<T>::lanes;

  HWY_INLINE index row_step() const { return BACKWARDS ? -1 : 1; }
  HWY_INLINE void open(index, index, index, index, bool) const {}
  HWY_INLINE void get_whole(index k, index i, column_part<T> (&to)[1]) const {
    vector_of(first(i, k), to[0].re, to[0].im);
    turn(to[0]);
  }
  HWY_INLINE void get(index k, index i, bool lower, column_part<T> (&to)[1]) const {
    const index begin = lower ? k - i : 0, end = std::min(lanes, this->l.rows - i);
    if (begin == 0 && end == lanes) return get_whole(k, i, to);
    some_of(first(i, k), BACKWARDS ? lanes - end : begin, BACKWARDS ? lanes - begin : end, to[0].re, to[0].im);
    turn(to[0]);
  }
  HWY_INLINE void get_lower(index i, int r, column_part<T> (&to)[1]) const {
    some_of(first(i, i + r), BACKWARDS ? 0 : r, BACKWARDS ? lanes - r : lanes, to[0].re, to[0].im);
    turn(to[0]);
  }

 private:
  HWY_INLINE const T* first(index i, index k) const {
    return this->l.p + (BACKWARDS ? 1 - lanes - i : i) + k * this->l.cs;
  }
  HWY_INLINE void turn(column_part<T>& z) const {
    const typename tile<T>::D d;
    if constexpr (BACKWARDS) {
      z.re = hn::Reverse(d, z.re);
      z.im = hn::Reverse(d, z.im);
    }
    if constexpr (is_complex<T>) z.im = hn::Mul(z.im, hn::Set(d, this->sign));
  }
};

/// Columns of L whose rows are contiguous, reversed if BACKWARDS: vectors of numbers of each row, transposed in
/// registers.
template <class T, bool BACKWARDS>
struct columns_across : source<T> {
  using R = real_type<T>;
  static constexpr index lanes = tile<T>::lanes, planes = tile<T>::planes, count = lanes / planes;

  HWY_INLINE void open(index, index, index, index, bool) const {}
  HWY_INLINE void get_whole(index k, index i, column_part<T> (&to)[count]) const {
    const typename tile<T>::D d;
    typename tile<T>::V x[lanes];
    const R* row = first(i, k);
    HWY_UNROLL(16)
    for (index r = 0; r < lanes; ++r, row += planes * this->l.rs) x[r] = hn::LoadU(d, row);
    turn(x, to);
  }
  HWY_INLINE void get(index k, index i, bool lower, column_part<T> (&to)[count]) const {
    const index last = this->l.rows - 1 - i;
    if (!lower && lanes - 1 <= last) return get_whole(k, i, to);
    typename tile<T>::V x[lanes];
    for (index r = 0; r < lanes; ++r) {
      const index own = std::min(r, last);
      x[r] = some(first(i + own, k), lower ? std::clamp(i + own - k + 1, index{0}, count) : count);
    }
    turn(x, to);
  }
  HWY_INLINE void get_lower(index i, int r, column_part<T> (&to)[count]) const {
    typename tile<T>::V x[lanes];
    const R* row = first(i, i + r);
    HWY_UNROLL(16)
    for (index o = 0; o < lanes; ++o, row += planes * this->l.rs)
      x[o] = some(row, std::clamp(o - r + 1, index{0}, count));
    turn(x, to);
  }

 private:
  HWY_INLINE const R* first(index i, index k) const {
    return reinterpret_cast<const R*>(this->l.p + i * this->l.rs + (BACKWARDS ? 1 - count - k : k));
  }
  /// The first elements of a row.
  HWY_INLINE typename tile<T>::V some(const R* row, index elements) const {
    const typename tile<T>::D d;
    const index numbers = planes * elements;
    return hn::MaskedLoad(BACKWARDS ? lanes_between(d, lanes - numbers, lanes) : lanes_between(d, 0, numbers), d, row);
  }
  HWY_INLINE void turn(typename tile<T>::V (&x)[lanes], column_part<T> (&to)[count]) const {
    const typename tile<T>::D d;
    transpose_square(d, x);
    HWY_UNROLL(16)
    for (index c = 0; c < count; ++c) {
      const index e = BACKWARDS ? count - 1 - c : c;
      to[c].re = to[c].im = x[e * planes];
      if constexpr (is_complex<T>) to[c].im = hn::Mul(x[e * planes + 1], hn::Set(d, this->sign));
    }
  }
};

#endif

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
