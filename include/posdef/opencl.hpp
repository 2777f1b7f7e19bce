// posdef on the caller's OpenCL queue and buffers. (For matrices in host memory set options.device = {engine::opencl,
// k} instead; see operations.hpp.)
//
//   posdef::opencl::plan<float> p(queue, {n, batch});                    // kernels and workspace, once
//   p.cholesky(posdef::opencl::col_major<float>(memory, n).batched(batch), info,
//              {.wait = {&uploaded, 1}, .done = &done});
//
// Calls are asynchronous: they enqueue work and return. `info` stays on the device. This header needs no OpenCL header;
// the signatures accept cl_mem, cl_command_queue and cl_event.
#ifndef POSDEF_OPENCL_HPP
#define POSDEF_OPENCL_HPP

#include <memory>
#include <posdef/plan.hpp>
#include <span>

struct _cl_mem;
struct _cl_event;
struct _cl_command_queue;

namespace posdef::inline POSDEF_ABI::opencl {

/// A batch of matrices in a buffer, like posdef::view. Element (0, 0) of matrix 0 is at `offset` elements in `memory`.
template <scalar T>
struct view {
  ::_cl_mem* memory;
  std::int64_t offset = 0;
  std::int64_t rows, cols, ld;
  std::int64_t batch = 1;
  std::int64_t stride = 0;
  layout order;

  /// ld = 0 means the smallest leading dimension.
  constexpr view(::_cl_mem* memory_, std::int64_t rows_, std::int64_t cols_, std::int64_t ld_ = 0,
                 layout order_ = layout::col_major)
      : memory(memory_), rows(rows_), cols(cols_), ld(ld_), order(order_) {
    const std::int64_t lead = order == layout::col_major ? rows : cols;
    if (ld == 0) ld = lead > 1 ? lead : 1;
  }

  /// A batch of `count` matrices of this shape, `distance` elements apart (0: contiguous).
  [[nodiscard]] constexpr view batched(std::int64_t count, std::int64_t distance = 0) const {
    view v = *this;
    v.batch = count;
    v.stride = distance != 0 ? distance : ld * (order == layout::col_major ? cols : rows);
    return v;
  }
  /// The same shape, `elements` further into the buffer.
  [[nodiscard]] constexpr view at(std::int64_t elements) const {
    view v = *this;
    v.offset += elements;
    return v;
  }
};

/// n × n.
template <scalar T>
constexpr view<T> col_major(::_cl_mem* memory, std::int64_t n) {
  return {memory, n, n};
}
template <scalar T>
constexpr view<T> row_major(::_cl_mem* memory, std::int64_t n) {
  return {memory, n, n, 0, layout::row_major};
}

/// rows × cols with leading dimension ld, 0 for the smallest.
template <scalar T>
constexpr view<T> col_major(::_cl_mem* memory, extents size, std::int64_t ld = 0) {
  return {memory, size.rows, size.cols, ld};
}
template <scalar T>
constexpr view<T> row_major(::_cl_mem* memory, extents size, std::int64_t ld = 0) {
  return {memory, size.rows, size.cols, ld, layout::row_major};
}

/// Deleted as for posdef::col_major: use braces.
template <scalar T>
view<T> col_major(::_cl_mem* memory, std::int64_t, std::int64_t) = delete;
template <scalar T>
view<T> row_major(::_cl_mem* memory, std::int64_t, std::int64_t) = delete;

/// An array in a buffer, `offset` elements after its start: 64-bit integers for info, real numbers for cholesky_logdet.
/// If the memory of an info is null, the plan uses memory of its own.
struct array {
  ::_cl_mem* memory = nullptr;
  std::int64_t offset = 0;
};

/// The events that a call waits for, and the event that it completes. The caller releases `*done`.
struct events {
  std::span<::_cl_event* const> wait = {};
  ::_cl_event** done = nullptr;
};

/// The operations on one shape, on one command queue (in order or out of order). The queue's device must support OpenCL
/// 1.2 or later. A device without double precision supports float and complex<float> only.
///
/// The methods behave like the functions of the same name in operations.hpp, asynchronously:
///   - a failure is reported in `info` and, with on_failure::nan, by NaN; on_failure::raise acts as report
///   - arguments are checked before anything is enqueued: sizes, aliasing of views in one buffer, and that every view
///     lies inside its buffer. The caller must ensure that sub-buffers do not overlap
///   - a driver failure throws a posdef::error
/// Only one thread at a time may use a plan. A plan allocates nothing after construction. Before a plan is destroyed,
/// all its calls must have finished.
template <scalar T>
class POSDEF_API plan {
 public:
  /// Bytes of device memory that such a plan needs.
  static std::size_t workspace_size(::_cl_command_queue* queue, shape s, const options& o = {});

  /// Compiles the kernels, or loads them from the disk cache, and allocates device memory. Throws invalid_argument,
  /// out_of_memory or unavailable.
  plan(::_cl_command_queue* queue, shape s, const options& o = {});
  ~plan();
  plan(plan&&) noexcept;
  plan& operator=(plan&&) noexcept;

  void cholesky(const view<T>& a, array info = {}, const events& e = {});
  void cholesky(const view<T>& a, const view<T>& l, array info = {}, const events& e = {});
  void cholesky_solve(const view<T>& l, const view<T>& b, array info = {}, const events& e = {});
  void cholesky_solve(const view<T>& l, const view<T>& b, const view<T>& x, array info = {}, const events& e = {});
  void cholesky_inverse(const view<T>& l, array info = {}, const events& e = {});
  void cholesky_inverse(const view<T>& l, const view<T>& inverse, array info = {}, const events& e = {});
  void solve_triangular(const view<T>& l, const view<T>& b, array info = {}, const events& e = {});
  void solve_triangular(const view<T>& l, const view<T>& b, const view<T>& x, array info = {}, const events& e = {});
  void inv_triangular(const view<T>& l, array info = {}, const events& e = {});
  void inv_triangular(const view<T>& l, const view<T>& inverse, array info = {}, const events& e = {});
  void cholesky_logdet(const view<T>& l, array out, array info = {}, const events& e = {});

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace posdef::inline POSDEF_ABI::opencl

#endif
