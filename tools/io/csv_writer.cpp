// Writes a table of numbers; std::to_chars writes the shortest digits that read back as the same number.
#include <array>
#include <charconv>

#include "io/transfer.hpp"
#include "io/write.hpp"

namespace posdef::tools {
namespace {

template <class Real>
char* put(char* to, char* end, Real x) {
  return std::to_chars(to, end, x).ptr;
}

template <class Real>
char* put(char* to, char* end, std::complex<Real> x) {
  to = put(to, end, x.real());
  if (!std::signbit(x.imag())) *to++ = '+';
  to = put(to, end, x.imag());
  *to++ = 'j';
  return to;
}

template <scalar T>
void write(output_file& out, const matrices<T>& m) {
  std::array<char, 128> text;
  transfer::begin(static_cast<std::uint64_t>(m.rows));
  for (std::int64_t i = 0; i < m.rows; ++i) {
    for (std::int64_t j = 0; j < m.cols; ++j) {
      char* end = put(text.data(), text.data() + text.size(), m(0, i, j));
      *end++ = j + 1 < m.cols ? ',' : '\n';
      out.write(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
    }
    transfer::reach(static_cast<std::uint64_t>(i));
  }
}

}  // namespace

void write_csv(output_file& out, const any_matrices& m) {
  std::visit([&](const auto& x) { write(out, x); }, m);
}

}  // namespace posdef::tools
