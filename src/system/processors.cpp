#include "system/processors.hpp"

#include <algorithm>

namespace posdef::internal {

#if POSDEF_HAS_PROCESSOR_SETS

processor_set processor_set::of(pthread_t thread) {
  processor_set s;
  if (pthread_getaffinity_np(thread, bytes, s.bits()) != 0) s.words_.fill(0);
  return s;
}

void processor_set::apply(pthread_t thread) const { pthread_setaffinity_np(thread, bytes, bits()); }

int processors() { return std::max(processor_set::of(pthread_self()).count(), 1); }

#else

int processors() { return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1); }

#endif

}  // namespace posdef::internal
