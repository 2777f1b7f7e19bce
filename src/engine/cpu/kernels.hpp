// What the CPU engine asks of an instruction set: one table of kernels per element type.
//
// Kernels see real numbers only. Complex blocks are held in planes: where a real block has a column of ld numbers, a
// complex one has ld real parts and, behind them, ld imaginary parts. So one code serves all four types and no
// multiply needs a shuffle.
//
//   micro-panels   a block cut into micro-panels of mr rows, `stride` numbers apart. Within a micro-panel the columns
//   follow one another,
//            mr numbers each (complex: mr real parts, then mr imaginary parts). So every kernel walks through memory
//            with steps that the compiler knows. Rows up to a multiple of `pad` and columns up to a multiple of nr are
//            there even if the block ends before: what is computed in them never reaches the block.
#pragma once

#include <span>

#include "engine/strided.hpp"

namespace posdef::internal::cpu {

/// So many right-hand sides are few.
inline constexpr index skinny_max = 4;

/// Of which elements of C a product is wanted.
enum class region { all, lower, upper };
/// The region of Cᵀ, or of C with rows and columns in reversed order.
constexpr region flipped(region r) {
  return r == region::lower ? region::upper : r == region::upper ? region::lower : region::all;
}

template <class T>
struct kernels {
  using R = real_type<T>;

  const char* instruction_set;
  index lanes;   ///< numbers in a vector
  index mr, nr;  ///< the register tile: rows (a multiple of lanes) and columns (a divisor of mr)
  index pad;

  /// micro-panels ← a, or a ← micro-panels; `lower`: of a and of the micro-panels only the lower triangle (or
  /// trapezoid).
  void (*pack)(strided<const T> a, bool lower, R* w, index stride);
  void (*unpack)(const R* w, index stride, strided<T> a, bool lower);

  /// C ← C + sign·A·Bᴴ with A and B in micro-panels, inner dimension k.
  /// Only elements with i + offset >= j (region::lower) or i + offset <= j (region::upper) are touched, or all; where
  /// i + offset == j in those cases C is made real.
  void (*product)(index k, const R* a, index a_stride, const R* b, index b_stride, int sign, strided<T> c, region where,
                  index offset);

  /// A = L·Lᴴ in micro-panels, order n, lower. inverse[j] receives 1/L(j,j). Returns 0 or the order k of the failing
  /// minor; columns before k then hold the factor.
  index (*factor)(index n, R* w, index stride, R* inverse);

  /// Out of place or in place, `count` matrices from the `first` on, one in each lane: for tiny orders. w holds
  /// n·n vectors (complex: twice that), aligned. info as for `factor`.
  void (*factor_compact)(const batch<const T>& a, const batch<T>& out, index first, index count, R* w, index* info);

  /// A tiny matrix that stays in registers, from one place to another or in place. False, and nothing written, if it
  /// has to take the general way: too large, no unit stride, not positive definite. Null where there is no such kernel.
  bool (*factor_in_registers)(const strided<const T>& a, const strided<T>& out);

  /// X ← X·L⁻ᴴ for m rows X in micro-panels: L of order n in micro-panels, inverse[j] = 1/L(j,j) with imaginary parts
  /// at inverse_im, null if they are zero. `inverse` is read up to a multiple of nr.
  void (*solve)(index n, const R* l, index l_stride, const R* inverse, const R* inverse_im, index m, R* x,
                index x_stride);
  /// The same for a few rows, m <= skinny_max, and L where it lies. Row c of X: x_stride numbers from x + c·x_stride on
  /// (complex: twice that, the imaginary parts behind), n of them and zeros, in whose place anything may be afterwards.
  /// x_stride is a multiple of mr; at w there is room for mr columns of a micro-panel.
  void (*solve_skinny)(const strided<const T>& l, const R* inverse, const R* inverse_im, index m, R* x, index x_stride,
                       R* w);
  /// sum(c,i) += Σ_k y(c,k)·conj L(i,k), or with the factors' roles changed Σ_k L(i,k)·conj y(c,k), for a few rows c of
  /// both, laid out as X above: what `product` computes if a is y, or L.
  void (*product_skinny)(const strided<const T>& l, bool element_first, index m, const R* y, index y_stride, R* sum,
                         index sum_stride, R* w);

  /// Packs of tiny matrices (packs.hpp): solves and inverses of as many as there are lanes at once, as strided views
  /// whose strides are multiples of `lanes`. `inverse` holds for each column a vector of reciprocals of the diagonal;
  /// if some are not `real`, their imaginary parts behind all of those, and then a vector that is not zero in lanes
  /// with any.

  /// Between matrices of the shape and strides of `a` that begin at at[lane], and a pack: a part of them.
  void (*to_compact)(const strided<const T>& a, part which, const R* const* at, strided<T> to);
  void (*from_compact)(const strided<T>& from, part which, R* const* at, const strided<T>& a);
  /// inverse ← 1/L(j,j). False unless L(j,j) is real, positive if so asked, and the reciprocal a normal number, in all.
  bool (*invert_compact_diagonal)(strided<const T> l, bool positive, R* inverse);
  /// X ← X·L⁻ᴴ.
  void (*solve_compact)(strided<const T> l, const R* inverse, bool real, strided<T> x);
  /// L ← L⁻¹. What lies above the diagonal is not read and may be overwritten. False if numbers came up that are not
  /// finite: then the result is not what micro-panels give.
  bool (*invert_compact)(strided<T> l, const R* inverse, bool real);
  /// L ← lower triangle of Lᴴ·L, for finite L.
  void (*square_compact)(strided<T> l);

  /// Numbers from one micro-panel of `cols` columns to the next; nr is a power of two.
  index stride(index cols) const { return (is_complex<T> ? 2 : 1) * mr * ((cols + nr - 1) & -nr); }
  /// Micro-panels that `rows` rows take.
  index micro_panels(index rows) const { return rows <= mr ? 1 : (rows + mr - 1) / mr; }
};

/// The tables that this build has and this machine can run, best first. Never empty.
template <class T>
std::span<const kernels<T>* const> available_kernels();

}  // namespace posdef::internal::cpu
