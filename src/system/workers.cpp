#include "system/workers.hpp"

#include <csignal>
#include <mutex>

#include "system/waiting.hpp"

namespace posdef::internal {

namespace {

/// Blocks signals while it exists, except those that an instruction of the thread causes. A thread started meanwhile
/// does not run the program's handlers of the others.
class signals_blocked {
 public:
  signals_blocked() {
    sigset_t all;
    sigfillset(&all);
    for (const int caused : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP}) sigdelset(&all, caused);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

bool worker::claim() {
  int expected = idle;
  return state_.load(std::memory_order_relaxed) == idle &&
         state_.compare_exchange_strong(expected, claimed, std::memory_order_acquire);
}

void worker::offer(job& j, int k) {
  job_ = &j;
  number_ = k;
  if (asleep_ || waits_on_ == current_processor()) apart_.keep(thread_.native_handle());
  state_ = offered;
  if (asleep_) wake_all(state_);
}

/// Takes back a claim or an offer, unless the thread has begun.
bool worker::withdraw() {
  for (const int before : {claimed, offered}) {
    int expected = before;
    if (state_.compare_exchange_strong(expected, idle)) return true;
  }
  return false;
}

void worker::join() {
  if (withdraw()) return;
  if (!spin([&] { return state_.load(std::memory_order_acquire) == done; })) {
    int expected = running;
    state_.compare_exchange_strong(expected, awaited);
    while (state_.load(std::memory_order_acquire) == awaited) sleep_while(state_, awaited);
  }
  state_.store(idle, std::memory_order_release);
}

void worker::wait_for_offer() {
  waits_on_ = current_processor();
  if (spin([&] { return state_.load(std::memory_order_relaxed) == offered; })) return;
  asleep_ = 1;
  wake_all(asleep_);
  for (int now = state_; now != offered; now = state_) sleep_while(state_, now);
  asleep_ = 0;
}

void worker::wait_until_asleep() {
  while (asleep_ == 0) sleep_while(asleep_, 0);
}

void worker::serve() {
  while (true) {
    wait_for_offer();
    int expected = offered;
    if (!state_.compare_exchange_strong(expected, running, std::memory_order_acquire)) continue;
    apart_.release();
    job_->start(*job_, number_);
    if (state_.exchange(done, std::memory_order_acq_rel) == awaited) wake_all(state_);
  }
}

namespace {
constinit worker_pool pool;  // without a destructor: its threads outlive the program's static objects
}  // namespace
worker_pool& worker_pool::of_process() { return pool; }

int worker_pool::grow(int count) {
  if (size() >= count) return size();
  used_ = true;  // before the lock
  static std::mutex guard;
  const std::lock_guard lock(guard);
  worker* started = nullptr;
  try {
    const signals_blocked quiet;
    for (int have = size(); have < count; ++have) {
      auto* const w = new worker;
      w->next = started;
      started = w;
    }
  } catch (...) {  // the system has no thread or memory left
  }
  while (started != nullptr) {
    worker* const w = started;
    started = w->next;
    w->wait_until_asleep();
    w->next = first_.load(std::memory_order_relaxed);
    first_.store(w, std::memory_order_release);
    ++size_;
  }
  return size();
}

int worker_pool::claim(int count, worker** to) {
  int have = 0;
  for (worker* w = first_.load(std::memory_order_acquire); w != nullptr && have < count; w = w->next)
    if (w->claim()) to[have++] = w;
  return have;
}

}  // namespace posdef::internal
