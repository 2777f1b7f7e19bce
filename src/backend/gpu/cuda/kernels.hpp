// The compiled kernels, by type.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/gpu/engine.hpp"

namespace posdef::internal::cuda {

/// Shared memory that every block of threads may have without asking.
inline constexpr std::size_t least_local_bytes = 49152;

/// More than any device has for a block of threads.
inline constexpr std::size_t most_local_bytes = 262144;

/// How a device factors that has so many multiprocessors, and whose blocks of threads can have so many bytes of shared
/// memory. The numbers were measured on an H100 (docs/gpu-notes.md), which has 132 multiprocessors; for devices of
/// other sizes they are predicted, in proportion.
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
  b.spread_bytes = local_bytes / 2 + 16;  // more than half of what they share on a multiprocessor
  return b;
}
/// What workspaces go by, of every device the same: none needs more, whatever is measured there.
template <class T>
constexpr gpu::blocking blocking_for_workspace() {
  auto b = blocking_with<T>(most_local_bytes, 1);
  b.tiles_from = b.block + 1;
  return b;
}

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
