// Errors without a LAPACK number: no memory for the workspace, or an environment variable with an unavailable value.
// info = -1010, a line on stderr, and the matrix is unchanged.
#include <gtest/gtest.h>

#include <vector>

#include "c_api/failing_new.hpp"
#include "symbols.hpp"

namespace {

const lapack_test::routines<double, std::int32_t> lapack;
constexpr int n = 300;

std::vector<double> identity() {
  std::vector<double> a(n * n);
  for (int i = 0; i < n; ++i) a[static_cast<std::size_t>(i * (n + 1))] = 1;
  return a;
}

TEST(NotCarriedOut, WithoutMemory) {
  setenv("POSDEF_NUM_THREADS", "1", 1);
  std::vector<double> a = identity();
  lapack.factor("potrf", 'L', n, a.data(), n);  // creates what exists once per process
  a[1] = 0.25;
  const std::vector<double> before = a;
  testing::internal::CaptureStderr();
  std::vector<int> infos(100, 1);
  for (int& info : infos) {  // the first, second, ... allocation fails, until all succeed
    fail_at = allocations + (&info - infos.data());
    info = lapack.factor("potrf", 'L', n, a.data(), n);
    fail_at = -1;
    if (info == 0) break;
    EXPECT_EQ(info, -1010);
    EXPECT_EQ(a, before);
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(infos[0], -1010);
  EXPECT_NE(said.find("out of memory"), std::string::npos) << said;
  EXPECT_NE(said.find("DPOTRF"), std::string::npos) << said;
  EXPECT_NE(a, before) << "the last call, in which nothing failed, did not factor";
}

TEST(NotCarriedOut, WithAnUnknownDevice) {
  std::vector<double> a = identity();
  a[1] = 0.25;
  const std::vector<double> before = a;
  setenv("POSDEF_DEVICE", "abacus", 1);
  testing::internal::CaptureStderr();
  EXPECT_EQ(lapack.factor("potrf", 'L', n, a.data(), n), -1010);
  const std::string said = testing::internal::GetCapturedStderr();
  unsetenv("POSDEF_DEVICE");
  EXPECT_NE(said.find("abacus"), std::string::npos) << said;
  EXPECT_EQ(a, before);
  EXPECT_EQ(lapack.factor("potrf", 'L', n, a.data(), n), 0);
}

}  // namespace
