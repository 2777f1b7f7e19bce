// What the engine asks of a platform: a place to launch kernels in order, and memory.
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
/// How many arguments each takes, besides memory that a work-group shares.
inline constexpr std::size_t kernel_arguments[kernel_count] = {14, 14, 9, 12, 18, 18, 9, 8, 5, 6};

/// Which matrices of the batch a launch processes: numbers.h has the same numbers.
enum class when : std::int32_t { always, good, failed };

/// One argument of a kernel: a buffer, plain bytes, or as the last one so many bytes of memory that a work-group
/// shares. Refers to memory that outlives the launch call only.
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

/// A queue of launches that run one after the other, whatever the platform calls it. Errors of the platform are thrown
/// as posdef::error.
class stream {
 public:
  /// `groups` work-groups of `items` items, the number that the kernel is written for.
  virtual void launch(kernel k, index groups, int items, std::initializer_list<argument> arguments) = 0;
  /// Bytes of zero.
  virtual void clear(address a, std::size_t bytes) = 0;

  /// The bits of an address that count bytes inside a buffer.
  virtual address offset_bits() const = 0;

 protected:
  ~stream() = default;  // whoever owns one knows its platform
};

}  // namespace posdef::internal::gpu
