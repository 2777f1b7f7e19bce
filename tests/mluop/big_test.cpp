// 32 matrices of order 3000: seven gigabytes including the expected results.
#include "accuracy.hpp"

namespace mluop_test {

TEST(Big, ThirtyTwoMatricesOfOrder3000) { expect_accurate<float>(32, 3000); }

}  // namespace mluop_test
