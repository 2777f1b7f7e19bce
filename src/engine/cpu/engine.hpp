// The CPU engine: the primitives over packed blocks and SIMD kernels.
//
//   potrf_block, trsm_block   load the block into a panel, run the kernel there, store it back
//   gemm                      C is cut into column ranges of nc and the inner dimension into ranges of kc; B is packed
//                             for both, A by ranges of mc rows; a register tile does the rest (Goto & van de Geijn,
//                             Anatomy of High-Performance Matrix Multiplication, 2008)
//
// Packing reads the caller's memory through any strides, so layouts, triangles and transposes cost the same.
// An engine works with a team: the threads share the rows of a product or solve. Every element of a result is computed
// by one thread in an order that kc alone decides, so bits do not depend on the team, nor on mc and nc.
#pragma once

#include <cstddef>

#include "engine/cpu/kernels.hpp"
#include "engine/engine.hpp"
#include "engine/host.hpp"
#include "engine/memory.hpp"
#include "engine/threads.hpp"

namespace posdef::internal::cpu {

/// Block sizes. `small`, `block` and kc decide the order of operations and thus the bits; mc and nc do not.
struct blocking {
  index small;  ///< up to this order matrices are interleaved, one per lane
  index block;  ///< order of a panel
  index kc, mc, nc;
};

template <class T>
class engine : public host<T> {
 public:
  using value_type = T;
  using R = real_type<T>;
  using input = strided<const T>;
  using output = strided<T>;

  /// Where the engine works: one of each for the team, and strips for each of its slots.
  struct workspace {
    R* panel;  ///< a block and its reciprocal diagonal
    R* inverse;
    R* b;        ///< packed B: kc × nc
    R* a;        ///< slots × packed A, mc × kc, or a solve's strip of rows
    T* scratch;  ///< two blocks of `order`
    index a_size, order;
  };

  /// Lays out the workspace for matrices of order n and up to m rows beside them.
  static workspace carve(carver& c, const kernels<T>& k, const blocking& s, index n, index m, int slots);

  engine(const kernels<T>& k, const blocking& s, const workspace& w, const team& t) : k_(k), s_(s), w_(w), team_(t) {}

  index block() const { return s_.block; }
  index small() const { return s_.small; }
  void potrf_small(const batch<const T>& a, const batch<T>& out, index first, index count, index* info) {
    k_.factor_interleaved(a, out, first, count, w_.panel, info);
  }
  index potrf_block(output a, index first);
  void trsm_block(input l, output b, bool unit);
  void gemm(int sign, input a, input b, output c, part which);
  output scratch(index k, index m, index n) const {
    return {w_.scratch + k * w_.order * w_.order, m, n, 1, w_.order, false};
  }

 private:
  void solve_rows(index ld, index n, output b, int slot);

  const kernels<T>& k_;
  const blocking& s_;
  const workspace w_;
  const team& team_;
};

}  // namespace posdef::internal::cpu
