// A team of threads: at most so many as it was told, the caller among them.
//
// Work is a list of independent tasks 0..count-1; which thread runs which one is left to oneTBB and must not matter:
// every task writes its own results in its own order, so bits never depend on the team. Inside a task a slot number
// names the thread's share of the workspace. In a child process after fork() oneTBB's workers are gone, so a team works
// alone there.
#pragma once

#include <memory>

#include "system/index.hpp"

namespace posdef::internal {

class team {
 public:
  /// The calling thread alone.
  team();
  explicit team(int threads);
  team& operator=(team&&) noexcept;
  ~team();

  /// The largest team that makes sense: more threads than processors would only wait for one another.
  static int most();

  int threads() const { return threads_; }

  /// Runs f(task, slot) for every task in [0, count), 0 <= slot < threads(); returns when all are done. A slot is held
  /// by one thread at a time. f must not throw.
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

  struct arena;
  int threads_ = 1;
  std::unique_ptr<arena> arena_;
};

/// Threads that options.threads = 0 stands for.
int processors();

}  // namespace posdef::internal
