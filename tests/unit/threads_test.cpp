// Teams of threads: every task once, each slot used by one thread at a time, and teams after fork().
#include "system/threads.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "system/processors.hpp"
#include "system/waiting.hpp"
#include "system/workers.hpp"

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

// A worker that sleeps is kept off the processor of its waker, but only until it runs.
TEST(Team, TasksMayUseEveryProcessor) {
  using posdef::internal::processors;
  const team t(2);
  const int all = processors();
  for (const int pause_us : {0, 20, 200, 2000}) {
    std::this_thread::sleep_for(std::chrono::microseconds(pause_us));
    std::atomic<int> fewer{0};
    t.for_each(100, [&](index, int) {
      const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(20);
      while (std::chrono::steady_clock::now() < end) posdef::internal::pause();
      if (processors() != all) ++fewer;
    });
    EXPECT_EQ(fewer, 0) << pause_us;
  }
}

TEST(Team, WorkersBlockSignals) {
  const team t(2);
  if (t.threads() < 2) GTEST_SKIP() << "one processor";
  std::atomic<int> unblocked{0}, asked{0};
  for (int tries = 0; tries < 1000 && asked == 0; ++tries)
    t.for_each(2, [&](index, int slot) {
      if (slot == 0) return std::this_thread::sleep_for(std::chrono::milliseconds(1));
      sigset_t blocked;
      pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
      if (sigismember(&blocked, SIGUSR1) != 1 || sigismember(&blocked, SIGINT) != 1) ++unblocked;
      ++asked;
    });
  EXPECT_GT(asked, 0);
  EXPECT_EQ(unblocked, 0);
}

TEST(Team, ManyCallersAtOnceShareTheWorkers) {
  std::vector<std::thread> crowd;
  std::atomic<int> wrong{0};
  for (int k = 0; k < 6; ++k)
    crowd.emplace_back([&wrong, k] {
      const team t(1 + k % 3);
      for (int repeat = 0; repeat < 200; ++repeat)
        if (!runs_every_task_once(t, 1 + (repeat * 7 + k) % 40)) ++wrong;
    });
  for (auto& c : crowd) c.join();
  EXPECT_EQ(wrong, 0);
}

// Workers that were claimed but not offered a job, or have not begun, are free again after join().
TEST(Worker, AClaimEndsWithoutAJob) {
  auto& pool = posdef::internal::worker_pool::of_process();
  if (pool.grow(1) < 1) GTEST_SKIP() << "no thread can be started";
  std::vector<posdef::internal::worker*> all(static_cast<std::size_t>(pool.size()) + 1);
  for (int repeat = 0; repeat < 100; ++repeat) {
    ASSERT_EQ(pool.claim(pool.size() + 1, all.data()), pool.size());
    EXPECT_EQ(pool.claim(1, &all.back()), 0);
    for (int k = 0; k < pool.size(); ++k) all[static_cast<std::size_t>(k)]->join();
  }
}

// A thread that has lost patience is woken, however long the other one takes.
TEST(MeetingPoint, SleepersSeeTheCondition) {
  posdef::internal::meeting_point m;
  std::atomic<int> turn{0};
  constexpr int rounds = 400;
  std::thread other([&] {
    for (int k = 0; k < rounds; ++k) {
      m.await([&] { return turn == 2 * k + 1; });
      if (k % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
      turn = 2 * k + 2;
      m.announce();
    }
  });
  for (int k = 0; k < rounds; ++k) {
    if (k % 5 == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
    turn = 2 * k + 1;
    m.announce();
    m.await([&] { return turn == 2 * k + 2; });
  }
  other.join();
  EXPECT_EQ(turn, 2 * rounds);
}

// A child that is forked while the first workers start must not wait for them. (ctest runs each test in a process of
// its own, where no worker exists yet.)
TEST(Team, ForkWhileTheFirstWorkersStart) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not follow a fork of a process with threads";
#endif
  std::fflush(nullptr);
  std::atomic<bool> begun{false};
  std::thread first([&] {
    begun = true;
    const team t(2);
  });
  while (!begun) posdef::internal::pause();
  for (int k = 0; k < 10; ++k) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(60);
      const team t(2);
      _exit(runs_every_task_once(t, 100) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  first.join();
}

}  // namespace
