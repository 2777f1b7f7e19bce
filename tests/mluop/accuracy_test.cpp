// Typical sizes of operator libraries, lower and upper, in single precision, the only one of such libraries.
#include "accuracy.hpp"

#include <cstdlib>
#include <string_view>

namespace mluop_test {
namespace {

struct size {
  std::int64_t batch;  // 0: a tensor of rank 2
  std::int64_t n;
};

std::string name_of(const testing::TestParamInfo<size>& info) {
  return (info.param.batch == 0 ? "" : std::to_string(info.param.batch) + "x") + std::to_string(info.param.n);
}

struct Accuracy : testing::TestWithParam<size> {
  template <class T>
  void run() {
    const char* const reduced = std::getenv("POSDEF_TEST_REDUCED");
    if (reduced != nullptr && std::string_view(reduced) == "1" && GetParam().n > thorough)
      GTEST_SKIP() << "too large for emulators and sanitizers";
    expect_accurate<T>(GetParam().batch, GetParam().n);
  }
};
struct Float : Accuracy {};
struct ComplexFloat : Accuracy {};

TEST_P(Float, IsAccurate) { run<float>(); }
TEST_P(ComplexFloat, IsAccurate) { run<std::complex<float>>(); }

INSTANTIATE_TEST_SUITE_P(Sizes, Float,
                         testing::Values(size{0, 64}, size{0, 256}, size{0, 1024}, size{0, 3000}, size{2, 8},
                                         size{2, 1000}, size{31, 65}, size{32, 64}, size{16, 512}),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Sizes, ComplexFloat,
                         testing::Values(size{0, 16}, size{0, 64}, size{0, 128}, size{0, 3000}, size{32, 16},
                                         size{32, 64}, size{32, 128}, size{4, 1024}, size{23, 872}),
                         name_of);

}  // namespace
}  // namespace mluop_test
