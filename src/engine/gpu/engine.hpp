// The engine contract on a device: each primitive is a launch over the whole batch, and nothing comes back to the host.
//
// Matrices of order up to unblocked_max() are factored by one launch in a work-group's memory, those of some orders
// above, where the platform lets work-groups wait for each other, by one launch over tiles, the others by blocks, with
// the algorithms of algorithm/. info is kept on the device: potrf_block and check_diagonal note it there and return 0.
//
// After a failure a factorization goes on in lockstep: every step writes only columns from its own block on, so columns
// before the failing one are finished in all rows, what comes after is unspecified, and other matrices are not
// concerned. The other operations process only matrices that are good (`skip_failed`), so a bad factor leaves its
// right-hand sides alone.
#pragma once

#include <algorithm>

#include "engine/engine.hpp"
#include "engine/gpu/blocking.hpp"
#include "engine/gpu/stream.hpp"

namespace posdef::internal::gpu {

/// What a work-group of a product computes, with so many items.
struct product_shape {
  index rows, cols;
  int items;
};

/// How the kernels hold triangles and sides in a work-group's memory (kernels/triangle.h, kernels/solve.cl).
template <class T>
struct local_layout {
  static constexpr index step = sizeof(T) == 16 ? 4 : 8;
  static constexpr index width = 16 / static_cast<index>(sizeof(T));
  static constexpr int solve_rows = sizeof(T) == 4 ? 64 : 32, solve_items = sizeof(T) == 16 ? 128 : 256;

  static constexpr index padded(index n) { return (n + step - 1) / step * step; }
  static constexpr std::size_t triangle_bytes(index n) {
    const index m = padded(n);
    return static_cast<std::size_t>(m * (m + step) / 2 + m * width) * sizeof(T);
  }
  /// Items that share a tile.
  static constexpr int tile_items(index block, int side) { return block == 4 * side ? side * side / 2 : side * side; }
  /// As in kernels/product_small.h and product_large.h.
  static constexpr product_shape small_product(int side) { return {4 * side, 4 * side, side * side}; }
  static constexpr product_shape large_product(int side) {
    constexpr bool c64 = std::is_same_v<T, std::complex<float>>, f64 = std::is_same_v<T, double>;
    const int half = side < 16 ? side : side / 2, down = c64 ? half : side, across = f64 || c64 ? side : half;
    return {(sizeof(T) == 16 ? 4 : 8) * down, (std::is_same_v<T, float> ? 8 : 4) * across, down * across};
  }

  /// Of a tile, and of the two that potrf_tiles works with (kernels/tiles.cl).
  static constexpr index tile_numbers(index block) { return block * (block + width); }
  static constexpr std::size_t tiles_bytes(index block) {
    return 2 * static_cast<std::size_t>(tile_numbers(block)) * sizeof(T);
  }
  static constexpr std::size_t solve_bytes(index block) {
    return triangle_bytes(block) + static_cast<std::size_t>(solve_rows * (block + width)) * sizeof(T);
  }
};

/// The blocking for devices whose work-groups have so many bytes of memory. A block is one chain of dependent steps, so
/// it is small; the products around it are as deep as it is large.
template <class T>
constexpr blocking blocking_for(std::size_t local_bytes) {
  using layout = local_layout<T>;
  index block = sizeof(T) == 16 ? 32 : 64;
  while (layout::solve_bytes(block) > local_bytes) block /= 2;
  index tile = block;
  while (layout::triangle_bytes(tile + layout::step) <= local_bytes) tile += layout::step;
  // Two work-groups for each multiprocessor of a large GPU; three for two of them.
  return {.tile = tile, .block = block, .panel = 256, .side = 16, .many = 264, .some = 200};
}

template <class T>
class engine {
 public:
  using value_type = T;
  using real = real_type<T>;
  using input = matrices<T>;
  using output = matrices<T>;

  /// Works for `count` matrices at a time, their infos from `info` on, with scratch_bytes() of device memory.
  /// The matrices are of order n at most.
  engine(stream& s, const blocking& b, index n, index count, address info, address scratch)
      : stream_(s), blocking_(b), order_(std::min(n, b.block)), count_(count), info_(info), scratch_(scratch) {}

