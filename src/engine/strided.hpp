// The internal view of a matrix: a pointer, a row stride and a column stride.
//
// Layout, triangle, transposition, conjugation and reversal are properties of a view:
//   row-major          swap the strides
//   upper triangle     U = Lᴴ, so the adjoint view of U's memory is a lower triangle
//   A·L⁻¹ as A·L⁻ᴴ     reverse the indices (negative strides): J·L·J is upper, its adjoint lower
// Algorithms and engines therefore implement the lower triangle only.
#pragma once

#include <algorithm>
#include <complex>
#include <cstdint>
#include <type_traits>

#include "posdef/types.hpp"
#include "system/index.hpp"

namespace posdef::internal {

template <class T>
inline constexpr bool is_complex = !std::is_same_v<std::remove_const_t<T>, real_type<T>>;

template <class T>
constexpr T conjugate(const T& x) {
  if constexpr (is_complex<T>)
    return std::conj(x);
  else
    return x;
}

/// The elements of a block that an operation reads or writes.
enum class part { full, lower, strict_lower, diagonal };

/// Element (i, j) is p[i*rs + j*cs], or its complex conjugate if `conj`.
template <class T>
struct strided {
  T* p = nullptr;
  index rows = 0, cols = 0;
  index rs = 1, cs = 0;
  bool conj = false;

  T& at(index i, index j) const { return p[i * rs + j * cs]; }
  std::remove_const_t<T> get(index i, index j) const { return conj ? conjugate(at(i, j)) : at(i, j); }
  void set(index i, index j, std::remove_const_t<T> x) const { at(i, j) = conj ? conjugate(x) : x; }

  strided block(index i, index j, index m, index n) const {
    // An empty block may start after the last element. No offset is added to a null pointer.
    return {m > 0 && n > 0 ? p + i * rs + j * cs : p, m, n, rs, cs, conj};
  }
  /// The leading k × k block; k columns or rows from j or i.
  strided lead(index k) const { return block(0, 0, k, k); }
  strided columns(index j, index k) const { return block(0, j, rows, k); }
  strided row_range(index i, index k) const { return block(i, 0, k, cols); }

  strided t() const { return {p, cols, rows, cs, rs, conj}; }
  strided conjugated() const { return {p, rows, cols, rs, cs, is_complex<T> && !conj}; }
  strided h() const { return t().conjugated(); }
  /// J·A·J, A·J and J·A, where J reverses the indices.
  strided reversed() const { return {last(rows, cols), rows, cols, -rs, -cs, conj}; }
  strided reversed_columns() const { return {last(1, cols), rows, cols, rs, -cs, conj}; }
  strided reversed_rows() const { return {last(rows, 1), rows, cols, -rs, cs, conj}; }

  operator strided<const T>() const requires(!std::is_const_v<T>) { return {p, rows, cols, rs, cs, conj}; }

 private:
  T* last(index m, index n) const { return rows > 0 && cols > 0 ? p + (m - 1) * rs + (n - 1) * cs : p; }
};

/// Calls f(i, j) for every element of the part of an m × n block. With `by_columns` the second index is the outer loop.
template <class F>
void for_part(index m, index n, part which, bool by_columns, F f) {
  const index outer = by_columns ? n : m, inner = by_columns ? m : n;
  for (index o = 0; o < outer; ++o) {
    index from = 0, to = inner;
    if (which == part::diagonal) {
      from = std::min(o, inner);
      to = std::min(o + 1, inner);
    } else if (which != part::full) {
      const index strict = which == part::strict_lower ? 1 : 0;
      if (by_columns)
        from = std::min(o + strict, inner);
      else
        to = std::min(o + 1 - strict, inner);
    }
    for (index i = from; i < to; ++i) by_columns ? f(i, o) : f(o, i);
  }
}

/// `count` matrices of one shape, at equal distances or at the addresses in `pointers`.
template <class T>
struct batch {
  T* data = nullptr;
  T* const* pointers = nullptr;
  index count = 0;
  index stride = 0;
  index rows = 0, cols = 0;
  index rs = 1, cs = 0;
  bool conj = false;

  /// One matrix, column-major.
  static batch column_major(T* data, index rows, index cols, index ld) {
    return {data, nullptr, 1, 0, rows, cols, 1, ld, false};
  }

  strided<T> operator[](index b) const {
    return {pointers != nullptr ? pointers[b] : data + b * stride, rows, cols, rs, cs, conj};
  }
  operator batch<const T>() const requires(!std::is_const_v<T>) {
    return {data, pointers, count, stride, rows, cols, rs, cs, conj};
  }
  batch h() const { return {data, pointers, count, stride, cols, rows, cs, rs, is_complex<T> && !conj}; }
  bool same_memory(const batch<const T>& o) const requires(!std::is_const_v<T>) {
    return pointers != nullptr || o.pointers != nullptr ? pointers == o.pointers && pointers != nullptr
                                                        : data == o.data;
  }
};

}  // namespace posdef::internal
