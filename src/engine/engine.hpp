// The contract that an engine fulfils: a chunk of primitives on blocks, all of them "lower".
//
// An engine is a class E with an element type, a view type for reading and one for writing, and these members. Views
// offer rows, cols, block(), lead(), columns(), row_range(), t(), h(), conjugated(), reversed(), reversed_columns()
// (see strided.hpp); on a host engine a view is one matrix, on a device it may be a whole batch of one shape.
//
//   block()                      the largest order that potrf_block and trsm_block take
//   potrf_block(A, first)        A = L·Lᴴ in A's lower triangle, A.rows <= block(). Returns 0, or first + k when the
//                                leading minor of order k of A is not positive definite; then columns before k hold
//                                the factor. A device returns 0 and notes the info itself. Imaginary parts of A's
//                                diagonal are ignored; L's diagonal is real.
//   trsm_block(L, B, unit)       B ← B·L⁻ᴴ, L lower of order <= block(); its strict upper triangle is never read,
//                                nor its diagonal if `unit`
//   gemm(sign, A, B, C, part)    C ← C + sign·A·B, sign ±1. With part::lower C is Hermitian: only its lower triangle
//                                is read and written and its diagonal is left real
//   copy(sign, A, B, part)       B ← sign·A on that part; A and B may be the same view
//   fill(A, x, part)             A ← x on that part
//   check_diagonal(L, positive)  0, or k: diagonal element k is the first that is zero or not finite (`positive`: that
//                                is not a positive real number); a device notes it itself and returns 0
//   log_diagonal(L)              2·Σ log L(i,i)
//   scratch(k, m, n)             the k-th (0 or 1) scratch block, as an m × n view, m, n <= block()
//
// An engine may also offer whole matrices in one go, for which it need not be asked block by block:
//
//   potrf(A)                     as potrf_block, for any order, by a schedule of the engine's own
//   potrf_compact(A, L, first, count, info)   factor `count` matrices of a batch from the `first` on, each with its
//   info
//
// An engine for tiny matrices alone, each of which is one block, needs trsm_block, copy and fill, and
//
//   invert_block(L, unit)        L ← L⁻¹ in the lower triangle, with `unit` below the diagonal
//   square_block(L)              L ← lower triangle of Lᴴ·L
//
// B in trsm_block, and C in gemm, never share memory with the other operands. An engine is used by one call at a time.
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

/// An engine to which every matrix is one block.
template <class E>
concept blocks_alone = !primitives<E> && requires(E & e, typename E::input in, typename E::output out) {
  e.trsm_block(in, out, true);
  e.invert_block(out, true);
  e.square_block(out);
};

template <class E>
concept solver = primitives<E> || blocks_alone<E>;

}  // namespace posdef::internal
