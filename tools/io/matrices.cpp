#include "io/matrices.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

namespace posdef::tools {
namespace {

template <class To, class From>
To narrow(From x) {
  if constexpr (is_complex<To> && is_complex<From>) {
    return To(static_cast<real_type<To>>(x.real()), static_cast<real_type<To>>(x.imag()));
  } else if constexpr (is_complex<From>) {
    return static_cast<To>(x.real());
  } else {
    return To(static_cast<real_type<To>>(x));
  }
}

// Throws if rounding to a narrower type turns a finite number into infinity or a diagonal element into zero.
template <scalar To, scalar From>
void check_range(const matrices<From>& from, const matrices<To>& to, std::string_view name) {
  for (std::int64_t b = 0; b < from.batch; ++b) {
    for (std::int64_t i = 0; i < from.rows; ++i) {
      for (std::int64_t j = 0; j < from.cols; ++j) {
        const From x = from(b, i, j);
        const To y = to(b, i, j);
        const bool vanished = i == j && from.rows == from.cols && y == To(0) && x != From(0);
        if (finite(x) == finite(y) && !vanished) continue;
        char text[40];
        std::snprintf(text, sizeof text, "%.5g", static_cast<double>(std::abs(x)));
        throw input_error(std::string(name) + ": element " + place_text(i, j) + " of matrix " + std::to_string(b) +
                          " is " + text + " in size, beyond the range of " + std::string(name_of(dtype_of<To>)) +
                          "; expected --dtype f64 or c128");
      }
    }
  }
}

template <scalar To, scalar From>
any_matrices convert_to(matrices<From> from, std::string_view name, std::uint64_t memory_limit) {
  if constexpr (std::is_same_v<To, From>) {
    return from;
  } else {
    if constexpr (is_complex<From> && !is_complex<To>) {
      for (std::int64_t b = 0; b < from.batch; ++b) {
        for (std::int64_t i = 0; i < from.rows; ++i) {
          for (std::int64_t j = 0; j < from.cols; ++j) {
            if (from(b, i, j).imag() == 0) continue;
            throw input_error(std::string(name) + ": complex, and element " + place_text(i, j) + " of matrix " +
                              std::to_string(b) +
                              " has an imaginary part that is not zero; expected --dtype c64 or c128");
          }
        }
      }
    }
    auto to = zeros_like<To>(from, memory_limit, name);
    const std::int64_t count = from.elements.size();
    for (std::int64_t e = 0; e < count; ++e) to.elements.data()[e] = narrow<To>(from.elements.data()[e]);
    if constexpr (sizeof(real_type<To>) < sizeof(real_type<From>)) check_range(from, to, name);
    return to;
  }
}

}  // namespace

std::string printable(std::string_view text, std::size_t longest) {
  std::string out;
  for (const char c : text.substr(0, longest)) out += c >= 0x20 && c < 0x7f ? c : '?';
  return text.size() > longest ? out + "..." : out;
}

std::string place_text(std::int64_t i, std::int64_t j) {
  return "(" + std::to_string(i + 1) + ", " + std::to_string(j + 1) + ")";
}

std::string shape_text(std::int64_t batch, std::int64_t rows, std::int64_t cols) {
  const std::string one = std::to_string(rows) + " x " + std::to_string(cols);
  return batch == 1 ? one : std::to_string(batch) + " x " + one;
}

std::string_view name_of(dtype type) {
  switch (type) {
    case dtype::f32: return "f32";
    case dtype::f64: return "f64";
    case dtype::c64: return "c64";
    default: return "c128";
  }
}

dtype parse_dtype(std::string_view text) {
  for (const dtype type : {dtype::f32, dtype::f64, dtype::c64, dtype::c128}) {
    if (text == name_of(type)) return type;
  }
  throw input_error("unknown element type \"" + std::string(text) + "\"; expected f32, f64, c64 or c128");
}

template <scalar T>
matrices<T>::matrices(std::int64_t batch_, std::int64_t rows_, std::int64_t cols_, layout order_,
                      std::uint64_t memory_limit, std::string_view what)
    : batch(batch_), rows(rows_), cols(cols_), order(order_) {
  if (batch != 1) leading = {batch};
  // A size of zero must not hide how large the other sizes are: count at least one byte for each.
  const auto one_at_least = [](std::int64_t size) { return size == 0 ? 1 : size; };
  const auto least = bytes_needed(one_at_least(batch), one_at_least(rows), one_at_least(cols), 1);
  const auto bytes = least ? std::max(least, bytes_needed(batch, rows, cols, sizeof(T))) : least;
  if (!bytes || *bytes > memory_limit) {
    throw input_error(std::string(what) + ": " + shape_text(batch, rows, cols) + " in " +
                      std::string(name_of(dtype_of<T>)) + " needs " +
                      (bytes ? human_bytes(*bytes) : std::string("more than 9.2 EB")) +
                      " of memory; expected at most " + human_bytes(memory_limit));
  }
  elements = buffer<T>(batch * rows * cols);
}

dtype dtype_of_any(const any_matrices& m) {
  return std::visit([](const auto& x) { return dtype_of<typename std::decay_t<decltype(x)>::element>; }, m);
}

any_matrices convert(any_matrices m, dtype to, std::string_view name, std::uint64_t memory_limit) {
  return std::visit(
      [&](auto&& from) -> any_matrices {
        switch (to) {
          case dtype::f32: return convert_to<float>(std::move(from), name, memory_limit);
          case dtype::f64: return convert_to<double>(std::move(from), name, memory_limit);
          case dtype::c64: return convert_to<std::complex<float>>(std::move(from), name, memory_limit);
          default: return convert_to<std::complex<double>>(std::move(from), name, memory_limit);
        }
      },
      std::move(m));
}

void require_square(const any_matrices& m, std::string_view name) {
  std::visit(
      [&](const auto& x) {
        if (x.rows != x.cols) {
          throw input_error(std::string(name) + ": the matrix is " + std::to_string(x.rows) + " x " +
                            std::to_string(x.cols) + "; expected a square one");
        }
      },
      m);
}

template struct matrices<float>;
template struct matrices<double>;
template struct matrices<std::complex<float>>;
template struct matrices<std::complex<double>>;

}  // namespace posdef::tools
