// What posdef owns on a CUDA device: streams, events, memory, page-locked host memory; and the thread's way to it.
//
// posdef works in the primary context of a device, which the CUDA runtime and the frameworks use too. A thread gets
// there by pushing that context and popping it again: cudaSetDevice() could not go back to "none yet" without making a
// context on device 0. After fork() nothing here calls the driver: it does not work in the child process.
#pragma once

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <new>
#include <utility>

#include "engine/gpu/stream.hpp"
#include "system/memory.hpp"

namespace posdef::internal::cuda {

/// Throws posdef::error (out_of_memory for `bytes` where memory is what lacks) unless the code is cudaSuccess.
void check(cudaError_t code, const char* function, std::size_t bytes = 0);

/// From here on a child process of fork() is refused.
void note_use();
/// Whether this is the child of a process that had used CUDA.
bool after_fork();

/// A device as a thread gets to it.
struct place {
  int index;
  CUcontext context;   ///< the primary one
  cudaMemPool_t pool;  ///< posdef's own; null where the device has no stream-ordered memory
};

/// Keeps the primary context of a device alive, for good.
CUcontext primary_context(int index);
/// The calling thread's context; null where it has none yet.
CUcontext current_context();

/// The device is the calling thread's current one for the life of this object. Where it cannot be, the call that
/// follows fails, and says so.
class on_device {
 public:
  explicit on_device(const place& p) noexcept;
  ~on_device();
  on_device(const on_device&) = delete;
  on_device& operator=(const on_device&) = delete;

 private:
  bool pushed_ = false;
};

/// The same for work on posdef's own streams and memory. Such calls have nothing to do with a stream capture that this
/// thread or another has going on, so they are allowed beside it and do not break it.
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

/// A stream beside all others, the null stream too.
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

/// A piece of a device's memory, taken and given back in the order of a stream that outlives it: neither waits for the
/// device.
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

/// Host memory for transfers: page-locked, so that the device copies by itself, as far as that is sensible.
class staging {
 public:
  staging() = default;
  ~staging() { release(); }
  staging(const staging&) = delete;
  staging& operator=(const staging&) = delete;

  /// At least so many bytes. What it held is lost if it grows. No transfer may be under way.
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
