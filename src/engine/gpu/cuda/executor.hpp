// Jobs from host memory on a CUDA device.
#pragma once

#include <memory>

#include "plan/executor.hpp"

namespace posdef::internal::cuda {

/// Device number `index`. Throws `unavailable`.
template <class T>
std::unique_ptr<executor<T>> make_executor(int index);

}  // namespace posdef::internal::cuda
