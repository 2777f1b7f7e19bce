// Reads the header of a .npy file strictly. The layout of a file:
//     6 bytes "\x93NUMPY", 2 bytes version, header length (2 bytes in version 1, else 4, little-endian),
//     header (the text of a Python dictionary, padded with spaces, a newline at its end), then the elements.
#include "io/npy_header.hpp"

#include <algorithm>
#include <charconv>

#include "io/matrices.hpp"

namespace posdef::tools {
namespace {

class parser {
 public:
  /// `bytes` starts at byte `at` of the file.
  parser(std::string_view bytes, std::size_t at, const std::string& name) : bytes_(bytes), begin_(at), name_(name) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw input_error(name_ + ": byte " + std::to_string(begin_ + at_) + ": " + what);
  }

  // E.g.  {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
  npy_header dictionary() {
    std::optional<std::string> descr;
    std::optional<bool> fortran_order;
    std::optional<std::vector<std::int64_t>> shape;
    expect('{', "the header's \"{\"");
    while (!accept('}')) {
      const std::string key = quoted("a key of the header");
      expect(':', "\":\"");
      if (key == "descr" && !descr) {
        if (peek() == '[') fail("elements are structures; expected numbers");
        descr = quoted("a type, such as '<f8',");
      } else if (key == "fortran_order" && !fortran_order) {
        fortran_order = boolean();
      } else if (key == "shape" && !shape) {
        shape = tuple();
      } else {
        fail("key '" + key + "'; expected 'descr', 'fortran_order' and 'shape', each once");
      }
      if (!accept(',') && peek() != '}') fail("expected \",\" or \"}\"");
    }
    if (peek() != 0) fail("text after the header's \"}\"; expected spaces and a newline");
    if (!descr || !fortran_order || !shape) {
      fail("the header ends without 'descr', 'fortran_order' or 'shape'; expected all three");
    }
    return {*descr, *fortran_order, *shape, begin_ + bytes_.size()};
  }

 private:
  // The next non-space character, 0 at the header's end.
  char peek() {
    while (at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\n' || bytes_[at_] == '\t')) ++at_;
    return at_ < bytes_.size() ? bytes_[at_] : '\0';
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
    const std::size_t close = bytes_.find(quote, at_ + 1);
    if (close == std::string_view::npos) fail("this quote is never closed");
    std::string text(bytes_.substr(at_ + 1, close - at_ - 1));
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    if (!plain || text.size() > 40) fail(std::string("expected ") + what + " of at most 40 plain characters");
    at_ = close + 1;
    return text;
  }
  bool boolean() {
    peek();
    for (const auto& [word, value] : {std::pair{std::string_view("True"), true}, {std::string_view("False"), false}}) {
      if (bytes_.substr(at_, word.size()) == word) {
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
      const auto [stop, error] = std::from_chars(bytes_.data() + at_, bytes_.data() + bytes_.size(), value);
      if (error == std::errc::result_out_of_range) fail("a size of the shape does not fit into 64 bits");
      if (error != std::errc()) fail("expected a size (a whole number)");
      if (value < 0) fail("size " + std::to_string(value) + "; expected 0 or more");
      at_ = static_cast<std::size_t>(stop - bytes_.data());
      if (at_ < bytes_.size() && bytes_[at_] == 'L') ++at_;  // NumPy on Python 2 wrote 3L
      values.push_back(value);
      if (!accept(',') && peek() != ')') fail("expected \",\" or \")\" in the shape");
    }
    return values;
  }

  std::string_view bytes_;
  std::size_t begin_;
  const std::string& name_;
  std::size_t at_ = 0;
};

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < bytes.size(); ++k) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[k])} << (8 * k);
  }
  return value;
}

}  // namespace

npy_header read_npy_header(byte_stream& in, const std::string& name) {
  const auto fail = [&](std::size_t at, const std::string& what) {
    throw input_error(name + ": byte " + std::to_string(at) + ": " + what);
  };
  const auto take = [&](std::string& to, std::size_t count, const std::string& what) {
    const std::size_t before = to.size();
    to.resize(before + count);
    if (in.read(to.data() + before, count) < count) fail(before, "the file ends here; expected " + what);
  };
  constexpr std::string_view magic = "\x93NUMPY";
  constexpr std::size_t longest = 1 << 20;
  std::string prefix;
  if (in.peek(magic.size()) != magic) fail(0, "expected \"\\x93NUMPY\"");
  take(prefix, magic.size() + 2, "the version");
  const auto major = static_cast<unsigned char>(prefix[magic.size()]);
  const auto minor = static_cast<unsigned char>(prefix[magic.size() + 1]);
  if (major < 1 || major > 3 || minor != 0) {
    fail(prefix.size(),
         ".npy version " + std::to_string(major) + "." + std::to_string(minor) + "; expected 1.0, 2.0 or 3.0");
  }
  const std::size_t before = prefix.size();
  take(prefix, major == 1 ? 2 : 4, "the header's length");
  const std::uint64_t length = little_endian(std::string_view(prefix).substr(before));
  if (length > longest) {
    fail(before, "a header of " + std::to_string(length) + " bytes; expected at most " + std::to_string(longest));
  }
  std::string text(static_cast<std::size_t>(length), ' ');
  if (in.read(text.data(), text.size()) < text.size()) {
    fail(prefix.size(), "the file ends within the header; expected " + std::to_string(length) + " bytes from here");
  }
  return parser(text, prefix.size(), name).dictionary();
}

}  // namespace posdef::tools
