// Checks before a launch that the device can access the caller's pointers.
//
// A driver query takes some hundred nanoseconds. Valid pointers are cached, because most calls use the same ones.
#pragma once

#include <array>
#include <string_view>

#include "backend/gpu/cuda/handles.hpp"

namespace posdef::internal::cuda {

/// Throws invalid_argument with the name `function` if the stream belongs to another device.
void check_stream(const place& p, cudaStream_t s, std::string_view function);

class pointer_check {
 public:
  /// Checks pointers for work on this stream of this device.
  pointer_check(const place& p, cudaStream_t s) : place_(p), stream_(s) {}
  /// Throws invalid_argument with the names of function and argument.
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
