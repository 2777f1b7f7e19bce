// The backends that this build has; those that it lacks answer with a reason.
#pragma once

#include <memory>

#include "backend/executor.hpp"

namespace posdef::internal {

/// The executor for a device; throws `unavailable` with the reason where there is none.
template <class T>
std::unique_ptr<executor<T>> make_executor(device d);

}  // namespace posdef::internal
