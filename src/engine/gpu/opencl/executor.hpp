// Jobs from host memory on an OpenCL device.
#pragma once

#include <memory>

#include "plan/executor.hpp"
#include "posdef/control.hpp"

namespace posdef::internal::opencl {

/// Device number `index`. Throws `unavailable`.
template <class T>
std::unique_ptr<executor<T>> make_executor(int index);

/// The lines of posdef::devices().
std::vector<device_info> list_devices();

}  // namespace posdef::internal::opencl
