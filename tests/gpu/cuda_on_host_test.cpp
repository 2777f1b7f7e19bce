// The machine that runs CUDA kernels on the host detects the errors that it is made for.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "gpu/cuda_on_host/words.hpp"

namespace {

constexpr int threads = 64;

template <class F>
void run(long long blocks, std::size_t shared_bytes, F kernel) {
  cuda_on_host::launch(kernel, blocks, threads, shared_bytes);
}

// Each thread of a block reads what the opposite thread wrote.
template <bool ordered>
void turn_around(std::vector<int>& out) {
  run(out.size() / threads, 0, [&] {
    __shared__ int row[threads];
    row[threadIdx.x] = 100 * static_cast<int>(blockIdx.x) + threadIdx.x;
    if (ordered) __syncthreads();
    out[static_cast<std::size_t>(blockIdx.x * threads + threadIdx.x)] = row[threads - 1 - threadIdx.x];
    __syncthreads();
  });
}

// The second block reads what the first block wrote before publishing a number.
template <bool ordered>
int pass_on() {
  static int flag, data;
  flag = data = 0;
  int got = -1;
  run(2, 0, [&] {
    if (threadIdx.x == 0 && blockIdx.x == 0) {
      data = 7;
      if (ordered) RELEASE();
      PUBLISH(&flag, 1)
    }
    while (threadIdx.x == 0 && blockIdx.x == 1 && WATCH(&flag) == 0) {
    }
    __syncthreads();
    if (threadIdx.x == threads - 1 && blockIdx.x == 1) got = data;
  });
  return got;
}

TEST(CudaOnHost, BarriersOrderTheThreadsOfABlock) {
  std::vector<int> out(5 * threads);
  turn_around<true>(out);
  for (int i = 0; i < static_cast<int>(out.size()); ++i)
    ASSERT_EQ(out[static_cast<std::size_t>(i)], 100 * (i / threads) + threads - 1 - i % threads);
}

TEST(CudaOnHost, PublishedDataIsVisibleToAWatchingBlock) { EXPECT_EQ(pass_on<true>(), 7); }

TEST(CudaOnHost, SharedMemoryStartsAsNaN) {
  int numbers = 0;
  run(1, 100 * sizeof(float), [&] {
    LOCAL_OF_LAUNCH(float, memory)
    if (threadIdx.x == 0)
      for (int i = 0; i < 100; ++i) numbers += !std::isnan(memory[i]);
  });
  EXPECT_EQ(numbers, 0);
}

TEST(CudaOnHostDeath, DivergentBarrier) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(run(1, 0,
                   [] {
                     if (threadIdx.x < 5) __syncthreads();
                   }),
               "a barrier that not all threads of the block come to");
}

TEST(CudaOnHostDeath, ReadPastSharedMemory) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(run(1, 64,
                   [] {
                     LOCAL_OF_LAUNCH(float, memory)
                     if (threadIdx.x == 3) memory[16] = 1;
                   }),
               "");
}

#if POSDEF_THREAD_SANITIZER
TEST(CudaOnHostDeath, MissingBarrierIsARace) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto race = [] {
    std::vector<int> out(threads);
    turn_around<false>(out);
    std::exit(0);  // with the sanitizer's status
  };
  EXPECT_EXIT(race(), testing::ExitedWithCode(66), "data race");
}

TEST(CudaOnHostDeath, PublishWithoutReleaseIsARace) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto race = [] {
    pass_on<false>();
    std::exit(0);
  };
  EXPECT_EXIT(race(), testing::ExitedWithCode(66), "data race");
}
#endif

}  // namespace
