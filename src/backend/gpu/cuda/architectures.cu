// The architectures that nvcc compiled the kernels for, from its macro: 100·major + 10·minor each.
#include "backend/gpu/cuda/device.hpp"

namespace posdef::internal::cuda {

const compiled_kernels& kernels_compiled() {
  static const compiled_kernels all = [] {
    compiled_kernels k{{}, POSDEF_CUDA_TEXT != 0};
    for (const int a : {__CUDA_ARCH_LIST__}) k.architectures.push_back(a / 10);
    return k;
  }();
  return all;
}

}  // namespace posdef::internal::cuda
