// The arithmetic of the tasks of a factorization by block columns (panels.hpp), without their order.
#pragma once

#include "engine/cpu/kernels.hpp"
#include "engine/cpu/panel_order.hpp"

namespace posdef::internal::cpu {

/// The micro-panels of block columns k and k + 1, and the reciprocals of their diagonals.
template <class R>
struct panel_memory {
  R* micro_panels[2];
  R* inverse[2];
};

template <class T>
class panel_tasks {
 public:
  using R = real_type<T>;

  /// `a` has the order of the grid and a.conj is false.
  panel_tasks(const kernels<T>& k, const panel_grid& g, strided<T> a, const panel_memory<R>& m)
      : k_(k), grid_(g), a_(a), memory_(m), stride_(k.stride(g.nb)) {}

  /// L(k,k)·L(k,k)ᴴ = A(k,k). Returns 0, or the order of the failing minor of the block; then the columns before it are
  /// stored.
  index factor(index k) const;
  /// The first `cols` columns of L(i,k) = A(i,k)·L(k,k)⁻ᴴ.
  void solve(index k, index i, index cols) const;
  /// A(i,j) ← A(i,j) − L(i,k)·L(j,k)ᴴ. Of a tile on the diagonal only the lower triangle.
  void update(index k, index i, index j) const;

 private:
  void subtract_product(index k, index i, index j, index from, index to, const strided<T>& c) const;
  static const chunks& parts(index k) { return k == 0 ? leading_chunks<T> : later_chunks<T>; }
  /// Row tile i of block column k, in the micro-panels that start with the rows of the block.
  R* micro_panels_of(index k, index i) const {
    return memory_.micro_panels[k % 2] + (i * grid_.tile - k * grid_.nb) / k_.mr * stride_;
  }

  const kernels<T>& k_;
  const panel_grid grid_;
  const strided<T> a_;
  const panel_memory<R> memory_;
  const index stride_;
};

}  // namespace posdef::internal::cpu
