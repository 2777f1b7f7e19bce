#include "backend/gpu/cuda/handles.hpp"

#include <cudaTypedefs.h>
#include <pthread.h>

#include <atomic>
#include <string>

namespace posdef::internal::cuda {

namespace {

std::atomic<bool> used{false}, forked{false};
[[maybe_unused]] const int watch_fork = pthread_atfork(nullptr, nullptr, [] { forked = used.load(); });

template <class F>
F entry_point(const char* name) {
  void* f = nullptr;
  cudaDriverEntryPointQueryResult found{};
#if CUDART_VERSION >= 12050
  check(cudaGetDriverEntryPointByVersion(name, &f, 12000, cudaEnableDefault, &found), name);
#else
  check(cudaGetDriverEntryPoint(name, &f, cudaEnableDefault, &found), name);
#endif
  if (f == nullptr) throw unavailable("posdef: CUDA: the driver has no " + std::string(name));
  return reinterpret_cast<F>(f);
}

/// Driver functions that the runtime does not offer. The runtime returns their addresses, so posdef does not link with
/// the driver library.
struct driver {
  PFN_cuDevicePrimaryCtxRetain_v7000 retain = entry_point<decltype(retain)>("cuDevicePrimaryCtxRetain");
  PFN_cuCtxGetCurrent_v4000 current = entry_point<decltype(current)>("cuCtxGetCurrent");
  PFN_cuCtxPushCurrent_v4000 push = entry_point<decltype(push)>("cuCtxPushCurrent");
  PFN_cuCtxPopCurrent_v4000 pop = entry_point<decltype(pop)>("cuCtxPopCurrent");
};

const driver& functions() {
  static const driver d;
  return d;
}

/// The driver's error codes equal the runtime's.
void check(CUresult code, const char* function) { cuda::check(static_cast<cudaError_t>(code), function); }

}  // namespace

void check(cudaError_t code, const char* function, std::size_t bytes) {
  if (code == cudaSuccess) return;
  cudaGetLastError();  // clears the error, which a later call would return
  if (code == cudaErrorMemoryAllocation && bytes > 0) throw out_of_memory(bytes);
  throw system_failure("posdef: CUDA: " + std::string(function) + ": " + cudaGetErrorString(code));
}

void note_use() { used = true; }
bool after_fork() { return forked; }

CUcontext primary_context(int index) {
  CUcontext c = nullptr;
  check(functions().retain(&c, index), "cuDevicePrimaryCtxRetain");
  return c;
}

CUcontext current_context() {
  CUcontext c = nullptr;
  check(functions().current(&c), "cuCtxGetCurrent");
  return c;
}

on_device::on_device(const place& p) noexcept {
  CUcontext now = nullptr;
  if (functions().current(&now) == CUDA_SUCCESS && now == p.context) return;
  pushed_ = functions().push(p.context) == CUDA_SUCCESS;
}

on_device::~on_device() {
  CUcontext ours = nullptr;
  if (pushed_) functions().pop(&ours);
}

owned_stream::owned_stream(const place& p) : place_(p) {
  const own_work here(p);
  check(cudaStreamCreateWithFlags(&s_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
}

owned_stream::~owned_stream() {
  if (after_fork()) return;
  const own_work here(place_);
  cudaStreamSynchronize(s_);
  cudaStreamDestroy(s_);
}

void owned_stream::wait() const {
  const own_work here(place_);
  check(cudaStreamSynchronize(s_), "cudaStreamSynchronize");
}

owned_event::owned_event(const place& p) : place_(p) {
  const own_work here(p);
  check(cudaEventCreateWithFlags(&e_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
}

owned_event::~owned_event() {
  if (after_fork()) return;
  const own_work here(place_);
  cudaEventDestroy(e_);
}

memory::memory(const place& p, cudaStream_t s, std::size_t bytes) : place_(&p), stream_(s) {
  if (bytes == 0) return;
  const own_work here(p);
  if (p.pool != nullptr)
    check(cudaMallocFromPoolAsync(&p_, bytes, p.pool, s), "cudaMallocFromPoolAsync", bytes);
  else
    check(cudaMalloc(&p_, bytes), "cudaMalloc", bytes);
}

memory::~memory() {
  if (p_ == nullptr || after_fork()) return;
  const own_work here(*place_);
  if (place_->pool != nullptr)
    cudaFreeAsync(p_, stream_);
  else
    cudaFree(p_);
}

void transfer_memory::grow(const place& p, std::size_t bytes) {
  if (bytes <= size_) return;
  release();
  // Pinning a page takes about as long as copying it, and pinned memory is not available to other programs.
  constexpr std::size_t most_locked = std::size_t{1} << 30;
  if (bytes <= most_locked) {
    const own_work here(p);
    if (cudaMallocHost(&pinned_, bytes) != cudaSuccess) {
      cudaGetLastError();
      pinned_ = nullptr;
    }
  }
  if (pinned_ == nullptr) plain_ = buffer(bytes);
  place_ = &p;
  size_ = bytes;
}

void transfer_memory::release() noexcept {
  size_ = 0;
  plain_ = buffer();
  void* const p = std::exchange(pinned_, nullptr);
  if (p == nullptr || after_fork()) return;
  const own_work here(*place_);
  cudaFreeHost(p);
}

}  // namespace posdef::internal::cuda
