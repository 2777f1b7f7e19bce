// Problems in host memory on an OpenCL device.
#pragma once

#include <memory>

#include "backend/hybrid/executor.hpp"
#include "posdef/control.hpp"

namespace posdef::internal::opencl {

/// The executor of device `index`, with the host `with` for diagonal blocks if set. Throws `unavailable`.
template <class T>
std::unique_ptr<executor<T>> make_executor(int index, hybrid::partner<T> with);

/// The entries of posdef::devices().
std::vector<device_info> list_devices();

}  // namespace posdef::internal::opencl
