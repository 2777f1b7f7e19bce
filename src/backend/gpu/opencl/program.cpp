#include "backend/gpu/opencl/program.hpp"

#include "backend/gpu/cache.hpp"

namespace posdef::internal::opencl {

bool is_processor(cl_device_id device) {
  return (device_value<cl_device_type>(device, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0;
}

std::string build_options(cl_device_id device, bool complex, bool wide, const gpu::blocking& b) {
  return std::string("-cl-std=CL1.2 -DPOSDEF_COMPLEX=") + (complex ? "1" : "0") +
         " -DPOSDEF_DOUBLE=" + (wide ? "1" : "0") + " -DPOSDEF_BLOCK=" + std::to_string(b.block) +
         " -DPOSDEF_SIDE=" + std::to_string(b.side) + " -DPOSDEF_PROCESSOR=" + (is_processor(device) ? "1" : "0");
}

std::string identity_of(cl_device_id device) {
  const auto platform = device_value<cl_platform_id>(device, CL_DEVICE_PLATFORM);
  std::string key;
  for (const auto what : {CL_PLATFORM_NAME, CL_PLATFORM_VERSION})
    key += text_of(clGetPlatformInfo, platform, static_cast<cl_platform_info>(what)) + "\n";
  for (const auto what : {CL_DEVICE_NAME, CL_DEVICE_VENDOR, CL_DEVICE_VERSION, CL_DRIVER_VERSION})
    key += device_text(device, static_cast<cl_device_info>(what)) + "\n";
  return key;
}

namespace {

/// The cache key: everything that a binary depends on.
std::string key_of(cl_device_id device, const std::string& options) {
  return "posdef " POSDEF_VERSION "\n" + identity_of(device) + options + "\n" + kernel_source;
}

/// The program of a binary, or null if the driver rejects it.
owned_program from_binary(cl_context context, cl_device_id device, const std::string& options,
                          const std::string& binary) {
  const std::size_t size = binary.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(binary.data());
  cl_int status = CL_SUCCESS, code = CL_SUCCESS;
  owned_program p(clCreateProgramWithBinary(context, 1, &device, &size, &bytes, &status, &code));
  if (code != CL_SUCCESS || status != CL_SUCCESS ||
      clBuildProgram(p.get(), 1, &device, options.c_str(), nullptr, nullptr) != CL_SUCCESS)
    return {};
  return p;
}

std::string binary_of(cl_program p) {
  std::size_t size = 0;
  if (clGetProgramInfo(p, CL_PROGRAM_BINARY_SIZES, sizeof(size), &size, nullptr) != CL_SUCCESS) return {};
  std::string binary(size, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(binary.data());
  if (clGetProgramInfo(p, CL_PROGRAM_BINARIES, sizeof(bytes), &bytes, nullptr) != CL_SUCCESS) return {};
  return binary;
}

}  // namespace

owned_program build_program(cl_context context, cl_device_id device, const std::string& options) {
  const std::string key = key_of(device, options);
  if (const auto binary = gpu::load_cached(key))
    if (owned_program p = from_binary(context, device, options, *binary); p.get() != nullptr) return p;
  cl_int code = CL_SUCCESS;
  const char* text = kernel_source;
  owned_program p(clCreateProgramWithSource(context, 1, &text, nullptr, &code));
  check(code, "clCreateProgramWithSource");
  code = clBuildProgram(p.get(), 1, &device, options.c_str(), nullptr, nullptr);
  if (code != CL_SUCCESS) {
    std::size_t size = 0;
    clGetProgramBuildInfo(p.get(), device, CL_PROGRAM_BUILD_LOG, 0, nullptr, &size);
    std::string log(size, '\0');
    clGetProgramBuildInfo(p.get(), device, CL_PROGRAM_BUILD_LOG, size, log.data(), nullptr);
    throw system_failure("posdef: OpenCL: clBuildProgram: " + error_name(code) + " (" + options + ")\n" + log.c_str());
  }
  gpu::store_cached(key, binary_of(p.get()));
  return p;
}

}  // namespace posdef::internal::opencl
