// Living with others: calls from many threads at once, inside a caller's parallel region, and after fork().
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "support.hpp"

namespace conformance {

class Sharing : public OnDevice {};
CONFORMANCE_SUITE(Sharing);

namespace {

template <class T>
std::vector<T> factored(const square<T>& a, const posdef::options& o) {
  auto v = a.v;
  posdef::cholesky(posdef::col_major(v.data(), a.n), o);
  return v;
}

}  // namespace

TEST_P(Sharing, ManyThreadsAtOnce) {
  const index n = reduced() || reference() ? 60 : 400;
  const auto a = positive_definite<double>(n);
  const auto expected = factored(a, options());
  std::vector<std::thread> crowd;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 6; ++t)
    crowd.emplace_back([&, t] {
      auto o = options();
      o.threads = t % 3 + 1;
      for (int repeat = 0; repeat < 4; ++repeat)
        if (factored(a, o) != expected) ++wrong;
    });
  for (auto& t : crowd) t.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(Sharing, InsideTheCallersParallelRegion) {
  const index n = reduced() || reference() ? 60 : 400;
  const auto a = positive_definite<float>(n);
  const auto expected = factored(a, options());
  std::atomic<int> wrong{0};
  oneapi::tbb::parallel_for(0, 8, [&](int) {
    auto o = options();
    o.threads = 2;
    if (factored(a, o) != expected) ++wrong;
  });
  EXPECT_EQ(wrong, 0);
}

TEST_P(Sharing, AfterFork) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not follow a fork of a process with threads";
#endif
  const index n = reduced() || reference() ? 60 : 400;
  const auto a = positive_definite<double>(n);
  auto o = options();
  o.threads = 2;
  const auto expected = factored(a, o);  // the parent's threads exist now
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);  // a child that waits for threads it does not have shall not wait for ever
    _exit(factored(a, o) == expected ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace conformance
