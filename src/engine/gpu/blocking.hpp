// How the device engine goes about a factorization.
#pragma once

#include <cstddef>
#include <cstdint>

namespace posdef::internal::gpu {

/// `block` decides the order of operations, hence the bits of a factor (kernels/rows.h); `block` and `side` are what
/// the kernels were compiled for. The others choose among ways to the same bits; but complex matrices stored by rows
/// have other bits up to `tile` than above.
struct blocking {
  std::int64_t tile;   ///< largest order of a matrix that one launch factors in a work-group's memory
  std::int64_t block;  ///< order of the blocks of a larger matrix; at most `tile`
  std::int64_t panel;  ///< columns of its outer panels, see algorithm/panels.hpp; a multiple of `block`
  int side;            ///< a work-group of a product has side × side items
  std::int64_t many;   ///< large tiles of a product are used where there are so many of them
  std::int64_t some;   ///< and of a deep product where there are so many
  /// Matrices from the first order to the second one are factored by tiles of `block` in one launch (kernels/tiles.cl);
  /// 0: none are.
  std::int64_t tiles_from = 0, tiles_to = 0;
  /// Up to so many tiles in a launch, a work-group gets so much memory that no other one shares its multiprocessor:
  /// where the work is a chain of tiles, each of them is done sooner.
  std::int64_t spread = 0;
  std::size_t spread_bytes = 0;

  bool operator==(const blocking&) const = default;
};

}  // namespace posdef::internal::gpu
