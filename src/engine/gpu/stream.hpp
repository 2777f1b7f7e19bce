// The platform interface of the device engine: launches in order, and memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "engine/gpu/matrices.hpp"

namespace posdef::internal::gpu {

/// The kernels in kernels/*.cl, in the order of kernel_names.
enum class kernel {
  potrf_small,
  potrf_tile,
  potrf_tiles,
  trsm_block,
  product_small,
  product_large,
  copy_part,
  fill_part,
  check_diagonal,
  log_diagonal
};
inline constexpr const char* kernel_names[] = {"potrf_small",    "potrf_tile",    "potrf_tiles", "trsm_block",
                                               "product_small",  "product_large", "copy_part",   "fill_part",
                                               "check_diagonal", "log_diagonal"};
inline constexpr int kernel_count = 10;
/// The number of arguments of each kernel, without local memory.
inline constexpr std::size_t kernel_arguments[kernel_count] = {14, 14, 9, 12, 18, 18, 9, 8, 5, 6};

/// The matrices of the batch that a launch processes. The values equal those in numbers.h.
enum class when : std::int32_t { always, good, failed };

/// A kernel argument: a buffer, a value, or (the last one) a size of local memory. Valid only during the launch call.
struct argument {
  enum class kind { buffer, value, local };
  kind is;
  const void* data = nullptr;
  std::size_t size = 0;
  address memory = 0;

  static argument buffer(address a) { return {.is = kind::buffer, .memory = a}; }
  template <class V>
  static argument value(const V& v) {
    return {.is = kind::value, .data = &v, .size = sizeof(V)};
  }
  static argument local(std::size_t bytes) { return {.is = kind::local, .size = bytes}; }
};

/// A queue of launches that run in order. Platform errors are thrown as posdef::error.
class stream {
 public:
  /// Launches `groups` work-groups of `items` items; the kernel fixes `items`.
  virtual void launch(kernel k, index groups, int items, std::initializer_list<argument> arguments) = 0;
  /// Sets bytes to zero.
  virtual void clear(address a, std::size_t bytes) = 0;

  /// The mask of the byte offset in an address.
  virtual address offset_bits() const = 0;

 protected:
  ~stream() = default;  // deleted only through the derived classes
};

}  // namespace posdef::internal::gpu
