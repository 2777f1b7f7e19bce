// The engine interface: primitives on blocks. All triangles are lower.
//
// An engine is a class E with an element type, an input view type, an output view type and the members below. Views
// have rows, cols, block(), lead(), columns(), row_range(), t(), h(), conjugated(), reversed(), reversed_columns(),
// reversed_rows() (see strided.hpp). On a host engine a view is one matrix. On a device it may be a batch of matrices
// of one shape.
//
//   block()                      the largest order for potrf_block and trsm_block
//   potrf_block(A, first)        A = L·Lᴴ in A's lower triangle, A.rows <= block(). Returns 0, or first + k if the
//                                leading minor of order k of A is not positive definite; then columns before k hold the
//                                factor. A device returns 0 and stores info itself. Imaginary parts of A's diagonal are
//                                ignored; L's diagonal is real.
//   trsm_block(L, B, unit)       B ← B·L⁻ᴴ, L lower of order <= block(); its strict upper triangle is not read, and its
//                                diagonal is not read if `unit`
//   gemm(sign, A, B, C, part)    C ← C + sign·A·B, sign ±1. With part::lower C is Hermitian: only its lower triangle is
//                                read and written, and its diagonal becomes real
//   copy(sign, A, B, part)       B ← sign·A on that part; A and B may be the same view
//   fill(A, x, part)             A ← x on that part
//   check_diagonal(L, positive)  0, or k for the first diagonal element that is zero or not finite (`positive`: that is
//                                not a positive finite real number); a device stores it in info and returns 0
//   log_diagonal(L)              2·Σ log L(i,i)
//   scratch(k, m, n)             scratch block k (0 or 1) as an m × n view, m, n <= block()
//
// An engine may also process whole matrices:
//
//   potrf(A)                     as potrf_block, for any order, with the engine's own schedule
//   potrf_compact(A, L, first, count, info)   factor `count` matrices of a batch from `first` on, each with its info
//
// and have its own product for solves
//
//   solve_few(L, B, unit)        B ← B·L⁻ᴴ for any order if B has few rows; else returns false
//   subtract_solved(X, L, B)     B ← B − X·Lᴴ, with the same rounding for any number of rows
//
// and have its own inverses of blocks, which it may refuse by returning false
//
//   invert_block(L, unit)        L ← L⁻¹ from X·Lᴴ = I, in the lower triangle; with `unit` below the diagonal only
//   square_block(L)              L ← lower triangle of Lᴴ·L, with the products of the diagonal last
//
// An engine for compact batches, where each matrix is one block, needs trsm_block, copy, fill and
//
//   invert_block(L, unit), square_block(L)    the same, for any L
//
// B in trsm_block and C in gemm never overlap the other operands. Only one call at a time uses an engine.
#pragma once

#include "engine/strided.hpp"

namespace posdef::internal {

template <class E>
concept primitives = requires(E& e, typename E::input in, typename E::output out, typename E::value_type x, index k) {
  { e.block() } -> std::same_as<index>;
  { e.potrf_block(out, k) } -> std::same_as<index>;
  e.trsm_block(in, out, true);
  e.gemm(1, in, in, out, part::full);
  e.copy(1, in, out, part::full);
  e.fill(out, x, part::full);
  { e.scratch(0, k, k) } -> std::same_as<typename E::output>;
};

/// An engine with its own product for solves.
template <class E>
concept own_solve = requires(E& e, typename E::input in, typename E::output out) {
  { e.solve_few(in, out, true) } -> std::same_as<bool>;
  e.subtract_solved(in, in, out);
};

/// An engine with its own inverses of blocks.
template <class E>
concept own_inverse = requires(E& e, typename E::output out) {
  { e.invert_block(out, true) } -> std::same_as<bool>;
  { e.square_block(out) } -> std::same_as<bool>;
};

/// The order at which a recursion splits n > nb: about half of n, a multiple of nb.
constexpr index split(index n, index nb) { return (n / 2 + nb - 1) / nb * nb; }

/// An engine for which every matrix is one block.
template <class E>
concept blocks_alone = !primitives<E> && requires(E & e, typename E::input in, typename E::output out) {
  e.trsm_block(in, out, true);
  e.invert_block(out, true);
  e.square_block(out);
};

template <class E>
concept solver = primitives<E> || blocks_alone<E>;

}  // namespace posdef::internal
