#include "backend/gpu/opencl/handles.hpp"

namespace posdef::internal::opencl {

std::string error_name(cl_int code) {
#define POSDEF_NAME(name) \
  case name: return #name
  switch (code) {
    POSDEF_NAME(CL_DEVICE_NOT_FOUND);
    POSDEF_NAME(CL_DEVICE_NOT_AVAILABLE);
    POSDEF_NAME(CL_COMPILER_NOT_AVAILABLE);
    POSDEF_NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE);
    POSDEF_NAME(CL_OUT_OF_RESOURCES);
    POSDEF_NAME(CL_OUT_OF_HOST_MEMORY);
    POSDEF_NAME(CL_BUILD_PROGRAM_FAILURE);
    POSDEF_NAME(CL_MAP_FAILURE);
    POSDEF_NAME(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
    POSDEF_NAME(CL_INVALID_VALUE);
    POSDEF_NAME(CL_INVALID_DEVICE);
    POSDEF_NAME(CL_INVALID_CONTEXT);
    POSDEF_NAME(CL_INVALID_COMMAND_QUEUE);
    POSDEF_NAME(CL_INVALID_MEM_OBJECT);
    POSDEF_NAME(CL_INVALID_BINARY);
    POSDEF_NAME(CL_INVALID_BUILD_OPTIONS);
    POSDEF_NAME(CL_INVALID_PROGRAM_EXECUTABLE);
    POSDEF_NAME(CL_INVALID_KERNEL_NAME);
    POSDEF_NAME(CL_INVALID_KERNEL_ARGS);
    POSDEF_NAME(CL_INVALID_ARG_SIZE);
    POSDEF_NAME(CL_INVALID_WORK_GROUP_SIZE);
    POSDEF_NAME(CL_INVALID_EVENT_WAIT_LIST);
    POSDEF_NAME(CL_INVALID_BUFFER_SIZE);
    default: return "error " + std::to_string(code);
  }
#undef POSDEF_NAME
}

void check(cl_int code, const char* function, std::size_t bytes) {
  if (code == CL_SUCCESS) return;
  const bool memory =
      code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_HOST_MEMORY || code == CL_INVALID_BUFFER_SIZE;
  if (bytes > 0 && (memory || code == CL_OUT_OF_RESOURCES)) throw out_of_memory(bytes);
  throw system_failure("posdef: OpenCL: " + std::string(function) + ": " + error_name(code));
}

}  // namespace posdef::internal::opencl
