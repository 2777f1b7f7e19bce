// Rejection of an argument: a line with function and condition, then MLUOP_STATUS_BAD_PARAM.
#pragma once

#include "include/mlu_op.h"

namespace posdef::mluop {

/// Writes "[function] Check failed: condition" to stderr; the condition is a printf format.
[[gnu::format(printf, 2, 3)]] mluOpStatus_t refuse(const char* function, const char* condition, ...);

}  // namespace posdef::mluop

/// Leaves the function with BAD_PARAM unless the condition holds.
#define POSDEF_MLUOP_REQUIRE(function, condition) \
  if (!(condition)) return ::posdef::mluop::refuse(function, "%s", #condition)
