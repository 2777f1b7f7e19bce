// The processors that a thread may use.
#pragma once

#include <thread>

#if defined(__linux__) && !defined(__ANDROID__)
#define POSDEF_HAS_PROCESSOR_SETS 1
#include <pthread.h>
#include <sched.h>

#include <array>
#endif

namespace posdef::internal {

/// The number of processors that the calling thread may use.
int processors();

#if POSDEF_HAS_PROCESSOR_SETS

/// The processors that one thread may use.
class processor_set {
 public:
  /// Empty if the system refuses the query.
  static processor_set of(pthread_t thread);
  /// Makes it the set of a thread. The system may refuse that.
  void apply(pthread_t thread) const;
  int count() const { return CPU_COUNT_S(bytes, bits()); }
  void remove(int processor) {
    if (processor >= 0) CPU_CLR_S(static_cast<std::size_t>(processor), bytes, bits());
  }

 private:
  cpu_set_t* bits() { return reinterpret_cast<cpu_set_t*>(words_.data()); }
  const cpu_set_t* bits() const { return reinterpret_cast<const cpu_set_t*>(words_.data()); }
  // The query fails if the set is smaller than the kernel's, which exceeds cpu_set_t from 1025 processors on.
  static constexpr std::size_t bytes = 8192;
  std::array<unsigned long, bytes / sizeof(unsigned long)> words_{};
};

/// The processor that runs the calling thread; negative if unknown.
inline int current_processor() { return sched_getcpu(); }

/// Keeps a thread off the processor of the thread that wakes it, until it runs.
class kept_apart {
 public:
  /// The thread may use the processors of the calling thread, except the one that this runs on, unless it has no other.
  void keep(pthread_t thread) {
    const processor_set wakers = processor_set::of(pthread_self());
    processor_set others = wakers;
    others.remove(current_processor());
    if (others.count() == 0) return;
    all_ = wakers;
    others.apply(thread);
    active_ = true;
  }
  /// The calling thread, kept apart before, may use all processors of its waker.
  void release() {
    if (active_) all_.apply(pthread_self());
    active_ = false;
  }

 private:
  bool active_ = false;
  processor_set all_;
};

#else

inline int current_processor() { return -2; }

class kept_apart {
 public:
  void keep(std::thread::native_handle_type) {}
  void release() {}
};

#endif

}  // namespace posdef::internal
