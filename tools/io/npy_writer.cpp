// Writes .npy, version 1.0; npy_header.cpp describes the format.
#include <algorithm>
#include <bit>

#include "io/transfer.hpp"
#include "io/write.hpp"

namespace posdef::tools {
namespace {

template <scalar T>
void write(output_file& out, const matrices<T>& m) {
  const bool fortran = m.order == layout::col_major && m.batch == 1;
  std::string shape;
  for (const std::int64_t size : m.leading) shape += std::to_string(size) + ", ";
  shape += std::to_string(m.rows) + ",";
  if (!m.vector) shape += " " + std::to_string(m.cols);
  std::string header = std::string("{'descr': '") + (std::endian::native == std::endian::little ? '<' : '>') +
                       (is_complex<T> ? 'c' : 'f') + std::to_string(sizeof(T)) +
                       "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" + shape + "), }";
  constexpr std::size_t before = 10;  // magic, version, length
  constexpr std::size_t alignment = 64;
  header.append(alignment - 1 - (before + header.size()) % alignment, ' ');
  header += '\n';
  out.write("\x93NUMPY");
  const char prefix[4] = {1, 0, static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  out.write(std::string_view(prefix, sizeof prefix));
  out.write(header);

  const auto bytes_of = [](const T* from, std::int64_t count) {
    return std::string_view(reinterpret_cast<const char*>(from), static_cast<std::size_t>(count) * sizeof(T));
  };
  if (fortran || m.order == layout::row_major) {
    // In pieces, because the writer buffers them.
    constexpr std::int64_t piece = 1 << 16;
    transfer::begin(static_cast<std::uint64_t>(m.elements.size()));
    for (std::int64_t e = 0; e < m.elements.size(); e += piece) {
      out.write(bytes_of(m.elements.data() + e, std::min(piece, m.elements.size() - e)));
      transfer::reach(static_cast<std::uint64_t>(e));
    }
  } else {
    transfer::begin(static_cast<std::uint64_t>(m.batch));
    for (std::int64_t b = 0; b < m.batch; ++b) {
      transfer::reach(static_cast<std::uint64_t>(b));
      for (std::int64_t i = 0; i < m.rows; ++i) {
        for (std::int64_t j = 0; j < m.cols; ++j) out.write(bytes_of(&m(b, i, j), 1));
      }
    }
  }
}

}  // namespace

void write_npy(output_file& out, const any_matrices& m) {
  std::visit([&](const auto& x) { write(out, x); }, m);
}

}  // namespace posdef::tools
