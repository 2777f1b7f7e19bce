// Reads Matrix Market strictly: one pass over the text; every error has a line number.
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "io/read.hpp"
#include "io/transfer.hpp"

namespace posdef::tools {
namespace {

enum class symmetry { general, symmetric, hermitian };
enum class field { real, complex, integer };

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

// Iterates over lines and their words.
class scanner {
 public:
  scanner(std::string_view text, const std::string& name)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), name_(name) {
    transfer::begin(text.size());
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw input_error(name_ + ":" + std::to_string(line_) + ": " + what);
  }

  /// Moves to the first word of the next line that is neither blank nor a comment; false at the end of the file.
  bool next_line() {
    for (;;) {
      skip_spaces();
      if (at_ == end_) return false;
      if (*at_ == '%') {
        while (at_ != end_ && *at_ != '\n') ++at_;
      } else if (*at_ != '\n') {
        return true;
      } else {
        ++at_;
        ++line_;
        if (line_ % 4096 == 0) transfer::reach(static_cast<std::uint64_t>(at_ - begin_));
      }
    }
  }

  /// The next word of this line; empty if there is none.
  std::string_view word() {
    skip_spaces();
    const char* const first = at_;
    while (at_ != end_ && *at_ != '\n' && !is_space(*at_)) ++at_;
    return {first, static_cast<std::size_t>(at_ - first)};
  }

  void end_of_line(const char* after) {
    const std::string_view extra = word();
    if (!extra.empty()) fail("\"" + printable(extra) + "\" after " + after + "; expected the end of the line");
  }

  std::int64_t whole_number(const char* what) {
    const std::string_view text = word();
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(after_plus(text), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range)
      fail(std::string(what) + " " + printable(text) + " does not fit into 64 bits");
    if (error != std::errc() || stop != text.data() + text.size()) {
      fail("expected " + std::string(what) + " (a whole number), found " + found(text));
    }
    return value;
  }

  std::int64_t size(const char* what) {
    const std::int64_t value = whole_number(what);
    if (value < 0) fail(std::string(what) + " is " + std::to_string(value) + "; expected 0 or more");
    return value;
  }

  double number(field kind) {
    if (kind == field::integer) {
      const std::int64_t value = whole_number("an integer value");
      constexpr std::int64_t exact = std::int64_t{1} << 53;
      if (value > exact || value < -exact) {
        fail("integer " + std::to_string(value) +
             " is beyond 2^53; expected an integer that double represents exactly");
      }
      return static_cast<double>(value);
    }
    const std::string_view text = word();
    double value = 0;
    if (parse(text, value)) return value;
    if (const std::string c = as_c_writes_it(text); !c.empty() && parse(c, value)) return value;
    fail("expected a number, found " + found(text));
  }

  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }

 private:
  void skip_spaces() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }
  bool parse(std::string_view text, double& value) {
    const char* const last = text.data() + text.size();
    const char* const first = after_plus(text);
    const auto [stop, error] = std::from_chars(first, last, value);
    if (error == std::errc::result_out_of_range && stop == last) {
      // Overflow or underflow? Only underflow is harmless; from_chars does not tell them apart.
      value = std::strtod(std::string(first, last).c_str(), nullptr);
      if (std::isinf(value)) fail(printable(text) + " is beyond the range of double");
      return true;
    }
    return error == std::errc() && stop == last;
  }
  // Replaces Fortran's exponents, 4.0D+00 and 0.15-149 (three digits), by an "e". Empty if the text is no such number.
  static std::string as_c_writes_it(std::string_view text) {
    const std::size_t d = text.find_first_of("dD");
    std::string out(text);
    if (d != std::string_view::npos && d > 0 &&
        (std::isdigit(static_cast<unsigned char>(text[d - 1])) != 0 || text[d - 1] == '.')) {
      out[d] = 'e';
      return out;
    }
    const std::size_t sign = text.find_last_of("+-");
    const bool exponent = sign != std::string_view::npos && sign > 0 && sign + 1 < text.size() &&
                          (std::isdigit(static_cast<unsigned char>(text[sign - 1])) || text[sign - 1] == '.');
    return exponent ? out.insert(sign, "e") : std::string();
  }
  // from_chars does not accept the "+" that C and Fortran may print.
  static const char* after_plus(std::string_view text) {
    return text.data() + (text.starts_with('+') && !text.starts_with("+-") ? 1 : 0);
  }
  static std::string found(std::string_view text) {
    return text.empty() ? "the end of the line" : "\"" + printable(text) + "\"";
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  const std::string& name_;
  std::int64_t line_ = 1;
};

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

struct header {
  bool coordinate;
  field values;
  symmetry shape;
};

header read_header(scanner& in) {
  if (lower_case(in.word()) != "%%matrixmarket") in.fail("expected \"%%MatrixMarket\"");
  if (lower_case(in.word()) != "matrix") in.fail("expected \"matrix\" after \"%%MatrixMarket\"");
  header h{};
  const std::string format = lower_case(in.word());
  if (format != "coordinate" && format != "array") in.fail("expected \"coordinate\" or \"array\" as the format");
  h.coordinate = format == "coordinate";

  const std::string values = lower_case(in.word());
  if (values == "pattern")
    in.fail(
        "a pattern has no values and cannot be factored; expected real, complex or "
        "integer");
  if (values != "real" && values != "complex" && values != "integer") {
    in.fail("expected \"real\", \"complex\" or \"integer\" as the field");
  }
  h.values = values == "real" ? field::real : values == "complex" ? field::complex : field::integer;

  const std::string shape = lower_case(in.word());
  if (shape == "skew-symmetric")
    in.fail(
        "a skew-symmetric matrix is never positive definite; expected general, "
        "symmetric or hermitian");
  if (shape != "general" && shape != "symmetric" && shape != "hermitian") {
    in.fail("expected \"general\", \"symmetric\" or \"hermitian\" as the symmetry");
  }
  h.shape = shape == "general" ? symmetry::general : shape == "symmetric" ? symmetry::symmetric : symmetry::hermitian;
  if (h.shape == symmetry::hermitian && h.values != field::complex) {
    in.fail("\"hermitian\" requires complex values; expected \"symmetric\" for real ones");
  }
  in.end_of_line("the header");
  return h;
}

