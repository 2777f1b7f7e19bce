// A team of threads, including the caller, up to a given number.
//
// Work is a list of independent tasks 0..count-1. Every task writes its own results in its own order, so results do not
// depend on the team. The slot number of a task selects the thread's part of the workspace. The other threads of a team
// are workers of the process (workers.hpp); if other callers use them, the caller does more of the tasks. In a child
// process after fork() of a process with workers there are none, so a team has one thread.
#pragma once

#include <memory>

#include "system/index.hpp"

namespace posdef::internal {

class team {
 public:
  /// The calling thread only.
  team();
  /// Starts the threads that do not exist yet. If the system refuses one, the team is smaller.
  explicit team(int threads);
  team(team&&) noexcept;
  team& operator=(team&&) noexcept;
  ~team();

  /// The maximum team size: the number of processors that the calling thread may use.
  static int most();

  int threads() const { return threads_; }

  /// Runs f(task, slot) for every task in [0, count), 0 <= slot < threads(), and returns when all are done. Only one
  /// thread at a time uses a slot. f must not throw, and must not use the same team.
  template <class F>
  void for_each(index count, const F& f) const {
    if (threads_ == 1 || count <= 1) {
      for (index i = 0; i < count; ++i) f(i, 0);
      return;
    }
    run(
        count, [](const void* g, index i, int slot) { (*static_cast<const F*>(g))(i, slot); }, &f);
  }

 private:
  using task = void (*)(const void* f, index i, int slot);
  void run(index count, task call, const void* f) const;

  struct shared;
  int threads_ = 1;
  std::unique_ptr<shared> shared_;
};

}  // namespace posdef::internal
