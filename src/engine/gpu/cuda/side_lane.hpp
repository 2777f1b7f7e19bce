// A second CUDA stream beside the engine's; a call is a host function in it, which a thread of the driver runs.
#pragma once

#include "engine/gpu/cuda/device.hpp"
#include "engine/gpu/side_lane.hpp"

namespace posdef::internal::cuda {

/// A stream of its own on a device.
class owned_stream {
 public:
  explicit owned_stream(int device);
  ~owned_stream();
  owned_stream(const owned_stream&) = delete;
  owned_stream& operator=(const owned_stream&) = delete;
  cudaStream_t get() const { return s_; }

 private:
  cudaStream_t s_ = nullptr;
};

class side_lane final : public gpu::side_lane {
 public:
  side_lane(int device, cudaStream_t main);
  ~side_lane() override;

  std::byte* reserve(std::size_t bytes, index calls) override;
  void enter() override { order(main_, side_.get()); }
  void read(gpu::address from, std::byte* to, std::size_t bytes) override;
  void call(function f, void* data) override;
  void write(const std::byte* from, gpu::address to, std::size_t bytes) override;
  void leave() override { order(side_.get(), main_); }
  void settle() noexcept override { cudaStreamSynchronize(side_.get()); }

 private:
  /// What follows in one stream waits for what is in the other.
  void order(cudaStream_t first, cudaStream_t then);

  const int device_;
  const cudaStream_t main_;
  owned_stream side_;
  cudaEvent_t event_ = nullptr;  ///< a stream waits for the event as it was recorded last, so one serves every order
  void* pinned_ = nullptr;
};

}  // namespace posdef::internal::cuda
