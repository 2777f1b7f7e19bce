// What a .npy file says about its elements.
#ifndef POSDEF_CLI_IO_NPY_HEADER_HPP
#define POSDEF_CLI_IO_NPY_HEADER_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/byte_stream.hpp"

namespace posdef::tools {

struct npy_header {
  std::string descr;  ///< as NumPy writes a type: "<f8"
  bool fortran_order;
  std::vector<std::int64_t> shape;
  std::size_t size;  ///< bytes before the first element
};

/// Leaves `in` at the first element. Throws input_error.
npy_header read_npy_header(byte_stream& in, const std::string& name);

}  // namespace posdef::tools

#endif
