// .npy, read strictly. The layout of a file:
//     6 bytes "\x93NUMPY", 2 bytes version, header length (2 bytes in version 1, else 4, little-endian),
//     header (the text of a Python dictionary, padded with spaces, a newline at its end), then the elements.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

#include "io/read.hpp"

namespace posdef::tools {
namespace {

// The dictionary, e.g.  {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
struct description {
  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> shape;
};

class parser {
 public:
  parser(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw input_error(name_ + ": byte " + std::to_string(at_) + ": " + what);
  }

  std::uint64_t little_endian(std::size_t count, const char* what) {
    if (bytes_.size() - at_ < count) fail(std::string("the file ends here; expected ") + what);
    std::uint64_t value = 0;
    for (std::size_t k = 0; k < count; ++k) {
      value |= std::uint64_t{static_cast<unsigned char>(bytes_[at_ + k])} << (8 * k);
    }
    at_ += count;
    return value;
  }

  description dictionary(std::size_t end) {
    end_ = end;
    description d;
    expect('{', "the header's \"{\"");
    while (!accept('}')) {
      const std::string key = quoted("a key of the header");
      expect(':', "\":\"");
      if (key == "descr" && !d.descr) {
        if (peek() == '[') fail("elements are structures; expected f4, f8, c8 or c16");
        d.descr = quoted("a type, such as '<f8',");
      } else if (key == "fortran_order" && !d.fortran_order) {
        d.fortran_order = boolean();
      } else if (key == "shape" && !d.shape) {
        d.shape = tuple();
      } else {
        fail("key '" + key + "'; expected 'descr', 'fortran_order' and 'shape', each once");
      }
      if (!accept(',') && peek() != '}') fail("expected \",\" or \"}\"");
    }
    if (peek() != 0) fail("text after the header's \"}\"; expected spaces and a newline");
    if (!d.descr || !d.fortran_order || !d.shape) {
      fail("the header ends without 'descr', 'fortran_order' or 'shape'; expected all three");
    }
    return d;
  }

  void skip(std::size_t count) { at_ += count; }
  std::size_t offset() const { return at_; }
  void go_to(std::size_t where) { at_ = where; }

 private:
  // The next character that is no space, 0 at the header's end.
  char peek() {
    while (at_ < end_ && (bytes_[at_] == ' ' || bytes_[at_] == '\n' || bytes_[at_] == '\t')) ++at_;
    return at_ < end_ ? bytes_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c, const char* what) {
    if (!accept(c)) fail(std::string("expected ") + what);
  }
  std::string quoted(const char* what) {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail(std::string("expected ") + what + " in quotes");
    const std::size_t close = bytes_.substr(0, end_).find(quote, at_ + 1);
    if (close == std::string_view::npos) fail("this quote is never closed");
    std::string text(bytes_.substr(at_ + 1, close - at_ - 1));
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    if (!plain || text.size() > 40) fail(std::string("expected ") + what + ", short and in plain letters");
    at_ = close + 1;
    return text;
  }
  bool boolean() {
    peek();
    for (const auto& [word, value] : {std::pair{std::string_view("True"), true}, {std::string_view("False"), false}}) {
      if (bytes_.substr(at_, std::min(word.size(), end_ - at_)) == word) {
        at_ += word.size();
        return value;
      }
    }
    fail("expected True or False");
  }
  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> values;
    expect('(', "\"(\" of the shape");
    while (!accept(')')) {
      peek();
      std::int64_t value = 0;
      const auto [stop, error] = std::from_chars(bytes_.data() + at_, bytes_.data() + end_, value);
      if (error == std::errc::result_out_of_range) fail("a size of the shape passes 64 bits");
      if (error != std::errc()) fail("expected a size (a whole number)");
      if (value < 0) fail("size " + std::to_string(value) + "; expected 0 or more");
      at_ = static_cast<std::size_t>(stop - bytes_.data());
      values.push_back(value);
      if (!accept(',') && peek() != ')') fail("expected \",\" or \")\" in the shape");
    }
    return values;
  }

