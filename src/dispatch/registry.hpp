// The backends of this build.
#pragma once

#include <memory>

#include "backend/executor.hpp"

namespace posdef::internal {

/// Deletes an executor, unless it is shared by all sessions.
template <class T>
struct release {
  bool owned = true;

  release() = default;
  explicit release(bool owns) : owned(owns) {}
  release(std::default_delete<executor<T>>) {}
  void operator()(executor<T>* e) const {
    if (owned) delete e;
  }
};
template <class T>
using executor_pointer = std::unique_ptr<executor<T>, release<T>>;

/// The executor for a device. Throws `unavailable` with the reason if there is none.
template <class T>
executor_pointer<T> make_executor(device d);

}  // namespace posdef::internal
