// An unavailable engine. A process reads POSDEF_DEVICE only once, hence a separate program.
#include <cstdlib>

#include "support.hpp"

namespace mluop_test {

TEST(Unavailable, IsAnArchitectureMismatchAndWritesNothing) {
  setenv("POSDEF_DEVICE", "cuda:99", 1);  // no machine has a hundred
  handle h;
  const tensor desc(MLUOP_DTYPE_FLOAT, {2, 2});
  std::vector<float> a = {4, 2, 2, 10}, l(4, 7.0f);
  std::size_t size = 77;
  for (const auto& [status, text] : {heard([&] { return mluOpCholesky(h, desc, a.data(), desc, l.data(), false); }),
                                     heard([&] { return mluOpGetCholeskyWorkspaceSize(desc, &size); })}) {
    EXPECT_EQ(status, MLUOP_STATUS_ARCH_MISMATCH);
    EXPECT_NE(text.find("cuda:99"), std::string::npos) << text;
  }
  EXPECT_EQ(l, std::vector<float>(4, 7.0f));
  EXPECT_EQ(size, 77u);
}

}  // namespace mluop_test
