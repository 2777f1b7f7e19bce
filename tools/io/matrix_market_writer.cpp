// Writes Matrix Market. std::to_chars writes the shortest digits that read back as the same double.
#include <array>
#include <charconv>

#include "io/transfer.hpp"
#include "io/write.hpp"

namespace posdef::tools {
namespace {

class line {
 public:
  void add(double x) { finish(std::to_chars(next_, text_.data() + text_.size(), x).ptr); }
  void add(std::int64_t x) { finish(std::to_chars(next_, text_.data() + text_.size(), x).ptr); }
  template <class T>
  void add(std::complex<T> x) {
    add(static_cast<double>(x.real()));
    add(static_cast<double>(x.imag()));
  }
  /// The words added since the last call, and a newline.
  std::string_view take() {
    next_[-1] = '\n';
    const std::string_view all(text_.data(), static_cast<std::size_t>(next_ - text_.data()));
    next_ = text_.data();
    return all;
  }

 private:
  void finish(char* end) {
    *end = ' ';
    next_ = end + 1;
  }
  std::array<char, 128> text_;
  char* next_ = text_.data();
};

template <scalar T>
void write(output_file& out, const matrices<T>& m, structure s) {
  const bool hermitian = s == structure::hermitian;
  const auto first_row = [&](std::int64_t j) { return hermitian ? j : 0; };
  std::int64_t count = 0;
  std::int64_t nonzero = 0;
  for (std::int64_t j = 0; j < m.cols; ++j) {
    for (std::int64_t i = first_row(j); i < m.rows; ++i) {
      ++count;
      nonzero += m(0, i, j) != T(0) ? 1 : 0;
    }
  }
  const bool coordinate = nonzero <= count / 3 * 2;

  out.write("%%MatrixMarket matrix ");
  out.write(coordinate ? "coordinate " : "array ");
  out.write(is_complex<T> ? "complex " : "real ");
  out.write(!hermitian ? "general\n" : is_complex<T> ? "hermitian\n" : "symmetric\n");
  line words;
  words.add(m.rows);
  words.add(m.cols);
  if (coordinate) words.add(nonzero);
  out.write(words.take());
  transfer::begin(static_cast<std::uint64_t>(m.cols));
  for (std::int64_t j = 0; j < m.cols; ++j) {
    transfer::reach(static_cast<std::uint64_t>(j));
    for (std::int64_t i = first_row(j); i < m.rows; ++i) {
      const T value = m(0, i, j);
      if (coordinate && value == T(0)) continue;
      if (coordinate) {
        words.add(i + 1);
        words.add(j + 1);
      }
      if constexpr (is_complex<T>) {
        words.add(value);
      } else {
        words.add(static_cast<double>(value));
      }
      out.write(words.take());
    }
  }
}

}  // namespace

void write_matrix_market(output_file& out, const any_matrices& m, structure s) {
  std::visit([&](const auto& x) { write(out, x, s); }, m);
}

}  // namespace posdef::tools
