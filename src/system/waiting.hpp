// Waiting for another thread: first without sleep, then asleep.
//
// std::this_thread::yield() does not occur here, and so std::atomic::wait does not, which calls it: where other
// programs use the processor too, Linux lets a thread that yields wait until they have had their time, some
// milliseconds.
#pragma once

#include <atomic>
#include <chrono>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#endif

namespace posdef::internal {

/// How long threads look for something before they sleep: longer than what a program does between the calls of a loop,
/// than most tasks take, and than it takes to wake a thread.
inline constexpr std::chrono::microseconds patience{50};

/// Tells the processor that the thread waits for another one.
inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

/// Waits for `ready()` without sleep, as long as there is patience. Returns its last answer.
template <class F>
bool spin(const F& ready) {
  constexpr int between_clocks = 64;
  const auto look = [&] {
    for (int k = 0; k < between_clocks; ++k) {
      if (ready()) return true;
      pause();
    }
    return false;
  };
  if (look()) return true;
  for (const auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;)
    if (look()) return true;
  return ready();
}

/// Sleeps while x has this value, until it is woken. May return early.
inline void sleep_while(const std::atomic<int>& x, int value) {
#if defined(__linux__)
  static_assert(sizeof x == sizeof(int));
  syscall(SYS_futex, &x, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
#else
  x.wait(value);
#endif
}

/// Wakes all threads that sleep on x, after its value has changed.
inline void wake_all(std::atomic<int>& x) {
#if defined(__linux__)
  syscall(SYS_futex, &x, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
#else
  x.notify_all();
#endif
}

/// Threads that wait for conditions which other threads make true. What a condition reads are atomic variables, read
/// and written in sequentially consistent order: so either the waiting thread sees the change, or the other one the
/// sleeper.
class meeting_point {
 public:
  /// Returns when `ready()`, which must become true before some call of announce().
  template <class F>
  void await(const F& ready) {
    if (spin(ready)) return;
    ++sleepers_;
    while (true) {
      const int before = changes_;
      if (ready()) break;
      sleep_while(changes_, before);
    }
    --sleepers_;
  }
  /// Tells the waiting threads that a condition may have become true.
  void announce() {
    if (sleepers_ == 0) return;
    ++changes_;
    wake_all(changes_);
  }

 private:
  std::atomic<int> sleepers_{0}, changes_{0};
};

}  // namespace posdef::internal
