// The block sizes and cross-over points of the device engine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace posdef::internal::gpu {

/// `block` determines the order of operations and thus the rounding of a factor (kernels/rows.h). `block` and `side`
/// are compile-time constants of the kernels. The other values do not affect the rounding, with one exception: complex
/// matrices stored by rows are rounded differently up to `tile` and above.
struct blocking {
  std::int64_t tile;   ///< the largest order that one launch factors in local memory
  std::int64_t block;  ///< the order of the blocks of a larger matrix; at most `tile`
  std::int64_t panel;  ///< columns of an outer panel, see algorithm/panels.hpp; a multiple of `block`
  int side;            ///< a work-group of a product has side × side items
  std::int64_t many;   ///< a product uses large tiles if there are at least this many
  std::int64_t some;   ///< the same for a product with a large inner dimension
  /// Orders from tiles_from to tiles_to are factored by tiles of `block` in one launch (kernels/tiles.cl); 0: none.
  std::int64_t tiles_from = 0, tiles_to = 0;
  /// Up to this number of tiles in a launch, each work-group gets spread_bytes of local memory, so that it does not
  /// share its multiprocessor. This shortens the critical path of tiles.
  std::int64_t spread = 0;
  std::size_t spread_bytes = 0;

  bool operator==(const blocking&) const = default;
};

}  // namespace posdef::internal::gpu
