// The CPU engine: the primitives over micro-panels and SIMD kernels, and a schedule of its own for whole matrices.
//
//   potrf                     block columns from left to right, each packed once (panels.hpp)
//   potrf_block, trsm_block   load the block into micro-panels, run the kernel there, store it back
//   gemm                      C is cut into column ranges of nc and the inner dimension into ranges of kc; B is packed
//                             for both, A by ranges of mc rows; a register tile does the rest (Goto & van de Geijn,
//                             Anatomy of High-Performance Matrix Multiplication, 2008)
//   a few vectors             solves with hardly any right-hand sides, products with hardly any rows or columns:
//                             what is long is not packed but read where it lies (few-inl.hpp)
//
// Micro-panels are loaded from the caller's memory through any strides, so layouts, triangles and transposes cost the
// same. An engine works with a team: the threads share the rows of a product or solve. Every element of a result is
// computed by one thread in an order that `block` and kc alone decide, so bits do not depend on the team, nor on mc and
// nc.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/cpu/blocking.hpp"
#include "engine/cpu/kernels.hpp"
#include "engine/cpu/panels.hpp"
#include "engine/engine.hpp"
#include "engine/host.hpp"
#include "system/memory.hpp"
#include "system/threads.hpp"

namespace posdef::internal::cpu {

/// A matrix of order up to `block` in one piece, from one place to another or in place, through micro-panels at w.
/// After a failure only the columns that hold the factor are written; out of place the others receive what was to be
/// factored.
template <class T>
index factor_block(const kernels<T>& k, strided<const T> a, strided<T> out, real_type<T>* w, real_type<T>* inverse);

/// Tiny matrices: all that it takes to factor those of order n.
template <class T>
class compact_factor_engine : public host<T> {
 public:
  using R = real_type<T>;
  static constexpr index largest = 64;  ///< the order up to which matrices may be called tiny
  static std::size_t bytes(const kernels<T>& k, index n);

  compact_factor_engine(const kernels<T>& k, std::byte* memory);
  void potrf_compact(const batch<const T>& a, const batch<T>& out, index first, index count, index* info);

 private:
  const kernels<T>& k_;
  R *inverse_, *w_;
};

template <class T>
class engine : public host<T> {
 public:
  using value_type = T;
  using R = real_type<T>;
  using input = strided<const T>;
  using output = strided<T>;

  /// Where the engine works: one of each for the team, and packed rows for each of its slots.
  struct workspace {
    R* panel;    ///< a block, in micro-panels
    R* inverse;  ///< reciprocals of its diagonal, then their imaginary parts
    R* b;        ///< packed B: nc × kc
    R* a;        ///< slots × packed A, mc × kc, or a solve's micro-panel of rows, or a few vectors
    T* scratch;  ///< two blocks of `order`
    index a_size, order;
    panel_workspace<R> panels;

    /// The same for another slot, so many bytes further on.
    workspace shifted(std::size_t bytes) const;
  };

  /// Lays out the workspace for matrices of order n and up to m rows beside them.
  static workspace carve(carver& c, const kernels<T>& k, const blocking& s, index n, index m, int slots);

  engine(const kernels<T>& k, const blocking& s, const workspace& w, const team& t) : k_(k), s_(s), w_(w), team_(t) {}

  index block() const { return s_.block; }
  index potrf(output a) {
    return a.rows <= s_.unblocked_max ? potrf_block(a, 0) : factor_by_panels(k_, s_.panel(a.rows), a, w_.panels, team_);
  }
  index potrf_block(output a, index first);
  void trsm_block(input l, output b, bool unit);
  void gemm(int sign, input a, input b, output c, part which);
  output scratch(index k, index m, index n) const {
    return {w_.scratch + k * w_.order * w_.order, m, n, 1, w_.order, false};
  }

 private:
  void solve_rows(index n, const R* inverse_im, output b, int slot);
  void solve_skinny(input l, const R* inverse_im, output b);
  /// Whether one thread is to do m·n·k operations.
  bool alone(index m, index n, index k) const;
  void gemm_skinny(int sign, input a, input b, output c);
  /// Up to so many right-hand sides are few. The bits are the same.
  index few() const { return std::min(skinny_max, k_.lanes / 2); }

  const kernels<T>& k_;
  const blocking& s_;
  const workspace w_;
  const team& team_;
};

}  // namespace posdef::internal::cpu
