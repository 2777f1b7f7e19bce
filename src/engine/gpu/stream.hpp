// What the engine asks of a platform: a place to launch kernels in order, and memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "engine/gpu/matrices.hpp"

namespace posdef::internal::gpu {

/// The kernels in kernels/*.cl, in the order of kernel_names.
enum class kernel { potrf_block, potrf_tile, trsm_block, product, copy_part, fill_part, check_diagonal, log_diagonal };
inline constexpr const char* kernel_names[] = {"potrf_block", "potrf_tile", "trsm_block",     "product",
                                               "copy_part",   "fill_part",  "check_diagonal", "log_diagonal"};
inline constexpr int kernel_count = 8;

/// Items of a work-group: the number that a kernel is written for.
inline constexpr int group_items = 64;

/// Which matrices of the batch a launch treats: numbers.h has the same numbers.
enum class when : std::int32_t { always, good, failed };

/// One argument of a kernel: a buffer, or plain bytes. Refers to memory that outlives the launch call only.
struct argument {
  const void* data = nullptr;
  std::size_t size = 0;
  address memory = 0;  ///< the buffer, if data is null

  static argument buffer(address a) { return {nullptr, 0, a}; }
  template <class V>
  static argument value(const V& v) {
    return {&v, sizeof(V), 0};
  }
};

/// A queue of launches that run one after the other, whatever the platform calls it. Errors of the platform are thrown
/// as posdef::error.
class stream {
 public:
  /// `groups` work-groups of group_items items.
  virtual void launch(kernel k, index groups, std::initializer_list<argument> arguments) = 0;
  /// Bytes of zero.
  virtual void clear(address a, std::size_t bytes) = 0;

  /// The bits of an address that count bytes inside a buffer.
  virtual address offset_bits() const = 0;

 protected:
  ~stream() = default;  // whoever owns one knows its platform
};

/// Largest order that a kernel holds as a triangle in a work-group's memory of so many bytes: a multiple of the
/// kernels' step, with room left for what a driver takes for itself.
template <class T>
constexpr index tile_order(std::size_t local_bytes) {
  constexpr index step = sizeof(T) == 16 ? 4 : 8;
  const auto elements = static_cast<index>((local_bytes - local_bytes / 16) / sizeof(T));
  index n = step;
  while ((n + step) * (n + step + 1) / 2 <= elements) n += step;
  return n;
}

}  // namespace posdef::internal::gpu
