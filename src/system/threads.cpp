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
// True in every child process of fork(), where oneTBB's threads do not exist.
std::atomic<bool> forked{false};
[[maybe_unused]] const int watch_fork = pthread_atfork(nullptr, nullptr, [] { forked = true; });
}  // namespace

#if POSDEF_ENGINE_CPU

struct team::arena {
  explicit arena(int threads) : pool(threads) { pool.initialize(); }
  mutable oneapi::tbb::task_arena pool;
};

namespace {

/// The number of threads, up to `wanted`, that the system can start now. Starts them and ends them immediately.
int startable(int wanted) {
  std::mutex gate;
  std::unique_lock closed(gate);
  // the stack size of oneTBB's threads
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

/// oneTBB starts threads when there is work. If the system refuses a thread (a limit of processes or memory), oneTBB
/// throws, or aborts the process if one of its own threads made the request. A team is therefore not larger than the
/// number of threads that could be started just before. The threads are started here one by one, with tasks that occupy
/// each thread until all have started.
int team_of(int threads) {
  static std::atomic<int> proven{1};  // teams up to this size have all their threads
  if (threads <= proven) return threads;
  static std::mutex guard;
  const std::lock_guard lock(guard);
  if (threads <= proven) return threads;
  const int possible = proven + startable(threads - proven);
  // Static, because if all of oneTBB's threads are busy, such a task may run after the call.
  static std::atomic<bool> go_home{false};
  go_home = false;
  int have = 1;
  try {
    for (; have < possible; ++have)
      oneapi::tbb::task_arena(1, 0).enqueue([] {
        while (!go_home) std::this_thread::yield();
      });
  } catch (...) {  // another program started the last available threads in between
  }
  go_home = true;
  proven = std::max(have, proven.load());
  return proven;
}

}  // namespace

/// Queried once. The first query of oneTBB allocates memory; if this fails, every later query waits forever. In that
/// case oneTBB is not called again, and the process uses only its callers' threads.
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
  // oneTBB prints a warning if it gets more threads than there are processors.
  if (threads <= 1 || forked) return;
  threads_ = team_of(std::min(threads, most()));
  if (threads_ > 1) arena_ = std::make_unique<arena>(threads_);
}

#if defined(POSDEF_THREAD_SANITIZER)
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

/// Writes before `leave` are visible after `enter`. oneTBB guarantees this. It is not instrumented, so the thread
/// sanitizer needs these annotations. This file is not instrumented either, because the sanitizer would report false
/// races in oneTBB's headers.
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
    // Isolated: while this thread waits it runs no unrelated task, so no slot is used twice at a time.
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
  // The system call fails if the set is smaller than the kernel's, which exceeds cpu_set_t from 1025 processors on.
  constexpr std::size_t most = 65536;
  std::array<unsigned long, most / (8 * sizeof(unsigned long))> set{};
  auto* const bits = reinterpret_cast<cpu_set_t*>(set.data());
  return sched_getaffinity(0, sizeof set, bits) == 0 ? std::max(CPU_COUNT_S(sizeof set, bits), 1) : 1;
#else
  return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
#endif
}

}  // namespace posdef::internal
