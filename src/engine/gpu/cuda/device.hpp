// The CUDA devices of this machine, errors as exceptions, and what is owned on a device.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/gpu/stream.hpp"
#include "posdef/control.hpp"

namespace posdef::internal::cuda {

/// Throws posdef::error (out_of_memory for `bytes` where memory is what lacks) unless the code is cudaSuccess.
void check(cudaError_t code, const char* function, std::size_t bytes = 0);

/// Throws `unavailable` with the reason unless there is a device of this number.
void require_device(int index);
/// The lines of posdef::devices().
std::vector<device_info> list_devices();

/// The calling thread's current device, for the life of this object.
class on_device {
 public:
  explicit on_device(int index);
  ~on_device();
  on_device(const on_device&) = delete;
  on_device& operator=(const on_device&) = delete;

 private:
  int before_ = -1, now_;
};

/// A piece of a device's memory.
class memory {
 public:
  memory() = default;
  memory(int device, std::size_t bytes);
  ~memory();
  memory(memory&& o) noexcept : device_(o.device_), p_(std::exchange(o.p_, nullptr)) {}
  memory& operator=(memory&& o) noexcept {
    std::swap(device_, o.device_);
    std::swap(p_, o.p_);
    return *this;
  }
  void* get() const { return p_; }
  gpu::address address() const { return reinterpret_cast<gpu::address>(p_); }

 private:
  int device_ = 0;
  void* p_ = nullptr;
};

}  // namespace posdef::internal::cuda
