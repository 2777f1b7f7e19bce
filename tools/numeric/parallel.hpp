// body(index, worker) for every index in [0, count), on up to `threads` threads; worker < threads names the thread.
//
// The tools do not use the library's engines, so that an error of the library cannot hide itself.
#ifndef POSDEF_TOOLS_NUMERIC_PARALLEL_HPP
#define POSDEF_TOOLS_NUMERIC_PARALLEL_HPP

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace posdef::tools {

/// Throws the first exception of `body` after all threads have ended; some indices are then not processed.
template <class Body>
void parallel_for(std::int64_t count, int threads, const Body& body) {
  std::atomic<std::int64_t> next = 0;
  std::exception_ptr first;
  std::mutex first_mutex;
  const auto work = [&](int worker) {
    try {
      for (std::int64_t k = next++; k < count; k = next++) body(k, worker);
    } catch (...) {
      const std::lock_guard lock(first_mutex);
      if (!first) first = std::current_exception();
      next = count;
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (int worker = 1; worker < std::min<std::int64_t>(threads, count); ++worker) others.emplace_back(work, worker);
    } catch (const std::system_error&) {  // no more threads: continue with those that started
    } catch (const std::bad_alloc&) {     // no memory for more threads: the same
    }
    work(0);
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace posdef::tools

#endif
