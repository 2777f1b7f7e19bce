// The backends of this build.
#pragma once

#include "backend/executor.hpp"

namespace posdef::internal {

/// The executor for a device. Throws `unavailable` with the reason if there is none.
template <class T>
executor_pointer<T> make_executor(device d);

}  // namespace posdef::internal
