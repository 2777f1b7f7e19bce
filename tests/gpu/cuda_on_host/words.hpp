// The keywords of CUDA C++ that the device kernels use, for a host compiler: a fiber for each CUDA thread, an operating
// system thread for each block (machine.hpp). A source file includes this file and then the kernels, which become
// functions; know() registers them for launching.
//
// Between blocks it applies the memory model strictly: writes of one block are visible to another only if a RELEASE()
// precedes the PUBLISH() of the value that the other block WATCHes. Otherwise ThreadSanitizer reports a race.
#pragma once

#include <vector_functions.h>

#include <cmath>
#include <cstring>
#include <tuple>

#include "gpu/cuda_on_host/machine.hpp"

// NVIDIA's headers use attributes with these names.
#undef __global__
#undef __device__
#undef __shared__
#undef __forceinline__
#undef __launch_bounds__
#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static thread_local  // a block runs on one thread of the operating system

namespace cuda_on_host {
struct index_of_thread {
  operator int() const { return current_thread(); }
};
struct index_of_block {
  operator long long() const { return current_block(); }
};
}  // namespace cuda_on_host
inline constexpr struct { cuda_on_host::index_of_thread x; } threadIdx;
inline constexpr struct { cuda_on_host::index_of_block x; } blockIdx;

inline void __syncthreads() { cuda_on_host::barrier(); }
inline int atomicAdd(int* p, int x) { return __atomic_fetch_add(p, x, __ATOMIC_RELAXED); }
inline double __drcp_rn(double x) { return 1 / x; }
inline float RECIPROCAL(float x) { return 1 / x; }
template <class Real>
Real rsqrt(Real x) {
  return 1 / std::sqrt(x);
}

#define LOCAL_OF_LAUNCH(type, name) type* const name = static_cast<type*>(cuda_on_host::launched_memory());
inline int WATCH(const int* p) {
  const int x = __atomic_load_n(p, __ATOMIC_RELAXED);
  cuda_on_host::watched(p);
  return x;
}
#define RELEASE() cuda_on_host::release()
#define PUBLISH(p, x)                             \
  {                                               \
    cuda_on_host::published(p);                   \
    __atomic_store_n((p), (x), __ATOMIC_RELAXED); \
  }

namespace cuda_on_host {

/// A launch: the arguments by value, with their current values.
template <class... P>
std::function<void()> bind(void (*f)(P...), void** arguments) {
  std::tuple<P...> values;
  std::size_t i = 0;
  std::apply([&](auto&... v) { (std::memcpy(&v, arguments[i++], sizeof v), ...); }, values);
  return [f, values] { std::apply(f, values); };
}

/// Registers the kernels for launching by their addresses.
template <class... Kernel>
bool know(Kernel*... f) {
  (add(reinterpret_cast<const void*>(f), [f](void** arguments) { return bind(f, arguments); }), ...);
  return true;
}

}  // namespace cuda_on_host
