// An executor runs the problems of a session on one backend. Instruction set, algorithm and block sizes are fixed at
// its construction, so that a plan does not change while it exists.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "algorithm/problem.hpp"
#include "system/memory.hpp"
#include "system/threads.hpp"

namespace posdef::internal {

template <class T>
class executor {
 public:
  // g++ replaces the call of an empty destructor, so coverage never counts it.
  virtual ~executor() = default;  // GCOVR_EXCL_LINE
  /// The number of threads that this work can use; 1 for small problems. only: the only operation, if known.
  virtual int useful_threads(std::optional<operation> only, index n, index nrhs, index batch) const;
  /// The kernels and block sizes for the problem, for POSDEF_VERBOSE.
  virtual std::string describe(const problem<T>& /*p*/) const { return {}; }
  /// Bytes of workspace, aligned as in memory.hpp, for `batch` matrices of order n with nrhs right-hand sides.
  virtual std::size_t workspace(index n, index nrhs, index batch, int threads) const = 0;
  /// The same for a session that runs only this operation, without a forced algorithm. It may be less.
  virtual std::size_t workspace_of(operation /*only*/, index n, index nrhs, index batch, int threads) const {
    return workspace(n, nrhs, batch, threads);
  }
  /// Allocates memory other than the workspace for `batch` such matrices, such as device memory. Needs less if all
  /// problems are in place. Throws out_of_memory.
  virtual void reserve(index /*n*/, index /*nrhs*/, index /*batch*/, bool /*in_place*/) {}
  /// A = L·Lᴴ for one matrix of order n > 0 without workspace, which takes longer to find than a tiny matrix to factor.
  /// Returns false, and writes nothing, if this executor does not do that, or the matrix is not positive definite; then
  /// `run` does it, with the same bits.
  virtual bool factor_at_once(const strided<const T>& /*a*/, const strided<T>& /*out*/) const { return false; }
  /// Runs the problem without allocation. Its sizes must not exceed those of the workspace. On the host it does not
  /// throw; a device driver failure throws a posdef::error.
  virtual void run(const problem<T>& p, index n, index nrhs, const team& all, std::byte* workspace) const = 0;
};

template <class T>
int executor<T>::useful_threads(std::optional<operation> /*only*/, index n, index nrhs, index batch) const {
  constexpr double operations_per_thread = 1e5;
  const double order = static_cast<double>(n), one = order * order * (order / 3 + static_cast<double>(nrhs));
  const double threads = (is_complex<T> ? 4 : 1) * one * static_cast<double>(batch) / operations_per_thread;
  return static_cast<int>(std::clamp(threads, 1.0, 1e6));
}

/// Deletes an executor, unless it is shared by all sessions.
template <class T>
struct release {
  bool owned = true;

  release() = default;
  explicit release(bool owns) : owned(owns) {}
  template <class E>
  release(std::default_delete<E>) {}
  void operator()(executor<T>* e) const {
    if (owned) delete e;
  }
};
template <class T>
using executor_pointer = std::unique_ptr<executor<T>, release<T>>;

}  // namespace posdef::internal
