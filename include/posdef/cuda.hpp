// posdef on the caller's CUDA stream and device pointers. (For matrices in host memory set options.device =
// {engine::cuda, k} instead; see operations.hpp.)
//
//   posdef::cuda::plan<float> p(stream, {n, batch});                // workspace, once, on the current device
//   p.cholesky(posdef::col_major(pointer, n).batched(batch), info); // enqueued; returns at once
//
// Calls are asynchronous: they enqueue work and return. `info` stays on the device. Calls can be captured in a CUDA
// graph. This header needs no CUDA header; the signatures accept a cudaStream_t.
#ifndef POSDEF_CUDA_HPP
#define POSDEF_CUDA_HPP

#include <memory>
#include <posdef/plan.hpp>

struct CUstream_st;

namespace posdef::inline POSDEF_ABI::cuda {

/// The operations on one shape, on one stream of the device that is current at construction.
///
/// `stream`: null is the legacy default stream. It waits for all other streams of the device that were not created as
/// non-blocking, and it cannot be captured. The handle cudaStreamPerThread is the per-thread default stream. The
/// constructor runs in the device's primary context, as the CUDA runtime does. Later calls may come from any thread
/// with any current device.
///
/// Views hold device pointers, aligned to the element size. Arrays of pointers are not supported. `info` points to one
/// 64-bit integer per matrix in device memory, or is null; the plan then uses memory of its own. The methods behave
/// like the functions of the same name in operations.hpp, in stream order:
///   - a failure is reported in `info` and, with on_failure::nan, by NaN; on_failure::raise acts as report
///   - sizes, aliasing and pointers are checked before anything is enqueued. A pointer must be to memory of the plan's
///     device, to managed memory, or to host memory that the device can access (registered, or any on systems that
///     allow it). The results of recent pointer checks are cached
///   - a driver failure throws a posdef::error
/// Only one thread at a time may use a plan. A plan allocates nothing after construction. Construction and destruction
/// do not wait for the device and do not disturb stream capture in any thread. Before a plan is destroyed, all its
/// calls, and all graphs that captured them, must have finished.
///
/// Graphs: a captured call uses the plan's memory (scratch, and `info` if none is given). Two graphs captured from one
/// plan, or a graph and a call, must not run at the same time; use one plan per graph. Each run overwrites the plan's
/// own `info`.
///
/// fork(): if a process used CUDA through posdef (listing devices counts as use), calls in its child process throw
/// `unavailable`. A plan may be destroyed there.
///
/// cudaDeviceReset() destroys what posdef keeps on a device (context, memory, streams). Call it last.
template <scalar T>
class POSDEF_API plan {
 public:
  /// Bytes of device memory that such a plan needs.
  static std::size_t workspace_size(shape s, const options& o = {});

  /// Allocates memory on the current device. Throws invalid_argument, out_of_memory or unavailable.
  plan(::CUstream_st* stream, shape s, const options& o = {});
  /// Uses the caller's device memory: at least workspace_size() bytes, aligned to 256. It must outlive the plan.
  plan(::CUstream_st* stream, shape s, const options& o, void* workspace, std::size_t bytes);
  ~plan();
  plan(plan&&) noexcept;
  plan& operator=(plan&&) noexcept;

  void cholesky(view<T> a, std::int64_t* info = nullptr);
  void cholesky(view<const T> a, view<T> l, std::int64_t* info = nullptr);
  void cholesky_solve(view<const T> l, view<T> b, std::int64_t* info = nullptr);
  void cholesky_solve(view<const T> l, view<const T> b, view<T> x, std::int64_t* info = nullptr);
  void cholesky_inverse(view<T> l, std::int64_t* info = nullptr);
  void cholesky_inverse(view<const T> l, view<T> inverse, std::int64_t* info = nullptr);
  void solve_triangular(view<const T> l, view<T> b, std::int64_t* info = nullptr);
  void solve_triangular(view<const T> l, view<const T> b, view<T> x, std::int64_t* info = nullptr);
  void inv_triangular(view<T> l, std::int64_t* info = nullptr);
  void inv_triangular(view<const T> l, view<T> inverse, std::int64_t* info = nullptr);
  /// out: one real number per matrix, in device memory.
  void cholesky_logdet(view<const T> l, real_type<T>* out, std::int64_t* info = nullptr);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace posdef::inline POSDEF_ABI::cuda

#endif
