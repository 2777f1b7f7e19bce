// Builds .npy files as NumPy writes them, with an arbitrary header.
#ifndef POSDEF_TESTS_CLI_NPY_FILE_HPP
#define POSDEF_TESTS_CLI_NPY_FILE_HPP

#include <cstring>
#include <string>
#include <vector>

namespace posdef::test {

inline std::string npy_dictionary(const std::string& descr, const std::string& fortran, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

inline std::string npy_file(const std::string& dictionary, const std::string& data, int version = 1) {
  const std::string header = dictionary + "   \n";
  std::string out = "\x93NUMPY";
  out += static_cast<char>(version);
  out += '\0';
  for (int k = 0; k < (version == 1 ? 2 : 4); ++k) out += static_cast<char>((header.size() >> (8 * k)) & 0xff);
  return out + header + data;
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string out(values.size() * sizeof(T), '\0');
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

}  // namespace posdef::test

#endif
