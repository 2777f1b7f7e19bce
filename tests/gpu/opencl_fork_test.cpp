// OpenCL and fork(): a child process has the devices unless its parent used them. A separate program, because listing
// devices already uses them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>

#include "conformance/support.hpp"
#include "posdef/opencl.hpp"

namespace conformance {
namespace {

namespace ocl = posdef::opencl;

const posdef::device device{posdef::engine::opencl, 0};
constexpr int absent = 77;

bool available() {
  for (const auto& d : posdef::devices())
    if (d.device == device) return d.available;
  return false;
}

/// Runs f in a child process. The exit status is 0, or 1 after a failure. The child ends by exit, not by _exit.
template <class F>
int in_child(const F& f) {
  std::fflush(nullptr);  // or the child writes the buffer again
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // a child could wait forever for threads of the driver
    f();
    std::exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

template <class Call>
void factors(const Call& call) {
  const auto a = positive_definite<float>(40);
  auto l = a.v;
  call(posdef::col_major(l.data(), a.n));
  EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * a.n)]; }), 1);
}

template <class Call>
void refused(const Call& call) {
  try {
    call();
    ADD_FAILURE() << "the child got a device that does not work there";
  } catch (const posdef::unavailable& e) {
    EXPECT_STREQ(e.what(),
                 "posdef: engine \"opencl\": it was used before fork(); a driver does not work in the child process");
  }
}

TEST(OpenCLAndFork, ChildHasTheDevicesUnlessTheParentUsedThem) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not follow a fork of a process with threads";
#endif
  const posdef::options on_device{.device = device};
  const auto plainly = [&](posdef::view<float> a) { posdef::cholesky(a, on_device); };
  const int first = in_child([&] {
    if (!available()) std::exit(absent);
    factors(plainly);
  });
  if (first == absent) GTEST_SKIP() << "no OpenCL device, or this process has used it already";
  EXPECT_EQ(first, 0);

  factors(plainly);
  posdef::plan<float> plan(device, {40, 1, 1});
  cl_platform_id platform;
  cl_device_id id;
  ASSERT_EQ(clGetPlatformIDs(1, &platform, nullptr), CL_SUCCESS);
  ASSERT_EQ(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &id, nullptr), CL_SUCCESS);
  const cl_context c = clCreateContext(nullptr, 1, &id, nullptr, nullptr, nullptr);
  const cl_command_queue q = clCreateCommandQueue(c, id, 0, nullptr);
  const cl_mem memory = clCreateBuffer(c, CL_MEM_READ_WRITE, 40 * 40 * sizeof(float), nullptr, nullptr);
  {
    ocl::plan<float> own(q, {40, 1, 1});
    const int second = in_child([&] {
      EXPECT_FALSE(available());
      std::vector<float> a(40 * 40);
      refused([&] { plainly(posdef::col_major(a.data(), 40)); });
      refused([&] { posdef::plan<float>(device, {40, 1, 1}); });
      refused([&] { plan.cholesky(posdef::col_major(a.data(), 40), {}); });
      refused([&] { ocl::plan<float>(q, {40, 1, 1}); });
      refused([&] { own.cholesky(ocl::col_major<float>(memory, 40)); });
    });
    EXPECT_EQ(second, 0);
  }
  clReleaseMemObject(memory);
  clReleaseCommandQueue(q);
  clReleaseContext(c);
  factors([&](posdef::view<float> a) { plan.cholesky(a, {}); });
}

}  // namespace
}  // namespace conformance
