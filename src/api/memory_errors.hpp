// Conversion of allocation failures to the public out_of_memory.
#pragma once

#include <new>

#include "posdef/types.hpp"

namespace posdef::internal {

/// Returns make(). Converts std::bad_alloc to out_of_memory with `bytes`, which is read when the exception occurs. An
/// out_of_memory passes unchanged.
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
