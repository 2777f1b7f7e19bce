// libFuzzer target: the Matrix Market reader.
#include "readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  posdef::test::takes(posdef::tools::read_matrix_market, {reinterpret_cast<const char*>(data), size});
  return 0;
}
