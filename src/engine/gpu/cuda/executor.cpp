#include "engine/gpu/cuda/executor.hpp"

#include <algorithm>

#include "engine/gpu/cuda/side_lane.hpp"
#include "engine/gpu/cuda/stream.hpp"
#include "engine/gpu/engine.hpp"
#include "engine/gpu/host_jobs.hpp"
#include "engine/memory.hpp"

namespace posdef::internal::cuda {

namespace {

/// Device memory, and as much in host memory for the transfers.
class workplace final : public gpu::workplace {
 public:
  workplace(int device, const kernel_table& kernels)
      : device_(device), owned_(device), stream_(device, owned_.get(), kernels) {}

  gpu::stream& queue() { return stream_; }
  /// Beside the stream, and gone before it.
  std::unique_ptr<gpu::side_lane> make_side_lane() { return std::make_unique<side_lane>(device_, owned_.get()); }

  std::size_t most_bytes() const override {
    const on_device here(device_);
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
    return total / 8;
  }

  void reserve(purpose p, std::size_t bytes) override {
    memory_[p] = memory(device_, bytes);
    if (p != scratch && p != blocks) staging_[p] = buffer(bytes);
  }

  gpu::address at(purpose p) const override { return memory_[p].address(); }

  std::byte* map(purpose p, std::size_t bytes, bool for_writing) override {
    written_[p] = for_writing ? bytes : 0;
    if (!for_writing) {
      const on_device here(device_);
      check(cudaMemcpyAsync(staging_[p].data(), memory_[p].get(), bytes, cudaMemcpyDeviceToHost, owned_.get()),
            "cudaMemcpyAsync");
      check(cudaStreamSynchronize(owned_.get()), "cudaStreamSynchronize");
    }
    return staging_[p].data();
  }

  void unmap(purpose p) override {
    if (written_[p] == 0) return;
    const on_device here(device_);
    check(cudaMemcpyAsync(memory_[p].get(), staging_[p].data(), written_[p], cudaMemcpyHostToDevice, owned_.get()),
          "cudaMemcpyAsync");
  }

 private:
  int device_;
  owned_stream owned_;
  stream stream_;
  memory memory_[purposes];
  buffer staging_[purposes];
  std::size_t written_[purposes] = {};
};

template <class T>
class cuda_executor final : public executor<T> {
 public:
  cuda_executor(int device, hybrid::partner<T> with)
      : blocking_(here(device)), work_(device, kernels_for<T>()), both_(std::move(with), blocking_.block) {}

  std::size_t workspace(index n, index, index, int threads) const override { return both_.workspace(n, threads); }
  void reserve(index n, index nrhs, index batch) override {
    jobs_.reserve(work_, n, nrhs, batch, [&](index k) { return gpu::engine<T>::scratch_bytes(blocking_, n, k); });
    if (both_.together(n)) both_.reserve(work_.make_side_lane(), work_, n, jobs_.piece());
  }
  void run(const job<T>& j, index n, index, const team& all, std::byte* workspace) const override {
    both_.run(jobs_, work_, j, n, all, workspace, [&](index count, gpu::address info, gpu::address scratch) {
      return gpu::engine<T>(work_.queue(), blocking_, n, count, info, scratch);
    });
  }

 private:
  static gpu::blocking here(int device) {
    const on_device current(device);
    return blocking_on<T>(device);
  }

  const gpu::blocking blocking_;
  mutable workplace work_;  // a plan is used by one call at a time
  gpu::host_jobs<T> jobs_;
  mutable hybrid::jobs<T> both_;
};

}  // namespace

template <class T>
std::unique_ptr<executor<T>> make_executor(int index, hybrid::partner<T> with) {
  require_device(index);
  return std::make_unique<cuda_executor<T>>(index, std::move(with));
}

template std::unique_ptr<executor<float>> make_executor(int, hybrid::partner<float>);
template std::unique_ptr<executor<double>> make_executor(int, hybrid::partner<double>);
template std::unique_ptr<executor<std::complex<float>>> make_executor(int, hybrid::partner<std::complex<float>>);
template std::unique_ptr<executor<std::complex<double>>> make_executor(int, hybrid::partner<std::complex<double>>);

}  // namespace posdef::internal::cuda
