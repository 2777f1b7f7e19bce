// The number of threads: each source, and which of them takes precedence.
#include "dispatch/thread_count.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "posdef/posdef.hpp"
#include "system/processors.hpp"

namespace {

using posdef::internal::automatic_threads;

constexpr std::int64_t n = 300, batch = 8;  // enough work for more than one thread

/// Nothing is set, before and after each test. Calls print the size of their team.
struct ThreadCount : testing::Test {
  void SetUp() override { TearDown(); }
  void TearDown() override {
    for (const char* name : {"POSDEF_NUM_THREADS", "OMP_NUM_THREADS", "POSDEF_VERBOSE"}) unsetenv(name);
    posdef::set_num_threads(0);
    posdef::force({});
  }
};

std::vector<double> matrices() {
  std::vector<double> a(n * n * batch);
  for (std::int64_t i = 0; i < n * n * batch; ++i)
    a[static_cast<std::size_t>(i)] = i % (n * n) % (n + 1) == 0 ? 4 : 1 / static_cast<double>(n + i % 7);
  return a;
}

posdef::view<double> view_of(std::vector<double>& a) { return posdef::col_major(a.data(), n).batched(batch); }

/// The number of threads that a call prints.
template <class Call>
int team_of(Call call) {
  setenv("POSDEF_VERBOSE", "1", 1);
  posdef::force({});
  testing::internal::CaptureStderr();
  call();
  const std::string line = testing::internal::GetCapturedStderr();
  const std::size_t end = line.find(" thread");
  if (end == std::string::npos) return 0;
  return std::atoi(line.c_str() + line.rfind(' ', end - 1));
}

int team_of_call(int threads) {
  return team_of([&] {
    std::vector<double> a = matrices();
    posdef::cholesky(view_of(a), {.threads = threads});
  });
}

bool two_processors() { return posdef::internal::processors() >= 2; }

TEST_F(ThreadCount, Variable) {
  setenv("POSDEF_NUM_THREADS", "3", 1);
  EXPECT_EQ(posdef::num_threads(), 3);
  for (const char* bad : {"0", "-1", "two", "3x", " 3", "99999999999"}) {
    setenv("POSDEF_NUM_THREADS", bad, 1);
    try {
      posdef::num_threads();
      ADD_FAILURE() << "accepted: " << bad;
    } catch (const posdef::invalid_argument& e) {
      EXPECT_EQ(e.function(), "POSDEF_NUM_THREADS");
      EXPECT_EQ(e.value(), "\"" + std::string(bad) + "\"");
    }
  }
  setenv("POSDEF_NUM_THREADS", "", 1);
  EXPECT_GE(posdef::num_threads(), 1);
}

TEST_F(ThreadCount, OpenMPsVariable) {
  for (const char* four : {"4", "4,2", " 4 , 2\t", "04", "4,2,1"}) EXPECT_EQ(automatic_threads(four, {}, 8), 4) << four;
  for (const char* ignored :
       {"", " ", "0", "-4", "+4", "four", "4x", "4 2", "4.0", "4,", ",4", "4,,2", "4,0", "4,x", "99999999999"})
    EXPECT_EQ(automatic_threads(ignored, {}, 8), 8) << ignored;
  EXPECT_EQ(automatic_threads("9", {}, 8), 8) << "no more than the processors";
  // read by each call
  const int processors = posdef::internal::processors();
  setenv("OMP_NUM_THREADS", "1,4", 1);
  EXPECT_EQ(posdef::num_threads(), 1);
  setenv("OMP_NUM_THREADS", "9999", 1);
  EXPECT_EQ(posdef::num_threads(), processors);
}

TEST_F(ThreadCount, Quota) {
  EXPECT_EQ(automatic_threads("", 2, 8), 2);
  EXPECT_EQ(automatic_threads("0", 2, 8), 2);
  EXPECT_EQ(automatic_threads("", 9, 8), 8);
  EXPECT_EQ(automatic_threads("4", 2, 8), 4) << "OMP_NUM_THREADS comes before the quota";
  EXPECT_EQ(automatic_threads("1", 2, 8), 1);
}

TEST_F(ThreadCount, Setter) {
  const int automatic = posdef::num_threads();
  EXPECT_EQ(posdef::set_num_threads(5), 0);
  EXPECT_EQ(posdef::num_threads(), 5);
  EXPECT_EQ(posdef::set_num_threads(1), 5);
  EXPECT_EQ(posdef::num_threads(), 1);
  try {
    posdef::set_num_threads(-1);
    ADD_FAILURE() << "accepted";
  } catch (const posdef::invalid_argument& e) {
    EXPECT_STREQ(e.what(), "posdef: set_num_threads: threads is -1; expected 0 or more");
  }
  EXPECT_EQ(posdef::num_threads(), 1) << "unchanged by the error";
  EXPECT_EQ(posdef::set_num_threads(0), 1);
  EXPECT_EQ(posdef::num_threads(), automatic);
}

TEST_F(ThreadCount, Precedence) {
  setenv("OMP_NUM_THREADS", "1", 1);
  EXPECT_EQ(posdef::num_threads(), 1);
  posdef::set_num_threads(2);
  EXPECT_EQ(posdef::num_threads(), 2) << "set_num_threads comes before OMP_NUM_THREADS";
  setenv("POSDEF_NUM_THREADS", "3", 1);
  EXPECT_EQ(posdef::num_threads(), 3) << "POSDEF_NUM_THREADS comes before set_num_threads";
  EXPECT_EQ(posdef::internal::chosen_threads(4), 3) << "POSDEF_NUM_THREADS comes before options.threads";
  EXPECT_EQ(posdef::internal::chosen_threads(0), 3);
  unsetenv("POSDEF_NUM_THREADS");
  EXPECT_EQ(posdef::internal::chosen_threads(4), 4) << "options.threads comes before set_num_threads";
  EXPECT_EQ(posdef::internal::chosen_threads(0), 2);
}

TEST_F(ThreadCount, CallsUseTheNumber) {
  posdef::set_num_threads(1);
  EXPECT_EQ(team_of_call(0), 1);
  posdef::set_num_threads(0);
  setenv("OMP_NUM_THREADS", "1", 1);
  EXPECT_EQ(team_of_call(0), 1);
  if (!two_processors()) GTEST_SKIP() << "one processor";
  EXPECT_EQ(team_of_call(2), 2);
  posdef::set_num_threads(2);
  EXPECT_EQ(team_of_call(0), 2);
  setenv("POSDEF_NUM_THREADS", "1", 1);
  EXPECT_EQ(team_of_call(0), 1);
  EXPECT_EQ(team_of_call(2), 1);
}

TEST_F(ThreadCount, APlanKeepsItsThreads) {
  std::vector<double> a = matrices();
  posdef::set_num_threads(1);
  posdef::plan<double> one({}, {n, batch, 1});
  posdef::set_num_threads(2);
  posdef::plan<double> two({}, {n, batch, 1});
  EXPECT_EQ(team_of([&] { one.cholesky(view_of(a), {}); }), 1);
  if (!two_processors()) GTEST_SKIP() << "one processor";
  posdef::set_num_threads(1);
  a = matrices();
  EXPECT_EQ(team_of([&] { two.cholesky(view_of(a), {}); }), 2);
}

// Results have the same bits while another thread changes the number.
TEST_F(ThreadCount, MayChangeDuringCalls) {
  std::vector<double> expected = matrices();
  posdef::cholesky(view_of(expected), {.threads = 1});
  std::vector<std::thread> callers;
  std::vector<std::vector<double>> results(3, matrices());
  for (auto& a : results) {
    callers.emplace_back([&a] {
      for (int round = 0; round < 5; ++round) {
        a = matrices();
        posdef::cholesky(view_of(a));
      }
    });
  }
  for (int i = 0; i < 1000; ++i) {
    const int threads = i % 3;
    posdef::set_num_threads(threads);
    EXPECT_GE(posdef::num_threads(), 1);
    std::this_thread::yield();
  }
  for (auto& c : callers) c.join();
  for (const auto& a : results) EXPECT_EQ(a, expected);
}

}  // namespace