  static std::size_t scratch_bytes(const blocking& b, index n, index count) {
    const auto order = static_cast<std::size_t>(std::min(n, b.block));
    const std::size_t blocks = 2 * order * order * sizeof(T) * static_cast<std::size_t>(count);
    if (!by_tiles(b, n)) return blocks;
    const index down = tiles_down(b, n), tile = local_layout<T>::tile_numbers(b.block);
    return std::max(blocks, counter_bytes(down, count) + static_cast<std::size_t>(count * down * tile) * sizeof(T));
  }

  index block() const { return blocking_.block; }
  index unblocked_max() const {
    return blocking_.tiles_to > 0 ? std::min(blocking_.tile, blocking_.tiles_from - 1) : blocking_.tile;
  }

  /// Whole matrices of order up to unblocked_max(): L, info, NaN in a failed factor, zeros in the other triangle, in
  /// one launch.
  void potrf_unblocked(input a, output l, bool zero, bool nan);

  index potrf_block(output a, index first);
  /// C ← C − A·Aᴴ in the lower triangle, where A has C's rows; then potrf_block of the block of order `next` at the
  /// beginning of C, whose rows and columns begin at `first`: one launch.
  void herk_and_potrf_block(input a, output c, index next, index first);
  /// B ← B·L⁻ᴴ with the block that was factored last, whose order L has; scratch memory is as it left it.
  void trsm_factored(input l, output b) { solve(l, b, false, kept()); }
  /// Whether matrices of this order are factored by tiles in one launch, which potrf_tiles is. Others are factored by
  /// outer panels (algorithm/panels.hpp), so many columns wide.
  bool takes_tiles(index n) const { return by_tiles(blocking_, n); }
  void potrf_tiles(output a);
  index outer_panel() const { return blocking_.panel; }
  void trsm_block(input l, output b, bool unit) { solve(l, b, unit, 0); }
  void gemm(int sign, input a, input b, output c, part which);
  void copy(int sign, input a, output b, part which) { copy(sign, a, b, which, concerned_); }
  void fill(output a, T x, part which) { fill(a, x, which, concerned_); }
  output scratch(index k, index m, index n) const;

  /// The same for some matrices of the batch.
  void copy(int sign, input a, output b, part which, when w);
  void fill(output a, T x, part which, when w);

  index check_diagonal(input l, bool positive);
  /// value[b] ← 2·Σ log L(i,i), NaN where info is not 0.
  void log_diagonal(input l, address value);
  /// info ← 0.
  void clear_info() { stream_.clear(info_, static_cast<std::size_t>(count_) * sizeof(index)); }
  /// From now on only matrices whose info is 0 are processed.
  void skip_failed() { concerned_ = when::good; }

 private:
  static bool by_tiles(const blocking& b, index n) { return n >= b.tiles_from && n <= b.tiles_to; }
  static index tiles_down(const blocking& b, index n) { return (n + b.block - 1) / b.block; }
  /// What potrf_tiles has in scratch memory before the diagonal tiles: the number of the next tile, and for each matrix
  /// a failure and the counters of `down` block rows.
  static std::size_t counter_bytes(index down, index count) {
    const auto counters = static_cast<std::size_t>(1 + count * (down + 1));
    return (counters * sizeof(std::int32_t) + 255) / 256 * 256;  // the tiles begin on vectors
  }
  /// The whole matrices, in place, and info: one launch.
  void factor(input a, output l, index first, bool zero, bool nan, index keep);
  void solve(input l, output b, bool unit, index kept);
  void product(int sign, input a, input b, output c, part which, output next, index first);
  /// Numbers from one matrix's kept triangle to the next one's, in scratch memory. A matrix that is smaller than a
  /// block has no rows below it: nothing is kept.
  index kept() const { return order_ == blocking_.block ? 2 * order_ * order_ : 0; }

  stream& stream_;
  const blocking blocking_;
  const index order_;  ///< of a scratch block
  const index count_;
  const address info_, scratch_;
  when concerned_ = when::always;
};

}  // namespace posdef::internal::gpu
