// The engine interface on a device: each primitive is a launch for the whole batch, and returns nothing to the host.
//
// Matrices of order up to unblocked_max() are factored by one launch in local memory. Some larger orders are factored
// by one launch over tiles, if the platform allows work-groups to wait for each other. All others are factored by
// blocks, with the algorithms of algorithm/. info is kept on the device: potrf_block and check_diagonal store it there
// and return 0.
//
// After a failure a factorization continues in lockstep. Every step writes only columns from its own block on, so
// columns before the failing one are complete, later columns are unspecified, and other matrices are not affected. The
// other operations process only matrices with info = 0 (`skip_failed`), so a failed factor leaves its right-hand sides
// unchanged.
#pragma once

#include <algorithm>

#include "engine/engine.hpp"
#include "engine/gpu/blocking.hpp"
#include "engine/gpu/stream.hpp"

namespace posdef::internal::gpu {

/// The tile of a product that a work-group computes, and its number of items.
struct product_shape {
  index rows, cols;
  int items;
};

/// The layout of triangles and right-hand sides in local memory (kernels/triangle.h, kernels/solve.cl).
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
  /// The number of items per tile.
  static constexpr int tile_items(index block, int side) { return block == 4 * side ? side * side / 2 : side * side; }
  /// As in kernels/product_small.h and product_large.h.
  static constexpr product_shape small_product(int side) { return {4 * side, 4 * side, side * side}; }
  static constexpr product_shape large_product(int side) {
    constexpr bool c64 = std::is_same_v<T, std::complex<float>>, f64 = std::is_same_v<T, double>;
    const int half = side < 16 ? side : side / 2, down = c64 ? half : side, across = f64 || c64 ? side : half;
    return {(sizeof(T) == 16 ? 4 : 8) * down, (std::is_same_v<T, float> ? 8 : 4) * across, down * across};
  }

  /// The size of a tile, and of the two tiles of potrf_tiles (kernels/tiles.cl).
  static constexpr index tile_numbers(index block) { return block * (block + width); }
  static constexpr std::size_t tiles_bytes(index block) {
    return 2 * static_cast<std::size_t>(tile_numbers(block)) * sizeof(T);
  }
  static constexpr std::size_t solve_bytes(index block) {
    return triangle_bytes(block) + static_cast<std::size_t>(solve_rows * (block + width)) * sizeof(T);
  }
};

/// The built-in settings for devices with this amount of local memory. Factoring a block is a chain of dependent steps,
/// so the block is small, although products are then less deep.
template <class T>
constexpr blocking blocking_for(std::size_t local_bytes) {
  using layout = local_layout<T>;
  index block = sizeof(T) == 16 ? 32 : 64;
  while (layout::solve_bytes(block) > local_bytes) block /= 2;
  index tile = block;
  while (layout::triangle_bytes(tile + layout::step) <= local_bytes) tile += layout::step;
  // `many`: two work-groups per multiprocessor of a large GPU. `some`: three work-groups per two multiprocessors.
  return {.tile = tile, .block = block, .panel = 256, .side = 16, .many = 264, .some = 200};
}

template <class T>
class engine {
 public:
  using value_type = T;
  using real = real_type<T>;
  using input = matrices<T>;
  using output = matrices<T>;

  /// Processes up to `count` matrices of order up to n, with infos at `info` and scratch_bytes() bytes at `scratch`.
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

  /// Factors whole matrices of order up to unblocked_max() in one launch, including info, NaN in a failed factor and
  /// zeros in the other triangle.
  void potrf_unblocked(input a, output l, bool zero, bool nan);

  index potrf_block(output a, index first);
  /// C ← C − A·Aᴴ in the lower triangle, where A has as many rows as C; then potrf_block of the block of order `next`
  /// at the start of C. Its first row is `first`. One launch.
  void herk_and_potrf_block(input a, output c, index next, index first);
  /// B ← B·L⁻ᴴ with the block that was factored last, of L's order, whose triangle must still be in scratch memory.
  void trsm_factored(input l, output b) { solve(l, b, false, kept()); }
  /// Whether potrf_tiles factors matrices of this order in one launch. Others are factored by outer panels of
  /// outer_panel() columns (algorithm/panels.hpp).
  bool takes_tiles(index n) const { return by_tiles(blocking_, n); }
  void potrf_tiles(output a);
  index outer_panel() const { return blocking_.panel; }
  void trsm_block(input l, output b, bool unit) { solve(l, b, unit, 0); }
  void gemm(int sign, input a, input b, output c, part which);
  void copy(int sign, input a, output b, part which) { copy(sign, a, b, which, concerned_); }
  void fill(output a, T x, part which) { fill(a, x, which, concerned_); }
  output scratch(index k, index m, index n) const;

  /// The same for selected matrices of the batch.
  void copy(int sign, input a, output b, part which, when w);
  void fill(output a, T x, part which, when w);

  index check_diagonal(input l, bool positive);
  /// value[b] ← 2·Σ log L(i,i), NaN if info is not 0.
  void log_diagonal(input l, address value);
  /// info ← 0.
  void clear_info() { stream_.clear(info_, static_cast<std::size_t>(count_) * sizeof(index)); }
  /// From now on only matrices with info = 0 are processed.
  void skip_failed() { concerned_ = when::good; }

 private:
  static bool by_tiles(const blocking& b, index n) { return n >= b.tiles_from && n <= b.tiles_to; }
  static index tiles_down(const blocking& b, index n) { return (n + b.block - 1) / b.block; }
  /// The bytes in scratch memory before the diagonal tiles of potrf_tiles: the number of the next tile, and for each
  /// matrix a failure and the counters of `down` block rows.
  static std::size_t counter_bytes(index down, index count) {
    const auto counters = static_cast<std::size_t>(1 + count * (down + 1));
    return (counters * sizeof(std::int32_t) + 255) / 256 * 256;  // aligns the tiles to vectors
  }
  /// Factors whole matrices, in place, with info, in one launch.
  void factor(input a, output l, index first, bool zero, bool nan, index keep);
  void solve(input l, output b, bool unit, index kept);
  void product(int sign, input a, input b, output c, part which, output next, index first);
  /// The distance between kept triangles in scratch memory, in numbers. A matrix smaller than a block has no rows below
  /// it, so nothing is kept.
  index kept() const { return order_ == blocking_.block ? 2 * order_ * order_ : 0; }

  stream& stream_;
  const blocking blocking_;
  const index order_;  ///< the order of a scratch block
  const index count_;
  const address info_, scratch_;
  when concerned_ = when::always;
};

}  // namespace posdef::internal::gpu
