// The CPU engine: primitives on micro-panels with SIMD kernels, and its own schedule for whole matrices.
//
//   potrf                     block columns from left to right, each packed once (panels.hpp)
//   potrf_block, trsm_block   pack the block into micro-panels, run the kernel, unpack
//   gemm                      C is divided into column ranges of nc, the inner dimension into ranges of kc. B is packed
//                             for both, A by ranges of mc rows; the kernel computes register tiles (Goto & van de
//                             Geijn, Anatomy of High-Performance Matrix Multiplication, 2008)
//   subtract_solved           the same with sums in lanes
//   solve_few                 solves with few right-hand sides, without packing L (few_sides.hpp)
//
// Packing accepts any strides, so layouts, triangles and transposes cost the same. The threads of a team share the rows
// of a product or solve. One thread computes each element of a result, in an order that depends only on `block` and kc.
// So results do not depend on the team, mc and nc.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/cpu/blocking.hpp"
#include "engine/cpu/few_sides.hpp"
#include "engine/cpu/kernels.hpp"
#include "engine/cpu/panels.hpp"
#include "engine/engine.hpp"
#include "engine/host.hpp"
#include "system/memory.hpp"
#include "system/threads.hpp"

namespace posdef::internal::cpu {

/// Factors a matrix of order up to `block` in micro-panels at w, out of place or in place. After a failure only the
/// columns that hold the factor are written; out of place the others receive the input.
template <class T>
index factor_block(const kernels<T>& k, strided<const T> a, strided<T> out, real_type<T>* w, real_type<T>* inverse);

/// Factors matrices with n <= compact_max in compact batches.
template <class T>
class compact_factor_engine : public host<T> {
 public:
  using R = real_type<T>;
  static constexpr index largest = 64;  ///< upper bound of compact_max
  /// The bytes of workspace for batches of up to `count` matrices.
  static std::size_t bytes(const kernels<T>& k, index n, index count);

  compact_factor_engine(const kernels<T>& k, std::byte* memory);
  void potrf_compact(const batch<const T>& a, const batch<T>& out, index first, index count, index* info);

 private:
  /// Whether a rest of matrices is too small for a compact batch. They are factored one by one, with the same bits.
  static bool too_few(const kernels<T>& k, index rest) { return rest < (k.lanes + 3) / 4; }

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

  /// The workspace of the engine: one of each for the team, and packed rows for each slot.
  struct workspace {
    R* panel;    ///< a block in micro-panels
    R* inverse;  ///< reciprocals of its diagonal, then their imaginary parts
    R* b;        ///< packed B: nc × kc
    R* a;        ///< slots × packed A (mc × kc), a micro-panel of a solve, or the workspace of few_sides
    T* scratch;  ///< two blocks of `order`
    index a_size, order;
    panel_workspace<R> panels;
  };
  /// The number of elements of each part.
  struct layout {
    std::size_t panel, inverse, b, a, scratch;
    index a_size, order;
    panel_layout panels;
  };

  /// The layout for matrices of order n and up to m additional rows. It is made once for a problem; a workspace in this
  /// layout is made for each matrix.
  static layout lay_out(const kernels<T>& k, const blocking& s, index n, index m, int slots);
  static workspace place(carver& c, const layout& l);
  static std::size_t bytes(const layout& l) {
    carver c(nullptr);
    place(c, l);
    return c.used();
  }

  engine(const kernels<T>& k, const blocking& s, const workspace& w, const team& t) : k_(k), s_(s), w_(w), team_(t) {}

  index block() const { return s_.block; }
  index potrf(output a) {
    return a.rows <= s_.unblocked_max ? potrf_block(a, 0) : factor_by_panels(k_, s_.panel(a.rows), a, w_.panels, team_);
  }
  index potrf_block(output a, index first);
  void trsm_block(input l, output b, bool unit);
  void gemm(int sign, input a, input b, output c, part which);
  bool solve_few(input l, output b, bool unit);
  bool invert_block(output l, bool unit);
  bool square_block(output l);
  void subtract_solved(input x, input l, output b);
  output scratch(index k, index m, index n) const {
    return {w_.scratch + k * w_.order * w_.order, m, n, 1, w_.order, false};
  }

 private:
  bool pack_triangle(input l, bool unit, const R*& inverse_im);
  void solve_rows(index n, const R* inverse_im, output b, int slot);
  /// Whether one thread does m·n·k operations.
  bool alone(index m, index n, index k) const;
  template <class Kernel>
  void multiply(const Kernel& kernel, int sign, input a, input b, output c, part which);

  const kernels<T>& k_;
  const blocking& s_;
  const workspace w_;
  const team& team_;
};

}  // namespace posdef::internal::cpu
