// Whether kernels on a device can follow a caller's pointer, asked before anything is enqueued.
//
// The driver's answer takes some hundred nanoseconds, so those that were good are remembered: a plan is mostly called
// with the same ones.
#pragma once

#include <array>
#include <string_view>

#include "backend/gpu/cuda/handles.hpp"

namespace posdef::internal::cuda {

/// Throws invalid_argument in the name of `function` where the stream is one of another device.
void check_stream(const place& p, cudaStream_t s, std::string_view function);

class pointer_check {
 public:
  /// For work on this stream of this device.
  pointer_check(const place& p, cudaStream_t s) : place_(p), stream_(s) {}
  /// Throws invalid_argument in the names of function and argument.
  void operator()(std::string_view function, std::string_view argument, const void* p);

 private:
  void ask(std::string_view function, std::string_view argument, const void* p);
  bool capturing() const;

  const place& place_;
  const cudaStream_t stream_;
  std::array<const void*, 8> good_{};
  std::size_t next_ = 0;
};

}  // namespace posdef::internal::cuda
