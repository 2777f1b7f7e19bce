#include "system/threads.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "system/floating_point.hpp"

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
  explicit arena(int threads) : pool(threads) { pool.initialize(); }
  mutable oneapi::tbb::task_arena pool;
};

namespace {

/// How many threads the system lets this process start now, up to `wanted`: they are started, and end at once.
int startable(int wanted) {
  std::mutex gate;
  std::unique_lock closed(gate);
  // oneTBB's threads have stacks of this size.
  constexpr std::size_t stack = std::size_t{4} << 20;
  pthread_attr_t how;
  if (pthread_attr_init(&how) != 0) return 0;
  pthread_attr_setstacksize(&how, stack);
  std::vector<pthread_t> started;
  started.reserve(static_cast<std::size_t>(wanted));
  const auto pass = [](void* g) -> void* {
    const std::lock_guard through(*static_cast<std::mutex*>(g));
    return nullptr;
  };
  pthread_t one;
  while (static_cast<int>(started.size()) < wanted && pthread_create(&one, &how, pass, &gate) == 0)
    started.push_back(one);
  pthread_attr_destroy(&how);
  closed.unlock();
  for (const pthread_t t : started) pthread_join(t, nullptr);
  return static_cast<int>(started.size());
}

/// oneTBB starts threads when there is work. Where the system refuses one (a limit of processes or of memory) it
/// throws, or ends the process if it is a thread of its own that wants more. So a team is no larger than what could be
/// started just now; and its threads are started from here one by one, by work that keeps each until the next one is
/// there.
int team_of(int threads) {
  static std::atomic<int> proven{1};  // a team of this size has its threads
  if (threads <= proven) return threads;
  static std::mutex guard;
  const std::lock_guard lock(guard);
  if (threads <= proven) return threads;
  const int possible = proven + startable(threads - proven);
  // Outlives the call: where all of oneTBB's threads are busy elsewhere, such work is done later.
  static std::atomic<bool> go_home{false};
  go_home = false;
  int have = 1;
  try {
    for (; have < possible; ++have)
      oneapi::tbb::task_arena(1, 0).enqueue([] {
        while (!go_home) std::this_thread::yield();
      });
  } catch (...) {  // somebody else has taken the last ones in between
  }
  go_home = true;
  proven = std::max(have, proven.load());
  return proven;
}

}  // namespace

/// Asked once: oneTBB's first look at the machine takes memory, and if that cannot be had, every later look waits for
/// the first one without end. Then it is not called again, and this process goes on with its callers' threads.
int team::most() {
  static const int most = [] {
    try {
      return oneapi::tbb::info::default_concurrency();
    } catch (...) {
      return 1;
    }
  }();
  return most;
}

team::team(int threads) {
  // oneTBB complains aloud when asked for more threads than there are processors.
  if (threads <= 1 || forked) return;
  threads_ = team_of(std::min(threads, most()));
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
  const auto modes = floating_point::now();
  happens_before start, end;
  start.leave();
  arena_->pool.execute([&] {
    // Isolated: while this thread waits for the others it takes no foreign task, so a slot is never entered twice.
    oneapi::tbb::this_task_arena::isolate([&] {
      oneapi::tbb::parallel_for(
          index{0}, count,
          [&](index i) {
            start.enter();
            const borrowed_modes same(modes);
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
#if defined(__linux__)
  // The system refuses a set that is smaller than its own, which cpu_set_t is from 1025 processors on.
  constexpr std::size_t most = 65536;
  std::array<unsigned long, most / (8 * sizeof(unsigned long))> set{};
  auto* const bits = reinterpret_cast<cpu_set_t*>(set.data());
  return sched_getaffinity(0, sizeof set, bits) == 0 ? std::max(CPU_COUNT_S(sizeof set, bits), 1) : 1;
#else
  return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
#endif
}

}  // namespace posdef::internal
