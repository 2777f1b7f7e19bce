// The threads of this process that help its callers.
//
// A worker serves one caller at a time: the caller claims it, a job is offered to it, and the caller joins it. If the
// worker has not begun by then, the offer is withdrawn: no caller waits for a thread that is still waking up. Without a
// job, a worker looks for one for a while, and then sleeps until it is woken.
//
// Linux often queues a woken thread on the processor of the thread that wakes it, although another one is idle, and
// leaves it there, for milliseconds if the waker computes (in virtual machines idle processors look occupied). A
// sleeping worker is therefore excluded from the processor of its waker until it runs, and a waiting one that shares
// the processor of the caller too.
#pragma once

#include <atomic>
#include <thread>

#include "system/processors.hpp"

namespace posdef::internal {

/// What a worker runs: start(self, k) in the k-th worker of a caller, k = 0, 1, ...
struct job {
  void (*start)(job& self, int k);
};

class worker {
 public:
  /// Starts the thread. Throws std::system_error if the system refuses it. A worker is never destroyed, because its
  /// thread runs until the process ends.
  worker() : thread_([this] { serve(); }) {}
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Returns when the new worker sleeps. Before that it may share the processor of its creator for a long time.
  void wait_until_asleep();
  /// Reserves the worker for the calling thread, unless another caller has done so.
  bool claim();
  /// Offers the job to the claimed worker, and wakes it if it sleeps.
  void offer(job& j, int k);
  /// Ends the claim, when the worker does not use a job any more and nobody will offer it one.
  void join();

  worker* next = nullptr;  ///< in the pool

 private:
  /// In `awaited` the worker runs, and the caller sleeps until it is done.
  enum state : int { idle, claimed, offered, running, awaited, done };
  void serve();
  void wait_for_offer();
  bool withdraw();

  std::atomic<int> state_{idle};
  std::atomic<int> asleep_{0};
  std::atomic<int> waits_on_{-1};  ///< the processor on which it began to wait
  // These belong to whoever claimed the worker, and to its thread while it runs.
  job* job_ = nullptr;
  int number_ = 0;
  kept_apart apart_;
  std::thread thread_;
};

/// The workers of the process, in a list that only grows.
class worker_pool {
 public:
  static worker_pool& of_process();

  int size() const { return size_.load(std::memory_order_acquire); }
  /// Whether a thread has begun to start workers. In a child process of fork() they do not exist, and the lock of those
  /// that were being started may be held forever.
  bool used() const { return used_; }

  /// Starts threads until there are `count`, or the system refuses one. Returns how many there are.
  int grow(int count);

  /// Claims up to `count` workers that serve no other caller, stores them, and returns their number.
  int claim(int count, worker** to);

 private:
  std::atomic<worker*> first_{nullptr};
  std::atomic<int> size_{0};
  std::atomic<bool> used_{false};
};

}  // namespace posdef::internal
