// The kernel interface of the CPU engine: one table of kernels per instruction set and element type.
//
// Kernels work on real numbers. Complex blocks are stored in planes: a real block has columns of ld numbers; a complex
// one has ld real parts followed by ld imaginary parts. So one source serves all four types, and multiplications need
// no shuffles.
//
//   micro-panels   a block is divided into micro-panels of mr rows, `stride` numbers apart. A micro-panel stores its
//                  columns contiguously, mr numbers each (complex: mr real parts, then mr imaginary parts). So all
//                  strides in a kernel are compile-time constants. Rows are padded to a multiple of `pad`, columns to a
//                  multiple of nr. Results in the padding are never stored to the block.
#pragma once

#include <span>

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

/// The maximum number of columns of a skinny solve or product.
inline constexpr index skinny_max = 4;

/// The elements of C that a product computes.
enum class region { all, lower, upper };
/// The region of Cᵀ, or of C with reversed rows and columns.
constexpr region flipped(region r) {
  return r == region::lower ? region::upper : r == region::upper ? region::lower : region::all;
}

/// How a sum of products is divided: the products before first, before second, before third, then always `more` of
/// them. Each part is summed from zero and then subtracted from the element.
///
/// A sum from zero rounds at the size of its parts, but a long one grows to the size of the element. So it is divided.
/// In a factorization the first parts are short: the elements of many matrices (kernels, covariances, large condition
/// numbers) become small within a few columns, and a long first sum would round at their original size.
struct chunks {
  index first, second, third, more;
  /// The end of the part that contains product k.
  constexpr index end(index k) const {
    return k < first ? first : k < second ? second : k < third ? third : third + ((k - third) / more + 1) * more;
  }
};
/// For columns that start at the first column of the matrix, and for later block columns. A column of complex numbers
/// has two products. All are multiples of nr.
template <class T>
inline constexpr chunks leading_chunks{8, 32, 80, is_complex<T> ? 64 : 96};
template <class T>
inline constexpr chunks later_chunks = is_complex<T> ? chunks{64, 128, 192, 64} : chunks{96, 192, 288, 96};

template <class T>
struct kernels {
  using R = real_type<T>;

  const char* instruction_set;
  index lanes;   ///< numbers per vector
  index mr, nr;  ///< register tile: rows (a multiple of lanes) and columns (a divisor of mr)
  index pad;
  chunks solve_chunks;  ///< for solves

  /// Copies a to micro-panels and back. `lower`: only the lower triangle or trapezoid.
  void (*pack)(strided<const T> a, bool lower, R* w, index stride);
  void (*unpack)(const R* w, index stride, strided<T> a, bool lower);

  /// C ← C + sign·A·Bᴴ with A and B in micro-panels, inner dimension k.
  /// Computes all elements, or only those with i + offset >= j (region::lower) or i + offset <= j (region::upper). In
  /// the latter cases elements with i + offset == j become real.
  void (*product)(index k, const R* a, index a_stride, const R* b, index b_stride, int sign, strided<T> c, region where,
                  index offset);
  /// The same for the products of a solve: each element is summed in lanes (product-inl.hpp).
  void (*product_in_lanes)(index k, const R* a, index a_stride, const R* b, index b_stride, int sign, strided<T> c,
                           region where, index offset);

  /// A = L·Lᴴ in micro-panels, order n, lower. inverse[j] receives about 1/L(j,j). Returns 0, or the order k of the
  /// failing minor; then columns before k hold the factor.
  index (*factor)(index n, R* w, index stride, R* inverse, const chunks& sums);

  /// X ← X·L⁻ᴴ for m rows X below a block that `factor` has factored, with the same operations as in the block.
  void (*factor_below)(index n, const R* l, index l_stride, const R* inverse, index m, R* x, index x_stride,
                       const chunks& sums);

