// The type of sizes and strides, counted in elements.
#pragma once

#include <cstdint>

namespace posdef::internal {

using index = std::int64_t;

}  // namespace posdef::internal
