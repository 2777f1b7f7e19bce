// Problems in host memory on a CUDA device.
#pragma once

#include <memory>

#include "backend/hybrid/executor.hpp"

namespace posdef::internal::cuda {

/// The executor of device `index`, with the host `with` for diagonal blocks if set. Throws `unavailable`.
template <class T>
std::unique_ptr<executor<T>> make_executor(int index, hybrid::partner<T> with);

}  // namespace posdef::internal::cuda
