// Concurrency: calls from many threads at once, inside a caller's parallel region, and after fork().
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
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

TEST_P(Sharing, ManyThreadsAtOnceEveryOperationAndType) {
  std::vector<std::thread> crowd;
  std::atomic<int> wrong{0}, done{0};
  const auto work = [&]<class T>(index n, int threads) {
    // The expected bits come from the main thread with the default number of threads.
    const auto a = positive_definite<T>(n);
    auto o = options();
    const auto expected = everything(a, 2, o);
    crowd.emplace_back([&wrong, &done, a, o, expected, threads]() mutable {
      o.threads = threads;
      for (int repeat = 0; repeat < 4; ++repeat) {
        const auto again = everything(a, 2, o);
        wrong += std::memcmp(again.data(), expected.data(), again.size() * sizeof(T)) == 0 ? 0 : 1;
        ++done;
      }
    });
  };
  const index n = reduced() || slow() ? 40 : 250;
  for (const int threads : {1, 2, 3})
    for (const index order : {n, n / 5, n + 13}) {
      work.template operator()<float>(order, threads);
      work.template operator()<std::complex<double>>(order, threads);
    }
  work.template operator()<double>(n, 2);
  work.template operator()<std::complex<float>>(n, 2);
  for (auto& t : crowd) t.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(done, 80);
}

#if defined(_OPENMP)
TEST_P(Sharing, InsideTheCallersParallelRegion) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not see the synchronization inside OpenMP, which this test calls itself";
#endif
  const index n = reduced() || slow() ? 60 : 400;
  const auto a = positive_definite<float>(n);
  const auto expected = factored(a, options());
  std::atomic<int> wrong{0};
#pragma omp parallel for num_threads(4)
  for (int i = 0; i < 8; ++i) {
    auto o = options();
    o.threads = 2;
    if (factored(a, o) != expected) ++wrong;
  }
  EXPECT_EQ(wrong, 0);
}
#endif

TEST_P(Sharing, AfterFork) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not follow a fork of a process with threads";
#endif
  const index n = reduced() || slow() ? 60 : 400;
  const auto a = positive_definite<double>(n);
  auto o = options();
  o.threads = 2;
  const auto expected = factored(a, o);  // the parent's threads exist now
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);  // a child could wait forever for threads that do not exist there
    try {
      _exit(factored(a, o) == expected ? 0 : 1);
    } catch (const posdef::unavailable&) {
      _exit(2);
    }
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  // A device's driver does not work in the child; the engine must report that.
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  EXPECT_TRUE(code == 0 || (code == 2 && has_driver())) << status;
}

}  // namespace conformance