  /// Factors `count` matrices from `first` on, one per lane, out of place or in place, for n <= compact_max. w: n·n
  /// vectors (complex: twice that), aligned. info as for `factor`.
  void (*factor_compact)(const batch<const T>& a, const batch<T>& out, index first, index count, R* w, index* info);

  /// Factors one small matrix in registers, out of place or in place. Returns false, and writes nothing, if the matrix
  /// is too large, has no unit stride, or is not positive definite. Null if there is no such kernel.
  bool (*factor_in_registers)(const strided<const T>& a, const strided<T>& out);

  /// X ← X·L⁻ᴴ for m rows X in micro-panels: L of order n in micro-panels, inverse[j] = 1/L(j,j), imaginary parts in
  /// inverse_im (null if zero). `inverse` is read up to a multiple of nr.
  void (*solve)(index n, const R* l, index l_stride, const R* inverse, const R* inverse_im, index m, R* x,
                index x_stride);
  /// The same for m <= skinny_max rows, without packing L. Row c of X starts at x + c·x_stride
  /// (complex: 2·x_stride, imaginary parts after x_stride real parts) and holds n numbers, which are padded to a
  /// multiple of mr. The padding may be overwritten. sums: the same for four rows, of stride sums_stride. w: room for a
  /// vector of columns of L in micro-panels.
  void (*solve_skinny)(const strided<const T>& l, const R* inverse, const R* inverse_im, index m, R* x, index x_stride,
                       R* sums, index sums_stride, R* w);
  /// x(c,i) −= Σ_k y(c,k)·conj L(i,k), for rows c in the layout of X above. L has a multiple of `lanes` columns.
  /// Bitwise equal to `product_in_lanes` with a = y, or if `element_first` to its transpose with a = conj L. w: room
  /// for a micro-panel of L.
  void (*subtract_skinny)(const strided<const T>& l, bool element_first, index m, const R* y, index y_stride, R* x,
                          index x_stride, R* w);

  /// Changes the order of n numbers.
  void (*reverse)(index n, R* x);
  /// x ← 1/x for n numbers. Returns whether all results are finite and normal; positive: whether all x are.
  bool (*invert)(index n, R* x, bool& positive);

  /// Kernels for compact batches (compact.hpp) on strided views whose strides are multiples of `lanes`. `inverse` holds
  /// one vector of reciprocals of the diagonal per column. If they are not all real, their imaginary parts follow, and
  /// then a vector that is nonzero in lanes with complex reciprocals.

  /// Copy a part of the matrices at at[lane], with the shape and strides of `a`, to a compact batch and back.
  void (*to_compact)(const strided<const T>& a, part which, const R* const* at, strided<T> to);
  void (*from_compact)(const strided<T>& from, part which, R* const* at, const strided<T>& a);
  /// inverse ← 1/L(j,j). Returns false unless every L(j,j) is real, positive if `positive`, with a normal reciprocal.
  bool (*invert_compact_diagonal)(strided<const T> l, bool positive, R* inverse);
  /// X ← X·L⁻ᴴ.
  void (*solve_compact)(strided<const T> l, const R* inverse, bool real, strided<T> x);
  /// L ← L⁻¹. The strict upper triangle is not read and may be overwritten. Returns false if a result is not finite; it
  /// then differs from the micro-panel result.
  bool (*invert_compact)(strided<T> l, const R* inverse, bool real);
  /// L ← lower triangle of Lᴴ·L, for finite L.
  void (*square_compact)(strided<T> l);

  /// The distance of micro-panels with `cols` columns, in numbers. nr is a power of two.
  index stride(index cols) const { return (is_complex<T> ? 2 : 1) * mr * ((cols + nr - 1) & -nr); }
  /// The number of micro-panels for `rows` rows.
  index micro_panels(index rows) const { return rows <= mr ? 1 : (rows + mr - 1) / mr; }
};

/// The tables that this build contains and this machine supports, best first. Never empty.
template <class T>
std::span<const kernels<T>* const> available_kernels();

}  // namespace posdef::internal::cpu
