// Teams of threads: every task once, each slot used by one thread at a time, and teams after fork().
#include "system/threads.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using posdef::internal::index;
using posdef::internal::team;

/// Whether the team runs each of `count` tasks once, in slots below its size that no two tasks use at the same time.
bool runs_every_task_once(const team& t, index count) {
  std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
  std::vector<std::atomic<bool>> held(static_cast<std::size_t>(t.threads()));
  std::atomic<bool> good{true};
  t.for_each(count, [&](index i, int slot) {
    if (slot < 0 || slot >= t.threads() || held[static_cast<std::size_t>(slot)].exchange(true)) good = false;
    ++runs[static_cast<std::size_t>(i)];
    held[static_cast<std::size_t>(slot)] = false;
  });
  for (const auto& r : runs) good = good && r == 1;
  return good;
}

TEST(Team, RunsEveryTaskOnceForEverySize) {
  for (const int threads : {-1, 0, 1, 2, 3, 1000}) {
    const team t(threads);
    EXPECT_GE(t.threads(), 1);
    for (const index count : {0, 1, 2, 1000}) EXPECT_TRUE(runs_every_task_once(t, count)) << threads << " " << count;
  }
  EXPECT_EQ(team().threads(), 1);
}

// The child ends by exit, not by _exit: any forking program may do that.
TEST(Team, WorksAloneAfterFork) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not follow a fork of a process with threads";
#endif
  const team before(2);
  ASSERT_TRUE(runs_every_task_once(before, 100));
  std::fflush(nullptr);  // or the child writes the buffer again
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);  // a child could wait forever for threads that do not exist there
    const team after(2);
    const bool good = runs_every_task_once(before, 100) && after.threads() == 1 && runs_every_task_once(after, 100);
    std::exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
