#include "backend/gpu/cuda/stream.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace posdef::internal::cuda {

void stream::launch(gpu::kernel k, index groups, int items, std::initializer_list<gpu::argument> arguments) {
  if (groups == 0) return;
  if (groups > std::numeric_limits<std::int32_t>::max())
    throw system_failure("posdef: CUDA: batch too large: " + std::to_string(groups) + " thread blocks in one launch");
  constexpr std::size_t most = *std::max_element(std::begin(gpu::kernel_arguments), std::end(gpu::kernel_arguments));
  const auto number = static_cast<std::size_t>(k);
  const auto passed = std::count_if(arguments.begin(), arguments.end(),
                                    [](const auto& a) { return a.is != gpu::argument::kind::local; });
  if (static_cast<std::size_t>(passed) != gpu::kernel_arguments[number])
    throw system_failure(std::string("posdef: CUDA: ") + gpu::kernel_names[number] + " takes " +
                         std::to_string(gpu::kernel_arguments[number]) + " arguments; it was given " +
                         std::to_string(passed));
  void* pointers[most];
  void* list[most];
  std::size_t i = 0, shared = 0;
  for (const auto& a : arguments) {
    if (a.is == gpu::argument::kind::local) {
      shared = a.size;
      continue;
    }
    pointers[i] = reinterpret_cast<void*>(a.memory);
    list[i] = a.is == gpu::argument::kind::buffer ? static_cast<void*>(&pointers[i]) : const_cast<void*>(a.data);
    ++i;
  }
  const on_device here(device_);
  check(cudaLaunchKernel(kernels_[number], dim3(static_cast<unsigned>(groups)), dim3(static_cast<unsigned>(items)),
                         list, shared, stream_),
        "cudaLaunchKernel");
}

void stream::clear(gpu::address a, std::size_t bytes) {
  if (bytes == 0) return;
  const on_device here(device_);
  check(cudaMemsetAsync(reinterpret_cast<void*>(a), 0, bytes, stream_), "cudaMemsetAsync");
}

}  // namespace posdef::internal::cuda
