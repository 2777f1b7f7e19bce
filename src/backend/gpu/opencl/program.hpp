// Compilation of the kernels for a device and an element type.
#pragma once

#include "backend/gpu/opencl/handles.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal::opencl {

/// The platform, device and driver, as a key for caches.
std::string identity_of(cl_device_id device);

/// The source of all kernels in compilation order, generated from kernels/ by the build.
extern const char* const kernel_source;

/// Whether the device is a CPU.
bool is_processor(cl_device_id device);

/// The compiler options for type, sizes and device: "-DPOSDEF_COMPLEX=1 ...".
std::string build_options(cl_device_id device, bool complex, bool wide, const gpu::blocking& b);

/// Loads the program from the disk cache, or compiles it. Throws a posdef::error with the compiler log on failure.
owned_program build_program(cl_context context, cl_device_id device, const std::string& options);

}  // namespace posdef::internal::opencl
