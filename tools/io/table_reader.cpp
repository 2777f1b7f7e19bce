// Reads a table of numbers twice: for its shape, then for its elements.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "io/read.hpp"
#include "io/transfer.hpp"

namespace posdef::tools {
namespace {

constexpr std::string_view spaces = " \r\v\f";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

class table {
 public:
  table(std::string_view text, const std::string& name) : text_(text), name_(name) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
    transfer::begin(text_.size());
    find_separator();
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw input_error(name_ + ":" + std::to_string(line_) + ": " + what);
  }

  /// The next line with numbers; false at the end.
  bool next_row() {
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      rest_ = trimmed(text_.substr(at_, end - at_));
      at_ = end + 1;
      ++line_;
      if (line_ % 256 == 0) transfer::reach(at_);
      if (!rest_.empty() && rest_[0] != '#' && !(rest_[0] == '%')) return more_ = true;
    }
    return false;
  }

  /// The next number of this line; nothing at its end.
  std::optional<std::string_view> next() {
    if (!more_) return std::nullopt;
    const std::size_t end = separator_ == ' ' ? rest_.find_first_of(" \t") : rest_.find(separator_);
    const std::string_view word = trimmed(rest_.substr(0, end));
    more_ = end != std::string_view::npos;
    if (more_) rest_ = trimmed_front(rest_.substr(end + 1));
    return word;
  }

  std::complex<double> number(std::string_view word) const {
    std::string_view text = word;
    if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
    double first = 0, second = 0;
    const char* const end = text.data() + text.size();
    const char* stop = real(text, first);
    if (stop == end && stop != text.data()) return first;
    const bool unit_at_end = text.ends_with('j') || text.ends_with('i');
    if (unit_at_end && stop == end - 1 && stop != text.data()) return {0, first};
    if (unit_at_end && stop != text.data() && (*stop == '+' || *stop == '-')) {
      const std::string_view tail(stop, static_cast<std::size_t>(end - stop));
      const char* const after = real(tail, second);
      if (after == end - 1 && after != tail.data()) return {first, second};
    }
    fail((word.empty() ? std::string("an empty field between two separators")
                       : "\"" + printable(word) + "\" is not a number") +
         "; expected only numbers, without column or row names");
  }

  void rewind() {
    at_ = 0;
    line_ = 0;
  }

 private:
  // The separator: , ; or tab if the text contains it, else spaces. Comma and semicolon together mean decimal commas.
  void find_separator() {
    const bool comma = text_.find(',') != std::string_view::npos;
    const bool semicolon = text_.find(';') != std::string_view::npos;
    if (comma && semicolon) {
      throw input_error(name_ + ": both \",\" and \";\"; expected one separator, and decimal points instead of commas");
    }
    separator_ = comma ? ',' : semicolon ? ';' : ' ';
  }
  std::string_view trimmed_front(std::string_view text) const {
    const std::size_t first = text.find_first_not_of(separator_ == ' ' ? " \t" : " ");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
  }
  // The position after the number that `text` begins with; its beginning if there is none.
  const char* real(std::string_view text, double& value) const {
    const bool plus = text.starts_with('+') && !text.starts_with("+-");
    const char* const first = text.data() + (plus ? 1 : 0);
    const auto [stop, error] = std::from_chars(first, text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) {
      value = std::strtod(std::string(first, stop).c_str(), nullptr);
      if (std::isinf(value)) fail(printable(std::string_view(first, stop)) + " is beyond the range of double");
    }
    return stop == first ? text.data() : stop;
  }

  std::string_view text_;
  const std::string& name_;
  char separator_ = ' ';
  std::size_t at_ = 0;
  std::string_view rest_;
  bool more_ = false;
  std::int64_t line_ = 0;
};

struct table_shape {
  std::int64_t rows = 0, cols = 0;
  bool complex = false;
};

table_shape shape_of(table& in) {
  table_shape shape;
  while (in.next_row()) {
    std::int64_t count = 0;
    while (const auto word = in.next()) {
      ++count;
      shape.complex = shape.complex || in.number(*word).imag() != 0 || word->ends_with('j') || word->ends_with(')');
    }
    if (shape.rows == 0) shape.cols = count;
    if (count != shape.cols) {
      in.fail(std::to_string(count) + " numbers; expected " + std::to_string(shape.cols) + " as in the first row");
    }
    ++shape.rows;
  }
  return shape;
}

template <scalar T>
any_matrices read_elements(table& in, const table_shape& shape, const std::string& name, std::uint64_t memory_limit) {
  matrices<T> m(1, shape.rows, shape.cols, layout::row_major, memory_limit, name);
  T* to = m.elements.data();
  in.rewind();
  while (in.next_row()) {
    while (const auto word = in.next()) {
      const std::complex<double> value = in.number(*word);
      if constexpr (is_complex<T>) {
        *to++ = value;
      } else {
        *to++ = value.real();
      }
    }
  }
  return m;
}

}  // namespace

any_matrices read_table(std::string_view text, const std::string& name, std::uint64_t memory_limit) {
  table in(text, name);
  const table_shape shape = shape_of(in);
  if (shape.rows == 0) in.fail("no numbers; expected a table of numbers");
  return shape.complex ? read_elements<std::complex<double>>(in, shape, name, memory_limit)
                       : read_elements<double>(in, shape, name, memory_limit);
}

}  // namespace posdef::tools
