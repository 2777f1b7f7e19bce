#include "backend/gpu/cuda/executor.hpp"

#include "backend/gpu/cuda/buffers.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal::cuda {

namespace {

template <class T>
class cuda_executor final : public executor<T> {
 public:
  cuda_executor(device_state& d, hybrid::partner<T> with)
      : blocking_(d.blocking<T>()), work_(d, d.kernels<T>()), both_(std::move(with), blocking_.block) {}

  std::size_t workspace(index n, index, index, int threads) const override { return both_.workspace(n, threads); }
  void reserve(index n, index nrhs, index batch, bool in_place) override {
    staged_.reserve(work_, n, nrhs, batch, in_place,
                    [&](index k) { return gpu::engine<T>::scratch_bytes(blocking_, n, k); });
    if (both_.together(n)) both_.reserve(work_.make_side_stream(), work_, n, staged_.piece());
  }
  std::string describe(const problem<T>& p) const override { return both_.describe(p.a.rows); }
  void run(const problem<T>& p, index n, index, const team& all, std::byte* workspace) const override {
    refuse_after_fork();
    try {
      both_.run(staged_, work_, p, n, all, workspace, [&](index count, gpu::address info, gpu::address scratch) {
        return gpu::engine<T>(work_.queue(), blocking_, n, count, info, scratch);
      });
    } catch (...) {
      work_.settle();  // otherwise a transfer could run parallel to those of the next call
      throw;
    }
  }

 private:
  const gpu::blocking blocking_;
  mutable staging work_;  // mutable: only one call at a time uses a plan
  gpu::staged_problems<T> staged_;
  mutable hybrid::problems<T> both_;
};

}  // namespace

template <class T>
std::unique_ptr<executor<T>> make_executor(int index, hybrid::partner<T> with) {
  return std::make_unique<cuda_executor<T>>(device_number(index), std::move(with));
}

template std::unique_ptr<executor<float>> make_executor(int, hybrid::partner<float>);
template std::unique_ptr<executor<double>> make_executor(int, hybrid::partner<double>);
template std::unique_ptr<executor<std::complex<float>>> make_executor(int, hybrid::partner<std::complex<float>>);
template std::unique_ptr<executor<std::complex<double>>> make_executor(int, hybrid::partner<std::complex<double>>);

}  // namespace posdef::internal::cuda
