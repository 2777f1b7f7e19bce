// The compiled kernels, by type.
#pragma once

#include <array>
#include <cstddef>

#include "engine/gpu/engine.hpp"

namespace posdef::internal::cuda {

/// Shared memory that every block of threads may have without asking.
inline constexpr std::size_t least_local_bytes = 49152;

/// In the order of gpu::kernel: what cudaLaunchKernel takes.
using kernel_table = std::array<const void*, gpu::kernel_count>;

template <class T>
const kernel_table& kernels_for();
template <>
const kernel_table& kernels_for<float>();
template <>
const kernel_table& kernels_for<double>();
template <>
const kernel_table& kernels_for<std::complex<float>>();
template <>
const kernel_table& kernels_for<std::complex<double>>();

}  // namespace posdef::internal::cuda
