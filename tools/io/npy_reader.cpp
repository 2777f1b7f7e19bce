// Reads the elements of a .npy file: posdef's types directly, other types converted to the next wider one.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "io/npy_header.hpp"
#include "io/read.hpp"

namespace posdef::tools {
namespace {

// A two-byte IEEE 754 number: one sign bit, five bits of exponent, ten of fraction.
struct half {
  std::uint16_t bits;
};

float widen(half h) {
  const int exponent = h.bits >> 10 & 31;
  const int fraction = h.bits & 1023;
  const float sign = h.bits >> 15 ? -1.F : 1.F;
  if (exponent == 31) return fraction != 0 ? std::nanf("") : sign * HUGE_VALF;
  return sign * (exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                               : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25));
}

class npy_elements {
 public:
  npy_elements(byte_stream& in, const npy_header& header, bool swap, const std::string& name,
               std::uint64_t memory_limit)
      : in_(in), header_(header), swap_(swap), name_(name), memory_limit_(memory_limit) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw input_error(name_ + ": byte " + std::to_string(header_.size) + ": " + what);
  }

  /// Elements stored as From, in memory as To.
  template <class From, scalar To>
  any_matrices as() {
    matrices<To> m = empty<To>(sizeof(From));
    // Fortran order runs through the batch first, so only a single matrix can be copied directly.
    const bool as_it_lies = m.batch == 1 || !header_.fortran_order || m.elements.size() == 0;
    if constexpr (std::is_same_v<From, To>) {
      if (as_it_lies) {
        fill(reinterpret_cast<char*>(m.elements.data()), m.elements.size(), sizeof(To));
        swap_numbers<To>(m.elements.data(), m.elements.size());
        return at_end(std::move(m));
      }
    }
    std::vector<std::int64_t> order;
    if (!as_it_lies) order = batch_in_fortran_order();
    constexpr std::int64_t piece = 4096;
    std::array<From, piece> some;
    for (std::int64_t e = 0; e < m.elements.size(); e += piece) {
      const std::int64_t count = std::min(piece, m.elements.size() - e);
      fill(reinterpret_cast<char*>(some.data()), count, sizeof(From));
      swap_numbers(some.data(), count);
      for (std::int64_t k = 0; k < count; ++k) {
        To& to = as_it_lies ? m.elements.data()[e + k] : m.elements.data()[place(m, e + k, order)];
        to = value<From, To>(some[static_cast<std::size_t>(k)]);
      }
    }
    return at_end(std::move(m));
  }

 private:
  template <class From, class To>
  To value(From x) const {
    if constexpr (std::is_same_v<From, half>) {
      return widen(x);
    } else if constexpr (std::is_integral_v<From> && sizeof(From) == 8) {
      constexpr auto exact = From{1} << 53;
      if (x > exact || (std::is_signed_v<From> && x < From(0) - exact))
        fail("integer " + std::to_string(x) + " is beyond 2^53; expected integers that double represents exactly");
      return static_cast<To>(x);
    } else {
      return static_cast<To>(x);
    }
  }

  // Converts the real and the imaginary part of a complex element separately.
  template <class Element>
  void swap_numbers(Element* first, std::int64_t count) const {
    constexpr bool two = std::is_same_v<Element, std::complex<float>> || std::is_same_v<Element, std::complex<double>>;
    constexpr std::size_t width = sizeof(Element) / (two ? 2 : 1);
    if (!swap_ || width == 1) return;
    char* at = reinterpret_cast<char*>(first);
    for (char* const end = reinterpret_cast<char*>(first + count); at != end; at += width) std::reverse(at, at + width);
  }

  // The sizes of the batch, then those of the matrix; a 1-D array is one column.
  template <scalar T>
  matrices<T> empty(std::size_t stored_size) const {
    const std::vector<std::int64_t>& shape = header_.shape;
    if (shape.empty()) fail("the array has no dimensions; expected 1 (a column), 2 (a matrix) or more (a batch)");
    const std::size_t leading = shape.size() < 3 ? 0 : shape.size() - 2;
    std::int64_t batch = 1;
    bool fits = true;
    for (std::size_t d = 0; d < leading; ++d) fits = fits && !__builtin_mul_overflow(batch, shape[d], &batch);
    const std::int64_t rows = shape[leading];
    const std::int64_t cols = shape.size() == 1 ? 1 : shape.back();
    const auto bytes = bytes_needed(batch, rows, cols, stored_size);
    if (!fits || !bytes) fail("the shape's size does not fit into 64 bits; expected a shape that fits into memory");
    if (const auto there = in_.remaining(); there && *there != *bytes) {
      fail(std::to_string(*there) + " bytes of elements; expected " + std::to_string(*bytes) +
           (*bytes > *there ? " (the file is truncated)" : " (the file is too long)"));
    }
    matrices<T> m(batch, rows, cols, header_.fortran_order && batch == 1 ? layout::col_major : layout::row_major,
                  memory_limit_, name_);
    m.leading.assign(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(leading));
    m.vector = shape.size() == 1;
    return m;
  }

