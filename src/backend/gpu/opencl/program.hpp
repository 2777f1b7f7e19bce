// The kernels, compiled for a device and an element type.
#pragma once

#include "backend/gpu/opencl/handles.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal::opencl {

/// Platform, device and driver: all that tells a device apart from what it was or from another one.
std::string identity_of(cl_device_id device);

/// The text of all kernels, in the order in which they are compiled. Made from kernels/ when posdef is built.
extern const char* const kernel_source;

/// Whether the driver calls the device a processor.
bool is_processor(cl_device_id device);

/// "-DPOSDEF_COMPLEX=1 ...": what tells the kernels their type, sizes and device.
std::string build_options(cl_device_id device, bool complex, bool wide, const gpu::blocking& b);

/// From the cache on disk or from the source. Throws posdef::error with the compiler's words where it fails.
owned_program build_program(cl_context context, cl_device_id device, const std::string& options);

}  // namespace posdef::internal::opencl
