// Solves with few right-hand sides, for any order, without packing L (skinny-inl.hpp).
//
// X stays in planes from the first sweep to the last. The recursion and the order of operations are those of `trsm`
// (algorithm/solve.hpp), so a right-hand side has the same bits alone and among many.
#pragma once

#include "engine/cpu/blocking.hpp"
#include "engine/cpu/kernels.hpp"
#include "engine/cpu/reciprocal.hpp"
#include "engine/host.hpp"
#include "system/memory.hpp"
#include "system/threads.hpp"

namespace posdef::internal::cpu {

template <class T>
class few_sides : public host<T> {
 public:
  using R = real_type<T>;
  using input = strided<const T>;
  using output = strided<T>;

  /// The largest number of right-hand sides. It does not affect the rounding.
  static index most(const kernels<T>& k) { return std::min(skinny_max, k.lanes / 2); }

  /// The workspace for order n, in numbers: once the reciprocals, the right-hand sides and their sums, and for each
  /// slot a buffer.
  struct layout {
    index stride;  ///< the order in whole micro-panels
    index block;   ///< the same of a block
    index shared, buffer;
    std::size_t bytes(int slots) const {
      return round_up(static_cast<std::size_t>(shared + buffer * slots) * sizeof(R), alignment);
    }
  };
  static layout lay_out(const kernels<T>& k, const blocking& s, index n);

  /// buffers: one for each slot, `apart` numbers apart.
  few_sides(const kernels<T>& k, const blocking& s, const team& t, const layout& l, R* shared, R* buffers, index apart)
      : k_(k),
        s_(s),
        team_(t),
        stride_(l.stride),
        block_(l.block),
        inverse_(shared),
        x_(inverse_ + planes * stride_),
        sums_(x_ + planes * skinny_max * stride_),
        buffers_(buffers),
        apart_(apart) {}
  /// With its own workspace of l.bytes.
  few_sides(const kernels<T>& k, const blocking& s, const team& t, const layout& l, std::byte* memory)
      : few_sides(k, s, t, l, reinterpret_cast<R*>(memory), reinterpret_cast<R*>(memory) + l.shared, l.buffer) {}

  /// Prepares the sweeps with L, whose diagonal is one if `unit`.
  void prepare(input l, bool unit);
  /// The same with check_diagonal.
  index check_and_prepare(input l, bool positive);
  /// Copies the rows of B to X.
  void load(input b, input result);
  /// Copies the rows of X to the result, which has the strides that `load` was told.
  void store(output result) const;
  /// X ← X·L⁻ᴴ and X ← X·L⁻¹.
  void trsm(input l, bool unit);
  void trsm_plain(input l, bool unit);

 private:
  static constexpr index planes = is_complex<T> ? 2 : 1;

  void solve(input l, index j, bool unit);
  void solve_block(input l, index j, bool unit);
  void divide_block(input l, index j, bool unit);
  void subtract(input l, index from, index to);
  void reverse(index n);

  const kernels<T>& k_;
  const blocking& s_;
  const team& team_;
  index stride_, block_;
  R *inverse_, *x_, *sums_, *buffers_;
  index apart_;
  index sides_ = 0;
  bool element_first_ = false;
  bool reversed_ = false;  ///< X and inverse_ are in reverse order, as the last sweep left them
  bool prepared_ = false;  ///< inverse_ holds all reciprocals, which are real
};

}  // namespace posdef::internal::cpu
