// The compiled kernels of each element type.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/gpu/engine.hpp"

namespace posdef::internal::cuda {

/// The shared memory per thread block that every device supports without opt-in.
inline constexpr std::size_t least_local_bytes = 49152;

/// An upper bound of the shared memory per thread block of any device.
inline constexpr std::size_t most_local_bytes = 262144;

/// The settings for a device with this number of multiprocessors and this shared memory per thread block. Measured on
/// an H100 with 132 multiprocessors (docs/gpu-notes.md); for other devices predicted in proportion.
template <class T>
constexpr gpu::blocking blocking_with(std::size_t local_bytes, int multiprocessors) {
  auto b = gpu::blocking_for<T>(std::max(local_bytes, least_local_bytes));
  constexpr std::int64_t measured_on = 132;
  const auto scaled = [&](std::int64_t x) { return std::max<std::int64_t>(x * multiprocessors / measured_on, 1); };
  b.many = scaled(b.many);
  b.some = scaled(b.some);
  if (gpu::local_layout<T>::tiles_bytes(b.block) > local_bytes) return b;
  b.tiles_from = 2 * b.block + 1;
  b.tiles_to = 8192;
  b.spread = scaled(2048);
  b.spread_bytes = local_bytes / 2 + 16;  // more than half of a multiprocessor's shared memory
  return b;
}
/// The settings for workspace sizes. They are upper bounds for all devices and all measured settings.
template <class T>
constexpr gpu::blocking blocking_for_workspace() {
  auto b = blocking_with<T>(most_local_bytes, 1);
  b.tiles_from = b.block + 1;
  return b;
}

/// The kernel addresses for cudaLaunchKernel, in the order of gpu::kernel.
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
