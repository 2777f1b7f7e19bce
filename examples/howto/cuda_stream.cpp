// On the caller's CUDA stream: the batch stays in device memory, and no call waits. Ends with status 77 without a GPU.
#include <cuda_runtime_api.h>

#include <cstdio>
#include <posdef/cuda.hpp>
#include <vector>

int main() {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return std::puts("no CUDA device"), 77;

  constexpr std::int64_t n = 64, count = 32;
  std::vector<float> a(n * n * count);
  for (std::int64_t m = 0; m < count; ++m)
    for (std::int64_t i = 0; i < n; ++i) a[std::size_t(i * (n + 1) + m * n * n)] = 4;
  float* matrices = nullptr;
  std::int64_t* info = nullptr;
  cudaStream_t stream = nullptr;
  cudaMalloc(reinterpret_cast<void**>(&matrices), a.size() * sizeof(float));
  cudaMalloc(reinterpret_cast<void**>(&info), count * sizeof(std::int64_t));
  cudaStreamCreate(&stream);
  {
    posdef::cuda::plan<float> plan(stream, {.n = n, .batch = count});  // once: its memory is on the current device
    cudaMemcpyAsync(matrices, a.data(), a.size() * sizeof(float), cudaMemcpyHostToDevice, stream);
    plan.cholesky(posdef::col_major(matrices, n).batched(count), info);  // enqueued behind the copy
    cudaMemcpyAsync(a.data(), matrices, a.size() * sizeof(float), cudaMemcpyDeviceToHost, stream);
    cudaStreamSynchronize(stream);  // the one wait; the plan may be destroyed after it
  }
  std::vector<std::int64_t> failed(count);
  cudaMemcpy(failed.data(), info, count * sizeof(std::int64_t), cudaMemcpyDeviceToHost);
  std::printf("L(0,0) = %g, info = %d\n", a[0], int(failed[0]));
  cudaStreamDestroy(stream);
  cudaFree(info);
  cudaFree(matrices);
  return a[0] == 2 && failed[0] == 0 ? 0 : 1;
}
