// What a backend gives to a session: an executor, which runs problems. It fixes, when it is made, what could change
// while the process runs (instruction set, algorithm, block sizes), so that a plan keeps what it was made with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "algorithm/problem.hpp"
#include "system/memory.hpp"
#include "system/threads.hpp"

namespace posdef::internal {

template <class T>
class executor {
 public:
  // Does nothing, and g++ drops the call of such a destructor before it puts the counters in: never counted.
  virtual ~executor() = default;  // GCOVR_EXCL_LINE
  /// Threads that this work keeps busy: a tiny call should not pay for a team. only: the one operation, if it is known.
  virtual int useful_threads(std::optional<operation> only, index n, index nrhs, index batch) const;
  /// Which kernels and block sizes the problem is given to, for POSDEF_VERBOSE.
  virtual std::string describe(const problem<T>& /*p*/) const { return {}; }
  /// Bytes of workspace, aligned as memory.hpp says, for `batch` matrices of order n with nrhs right-hand sides.
  virtual std::size_t workspace(index n, index nrhs, index batch, int threads) const = 0;
  /// Takes what it needs beside the workspace, for `batch` such matrices: a device's memory; less of it if all problems
  /// will be in place. Throws out_of_memory.
  virtual void reserve(index /*n*/, index /*nrhs*/, index /*batch*/, bool /*in_place*/) {}
  /// Runs the problem. Does not allocate. The problem's sizes are at most those of the workspace. On the host it does
  /// not throw; a device's driver may fail, which is a posdef::error.
  virtual void run(const problem<T>& p, index n, index nrhs, const team& all, std::byte* workspace) const = 0;
};

template <class T>
int executor<T>::useful_threads(std::optional<operation> /*only*/, index n, index nrhs, index batch) const {
  constexpr double operations_per_thread = 1e5;
  const double order = static_cast<double>(n), one = order * order * (order / 3 + static_cast<double>(nrhs));
  const double threads = (is_complex<T> ? 4 : 1) * one * static_cast<double>(batch) / operations_per_thread;
  return static_cast<int>(std::clamp(threads, 1.0, 1e6));
}

}  // namespace posdef::internal
