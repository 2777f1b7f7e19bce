// RAII handles and descriptors, and the stderr output of a call.
#pragma once

#include <gtest/gtest.h>
#include <mlu_op.h>

#include <complex>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace mluop_test {

template <class T>
constexpr mluOpDataType_t dtype_of = std::is_same_v<T, float>    ? MLUOP_DTYPE_FLOAT
                                     : std::is_same_v<T, double> ? MLUOP_DTYPE_DOUBLE
                                                                 : MLUOP_DTYPE_COMPLEX_FLOAT;

class handle {
 public:
  handle() { EXPECT_EQ(mluOpCreate(&handle_), MLUOP_STATUS_SUCCESS); }
  ~handle() { EXPECT_EQ(mluOpDestroy(handle_), MLUOP_STATUS_SUCCESS); }
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  operator mluOpHandle_t() const { return handle_; }

 private:
  mluOpHandle_t handle_ = nullptr;
};

class tensor {
 public:
  tensor(mluOpDataType_t dtype, std::vector<std::int64_t> dims, mluOpTensorLayout_t layout = MLUOP_LAYOUT_ARRAY) {
    EXPECT_EQ(mluOpCreateTensorDescriptor(&desc_), MLUOP_STATUS_SUCCESS);
    EXPECT_EQ(mluOpSetTensorDescriptor_v2(desc_, layout, dtype, static_cast<int>(dims.size()), dims.data()),
              MLUOP_STATUS_SUCCESS);
  }
  ~tensor() { EXPECT_EQ(mluOpDestroyTensorDescriptor(desc_), MLUOP_STATUS_SUCCESS); }
  tensor(const tensor&) = delete;
  tensor& operator=(const tensor&) = delete;
  operator mluOpTensorDescriptor_t() const { return desc_; }

 private:
  mluOpTensorDescriptor_t desc_ = nullptr;
};

template <class T>
float* data(std::vector<T>& v) {
  return reinterpret_cast<float*>(v.data());
}

/// The status of a call, and its stderr output.
template <class Call>
std::pair<mluOpStatus_t, std::string> heard(const Call& call) {
  testing::internal::CaptureStderr();
  const mluOpStatus_t status = call();
  return {status, testing::internal::GetCapturedStderr()};
}

}  // namespace mluop_test
