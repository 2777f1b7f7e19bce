// The drop-in takes its number of threads from the environment, as every other call does.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "symbols.hpp"

namespace {

constexpr int n = 1000;

/// Factors a diagonal matrix. Returns what POSDEF_VERBOSE=1 prints.
std::string factored() {
  const lapack_test::routines<double, std::int32_t> lapack;
  std::vector<double> a(std::size_t{n} * n);
  for (int i = 0; i < n; ++i) a[static_cast<std::size_t>(i) * (n + 1)] = 4;
  testing::internal::CaptureStderr();
  EXPECT_EQ(lapack.factor("potrf", 'L', n, a.data(), n), 0);
  return testing::internal::GetCapturedStderr();
}

TEST(Threads, ComeFromTheEnvironment) {
  setenv("POSDEF_VERBOSE", "1", 1);  // read by the first call of the process
  unsetenv("POSDEF_NUM_THREADS");
  setenv("OMP_NUM_THREADS", "1", 1);
  std::string line = factored();
  EXPECT_NE(line.find(", 1 thread, "), std::string::npos) << line;
  setenv("OMP_NUM_THREADS", "2,1", 1);
  line = factored();
  if (line.find(", 1 thread, ") != std::string::npos) GTEST_SKIP() << "one processor";
  EXPECT_NE(line.find(", 2 threads, "), std::string::npos) << line;
  setenv("POSDEF_NUM_THREADS", "1", 1);
  line = factored();
  EXPECT_NE(line.find(", 1 thread, "), std::string::npos) << line;
}

}  // namespace