  void fill(char* to, std::int64_t count, std::size_t size) {
    const std::size_t bytes = static_cast<std::size_t>(count) * size;
    const std::size_t got = in_.read(to, bytes);
    taken_ += got;
    if (got < bytes) {
      fail(std::to_string(taken_) + " bytes of elements; expected " + std::to_string(expected(size)) +
           " (the file is truncated)");
    }
  }
  std::uint64_t expected(std::size_t size) const {
    std::uint64_t all = size;
    for (const std::int64_t d : header_.shape) all *= static_cast<std::uint64_t>(d);
    return all;
  }

  template <scalar T>
  any_matrices at_end(matrices<T> m) {
    if (!in_.peek(1).empty()) fail("more bytes follow the elements; expected " + std::to_string(taken_));
    return m;
  }

  // For the k-th matrix of the batch in Fortran order, its index in C order.
  std::vector<std::int64_t> batch_in_fortran_order() const {
    const std::size_t leading = header_.shape.size() - 2;
    std::vector<std::int64_t> order = {0};
    std::int64_t step = 1;
    for (std::size_t d = leading; d-- > 0;) step *= header_.shape[d];
    for (std::size_t d = 0; d < leading; ++d) {
      step /= header_.shape[d];
      const std::size_t before = order.size();
      for (std::int64_t k = 1; k < header_.shape[d]; ++k)
        for (std::size_t e = 0; e < before; ++e) order.push_back(order[e] + k * step);
    }
    return order;
  }
  template <scalar T>
  static std::int64_t place(const matrices<T>& m, std::int64_t e, const std::vector<std::int64_t>& order) {
    const std::int64_t b = e % m.batch, i = e / m.batch % m.rows, j = e / m.batch / m.rows;
    return m.index(order[static_cast<std::size_t>(b)], i, j);
  }

  byte_stream& in_;
  const npy_header& header_;
  const bool swap_;
  const std::string& name_;
  const std::uint64_t memory_limit_;
  std::uint64_t taken_ = 0;
};

}  // namespace

any_matrices read_npy(byte_stream& in, const std::string& name, std::uint64_t memory_limit) {
  const npy_header header = read_npy_header(in, name);
  const std::string& type = header.descr;
  const bool native_little = std::endian::native == std::endian::little;
  const bool little = type.starts_with('<') || (type.starts_with('=') && native_little);
  const bool big = type.starts_with('>') || (type.starts_with('=') && !native_little);
  const bool bytes = type == "|b1" || type == "|i1" || type == "|u1";  // one byte has no order
  const std::string kind = little || big || bytes ? type.substr(1) : "";
  npy_elements elements(in, header, !bytes && little != native_little, name, memory_limit);
  if (kind == "f4") return elements.as<float, float>();
  if (kind == "f8") return elements.as<double, double>();
  if (kind == "c8") return elements.as<std::complex<float>, std::complex<float>>();
  if (kind == "c16") return elements.as<std::complex<double>, std::complex<double>>();
  if (kind == "f2") return elements.as<half, float>();
  if (kind == "b1") return elements.as<std::uint8_t, double>();
  if (kind == "i1") return elements.as<std::int8_t, double>();
  if (kind == "u1") return elements.as<std::uint8_t, double>();
  if (kind == "i2") return elements.as<std::int16_t, double>();
  if (kind == "u2") return elements.as<std::uint16_t, double>();
  if (kind == "i4") return elements.as<std::int32_t, double>();
  if (kind == "u4") return elements.as<std::uint32_t, double>();
  if (kind == "i8") return elements.as<std::int64_t, double>();
  if (kind == "u8") return elements.as<std::uint64_t, double>();

  const bool objects = type.size() > 1 && type[1] == 'O';
  elements.fail(
      "elements of type '" + type + "' are " +
      (objects ? "Python objects, and reading them would execute code" : "of a type that posdef does not factor") +
      "; expected f2, f4, f8, c8, c16, integers or booleans");
}

}  // namespace posdef::tools
