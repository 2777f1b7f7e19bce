// The one error that the public functions tell a lack of memory by.
#pragma once

#include <new>

#include "posdef/types.hpp"

namespace posdef::internal {

/// make(), where a lack of memory is the documented out_of_memory of `bytes`, read when it happens; one that says how
/// much already stays as it is.
template <class Make>
auto as_out_of_memory(const std::size_t& bytes, const Make& make) -> decltype(make()) {
  try {
    return make();
  } catch (const out_of_memory&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw out_of_memory(bytes);
  }
}

}  // namespace posdef::internal
