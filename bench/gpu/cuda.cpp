#include "gpu/cuda.hpp"

#include <posdef/posdef.hpp>

#include "gpu/participants.hpp"
#include "io/matrices.hpp"
#include "posdef/cuda.hpp"

#if POSDEF_ENGINE_CUDA
#include <cuda_runtime_api.h>
#endif

namespace posdef::bench {
namespace {

#if POSDEF_ENGINE_CUDA
void check(cudaError_t code, const char* function) {
  if (code == cudaSuccess) return;
  cudaGetLastError();  // otherwise the next call would report it again
  throw std::runtime_error(std::string("CUDA: ") + function + ": " + cudaGetErrorString(code));
}

class cuda_device final : public accelerator {
 public:
  explicit cuda_device(const device_info& d) : name_(d.device.name()), description_(d.description) {
    check(cudaSetDevice(d.device.index), "cudaSetDevice");
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, d.device.index), "cudaGetDeviceProperties");
    card_ = properties.name;
    cache_ = static_cast<std::size_t>(properties.l2CacheSize);
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    check(cudaEventCreate(&first_), "cudaEventCreate");
    check(cudaEventCreate(&second_), "cudaEventCreate");
  }
  ~cuda_device() override {
    cudaEventDestroy(second_);
    cudaEventDestroy(first_);
    cudaStreamDestroy(stream_);
  }

  std::string name() const override { return name_; }
  std::string card() const override { return card_; }
  std::string description() const override { return description_; }
  std::size_t cache_bytes() const override { return cache_; }
  std::size_t free_bytes() const override {
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
    return free;
  }
  void* stream() const override { return stream_; }

  void* allocate(std::size_t bytes) override {
    void* memory = nullptr;
    check(cudaMalloc(&memory, bytes), "cudaMalloc");
    return memory;
  }
  void release(void* memory) noexcept override { cudaFree(memory); }
  void upload(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "cudaMemcpyAsync");
    wait();
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "cudaMemcpyAsync");
    wait();
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_), "cudaMemcpyAsync");
  }
  void wait() override { check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

  void begin() override { check(cudaEventRecord(first_, stream_), "cudaEventRecord"); }
  void end() override { check(cudaEventRecord(second_, stream_), "cudaEventRecord"); }
  double seconds() override {
    check(cudaEventSynchronize(second_), "cudaEventSynchronize");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, first_, second_), "cudaEventElapsedTime");
    return 1e-3 * static_cast<double>(milliseconds);
  }

 private:
  std::string name_, card_, description_;
  std::size_t cache_ = 0;
  cudaStream_t stream_ = nullptr;
  cudaEvent_t first_ = nullptr, second_ = nullptr;
};
#endif

}  // namespace

std::unique_ptr<accelerator> open_cuda(int index) {
#if POSDEF_ENGINE_CUDA
  return std::make_unique<cuda_device>(available_device({engine::cuda, index}, "CUDA"));
#else
  (void)index;
  throw tools::input_error(
      "bench: no CUDA device: this program was built without the engine \"cuda\"; to build it: "
      "cmake -DPOSDEF_ENGINE_CUDA=ON, with nvcc in PATH");
#endif
}

device_library posdef_on_cuda(accelerator& where) {
  return posdef_by_plan([&where]<scalar T>() {
    return [&where](const cell& c, const buffers<T>& all) -> device_call {
      const options choices{.uplo = c.uplo, .on_failure = on_failure::report};
      const auto stream = static_cast<CUstream_st*>(where.stream());
      const auto plan = std::make_shared<cuda::plan<T>>(stream, shape{.n = c.n, .batch = c.batch}, choices);
      return [plan, all, c](std::int64_t k) {
        plan->cholesky(view<T>(all.of(k), c.n, c.n, 0, c.layout).batched(c.batch));
      };
    };
  });
}

}  // namespace posdef::bench
