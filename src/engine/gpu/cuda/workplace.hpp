// Memory on a CUDA device for jobs whose matrices lie in host memory.
#pragma once

#include <algorithm>

#include "engine/gpu/cuda/side_lane.hpp"
#include "engine/gpu/cuda/stream.hpp"
#include "engine/gpu/host_jobs.hpp"

namespace posdef::internal::cuda {

/// Device memory, and as much in host memory for the transfers, in the order of a stream of its own.
class workplace final : public gpu::workplace {
 public:
  workplace(device_state& d, const kernel_table& kernels)
      : device_(d), lane_(d), stream_(d, lane_->stream.get(), kernels) {}
  /// The memory and the lane are used again when the stream has come to its end.
  ~workplace() { settle(); }

  gpu::stream& queue() { return stream_; }
  /// Beside the stream, and gone before it.
  std::unique_ptr<gpu::side_lane> make_side_lane() { return std::make_unique<side_lane>(device_, lane_->stream.get()); }
  /// Returns when nothing is under way any more.
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
