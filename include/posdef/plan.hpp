// posdef: plans. What is decided once for a device, a shape and options: threads, block sizes, workspace.
#ifndef POSDEF_PLAN_HPP
#define POSDEF_PLAN_HPP

#include <memory>
#include <posdef/operations.hpp>

namespace posdef::inline POSDEF_ABI {

/// The sizes that a plan serves: n × n matrices, `batch` of them, at most `nrhs` right-hand sides.
struct shape {
  std::int64_t n = 0;
  std::int64_t batch = 1;
  std::int64_t nrhs = 1;
};

/// Serves every operation on one shape again and again. The memory is taken when the plan is made, from the system or
/// from the caller; after that posdef allocates nothing. (With more than one thread oneTBB may still grow its own
/// task pool.)
///
/// A plan is used by one call at a time; different plans are independent. The methods take and return what the
/// functions of the same name do; options.uplo, op, diag, other and on_failure are those given to the constructor;
/// n and batch of a call are exactly the plan's, right-hand sides at most as many. on_failure = raise means that the
/// methods throw. An empty `info` is allowed: the plan then keeps it to itself.
template <scalar T>
class POSDEF_API plan {
 public:
  /// Bytes of workspace that such a plan needs, at any alignment. A few megabytes per thread at the most, however
  /// large n is; with several threads each has its own, and they share one more. 0 for a device: there the plan takes
  /// memory of the device instead, for copies of the matrices and right-hand sides, a batch in pieces if need be. For
  /// `hybrid` what the CPU needs for diagonal blocks.
  static std::size_t workspace_size(device d, shape s, const options& o = {});

  /// Takes its workspace from the system. Throws invalid_argument, out_of_memory or unavailable.
  plan(device d, shape s, const options& o = {});
  /// Uses the caller's memory, which must outlive the plan and hold workspace_size() bytes.
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
