// CUDA device memory for problems in host memory.
#pragma once

#include <algorithm>

#include "backend/gpu/cuda/side_stream.hpp"
#include "backend/gpu/cuda/stream.hpp"
#include "backend/gpu/staging.hpp"

namespace posdef::internal::cuda {

/// Device memory and pinned host memory of the same size, used in the order of an own stream.
class staging final : public gpu::staging {
 public:
  staging(device_state& d, const kernel_table& kernels)
      : device_(d), lane_(d), stream_(d, lane_->stream.get(), kernels) {}
  /// Waits for the stream, because the memory and the stream are reused.
  ~staging() { settle(); }

  gpu::stream& queue() { return stream_; }
  /// The side stream must be destroyed before this object.
  std::unique_ptr<gpu::side_stream> make_side_stream() {
    return std::make_unique<side_stream>(device_, lane_->stream.get());
  }
  /// Waits until all transfers and launches have completed.
  void settle() noexcept;

  std::size_t most_bytes(std::size_t wanted) const override;
  void reserve(purpose p, std::size_t bytes) override;
  gpu::address at(purpose p) const override { return memory_[p].address(); }
  std::byte* map(purpose p, std::size_t bytes, bool for_writing) override;
  void unmap(purpose p) override;

 private:
  device_state& device_;
  borrowed_lane lane_;
  stream stream_;
  memory memory_[purposes];
  std::size_t written_[purposes] = {};
};

}  // namespace posdef::internal::cuda
