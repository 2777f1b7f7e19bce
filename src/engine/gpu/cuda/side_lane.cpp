#include "engine/gpu/cuda/side_lane.hpp"

#include <algorithm>

namespace posdef::internal::cuda {

owned_stream::owned_stream(int device) {
  const on_device here(device);
  check(cudaStreamCreateWithFlags(&s_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
}

owned_stream::~owned_stream() {
  cudaStreamSynchronize(s_);
  cudaStreamDestroy(s_);
}

side_lane::side_lane(int device, cudaStream_t main) : device_(device), main_(main), side_(device) {
  const on_device here(device_);
  check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
}

side_lane::~side_lane() {
  settle();
  cudaEventDestroy(event_);
  cudaFreeHost(pinned_);
}

std::byte* side_lane::reserve(std::size_t bytes, index) {
  const on_device here(device_);
  cudaFreeHost(pinned_);
  pinned_ = nullptr;
  bytes = std::max<std::size_t>(bytes, 1);
  check(cudaMallocHost(&pinned_, bytes), "cudaMallocHost", bytes);
  return static_cast<std::byte*>(pinned_);
}

void side_lane::order(cudaStream_t first, cudaStream_t then) {
  const on_device here(device_);
  check(cudaEventRecord(event_, first), "cudaEventRecord");
  check(cudaStreamWaitEvent(then, event_, 0), "cudaStreamWaitEvent");
}

void side_lane::read(gpu::address from, std::byte* to, std::size_t bytes) {
  if (bytes == 0) return;
  const on_device here(device_);
  check(cudaMemcpyAsync(to, reinterpret_cast<const void*>(from), bytes, cudaMemcpyDeviceToHost, side_.get()),
        "cudaMemcpyAsync");
}

void side_lane::write(const std::byte* from, gpu::address to, std::size_t bytes) {
  if (bytes == 0) return;
  const on_device here(device_);
  check(cudaMemcpyAsync(reinterpret_cast<void*>(to), from, bytes, cudaMemcpyHostToDevice, side_.get()),
        "cudaMemcpyAsync");
}

void side_lane::call(function f, void* data) {
  const on_device here(device_);
  check(cudaLaunchHostFunc(side_.get(), f, data), "cudaLaunchHostFunc");
}

}  // namespace posdef::internal::cuda
