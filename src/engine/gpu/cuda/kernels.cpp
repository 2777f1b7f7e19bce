#include "engine/gpu/cuda/kernels.hpp"

#include "engine/gpu/cuda/device.hpp"

namespace posdef::internal::cuda {

template <class T>
gpu::blocking blocking_on(int device) {
  int bytes = 0;
  check(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device), "cudaDeviceGetAttribute");
  const auto most = std::max(static_cast<std::size_t>(bytes), least_local_bytes);
  const auto b = gpu::blocking_for<T>(most);
  const void* const tile = kernels_for<T>()[static_cast<std::size_t>(gpu::kernel::potrf_tile)];
  check(cudaFuncSetAttribute(tile, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(gpu::local_layout<T>::triangle_bytes(b.tile))),
        "cudaFuncSetAttribute");
  return b;
}

template gpu::blocking blocking_on<float>(int);
template gpu::blocking blocking_on<double>(int);
template gpu::blocking blocking_on<std::complex<float>>(int);
template gpu::blocking blocking_on<std::complex<double>>(int);

}  // namespace posdef::internal::cuda
