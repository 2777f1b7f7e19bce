// CUDA and fork(), with the stand-in: a child process has the devices unless its parent used them; then it must not
// call the runtime. A separate program, because listing devices already uses them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "gpu/cuda_stand_in.hpp"
#include "posdef/cuda.hpp"
#include "posdef/posdef.hpp"

namespace posdef {
namespace {

const device on{engine::cuda, stand_in::plain};

/// Runs f in a child process. The exit status is 0, or 1 after a failure.
template <class F>
int in_child(const F& f) {
  std::fflush(nullptr);  // or the child writes the buffer again
  const pid_t child = fork();
  if (child == 0) {
    f();
    std::exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void factor() {
  float a = 4;
  std::int64_t info = -1;
  try_cholesky(col_major(&a, 1), {&info, 1}, {.device = on});
  EXPECT_EQ(info, 0);
}

template <class Call>
void refused(const Call& call) {
  try {
    call();
    ADD_FAILURE() << "the child got a device that does not work there";
  } catch (const unavailable& e) {
    EXPECT_NE(std::string(e.what()).find("used before fork(); a driver does not work in the child process"),
              std::string::npos)
        << e.what();
  }
}

device_info listed() {
  for (const auto& d : devices())
    if (d.device.engine == engine::cuda) return d;
  return {};
}

TEST(CudaAndFork, ChildHasTheDevicesUnlessTheParentUsedThem) {
  ASSERT_EQ(stand_in::all_calls(), 0);
  EXPECT_EQ(in_child([] { factor(); }), 0);

  EXPECT_TRUE(listed().available);  // which is use
  EXPECT_EQ(in_child([] {
              EXPECT_FALSE(listed().available);
              EXPECT_EQ(listed().description, "it was used before fork(); a driver does not work in the child process");
              refused(factor);
            }),
            0);

  factor();
  auto host = std::make_unique<plan<float>>(on, shape{40, 1, 1});
  auto together = std::make_unique<plan<float>>(device{engine::hybrid, stand_in::plain}, shape{400, 1, 1});
  cudaSetDevice(stand_in::plain);
  cudaStream_t s = nullptr;
  float* a = nullptr;
  cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
  cudaMalloc(reinterpret_cast<void**>(&a), 40 * 40 * sizeof(float));
  auto own = std::make_unique<cuda::plan<float>>(s, shape{40, 1, 1});
  own->cholesky(col_major(a, 40));
  const int before = stand_in::all_calls();
  EXPECT_EQ(in_child([&] {
              std::vector<float> m(400 * 400);
              std::int64_t info = 0;
              refused(factor);
              refused([&] { host->cholesky(col_major(m.data(), 40), {&info, 1}); });
              refused([&] { together->cholesky(col_major(m.data(), 400), {&info, 1}); });
              refused([&] { own->cholesky(col_major(a, 40)); });
              refused([&] { cuda::plan<float>(s, {40, 1, 1}); });
              host.reset();
              together.reset();
              own.reset();
              EXPECT_EQ(stand_in::all_calls(), before) << "the child called the driver";
              EXPECT_EQ(in_child([] { refused(factor); }), 0) << "also unavailable in a grandchild";
            }),
            0);
  cudaStreamSynchronize(s);
  factor();
}

}  // namespace
}  // namespace posdef
