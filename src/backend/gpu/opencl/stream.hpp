// A command queue as the engine's stream. Buffers are numbered; an address is a buffer number and a byte offset.
#pragma once

#include <array>
#include <span>

#include "backend/gpu/opencl/device.hpp"

namespace posdef::internal::opencl {

/// The number of offset bits in an address. The remaining bits are the buffer number, from 1.
inline constexpr int offset_width = 56;
inline constexpr int buffer_count = 8;
constexpr gpu::address address_of(int buffer, std::size_t offset = 0) {
  return (static_cast<gpu::address>(buffer) << offset_width) + offset;
}

class stream final : public gpu::stream {
 public:
  stream(cl_command_queue queue, std::span<const owned_kernel> kernels);

  /// Assigns a buffer to a number.
  void set_buffer(int number, cl_mem memory) { buffers_[static_cast<std::size_t>(number)] = memory; }
  /// The events that the next launch waits for.
  void wait_for(std::span<const cl_event> events) { waiting_.assign(events.begin(), events.end()); }
  /// An event that completes after all launches so far.
  owned_event mark();
  cl_command_queue queue() const { return queue_; }
  /// The buffer of an address.
  cl_mem buffer(gpu::address a) const { return buffers_[static_cast<std::size_t>(a >> offset_width)]; }

  void launch(gpu::kernel k, index groups, int items, std::initializer_list<gpu::argument> arguments) override;
  void clear(gpu::address a, std::size_t bytes) override;
  gpu::address offset_bits() const override { return (gpu::address{1} << offset_width) - 1; }

 private:
  /// Calls enqueue(number of events, events, new event) and stores the event that the next command waits for.
  template <class F>
  void in_order(const char* function, const F& enqueue);

  cl_command_queue queue_;
  std::span<const owned_kernel> kernels_;
  bool ordered_;  ///< the queue is in order
  std::array<cl_mem, buffer_count> buffers_{};
  std::vector<cl_event> waiting_;  ///< the caller's events
  owned_event last_;
};

}  // namespace posdef::internal::opencl
