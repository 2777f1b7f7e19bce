// The structure of a handle.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "include/mlu_op.h"

struct mluOpContext {
  std::mutex guard;  // protects the following members
  cnrtQueue_t queue = nullptr;
  std::vector<std::int64_t> info;  // of the last executed call
};
