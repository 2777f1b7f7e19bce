// If any allocation of a call fails, the call reports it and writes nothing.
#include <algorithm>

#include "c_api/failing_new.hpp"
#include "support.hpp"

namespace mluop_test {
namespace {

/// The statuses of a call whose first, second, ... allocation fails, until it succeeds.
template <class Call>
void expect_failures(const Call& call, long at_least) {
  for (long k = 0;; ++k) {
    fail_at = allocations + k;
    const mluOpStatus_t status = call();
    const bool came_through = allocations <= fail_at;
    fail_at = -1;
    if (came_through) {
      EXPECT_EQ(status, MLUOP_STATUS_SUCCESS);
      EXPECT_GE(k, at_least) << "too few allocations failed";
      return;
    }
    ASSERT_EQ(status, MLUOP_STATUS_ALLOC_FAILED) << "allocation " << k;
  }
}

TEST(Allocation, HandlesAndDescriptors) {
  mluOpHandle_t h = nullptr;
  expect_failures([&] { return mluOpCreate(&h); }, 1);
  mluOpTensorDescriptor_t desc = nullptr;
  expect_failures([&] { return mluOpCreateTensorDescriptor(&desc); }, 1);
  EXPECT_EQ(mluOpDestroyTensorDescriptor(desc), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(mluOpDestroy(h), MLUOP_STATUS_SUCCESS);
}

TEST(Allocation, CholeskyWritesNothingWhenOutOfMemory) {
  handle h;
  const tensor desc(MLUOP_DTYPE_FLOAT, {2, 60, 60});
  std::vector<float> a(7200, 0.0f), l(7200, 7.0f);
  for (std::size_t b = 0; b < 2; ++b)
    for (std::size_t i = 0; i < 60; ++i) a[b * 3600 + i * 61] = 4;
  std::size_t size = 0;
  ASSERT_EQ(mluOpGetCholeskyWorkspaceSize(desc, &size), MLUOP_STATUS_SUCCESS);
  std::vector<std::byte> workspace(size);
  testing::internal::CaptureStderr();
  for (void* const memory : {static_cast<void*>(nullptr), static_cast<void*>(workspace.data())}) {
    std::fill(l.begin(), l.end(), 7.0f);
    bool untouched = true;
    expect_failures(
        [&] {
          const mluOpStatus_t status = mluOpCholesky(h, desc, a.data(), desc, l.data(), false, memory);
          if (status != MLUOP_STATUS_SUCCESS)
            untouched = untouched && std::all_of(l.begin(), l.end(), [](float x) { return x == 7; });
          return status;
        },
        2);
    EXPECT_TRUE(untouched);
    EXPECT_EQ(l[0], 2);
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("[mluOpCholesky] "), std::string::npos);
  EXPECT_NE(text.find("out of memory"), std::string::npos);
}

TEST(Allocation, BatchLargerThanAnyMemory) {
  handle h;
  float a = 4;
  for (const std::int64_t batch : {std::int64_t{1} << 45, std::int64_t{1} << 60}) {
    const tensor desc(MLUOP_DTYPE_FLOAT, {batch, 1, 1});
    // In place, because two arrays of this length would overlap.
    EXPECT_EQ(heard([&] { return mluOpCholesky(h, desc, &a, desc, &a, false); }).first, MLUOP_STATUS_ALLOC_FAILED);
    EXPECT_EQ(a, 4);
  }
}

}  // namespace
}  // namespace mluop_test
