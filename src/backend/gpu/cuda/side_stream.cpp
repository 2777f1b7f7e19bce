#include "backend/gpu/cuda/side_stream.hpp"

namespace posdef::internal::cuda {

std::byte* side_stream::reserve(std::size_t bytes, index) {
  lane_->host[0].grow(device_, bytes);
  return lane_->host[0].data();
}

void side_stream::order(cudaStream_t first, cudaStream_t then) {
  const own_work here(device_);
  check(cudaEventRecord(event_.get(), first), "cudaEventRecord");
  check(cudaStreamWaitEvent(then, event_.get(), 0), "cudaStreamWaitEvent");
}

void side_stream::read(gpu::address from, std::byte* to, std::size_t bytes) {
  if (bytes == 0) return;
  const own_work here(device_);
  check(cudaMemcpyAsync(to, reinterpret_cast<const void*>(from), bytes, cudaMemcpyDeviceToHost, lane_->stream.get()),
        "cudaMemcpyAsync");
}

void side_stream::write(const std::byte* from, gpu::address to, std::size_t bytes) {
  if (bytes == 0) return;
  const own_work here(device_);
  check(cudaMemcpyAsync(reinterpret_cast<void*>(to), from, bytes, cudaMemcpyHostToDevice, lane_->stream.get()),
        "cudaMemcpyAsync");
}

void side_stream::call(function f, void* data) {
  const own_work here(device_);
  check(cudaLaunchHostFunc(lane_->stream.get(), f, data), "cudaLaunchHostFunc");
}

void side_stream::settle() noexcept {
  if (after_fork()) return;
  const own_work here(device_);
  cudaStreamSynchronize(lane_->stream.get());
}

}  // namespace posdef::internal::cuda
