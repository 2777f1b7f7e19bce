#include "engine/threads.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>

#if POSDEF_ENGINE_CPU
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace posdef::internal {

namespace {
// Set in every child of fork(): the threads that oneTBB believes to have are not there.
std::atomic<bool> forked{false};
[[maybe_unused]] const int watch_fork = pthread_atfork(nullptr, nullptr, [] { forked = true; });
}  // namespace

#if POSDEF_ENGINE_CPU

struct team::arena {
  // More threads than processors would only wait for one another, and oneTBB would complain aloud.
  explicit arena(int threads) : pool(std::min(threads, oneapi::tbb::info::default_concurrency())) { pool.initialize(); }
  mutable oneapi::tbb::task_arena pool;
};

team::team(int threads) : threads_(threads > 1 && !forked ? threads : 1) {
  if (threads_ > 1) arena_ = std::make_unique<arena>(threads_);
}

void team::run(index count, task call, const void* f) const {
  if (forked) {
    for (index i = 0; i < count; ++i) call(f, i, 0);
    return;
  }
  arena_->pool.execute([&] {
    // Isolated: while this thread waits for the others it takes no foreign task, so a slot is never entered twice.
    oneapi::tbb::this_task_arena::isolate([&] {
      oneapi::tbb::parallel_for(
          index{0}, count, [&](index i) { call(f, i, oneapi::tbb::this_task_arena::current_thread_index()); },
          oneapi::tbb::auto_partitioner{});
    });
  });
}

#else

struct team::arena {};
team::team(int) {}
void team::run(index count, task call, const void* f) const {
  for (index i = 0; i < count; ++i) call(f, i, 0);
}

#endif

team::team() = default;
team::team(team&&) noexcept = default;
team& team::operator=(team&&) noexcept = default;
team::~team() = default;

int processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
  return 1;
}

}  // namespace posdef::internal
