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
  // oneTBB complains aloud when asked for more threads than there are processors.
  explicit arena(int threads) : pool(std::min(threads, team::most())) { pool.initialize(); }
  mutable oneapi::tbb::task_arena pool;
};

int team::most() { return oneapi::tbb::info::default_concurrency(); }

team::team(int threads) : threads_(threads > 1 && !forked ? threads : 1) {
  if (threads_ > 1) arena_ = std::make_unique<arena>(threads_);
}

#if defined(POSDEF_THREAD_SANITIZER)
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

/// What one side wrote before `leave` is there for the other after `enter`. oneTBB sees to that by itself, but is not
/// instrumented, so the thread sanitizer has to be told. This file is not instrumented either: the sanitizer would take
/// what it sees of oneTBB's headers for races.
struct happens_before {
#if defined(POSDEF_THREAD_SANITIZER)
  char mark = 0;
  void leave() { __tsan_release(&mark); }
  void enter() { __tsan_acquire(&mark); }
#else
  void leave() {}
  void enter() {}
#endif
};

void team::run(index count, task call, const void* f) const {
  if (forked) {
    for (index i = 0; i < count; ++i) call(f, i, 0);
    return;
  }
  happens_before start, end;
  start.leave();
  arena_->pool.execute([&] {
    // Isolated: while this thread waits for the others it takes no foreign task, so a slot is never entered twice.
    oneapi::tbb::this_task_arena::isolate([&] {
      oneapi::tbb::parallel_for(
          index{0}, count,
          [&](index i) {
            start.enter();
            call(f, i, oneapi::tbb::this_task_arena::current_thread_index());
            end.leave();
          },
          oneapi::tbb::auto_partitioner{});
    });
  });
  end.enter();
}

#else

struct team::arena {};
int team::most() { return 1; }
team::team(int) {}
void team::run(index count, task call, const void* f) const {
  for (index i = 0; i < count; ++i) call(f, i, 0);
}

#endif

team::team() = default;
team& team::operator=(team&&) noexcept = default;
team::~team() = default;

int processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
  return 1;
}

}  // namespace posdef::internal
