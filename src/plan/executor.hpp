// An executor: an engine made ready for one kind of job. It fixes, when it is made, what could change while the process
// runs (instruction set, algorithm, block sizes), so that a plan keeps what it was made with.
#pragma once

#include <cstddef>
#include <memory>

#include "algorithm/job.hpp"
#include "engine/memory.hpp"
#include "engine/threads.hpp"

namespace posdef::internal {

template <class T>
class executor {
 public:
  // Does nothing, and g++ drops the call of such a destructor before it puts the counters in: never counted.
  virtual ~executor() = default;  // GCOVR_EXCL_LINE
  /// Bytes of workspace, aligned as memory.hpp says, for `batch` matrices of order n with nrhs right-hand sides.
  virtual std::size_t workspace(index n, index nrhs, index batch, int threads) const = 0;
  /// Takes what it needs beside the workspace, for `batch` such matrices: a device's memory; less of it if all jobs
  /// will be in place. Throws out_of_memory.
  virtual void reserve(index /*n*/, index /*nrhs*/, index /*batch*/, bool /*in_place*/) {}
  /// Runs the job. Does not allocate. The job's sizes are at most those of the workspace. On the host it does not
  /// throw; a device's driver may fail, which is a posdef::error.
  virtual void run(const job<T>& j, index n, index nrhs, const team& all, std::byte* workspace) const = 0;
};

/// The executor for a device; throws `unavailable` with the reason where there is none.
template <class T>
std::unique_ptr<executor<T>> make_executor(device d);

}  // namespace posdef::internal
