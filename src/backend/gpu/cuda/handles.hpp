// RAII types for CUDA: streams, events, device memory, pinned host memory, and the current context of a thread.
//
// posdef works in the primary context of a device, as the CUDA runtime and the frameworks do. A thread enters it by
// cuCtxPushCurrent and leaves it by cuCtxPopCurrent. cudaSetDevice() cannot restore a thread without a context; it
// would create one on device 0. After fork() nothing here calls the driver, because it does not work in the child
// process.
#pragma once

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <new>
#include <utility>

#include "engine/gpu/stream.hpp"
#include "system/memory.hpp"

namespace posdef::internal::cuda {

/// Throws a posdef::error unless the code is cudaSuccess: out_of_memory with `bytes` if an allocation failed.
void check(cudaError_t code, const char* function, std::size_t bytes = 0);

/// Marks CUDA as used: from now on child processes of fork() throw `unavailable`.
void note_use();
/// Whether this is a child process of a process that used CUDA.
bool after_fork();

/// A device with its context and memory pool.
struct place {
  int index;
  CUcontext context;   ///< the primary context
  cudaMemPool_t pool;  ///< owned by posdef; null if the device does not support stream-ordered allocation
};

/// Retains the primary context of a device and never releases it.
CUcontext primary_context(int index);
/// The calling thread's context; null if there is none.
CUcontext current_context();

/// Makes the device the thread's current one during its lifetime. If this fails, the next CUDA call returns the error.
class on_device {
 public:
  explicit on_device(const place& p) noexcept;
  ~on_device();
  on_device(const on_device&) = delete;
  on_device& operator=(const on_device&) = delete;

 private:
  bool pushed_ = false;
};

/// The same for work on posdef's own streams and memory. It is allowed during stream capture and does not affect it.
class own_work {
 public:
  explicit own_work(const place& p) noexcept : here_(p) { cudaThreadExchangeStreamCaptureMode(&mode_); }
  ~own_work() { cudaThreadExchangeStreamCaptureMode(&mode_); }
  own_work(const own_work&) = delete;
  own_work& operator=(const own_work&) = delete;

 private:
  on_device here_;
  cudaStreamCaptureMode mode_ = cudaStreamCaptureModeRelaxed;
};

/// A stream that does not synchronize with the null stream.
class owned_stream {
 public:
  explicit owned_stream(const place& p);
  ~owned_stream();
  owned_stream(const owned_stream&) = delete;
  owned_stream& operator=(const owned_stream&) = delete;
  cudaStream_t get() const { return s_; }
  void wait() const;

 private:
  const place& place_;
  cudaStream_t s_ = nullptr;
};

class owned_event {
 public:
  explicit owned_event(const place& p);
  ~owned_event();
  owned_event(const owned_event&) = delete;
  owned_event& operator=(const owned_event&) = delete;
  cudaEvent_t get() const { return e_; }

 private:
  const place& place_;
  cudaEvent_t e_ = nullptr;
};

/// Device memory, allocated and freed in the order of a stream that outlives it. Neither operation synchronizes.
class memory {
 public:
  memory() = default;
  memory(const place& p, cudaStream_t s, std::size_t bytes);
  ~memory();
  memory(memory&& o) noexcept : place_(o.place_), stream_(o.stream_), p_(std::exchange(o.p_, nullptr)) {}
  memory& operator=(memory&& o) noexcept {
    std::swap(place_, o.place_);
    std::swap(stream_, o.stream_);
    std::swap(p_, o.p_);
    return *this;
  }
  void* get() const { return p_; }
  gpu::address address() const { return reinterpret_cast<gpu::address>(p_); }

 private:
  const place* place_ = nullptr;
  cudaStream_t stream_ = nullptr;
  void* p_ = nullptr;
};

/// Host memory for transfers. Pinned up to a size limit, so that the device copies directly.
class transfer_memory {
 public:
  transfer_memory() = default;
  ~transfer_memory() { release(); }
  transfer_memory(const transfer_memory&) = delete;
  transfer_memory& operator=(const transfer_memory&) = delete;

  /// Grows to at least `bytes`; the content is lost if it grows. No transfer may be running.
  void grow(const place& p, std::size_t bytes);
  void release() noexcept;
  std::byte* data() const { return pinned_ != nullptr ? static_cast<std::byte*>(pinned_) : plain_.data(); }
  std::size_t size() const { return size_; }

 private:
  const place* place_ = nullptr;
  void* pinned_ = nullptr;
  buffer plain_;
  std::size_t size_ = 0;
};

}  // namespace posdef::internal::cuda
