// The structure of a tensor descriptor.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "include/mlu_op.h"

struct mluOpTensorStruct {
  mluOpTensorLayout_t layout = MLUOP_LAYOUT_ARRAY;
  mluOpDataType_t dtype = MLUOP_DTYPE_INVALID;
  int dim = 0;
  std::array<std::int64_t, MLUOP_DIM_MAX> dims{};
  std::atomic<std::int64_t> workspace = -1;  ///< result of mluOpGetCholeskyWorkspaceSize in bytes; -1: not called
};
