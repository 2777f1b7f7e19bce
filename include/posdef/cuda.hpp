// posdef on the caller's CUDA stream and device pointers. (For matrices in host memory no more is needed than
// options.device = {engine::cuda, k}; see operations.hpp.)
//
//   posdef::cuda::plan<float> p(stream, {n, batch});                // workspace, once, on the current device
//   p.cholesky(posdef::col_major(pointer, n).batched(batch), info); // enqueued; returns at once
//
// Calls enqueue and return: nothing waits on the host, nothing is read back, `info` stays on the device, and a call can
// be captured in a CUDA graph. They need no CUDA header; a cudaStream_t of one is what the signatures ask for.
#ifndef POSDEF_CUDA_HPP
#define POSDEF_CUDA_HPP

#include <memory>
#include <posdef/plan.hpp>

struct CUstream_st;

namespace posdef::inline POSDEF_ABI::cuda {

/// The operations on one shape, on one stream of the device that is current when the plan is made.
///
/// `stream`: null is the legacy default stream, which waits for all other streams of the device that were not created
/// as non-blocking, and which cannot be captured; the per-thread default stream is the handle cudaStreamPerThread. The
/// thread that makes a plan is in the device's primary context, where the CUDA runtime and the frameworks work; later
/// calls may come from any thread, whatever device is current there.
///
/// Views hold device pointers (aligned to their element; arrays of pointers are not taken). `info` points to one 64-bit
/// integer per matrix in device memory; null: the plan keeps it to itself. The methods do what the functions of the
/// same name in operations.hpp do, in the order of the stream:
///   - a failure is reported in `info` and, with on_failure::nan, by NaN; on_failure::raise is taken for report
///   - sizes, aliasing and pointers are checked before anything is enqueued: a pointer is to memory of the plan's
///     device, managed memory, or host memory that the device reaches (registered, or any on systems that allow it).
///     Pointers that were good are not looked at again, as long as few others came in between
///   - a driver that fails is a posdef::error
/// A plan is used by one thread at a time. It allocates nothing after its creation. Making and destroying one waits for
/// no work of the device and disturbs no capture, of this thread or another. Before it is destroyed the stream has to
/// be done with its calls, and with the graphs that they were captured in.
///
/// Graphs: what a plan's calls were captured in uses the plan's memory (scratch, and `info` where none is given). So
/// two graphs captured from one plan, or a graph and a call, may not run at the same time; a plan for each graph may.
/// And a later one of them writes over the `info` that the plan keeps.
///
/// fork(): in the child of a process that had used CUDA through posdef (listing devices is use), calls say
/// `unavailable`. A plan may be destroyed there.
///
/// cudaDeviceReset() takes away what posdef keeps on a device (its context, some memory, streams): it may come last.
template <scalar T>
class POSDEF_API plan {
 public:
  /// Bytes of device memory that such a plan takes.
  static std::size_t workspace_size(shape s, const options& o = {});

  /// Takes its memory on the current device. Throws invalid_argument, out_of_memory or unavailable.
  plan(::CUstream_st* stream, shape s, const options& o = {});
  /// Uses the caller's device memory (aligned to 256 bytes), which must outlive the plan and hold workspace_size()
  /// bytes.
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
