// libFuzzer target: the .npy reader.
#include "readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  posdef::test::takes(posdef::test::read_npy_bytes, {reinterpret_cast<const char*>(data), size});
  return 0;
}