  std::string_view bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

template <scalar T>
any_matrices read_elements(parser& in, const description& d, bool swap, std::string_view data, const std::string& name,
                           std::uint64_t memory_limit) {
  const std::vector<std::int64_t>& shape = *d.shape;
  if (shape.empty() || shape.size() > 3) {
    in.fail("the array has " + std::to_string(shape.size()) +
            " dimensions; expected 1 (a column), 2 (a matrix) or 3 (a batch of matrices)");
  }
  const std::int64_t batch = shape.size() == 3 ? shape[0] : 1;
  const std::int64_t rows = shape.size() == 3 ? shape[1] : shape[0];
  const std::int64_t cols = shape.size() == 1 ? 1 : shape.back();

  const auto bytes = bytes_needed(batch, rows, cols, sizeof(T));
  if (!bytes) in.fail("the shape's size passes 64 bits; expected a shape that memory can hold");
  if (*bytes != data.size()) {
    in.fail(std::to_string(data.size()) + " bytes of elements; expected " + std::to_string(*bytes) +
            (*bytes > data.size() ? " (the file is truncated)" : " (the file is too long)"));
  }

  // Fortran order runs through the batch first, so only a single matrix can be taken as it lies.
  const bool fortran_batch = *d.fortran_order && batch > 1;
  const layout order = *d.fortran_order && !fortran_batch ? layout::col_major : layout::row_major;
  matrices<T> m(batch, rows, cols, order, memory_limit, name);
  T* const to = m.elements.data();
  if (fortran_batch) {
    std::size_t from = 0;
    for (std::int64_t j = 0; j < cols; ++j) {
      for (std::int64_t i = 0; i < rows; ++i) {
        for (std::int64_t b = 0; b < batch; ++b, from += sizeof(T)) {
          std::memcpy(static_cast<void*>(&m(b, i, j)), data.data() + from, sizeof(T));
        }
      }
    }
  } else {
    std::memcpy(static_cast<void*>(to), data.data(), data.size());
  }
  if (swap) {
    auto* const first = reinterpret_cast<unsigned char*>(to);
    constexpr std::size_t width = sizeof(real_type<T>);
    for (std::size_t k = 0; k < data.size(); k += width) std::reverse(first + k, first + k + width);
  }
  return m;
}

}  // namespace

any_matrices read_npy(std::string_view bytes, const std::string& name, std::uint64_t memory_limit) {
  constexpr std::string_view magic = "\x93NUMPY";
  parser in(bytes, name);
  if (!bytes.starts_with(magic)) in.fail("expected \"\\x93NUMPY\"");
  in.skip(magic.size());
  const std::uint64_t major = in.little_endian(1, "the version");
  const std::uint64_t minor = in.little_endian(1, "the version");
  if (major < 1 || major > 3 || minor != 0) {
    in.fail(".npy version " + std::to_string(major) + "." + std::to_string(minor) + "; expected 1.0, 2.0 or 3.0");
  }
  const std::uint64_t length = in.little_endian(major == 1 ? 2 : 4, "the header's length");
  if (length > bytes.size() - in.offset()) {
    in.fail("the file ends within the header; expected " + std::to_string(length) + " bytes from here");
  }
  const std::size_t data_begin = in.offset() + static_cast<std::size_t>(length);
  const description d = in.dictionary(data_begin);
  in.go_to(data_begin);

  const std::string& type = *d.descr;
  const bool little = type.starts_with('<') || (type.starts_with('=') && std::endian::native == std::endian::little);
  const bool big = type.starts_with('>') || (type.starts_with('=') && std::endian::native == std::endian::big);
  const std::string kind = little || big ? type.substr(1) : "";
  const bool swap = little != (std::endian::native == std::endian::little);
  const std::string_view data = bytes.substr(data_begin);
  if (kind == "f4") return read_elements<float>(in, d, swap, data, name, memory_limit);
  if (kind == "f8") return read_elements<double>(in, d, swap, data, name, memory_limit);
  if (kind == "c8") return read_elements<std::complex<float>>(in, d, swap, data, name, memory_limit);
  if (kind == "c16") return read_elements<std::complex<double>>(in, d, swap, data, name, memory_limit);

  const char letter = type.size() > 1 ? type[1] : '?';
  const char* const reason = letter == 'i' || letter == 'u' ? "integers; save them as floating-point numbers first"
                             : letter == 'b'                ? "booleans; save them as floating-point numbers first"
                             : letter == 'O'                ? "Python objects, which would have to be executed"
                                                            : "of a type that posdef does not factor";
  in.fail("elements of type '" + type + "' are " + reason + "; expected f4, f8, c8 or c16");
}

}  // namespace posdef::tools
