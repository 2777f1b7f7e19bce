// A CUDA stream as the engine's stream. Addresses are pointers. No function synchronizes, so calls can be captured.
#pragma once

#include "backend/gpu/cuda/handles.hpp"
#include "backend/gpu/cuda/kernels.hpp"

namespace posdef::internal::cuda {

class stream final : public gpu::stream {
 public:
  stream(const place& device, cudaStream_t s, const kernel_table& kernels)
      : device_(device), stream_(s), kernels_(kernels) {}

  void launch(gpu::kernel k, index groups, int items, std::initializer_list<gpu::argument> arguments) override;
  void clear(gpu::address a, std::size_t bytes) override;
  gpu::address offset_bits() const override { return 0; }

 private:
  const place& device_;
  cudaStream_t stream_;
  const kernel_table& kernels_;
};

}  // namespace posdef::internal::cuda
