#include "system/threads.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "system/floating_point.hpp"
#include "system/processors.hpp"
#include "system/workers.hpp"

namespace posdef::internal {

namespace {
// True in a child process of fork() if its parent had begun to start workers, which do not exist in the child.
std::atomic<bool> forked{false};
[[maybe_unused]] const int watch_fork =
    pthread_atfork(nullptr, nullptr, [] { forked = forked || worker_pool::of_process().used(); });

/// The number of threads that are in `run`: callers and their workers.
std::atomic<int> busy{0};
/// The number of workers that all teams together could use.
std::atomic<int> promised{0};
}  // namespace

/// The tasks of one for_each, and the workers that help.
///
/// Each slot starts with its own range of neighbouring tasks, so that a repeated call finds its matrices in the same
/// processor's cache. Then it helps with the ranges of the others.
struct team::shared : job {
  shared(int threads, int most)
      : job{help}, processors(most), ranges(static_cast<std::size_t>(threads)), workers(ranges.size() - 1) {
    promised += threads - 1;
  }
  ~shared() { promised -= static_cast<int>(workers.size()); }
  shared(const shared&) = delete;
  shared& operator=(const shared&) = delete;

  struct alignas(64) range {
    std::atomic<index> next{0};
    index end = 0;
  };

  void divide(index count) {
    const auto slots = static_cast<index>(ranges.size());
    for (index s = 0; s < slots; ++s) {
      range& r = ranges[static_cast<std::size_t>(s)];
      r.next.store(share(count, s), std::memory_order_relaxed);
      r.end = share(count, s + 1);
    }
  }
  /// count·s/slots without overflow.
  index share(index count, index s) const {
    const auto slots = static_cast<index>(ranges.size());
    return count / slots * s + count % slots * s / slots;
  }

  void take_tasks(int slot) {
    const std::size_t slots = ranges.size(), first = static_cast<std::size_t>(slot);
    for (std::size_t s = 0; s < slots; ++s) {
      range& r = ranges[(first + s) % slots];
      for (index i = 0; (i = r.next.fetch_add(1, std::memory_order_relaxed)) < r.end;) call(f, i, slot);
    }
  }

  /// Offers this job to the workers k and k + 1. Worker k does that for 2k + 2 and 2k + 3, so that the last one is
  /// woken after few steps.
  void offer(int k) {
    for (int child = k; child < std::min(k + 2, helpers); ++child) at(child)->offer(*this, child);
  }
  static void help(job& self, int k) {
    auto& s = static_cast<shared&>(self);
    s.offer(2 * k + 2);
    const borrowed_modes same(s.modes);
    s.take_tasks(k + 1);
  }
  worker*& at(int k) { return workers[static_cast<std::size_t>(k)]; }

  const int processors;  ///< of the thread that made the team
  std::vector<range> ranges;
  std::vector<worker*> workers;
  int helpers = 0;  ///< the number of workers in use
  task call = nullptr;
  const void* f = nullptr;
  floating_point modes = floating_point::now();
};

int team::most() { return processors(); }

/// Starts as many workers as all teams could use at the same time, but no more than there are processors for.
team::team(int threads) {
  if (threads <= 1 || forked) return;
  const int processors = most();
  threads = std::min(threads, processors);
  if (threads <= 1) return;
  const int useful = std::clamp(promised + threads - 1, threads - 1, processors - 1);
  threads_ = std::min(threads, 1 + worker_pool::of_process().grow(useful));
  if (threads_ > 1) shared_ = std::make_unique<shared>(threads_, processors);
}

void team::run(index count, task call, const void* f) const {
  if (forked) {
    for (index i = 0; i < count; ++i) call(f, i, 0);
    return;
  }
  shared& s = *shared_;
  s.call = call;
  s.f = f;
  s.modes = floating_point::now();
  s.divide(count);
  // Callers that compute at the same time together use no more threads than there are processors, except for a moment.
  const int free = s.processors - 1 - busy.fetch_add(1, std::memory_order_relaxed);
  const auto wanted = static_cast<int>(std::min<index>({threads_ - 1, count - 1, std::max(free, 0)}));
  s.helpers = worker_pool::of_process().claim(wanted, s.workers.data());
  busy.fetch_add(s.helpers, std::memory_order_relaxed);
  s.offer(0);
  s.take_tasks(0);
  for (int k = 0; k < s.helpers; ++k) s.at(k)->join();  // in this order, because k offers only to later ones
  busy.fetch_sub(1 + s.helpers, std::memory_order_relaxed);
}

team::team() = default;
team::team(team&& o) noexcept : threads_(std::exchange(o.threads_, 1)), shared_(std::move(o.shared_)) {}
team& team::operator=(team&& o) noexcept {
  threads_ = std::exchange(o.threads_, 1);
  shared_ = std::move(o.shared_);
  return *this;
}
team::~team() = default;

}  // namespace posdef::internal
