// The header of a .npy file: type, order and shape of its elements.
#ifndef POSDEF_TOOLS_IO_NPY_HEADER_HPP
#define POSDEF_TOOLS_IO_NPY_HEADER_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/byte_stream.hpp"

namespace posdef::tools {

struct npy_header {
  std::string descr;  ///< NumPy's name of the type: "<f8"
  bool fortran_order;
  std::vector<std::int64_t> shape;
  std::size_t size;  ///< bytes before the first element
};

/// Reads the header and leaves `in` at the first element. Throws input_error.
npy_header read_npy_header(byte_stream& in, const std::string& name);

}  // namespace posdef::tools

#endif
