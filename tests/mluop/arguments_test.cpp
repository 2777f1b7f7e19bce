// Every check of the operator interface: fails with BAD_PARAM and a line with function and condition, before anything
// is written.
#include <limits>

#include "support.hpp"

namespace mluop_test {
namespace {

constexpr std::int64_t large = std::int64_t{1} << 40;

struct Arguments : testing::Test {
  std::vector<float> in = std::vector<float>(64, 1.5f), out = std::vector<float>(64, 2.5f);
  handle h;
  tensor good{MLUOP_DTYPE_FLOAT, {2, 3, 3}};

  template <class Call>
  static void refused(const Call& call, const std::string& line) {
    const auto [status, text] = heard(call);
    EXPECT_EQ(status, MLUOP_STATUS_BAD_PARAM) << line;
    EXPECT_EQ(text, line + "\n");
  }
  void cholesky_refused(mluOpHandle_t with, mluOpTensorDescriptor_t input, float* from, mluOpTensorDescriptor_t output,
                        float* to, const std::string& condition) {
    const std::string line = "[mluOpCholesky] Check failed: " + condition;
    refused([&] { return mluOpCholesky(with, input, from, output, to, false); }, line);
    refused([&] { return mluOpCholesky(with, input, from, output, to, true, nullptr); }, line);
    EXPECT_EQ(in, std::vector<float>(64, 1.5f));
    EXPECT_EQ(out, std::vector<float>(64, 2.5f));
  }
  /// The same descriptor for input and output; the size query rejects it as well.
  void refused_everywhere(const tensor& desc, const std::string& condition) {
    cholesky_refused(h, desc, in.data(), desc, out.data(), condition);
    std::size_t size = 77;
    refused([&] { return mluOpGetCholeskyWorkspaceSize(desc, &size); },
            "[mluOpGetCholeskyWorkspaceSize] Check failed: " + condition);
    EXPECT_EQ(size, 77u);
  }
  void output_refused(const tensor& output, const std::string& condition) {
    cholesky_refused(h, good, in.data(), output, out.data(), condition);
  }
};

TEST_F(Arguments, RejectsNullPointers) {
  cholesky_refused(nullptr, good, in.data(), good, out.data(), "handle != NULL");
  cholesky_refused(h, nullptr, in.data(), good, out.data(), "input_desc != NULL");
  cholesky_refused(h, good, nullptr, good, out.data(), "d_input != NULL");
  cholesky_refused(h, good, in.data(), nullptr, out.data(), "output_desc != NULL");
  cholesky_refused(h, good, in.data(), good, nullptr, "d_output != NULL");
  std::size_t size = 0;
  refused([&] { return mluOpGetCholeskyWorkspaceSize(nullptr, &size); },
          "[mluOpGetCholeskyWorkspaceSize] Check failed: input_desc != NULL");
  refused([&] { return mluOpGetCholeskyWorkspaceSize(good, nullptr); },
          "[mluOpGetCholeskyWorkspaceSize] Check failed: size != NULL");
}

TEST_F(Arguments, RequiresSquareMatricesOfRankTwoOrThree) {
  const std::string rank = "input_desc->dim == 2 || input_desc->dim == 3";
  refused_everywhere({MLUOP_DTYPE_FLOAT, {3}}, rank);
  refused_everywhere({MLUOP_DTYPE_FLOAT, {1, 1, 3, 3}}, rank);
  refused_everywhere({MLUOP_DTYPE_FLOAT, {3, 4}}, "input_desc->dims[0] == input_desc->dims[1] (3 and 4)");
  refused_everywhere({MLUOP_DTYPE_FLOAT, {2, 4, 3}}, "input_desc->dims[1] == input_desc->dims[2] (4 and 3)");
  mluOpTensorDescriptor_t unset = nullptr;
  ASSERT_EQ(mluOpCreateTensorDescriptor(&unset), MLUOP_STATUS_SUCCESS);
  cholesky_refused(h, unset, in.data(), good, out.data(), rank);
  EXPECT_EQ(mluOpDestroyTensorDescriptor(unset), MLUOP_STATUS_SUCCESS);
}

TEST_F(Arguments, RejectsZeroDimensions) {
  refused_everywhere({MLUOP_DTYPE_FLOAT, {0, 0}}, "input_desc->dims[0] > 0");
  refused_everywhere({MLUOP_DTYPE_FLOAT, {3, 0}}, "input_desc->dims[1] > 0");
  refused_everywhere({MLUOP_DTYPE_FLOAT, {0, 3, 3}}, "input_desc->dims[0] > 0");
  refused_everywhere({MLUOP_DTYPE_FLOAT, {2, 0, 3}}, "input_desc->dims[1] > 0");
  refused_everywhere({MLUOP_DTYPE_FLOAT, {2, 3, 0}}, "input_desc->dims[2] > 0");
}

TEST_F(Arguments, RejectsUnsupportedLayoutsAndTypes) {
  refused_everywhere({MLUOP_DTYPE_FLOAT, {3, 3}, MLUOP_LAYOUT_NHWC}, "input_desc->layout == MLUOP_LAYOUT_ARRAY");
  for (const auto dtype : {MLUOP_DTYPE_INVALID, MLUOP_DTYPE_HALF, MLUOP_DTYPE_INT32, MLUOP_DTYPE_COMPLEX_HALF,
                           MLUOP_DTYPE_BFLOAT16, static_cast<mluOpDataType_t>(31)})
    refused_everywhere({dtype, {3, 3}}, "input_desc->dtype is MLUOP_DTYPE_FLOAT, _DOUBLE or _COMPLEX_FLOAT (" +
                                            std::to_string(static_cast<int>(dtype)) + ")");
}

TEST_F(Arguments, RejectsMatricesLargerThanTheAddressSpace) {
  refused_everywhere({MLUOP_DTYPE_FLOAT, {large, large}},
                     "1 matrices of order 1099511627776 fit into 63 bits of address");
  refused_everywhere({MLUOP_DTYPE_COMPLEX_FLOAT, {large, 1 << 20, 1 << 20}},
                     "1099511627776 matrices of order 1048576 fit into 63 bits of address");
}

TEST_F(Arguments, RequiresTheSameDescriptorForOutputAndInput) {
  output_refused({MLUOP_DTYPE_FLOAT, {3, 3}}, "output_desc->dim == input_desc->dim");
  output_refused({MLUOP_DTYPE_FLOAT, {1, 3, 3}}, "output_desc->dims[0] == input_desc->dims[0] (1 and 2)");
  output_refused({MLUOP_DTYPE_FLOAT, {2, 2, 3}}, "output_desc->dims[1] == input_desc->dims[1] (2 and 3)");
  output_refused({MLUOP_DTYPE_FLOAT, {2, 3, 4}}, "output_desc->dims[2] == input_desc->dims[2] (4 and 3)");
  output_refused({MLUOP_DTYPE_COMPLEX_FLOAT, {2, 3, 3}}, "output_desc->dtype == input_desc->dtype");
  output_refused({MLUOP_DTYPE_FLOAT, {2, 3, 3}, MLUOP_LAYOUT_NTC}, "output_desc->layout == MLUOP_LAYOUT_ARRAY");
}

TEST_F(Arguments, RejectsPartialOverlapOfOutputAndInput) {
  for (const std::ptrdiff_t shift : {1, 9, 17})
    for (const auto& [from, to] : {std::pair{in.data(), in.data() + shift}, std::pair{in.data() + shift, in.data()}})
      cholesky_refused(h, good, from, good, to, "d_output is d_input or shares no memory with it");
}

TEST_F(Arguments, HandlesAndQueues) {
  refused([] { return mluOpCreate(nullptr); }, "[mluOpCreate] Check failed: handle != NULL");
  refused([] { return mluOpDestroy(nullptr); }, "[mluOpDestroy] Check failed: handle != NULL");
  refused([] { return mluOpSetQueue(nullptr, nullptr); }, "[mluOpSetQueue] Check failed: handle != NULL");
  cnrtQueue_t queue = nullptr;
  refused([&] { return mluOpGetQueue(nullptr, &queue); }, "[mluOpGetQueue] Check failed: handle != NULL");
  refused([&] { return mluOpGetQueue(h, nullptr); }, "[mluOpGetQueue] Check failed: queue != NULL");
  const auto mine = reinterpret_cast<cnrtQueue_t>(&queue);
  EXPECT_EQ(mluOpSetQueue(h, mine), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(mluOpGetQueue(h, &queue), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(queue, mine);
}

TEST_F(Arguments, RequiresInfoForTheWholeBatch) {
  std::int32_t info[2] = {-7, -7};
  refused([&] { return posdefMluOpGetInfo(nullptr, info, 2); }, "[posdefMluOpGetInfo] Check failed: handle != NULL");
  refused([&] { return posdefMluOpGetInfo(h, nullptr, 2); }, "[posdefMluOpGetInfo] Check failed: info != NULL");
  EXPECT_EQ(posdefMluOpGetInfo(h, info, 0), MLUOP_STATUS_SUCCESS) << "nothing was factored yet";
  heard([&] { return mluOpCholesky(h, good, in.data(), good, out.data(), false); });
  refused([&] { return posdefMluOpGetInfo(h, info, 1); },
          "[posdefMluOpGetInfo] Check failed: n >= 2, the batch of the last call");
  EXPECT_EQ(info[0], -7);
}

TEST_F(Arguments, Descriptors) {
  refused([] { return mluOpCreateTensorDescriptor(nullptr); },
          "[mluOpCreateTensorDescriptor] Check failed: desc != NULL");
  refused([] { return mluOpDestroyTensorDescriptor(nullptr); },
          "[mluOpDestroyTensorDescriptor] Check failed: desc != NULL");
  const std::vector<int> sizes(9, 2);
  const std::vector<std::int64_t> long_sizes(9, 2);
  const auto both = [&](mluOpTensorDescriptor_t desc, int dims, const int* s, const std::int64_t* l,
                        const std::string& condition) {
    refused([&] { return mluOpSetTensorDescriptor(desc, MLUOP_LAYOUT_NTC, MLUOP_DTYPE_HALF, dims, s); },
            "[mluOpSetTensorDescriptor] Check failed: " + condition);
    refused([&] { return mluOpSetTensorDescriptor_v2(desc, MLUOP_LAYOUT_NTC, MLUOP_DTYPE_HALF, dims, l); },
            "[mluOpSetTensorDescriptor_v2] Check failed: " + condition);
  };
  both(nullptr, 2, sizes.data(), long_sizes.data(), "desc != NULL");
  for (const int dims : {-1, 0, 9})
    both(good, dims, sizes.data(), long_sizes.data(), "dimNb >= 1 && dimNb <= MLUOP_DIM_MAX");
  both(good, 2, nullptr, nullptr, "dimSize != NULL");
  const int negative[] = {4, -1};
  const std::int64_t long_negative[] = {4, -1};
  both(good, 2, negative, long_negative, "dimSize[1] >= 0 (-1)");

  // A rejected call leaves the descriptor unchanged.
  mluOpTensorLayout_t layout{};
  mluOpDataType_t dtype{};
  int dim = 0;
  std::vector<std::int64_t> dims(8, -1);
  EXPECT_EQ(mluOpGetTensorDescriptor_v2(good, &layout, &dtype, &dim, dims.data()), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(layout, MLUOP_LAYOUT_ARRAY);
  EXPECT_EQ(dtype, MLUOP_DTYPE_FLOAT);
  EXPECT_EQ(dim, 3);
  EXPECT_EQ(dims, (std::vector<std::int64_t>{2, 3, 3, -1, -1, -1, -1, -1}));
  EXPECT_EQ(mluOpGetTensorDescriptor(good, nullptr, nullptr, nullptr, nullptr), MLUOP_STATUS_SUCCESS);
  refused([&] { return mluOpGetTensorDescriptor(nullptr, &layout, &dtype, &dim, nullptr); },
          "[mluOpGetTensorDescriptor] Check failed: desc != NULL");

  const tensor wide{MLUOP_DTYPE_DOUBLE, {large, 3}};
  int short_dims[] = {-1, -1};
  dim = -1;
  refused([&] { return mluOpGetTensorDescriptor(wide, &layout, &dtype, &dim, short_dims); },
          "[mluOpGetTensorDescriptor] Check failed: desc->dims[0] fits into an int (1099511627776)");
  EXPECT_EQ(dim, -1);
  EXPECT_EQ(short_dims[0], -1);
}

TEST(Words, EveryStatusHasAName) {
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_SUCCESS), "MLUOP_STATUS_SUCCESS");
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_NOT_INITIALIZED), "MLUOP_STATUS_NOT_INITIALIZED");
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_ALLOC_FAILED), "MLUOP_STATUS_ALLOC_FAILED");
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_BAD_PARAM), "MLUOP_STATUS_BAD_PARAM");
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_INTERNAL_ERROR), "MLUOP_STATUS_INTERNAL_ERROR");
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_ARCH_MISMATCH), "MLUOP_STATUS_ARCH_MISMATCH");
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_EXECUTION_FAILED), "MLUOP_STATUS_EXECUTION_FAILED");
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_NOT_SUPPORTED), "MLUOP_STATUS_NOT_SUPPORTED");
  EXPECT_STREQ(mluOpGetErrorString(MLUOP_STATUS_NUMERICAL_OVERFLOW), "MLUOP_STATUS_NUMERICAL_OVERFLOW");
  EXPECT_STREQ(mluOpGetErrorString(static_cast<mluOpStatus_t>(9)), "MLUOP_STATUS_UNKNOWN");
  mluOpGetLibVersion(nullptr, nullptr, nullptr);
}

// These numbers are part of the interface: a program may have been compiled with another header.
static_assert(MLUOP_STATUS_EXECUTION_FAILED == 6 && MLUOP_STATUS_NOT_SUPPORTED == 7 && MLUOP_LAYOUT_ARRAY == 4 &&
              MLUOP_DTYPE_FLOAT == 2 && MLUOP_DTYPE_DOUBLE == 14 && MLUOP_DTYPE_COMPLEX_FLOAT == 16);

}  // namespace
}  // namespace mluop_test
