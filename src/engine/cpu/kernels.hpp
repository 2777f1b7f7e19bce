// What the CPU engine asks of an instruction set: one table of kernels per element type.
//
// Kernels see real numbers only. Complex blocks are held in planes: where a real block has a column of ld numbers, a
// complex one has ld real parts and, behind them, ld imaginary parts. So one code serves all four types and no
// multiply needs a shuffle.
//
//   panel    column-major scratch: column j of a block at w + j*planes*ld. Rows up to a multiple of `lanes` past the
//            block, and columns up to a multiple of nr, may be read and written: what they hold never reaches the
//            block.
//   strips   a block cut into strips of `width` rows (the last one padded with zeros); within a strip the columns
//            follow one another, `width` numbers each (complex: real parts, then imaginary parts).
#pragma once

#include <span>

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

template <class T>
struct kernels {
  using R = real_type<T>;

  const char* instruction_set;
  index lanes;   ///< numbers in a vector
  index mr, nr;  ///< the register tile: rows (a multiple of lanes) and columns

  /// strips of `width` rows of `a`; `negate_imaginary` packs conj(a).
  void (*pack)(strided<const T> a, index width, bool negate_imaginary, R* to);

  /// C ← C + sign·A·Bᴴ with A in strips of mr and B in strips of nr rows, inner dimension k. C.conj is false.
  /// Only elements with i + offset >= j (lower = +1) or i + offset <= j (lower = -1) are touched, or all (lower = 0);
  /// where i + offset == j in those cases C is made real.
  void (*product)(index k, const R* a, const R* b, int sign, strided<T> c, int lower, index offset);

  /// panel ← a, or a ← panel, on a part; `load` zeroes the rows past a.rows in the columns that it fills.
  void (*load)(strided<const T> a, part which, R* w, index ld);
  void (*store)(const R* w, index ld, strided<T> a, part which);

  /// A = L·Lᴴ in a panel of order n, lower. Returns 0 or the order k of the failing minor; columns before k then hold
  /// the factor.
  index (*factor)(index n, R* w, index ld);

  /// Out of place or in place, `count` matrices from the `first` on, one in each lane: for tiny orders. w holds
  /// n·n vectors (complex: twice that), aligned. info as for `factor`.
  void (*factor_interleaved)(const batch<const T>& a, const batch<T>& out, index first, index count, R* w, index* info);

  /// X ← X·L⁻ᴴ for a panel X of m rows: L a panel of order n, inverse[j] = 1/L(j,j) (imaginary parts at inverse + ldl).
  void (*solve)(index n, const R* l, index ldl, const R* inverse, index m, R* x, index ldx);
};

/// Leading dimension of a panel with `rows` rows: room for whole vectors past the end wherever a strip starts, and no
/// multiple of a page's quarter, so that columns do not fall on one another in the cache.
template <class T>
index panel_ld(const kernels<T>& k, index rows) {
  using R = real_type<T>;
  const index step = k.lanes;
  index ld = (rows + std::max(k.lanes, k.nr) + step - 1) / step * step;
  if (ld * static_cast<index>(sizeof(R)) % 1024 == 0) ld += step;
  return ld;
}

/// Numbers in a panel of `cols` columns.
template <class T>
index panel_size(const kernels<T>& k, index ld, index cols) {
  return (is_complex<T> ? 2 : 1) * ld * ((cols + k.nr - 1) / k.nr * k.nr);
}

/// The tables that this build has and this machine can run, best first. Never empty.
template <class T>
std::span<const kernels<T>* const> available_kernels();

}  // namespace posdef::internal::cpu
