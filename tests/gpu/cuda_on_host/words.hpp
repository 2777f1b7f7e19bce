// The words of CUDA C++ that the device kernels use, for a C++ compiler on the host: a fiber for each CUDA thread, an
// operating system thread for each block of them (machine.hpp). A source file that includes this one and then the text
// of kernels has them as functions, which know() makes ready to be launched.
//
// Between blocks it takes the memory model at its word: what a block has written is ordered for another one only where
// a RELEASE() stands before the PUBLISH() whose value that one WATCHes. Without it ThreadSanitizer reports a race.
#pragma once

#include <vector_functions.h>

#include <cmath>
#include <cstring>
#include <tuple>

#include "gpu/cuda_on_host/machine.hpp"

// NVIDIA's headers have attributes behind them.
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

/// A launch: the arguments by value, as they are now.
template <class... P>
std::function<void()> bind(void (*f)(P...), void** arguments) {
  std::tuple<P...> values;
  std::size_t i = 0;
  std::apply([&](auto&... v) { (std::memcpy(&v, arguments[i++], sizeof v), ...); }, values);
  return [f, values] { std::apply(f, values); };
}

/// The kernels may be launched by their addresses.
template <class... Kernel>
bool know(Kernel*... f) {
  (add(reinterpret_cast<const void*>(f), [f](void** arguments) { return bind(f, arguments); }), ...);
  return true;
}

}  // namespace cuda_on_host
