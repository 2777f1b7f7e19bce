#include "backend/gpu/opencl/executor.hpp"

#include "backend/gpu/opencl/buffers.hpp"

namespace posdef::internal::opencl {

namespace {

template <class T>
class opencl_executor final : public executor<T> {
 public:
  opencl_executor(device_state& d, hybrid::partner<T> with)
      : device_(d),
        blocking_(d.blocking<T>()),
        lane_(d.take_lane<T>()),
        work_(d.context(), d.id(), lane_),
        both_(std::move(with), blocking_.block) {}
  ~opencl_executor() override { device_.give_back<T>(std::move(lane_)); }

  std::size_t workspace(index n, index, index, int threads) const override { return both_.workspace(n, threads); }
  void reserve(index n, index nrhs, index batch, bool in_place) override {
    staged_.reserve(work_, n, nrhs, batch, in_place,
                    [&](index k) { return gpu::engine<T>::scratch_bytes(blocking_, n, k); });
    if (both_.together(n)) both_.reserve(work_.make_side_stream(), work_, n, staged_.piece());
  }
  std::string describe(const problem<T>& p) const override { return both_.describe(p.a.rows); }
  void run(const problem<T>& p, index n, index, const team& all, std::byte* workspace) const override {
    refuse_after_fork();
    both_.run(staged_, work_, p, n, all, workspace, [&](index count, gpu::address info, gpu::address scratch) {
      return gpu::engine<T>(work_.queue(), blocking_, n, count, info, scratch);
    });
  }

 private:
  device_state& device_;
  const gpu::blocking blocking_;
  lane lane_;
  mutable staging work_;  // mutable: only one call at a time uses a plan
  gpu::staged_problems<T> staged_;
  mutable hybrid::problems<T> both_;
};

}  // namespace

template <class T>
std::unique_ptr<executor<T>> make_executor(int index, hybrid::partner<T> with) {
  return std::make_unique<opencl_executor<T>>(device_number(index), std::move(with));
}

std::vector<device_info> list_devices() {
  const auto& all = all_devices();
  if (all.empty()) return {{{engine::opencl, 0}, false, no_device_reason()}};
  std::vector<device_info> lines;
  for (const auto d : all) lines.push_back({{engine::opencl, static_cast<int>(lines.size())}, true, describe(d)});
  return lines;
}

template std::unique_ptr<executor<float>> make_executor(int, hybrid::partner<float>);
template std::unique_ptr<executor<double>> make_executor(int, hybrid::partner<double>);
template std::unique_ptr<executor<std::complex<float>>> make_executor(int, hybrid::partner<std::complex<float>>);
template std::unique_ptr<executor<std::complex<double>>> make_executor(int, hybrid::partner<std::complex<double>>);

}  // namespace posdef::internal::opencl