template <scalar T>
T read_value(scanner& in, field values) {
  const double re = in.number(values);
  if constexpr (is_complex<T>) {
    return T(re, in.number(values));
  } else {
    return re;
  }
}

// Stores element (i, j), indices from 0, and the element (j, i) that the symmetry implies.
template <scalar T>
void store(scanner& in, matrices<T>& m, symmetry shape, std::int64_t i, std::int64_t j, T value) {
  if (shape == symmetry::hermitian && i == j && std::imag(value) != 0) {
    using real = real_type<T>;
    if (!(std::abs(std::imag(value)) <= 64 * std::numeric_limits<real>::epsilon() * std::abs(std::real(value))))
      in.fail("diagonal entry " + place_text(i, j) + " of a Hermitian matrix has an imaginary part; expected 0");
    value = T(std::real(value));
  }
  m(0, i, j) = value;
  if (shape != symmetry::general && i != j) m(0, j, i) = shape == symmetry::hermitian ? conjugate(value) : value;
}

template <scalar T>
void read_coordinates(scanner& in, const header& h, matrices<T>& m, std::int64_t entries) {
  std::vector<std::uint64_t> seen(static_cast<std::size_t>((m.rows * m.cols + 63) / 64));  // one bit per element
  for (std::int64_t e = 0; e < entries; ++e) {
    if (!in.next_line()) {
      in.fail("the file ends after " + std::to_string(e) + " entries; expected " + std::to_string(entries));
    }
    const std::int64_t i = in.whole_number("a row number");
    const std::int64_t j = in.whole_number("a column number");
    if (i < 1 || i > m.rows) in.fail("row " + std::to_string(i) + "; expected 1 to " + std::to_string(m.rows));
    if (j < 1 || j > m.cols) in.fail("column " + std::to_string(j) + "; expected 1 to " + std::to_string(m.cols));
    if (h.shape != symmetry::general && i < j) {
      in.fail("entry " + place_text(i - 1, j - 1) + " lies above the diagonal; a " +
              (h.shape == symmetry::symmetric ? "symmetric" : "hermitian") + " file holds only the lower triangle");
    }
    const auto bit = static_cast<std::size_t>((i - 1) + (j - 1) * m.rows);
    const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
    if (seen[bit / 64] & mask)
      in.fail("entry " + place_text(i - 1, j - 1) + " occurs twice; expected every entry once");
    seen[bit / 64] |= mask;
    const T value = read_value<T>(in, h.values);
    in.end_of_line("the value");
    store(in, m, h.shape, i - 1, j - 1, value);
  }
}

template <scalar T>
void read_array(scanner& in, const header& h, matrices<T>& m) {
  for (std::int64_t j = 0; j < m.cols; ++j) {
    for (std::int64_t i = h.shape == symmetry::general ? 0 : j; i < m.rows; ++i) {
      if (!in.next_line()) in.fail("the file ends before value " + place_text(i, j));
      const T value = read_value<T>(in, h.values);
      in.end_of_line("the value");
      store(in, m, h.shape, i, j, value);
    }
  }
}

template <scalar T>
any_matrices read_body(scanner& in, const header& h, const std::string& name, std::uint64_t memory_limit) {
  if (!in.next_line()) in.fail("the file ends before the size line");
  const std::int64_t rows = in.size("the number of rows");
  const std::int64_t cols = in.size("the number of columns");
  if (h.shape != symmetry::general && rows != cols) {
    in.fail(std::to_string(rows) + " x " + std::to_string(cols) + "; expected a square matrix for this symmetry");
  }

  // Can the file hold the declared sizes? An entry takes at least two bytes for each of its words.
  std::int64_t entries = 0;
  bool fits = true;
  if (h.coordinate) {
    entries = in.size("the number of entries");
  } else if (h.shape == symmetry::general) {
    fits = !__builtin_mul_overflow(rows, cols, &entries);
  } else {
    std::int64_t twice = 0;
    fits = rows < std::numeric_limits<std::int64_t>::max() && !__builtin_mul_overflow(rows, rows + 1, &twice);
    entries = twice / 2;
  }
  in.end_of_line("the sizes");
  const std::uint64_t bytes_per_entry = 2 * ((h.coordinate ? 2u : 0u) + (is_complex<T> ? 2u : 1u));
  fits = fits && static_cast<std::uint64_t>(entries) <= (in.remaining() + 1) / bytes_per_entry;
  if (!fits) {
    in.fail("the sizes declare more entries than the " + std::to_string(in.remaining()) +
            " bytes that follow can hold; expected a complete file");
  }

  matrices<T> m(1, rows, cols, layout::col_major, memory_limit, name);
  if (h.coordinate) {
    read_coordinates(in, h, m, entries);
  } else {
    read_array(in, h, m);
  }
  if (in.next_line()) in.fail("text after the last entry; expected the end of the file");
  return m;
}

}  // namespace

any_matrices read_matrix_market(std::string_view text, const std::string& name, std::uint64_t memory_limit) {
  scanner in(text, name);
  const header h = read_header(in);
  return h.values == field::complex ? read_body<std::complex<double>>(in, h, name, memory_limit)
                                    : read_body<double>(in, h, name, memory_limit);
}

}  // namespace posdef::tools
