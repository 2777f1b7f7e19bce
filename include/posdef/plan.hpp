// posdef: plans. A plan selects threads and block sizes and allocates the workspace once, for one shape and options.
#ifndef POSDEF_PLAN_HPP
#define POSDEF_PLAN_HPP

#include <memory>
#include <posdef/operations.hpp>

namespace posdef::inline POSDEF_ABI {

/// The sizes of a plan: `batch` matrices of n × n, at most `nrhs` right-hand sides.
struct shape {
  std::int64_t n = 0;
  std::int64_t batch = 1;
  std::int64_t nrhs = 1;
};

/// Runs any operation on one shape without further allocation. The constructor allocates the workspace, or uses the
/// caller's, and starts the threads that do not exist yet.
///
/// The constructor chooses the threads, as a call would; later changes of the environment or by set_num_threads() do
/// not change a plan. Workspace for n threads can be too small for more of them, so set options.threads, or let nothing
/// change between workspace_size() and the constructor.
///
/// Only one call at a time may use a plan; different plans are independent. The methods behave like the functions of
/// the same name. uplo, op, diag, other and on_failure are those of the constructor's options. n and batch of a call
/// must equal the plan's, and its nrhs must not exceed the plan's. With on_failure = raise the methods throw. `info`
/// may be empty; the plan then uses an array of its own.
template <scalar T>
class POSDEF_API plan {
 public:
  /// Bytes of workspace that such a plan needs, at any alignment. At most a few megabytes per thread for any n; several
  /// threads also share one more workspace. 0 for a device: the plan then allocates device memory for copies of the
  /// matrices and right-hand sides, and splits a large batch. For `hybrid`: the CPU workspace for diagonal blocks.
  static std::size_t workspace_size(device d, shape s, const options& o = {});

  /// Allocates the workspace. Throws invalid_argument, out_of_memory or unavailable.
  plan(device d, shape s, const options& o = {});
  /// Uses the caller's workspace of at least workspace_size() bytes. It must outlive the plan.
  plan(device d, shape s, const options& o, std::span<std::byte> workspace);
  ~plan();
  plan(plan&&) noexcept;
  plan& operator=(plan&&) noexcept;

  std::int64_t cholesky(view<T> a, info_span info);
  std::int64_t cholesky(view<const T> a, view<T> l, info_span info);
  std::int64_t cholesky_solve(view<const T> l, view<T> b, info_span info);
  std::int64_t cholesky_solve(view<const T> l, view<const T> b, view<T> x, info_span info);
  std::int64_t cholesky_inverse(view<T> l, info_span info);
  std::int64_t cholesky_inverse(view<const T> l, view<T> inverse, info_span info);
  std::int64_t solve_triangular(view<const T> l, view<T> b, info_span info);
  std::int64_t solve_triangular(view<const T> l, view<const T> b, view<T> x, info_span info);
  std::int64_t inv_triangular(view<T> l, info_span info);
  std::int64_t inv_triangular(view<const T> l, view<T> inverse, info_span info);
  std::int64_t cholesky_logdet(view<const T> l, std::span<real_type<T>> out, info_span info);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace posdef::inline POSDEF_ABI

#endif
