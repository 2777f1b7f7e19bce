// A system that starts no more threads: calls use those that exist and give the same bits. The program's own
// pthread_create() fails after a number of threads, for the whole process.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <posdef/posdef.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {
std::atomic<int> allowed{1 << 30}, asked{0};
}

extern "C" int pthread_create(pthread_t* t, const pthread_attr_t* how, void* (*f)(void*), void* x) noexcept {
  using function = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto real = reinterpret_cast<function>(dlsym(RTLD_NEXT, "pthread_create"));
  ++asked;
  return allowed-- > 0 ? real(t, how, f, x) : EAGAIN;
}

namespace {

constexpr std::int64_t n = 700;

std::vector<double> matrices(std::int64_t order, std::int64_t count) {
  std::vector<double> a(static_cast<std::size_t>(order * order * count), 0.5);
  for (std::int64_t b = 0; b < count; ++b)
    for (std::int64_t i = 0; i < order; ++i)
      a[static_cast<std::size_t>(b * order * order + i * (order + 1))] = static_cast<double>(order + i % 7);
  return a;
}

std::vector<double> factored(std::int64_t order, std::int64_t count, int threads) {
  auto a = matrices(order, count);
  posdef_options o = POSDEF_OPTIONS_INIT;
  o.threads = threads;
  posdef_matrix view = posdef_col_major(POSDEF_F64, a.data(), order, order);
  view.batch = count;
  const int status = posdef_cholesky(&view, nullptr, nullptr, &o);
  if (status != POSDEF_SUCCESS) {
    std::fprintf(stderr, "status %d: %s\n", status, posdef_last_error());
    std::exit(1);
  }
  return a;
}

/// Exits with 0 if the results are correct with this number of threads.
void work_with(int threads) {
  const auto one = factored(n, 1, 1), batch = factored(20, 1600, 1);
  allowed = threads;
  for (int repeat = 0; repeat < 3; ++repeat) {
    if (factored(n, 1, 8) != one || factored(20, 1600, 8) != batch) std::exit(2);
  }
  std::exit(0);
}

TEST(RefusedThreadsDeath, WorkIsDoneByTheAvailableThreads) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (int k = 0; k < 12; ++k) EXPECT_EXIT(work_with(k), testing::ExitedWithCode(0), "") << k << " threads";
}

// Otherwise the test above is meaningless.
TEST(RefusedThreads, ThreadsAreRequested) {
  factored(n, 1, 8);
  EXPECT_GT(asked, 0);
}

}  // namespace
