// RAII types for OpenCL 1.2 handles, and conversion of error codes to exceptions.
#pragma once

#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>

#include <string>
#include <utility>
#include <vector>

#include "posdef/types.hpp"

namespace posdef::internal::opencl {

/// The name of an error code, "CL_OUT_OF_RESOURCES", or its number if the name is unknown.
std::string error_name(cl_int code);

/// Throws a posdef::error unless the code is CL_SUCCESS: out_of_memory with `bytes` if an allocation failed.
void check(cl_int code, const char* function, std::size_t bytes = 0);

template <class Handle, cl_int (*release)(Handle)>
class owned {
 public:
  owned() = default;
  explicit owned(Handle h) : handle_(h) {}
  ~owned() {
    if (handle_ != nullptr) release(handle_);
  }
  owned(owned&& o) noexcept : handle_(std::exchange(o.handle_, nullptr)) {}
  owned& operator=(owned&& o) noexcept {
    std::swap(handle_, o.handle_);
    return *this;
  }
  Handle get() const { return handle_; }
  /// Returns the handle and gives up ownership.
  [[nodiscard]] Handle release_handle() { return std::exchange(handle_, nullptr); }

 private:
  Handle handle_ = nullptr;
};

using owned_context = owned<cl_context, clReleaseContext>;
using owned_queue = owned<cl_command_queue, clReleaseCommandQueue>;
using owned_program = owned<cl_program, clReleaseProgram>;
using owned_kernel = owned<cl_kernel, clReleaseKernel>;
using owned_memory = owned<cl_mem, clReleaseMemObject>;
using owned_event = owned<cl_event, clReleaseEvent>;

/// A text property of a platform, device or program.
template <class Object, class Property, class Get>
std::string text_of(Get get, Object object, Property property) {
  std::size_t size = 0;
  if (get(object, property, 0, nullptr, &size) != CL_SUCCESS || size == 0) return {};
  std::string text(size, '\0');
  if (get(object, property, size, text.data(), nullptr) != CL_SUCCESS) return {};
  text.resize(text.find('\0') == std::string::npos ? text.size() : text.find('\0'));
  return text;
}
inline std::string device_text(cl_device_id d, cl_device_info what) { return text_of(clGetDeviceInfo, d, what); }

template <class Value>
Value device_value(cl_device_id d, cl_device_info what) {
  Value v{};
  check(clGetDeviceInfo(d, what, sizeof(v), &v, nullptr), "clGetDeviceInfo");
  return v;
}

}  // namespace posdef::internal::opencl
