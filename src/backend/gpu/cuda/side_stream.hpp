// A side stream on CUDA: a second stream. A call is a host function in this stream, run by a thread of the driver.
#pragma once

#include "backend/gpu/cuda/device.hpp"
#include "backend/gpu/side_stream.hpp"

namespace posdef::internal::cuda {

class side_stream final : public gpu::side_stream {
 public:
  side_stream(device_state& d, cudaStream_t main) : device_(d), main_(main), lane_(d), event_(d) {}
  ~side_stream() override { settle(); }

  std::byte* reserve(std::size_t bytes, index calls) override;
  void enter() override { order(main_, lane_->stream.get()); }
  void read(gpu::address from, std::byte* to, std::size_t bytes) override;
  void call(function f, void* data) override;
  void write(const std::byte* from, gpu::address to, std::size_t bytes) override;
  void leave() override { order(lane_->stream.get(), main_); }
  void settle() noexcept override;

 private:
  /// Later work in `then` waits for the work in `first` so far.
  void order(cudaStream_t first, cudaStream_t then);

  const place& device_;
  const cudaStream_t main_;
  borrowed_lane lane_;
  owned_event event_;  ///< one event is sufficient, because a wait refers to the last record
};

}  // namespace posdef::internal::cuda
