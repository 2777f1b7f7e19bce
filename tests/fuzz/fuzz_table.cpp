// libFuzzer target: the table reader.
#include "readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  posdef::test::takes(posdef::tools::read_table, {reinterpret_cast<const char*>(data), size});
  return 0;
}
