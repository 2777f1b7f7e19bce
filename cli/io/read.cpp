#include "io/read.hpp"

#include <strings.h>

#include "io/file_bytes.hpp"

namespace posdef::tools {

input_file read_matrices(const std::string& path, std::uint64_t memory_limit) {
  constexpr std::string_view mtx_magic = "%%MatrixMarket";
  constexpr std::string_view npy_magic = "\x93NUMPY";
  const file_bytes file(path, memory_limit);
  const std::string_view bytes = file.view();
  if (bytes.empty()) throw input_error(path + ": empty; expected a Matrix Market or .npy file");
  if (bytes.starts_with(npy_magic)) return {read_npy(bytes, path, memory_limit), file_format::npy};
  if (bytes.size() >= mtx_magic.size() && strncasecmp(bytes.data(), mtx_magic.data(), mtx_magic.size()) == 0) {
    return {read_matrix_market(bytes, path, memory_limit), file_format::matrix_market};
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    throw input_error(path + ": byte 0: a UTF-8 byte order mark; expected \"%%MatrixMarket\" with nothing before it");
  }
  throw input_error(path +
                    ": byte 0: neither \"%%MatrixMarket\" nor \"\\x93NUMPY\"; expected a Matrix Market or .npy "
                    "file");
}

}  // namespace posdef::tools
