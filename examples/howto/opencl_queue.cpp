// On the caller's OpenCL queue: the batch stays in a buffer, and an event tells when it is factored. Ends with status
// 77 where there is no OpenCL device.
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>

#include <cstdio>
#include <posdef/opencl.hpp>
#include <vector>

int main() {
  cl_platform_id platform = nullptr;
  cl_device_id device = nullptr;
  if (clGetPlatformIDs(1, &platform, nullptr) != CL_SUCCESS ||
      clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr) != CL_SUCCESS)
    return std::puts("no OpenCL device"), 77;
  const cl_context context = clCreateContext(nullptr, 1, &device, nullptr, nullptr, nullptr);
  const cl_command_queue queue = clCreateCommandQueue(context, device, 0, nullptr);

  constexpr std::int64_t n = 16, count = 8;
  std::vector<float> a(n * n * count);
  for (std::int64_t m = 0; m < count; ++m)
    for (std::int64_t i = 0; i < n; ++i) a[std::size_t(i * (n + 1) + m * n * n)] = 4;
  const cl_mem buffer = clCreateBuffer(context, CL_MEM_READ_WRITE, a.size() * sizeof(float), nullptr, nullptr);
  {
    posdef::opencl::plan<float> plan(queue, {.n = n, .batch = count});  // once: compiles kernels, takes memory
    cl_event uploaded = nullptr, factored = nullptr;
    clEnqueueWriteBuffer(queue, buffer, CL_FALSE, 0, a.size() * sizeof(float), a.data(), 0, nullptr, &uploaded);
    plan.cholesky(posdef::opencl::col_major<float>(buffer, n).batched(count), {},
                  {.wait = {&uploaded, 1}, .done = &factored});  // enqueued; returns at once
    clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, a.size() * sizeof(float), a.data(), 1, &factored, nullptr);
    clReleaseEvent(uploaded);
    clReleaseEvent(factored);
  }
  std::printf("L(0,0) = %g\n", a[0]);
  clReleaseMemObject(buffer);
  clReleaseCommandQueue(queue);
  clReleaseContext(context);
  return a[0] == 2 ? 0 : 1;
}
