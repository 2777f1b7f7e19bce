// Jobs from host memory on an OpenCL device.
#pragma once

#include <memory>

#include "backend/hybrid/executor.hpp"
#include "posdef/control.hpp"

namespace posdef::internal::opencl {

/// Device number `index`, with the partner's help where there is one. Throws `unavailable`.
template <class T>
std::unique_ptr<executor<T>> make_executor(int index, hybrid::partner<T> with);

/// The lines of posdef::devices().
std::vector<device_info> list_devices();

}  // namespace posdef::internal::opencl
