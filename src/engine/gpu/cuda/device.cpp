#include "engine/gpu/cuda/device.hpp"

#include <pthread.h>

#include <atomic>

namespace posdef::internal::cuda {

namespace {

// A CUDA context does not survive fork().
std::atomic<bool> used{false}, forked{false};
[[maybe_unused]] const int watch_fork = pthread_atfork(nullptr, nullptr, [] { forked = used.load(); });

/// Number of devices, or 0 and the reason.
int count_devices(std::string& reason) {
  int count = 0;
  const cudaError_t code = cudaGetDeviceCount(&count);
  if (code == cudaSuccess && count > 0) return count;
  cudaGetLastError();  // it would be found by the next call that asks
  reason = "no CUDA device: ";
  if (code == cudaSuccess || code == cudaErrorNoDevice)
    reason += "the driver finds none";
  else if (code == cudaErrorInsufficientDriver)
    reason += "no NVIDIA driver, or one older than the CUDA runtime " + std::to_string(CUDART_VERSION / 1000) + "." +
              std::to_string(CUDART_VERSION % 1000 / 10);
  else
    reason += cudaGetErrorString(code);
  return 0;
}

}  // namespace

void check(cudaError_t code, const char* function, std::size_t bytes) {
  if (code == cudaSuccess) return;
  cudaGetLastError();
  if (code == cudaErrorMemoryAllocation && bytes > 0) throw out_of_memory(bytes);
  throw error("posdef: CUDA: " + std::string(function) + ": " + cudaGetErrorString(code));
}

void require_device(int index) {
  if (forked)
    throw unavailable("posdef: engine \"cuda\" was used before fork(); a driver does not work in the child process");
  std::string reason;
  const int count = count_devices(reason);
  const std::string name = posdef::device{engine::cuda, index}.name();
  if (count == 0) throw unavailable("posdef: engine \"" + name + "\": " + reason);
  if (index < 0 || index >= count)
    throw unavailable("posdef: there is no device \"" + name + "\"; the last one is cuda:" + std::to_string(count - 1));
  used = true;
}

std::vector<device_info> list_devices() {
  std::string reason;
  const int count = count_devices(reason);
  if (count == 0) return {{{engine::cuda, 0}, false, reason}};
  std::vector<device_info> lines;
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp p{};
    check(cudaGetDeviceProperties(&p, i), "cudaGetDeviceProperties");
    lines.push_back({{engine::cuda, i},
                     true,
                     std::string(p.name) + " (compute capability " + std::to_string(p.major) + "." +
                         std::to_string(p.minor) + "), " + std::to_string(p.multiProcessorCount) +
                         " multiprocessors, " + std::to_string(p.totalGlobalMem >> 30) + " GiB"});
  }
  return lines;
}

on_device::on_device(int index) : now_(index) {
  check(cudaGetDevice(&before_), "cudaGetDevice");
  if (before_ != now_) check(cudaSetDevice(now_), "cudaSetDevice");
}

on_device::~on_device() {
  if (before_ != now_) cudaSetDevice(before_);
}

memory::memory(int device, std::size_t bytes) : device_(device) {
  if (bytes == 0) return;
  const on_device here(device);
  check(cudaMalloc(&p_, bytes), "cudaMalloc", bytes);
}

memory::~memory() {
  if (p_ == nullptr) return;
  int before = device_;
  cudaGetDevice(&before);
  cudaSetDevice(device_);
  cudaFree(p_);
  cudaSetDevice(before);
}

}  // namespace posdef::internal::cuda
