// Tensor descriptors, with 32-bit sizes and, in the newer _v2 functions, 64-bit sizes.
#include "tensor.hpp"

#include <algorithm>
#include <cinttypes>
#include <limits>
#include <new>

#include "check.hpp"

namespace {

using posdef::mluop::refuse;

template <class Int>
mluOpStatus_t set(const char* function, mluOpTensorDescriptor_t desc, mluOpTensorLayout_t layout, mluOpDataType_t dtype,
                  int dimNb, const Int* dimSize) {
  POSDEF_MLUOP_REQUIRE(function, desc != NULL);
  POSDEF_MLUOP_REQUIRE(function, dimNb >= 1 && dimNb <= MLUOP_DIM_MAX);
  POSDEF_MLUOP_REQUIRE(function, dimSize != NULL);
  for (int i = 0; i < dimNb; ++i)
    if (dimSize[i] < 0) return refuse(function, "dimSize[%d] >= 0 (%" PRId64 ")", i, std::int64_t{dimSize[i]});
  desc->layout = layout;
  desc->dtype = dtype;
  desc->dim = dimNb;
  std::copy_n(dimSize, dimNb, desc->dims.begin());
  desc->workspace = -1;
  return MLUOP_STATUS_SUCCESS;
}

template <class Int>
mluOpStatus_t get(const char* function, const mluOpTensorDescriptor_t desc, mluOpTensorLayout_t* layout,
                  mluOpDataType_t* dtype, int* dimNb, Int* dimSize) {
  POSDEF_MLUOP_REQUIRE(function, desc != NULL);
  if (dimSize != nullptr) {
    constexpr std::int64_t largest = std::numeric_limits<Int>::max();
    for (int i = 0; i < desc->dim; ++i) {
      const std::int64_t size = desc->dims[static_cast<std::size_t>(i)];
      if (size > largest) return refuse(function, "desc->dims[%d] fits into an int (%" PRId64 ")", i, size);
    }
    std::transform(desc->dims.begin(), desc->dims.begin() + desc->dim, dimSize,
                   [](std::int64_t size) { return static_cast<Int>(size); });
  }
  if (layout != nullptr) *layout = desc->layout;
  if (dtype != nullptr) *dtype = desc->dtype;
  if (dimNb != nullptr) *dimNb = desc->dim;
  return MLUOP_STATUS_SUCCESS;
}

}  // namespace

mluOpStatus_t mluOpCreateTensorDescriptor(mluOpTensorDescriptor_t* desc) {
  POSDEF_MLUOP_REQUIRE("mluOpCreateTensorDescriptor", desc != NULL);
  auto* const made = new (std::nothrow) mluOpTensorStruct;
  if (made == nullptr) return MLUOP_STATUS_ALLOC_FAILED;
  *desc = made;
  return MLUOP_STATUS_SUCCESS;
}

mluOpStatus_t mluOpDestroyTensorDescriptor(mluOpTensorDescriptor_t desc) {
  POSDEF_MLUOP_REQUIRE("mluOpDestroyTensorDescriptor", desc != NULL);
  delete desc;
  return MLUOP_STATUS_SUCCESS;
}

mluOpStatus_t mluOpSetTensorDescriptor(mluOpTensorDescriptor_t desc, mluOpTensorLayout_t layout, mluOpDataType_t dtype,
                                       int dimNb, const int dimSize[]) {
  return set("mluOpSetTensorDescriptor", desc, layout, dtype, dimNb, dimSize);
}

mluOpStatus_t mluOpSetTensorDescriptor_v2(mluOpTensorDescriptor_t desc, mluOpTensorLayout_t layout,
                                          mluOpDataType_t dtype, int dimNb, const std::int64_t dimSize[]) {
  return set("mluOpSetTensorDescriptor_v2", desc, layout, dtype, dimNb, dimSize);
}

mluOpStatus_t mluOpGetTensorDescriptor(const mluOpTensorDescriptor_t desc, mluOpTensorLayout_t* layout,
                                       mluOpDataType_t* dtype, int* dimNb, int dimSize[]) {
  return get("mluOpGetTensorDescriptor", desc, layout, dtype, dimNb, dimSize);
}

mluOpStatus_t mluOpGetTensorDescriptor_v2(const mluOpTensorDescriptor_t desc, mluOpTensorLayout_t* layout,
                                          mluOpDataType_t* dtype, int* dimNb, std::int64_t dimSize[]) {
  return get("mluOpGetTensorDescriptor_v2", desc, layout, dtype, dimNb, dimSize);
}
