// A program that loads the library, calls it with several threads, and unloads it.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <posdef/posdef.h>

#include <chrono>
#include <thread>
#include <vector>

namespace {

int factor(void* library) {
  const auto call = reinterpret_cast<decltype(&posdef_cholesky)>(dlsym(library, "posdef_cholesky"));
  if (call == nullptr) return -1;
  const std::int64_t n = 700;
  std::vector<double> a(static_cast<std::size_t>(n * n), 0.0);
  for (std::int64_t i = 0; i < n; ++i) a[static_cast<std::size_t>(i * (n + 1))] = 4;
  posdef_options o = POSDEF_OPTIONS_INIT;
  o.threads = 8;
  posdef_matrix view = posdef_col_major(POSDEF_F64, a.data(), n, n);
  return call(&view, nullptr, nullptr, &o);
}

TEST(Unload, AfterCallsWithThreads) {
  for (int repeat = 0; repeat < 10; ++repeat) {
    void* const library = dlopen(POSDEF_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << dlerror();
    EXPECT_EQ(factor(library), POSDEF_SUCCESS);
    dlclose(library);
    std::this_thread::sleep_for(std::chrono::milliseconds(repeat % 3 * 20));
  }
}

}  // namespace
