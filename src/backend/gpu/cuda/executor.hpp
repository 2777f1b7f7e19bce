// Jobs from host memory on a CUDA device.
#pragma once

#include <memory>

#include "backend/hybrid/executor.hpp"

namespace posdef::internal::cuda {

/// Device number `index`, with the partner's help where there is one. Throws `unavailable`.
template <class T>
std::unique_ptr<executor<T>> make_executor(int index, hybrid::partner<T> with);

}  // namespace posdef::internal::cuda
