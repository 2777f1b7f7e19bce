// The matrices of the tools: a batch of dense matrices of one element type, which is known only when a file is read.
//
// Element (i, j) of matrix b is at data[b*rows*cols + i + j*rows] (col_major) or data[b*rows*cols + i*cols + j].
#ifndef POSDEF_TOOLS_IO_MATRICES_HPP
#define POSDEF_TOOLS_IO_MATRICES_HPP

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <posdef/types.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "io/memory.hpp"

namespace posdef::tools {

/// Bad file content or a request that the tools reject. The text says where, and what was expected.
class input_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// "3 x 4", or "5 x 3 x 4" unless there is exactly one matrix.
std::string shape_text(std::int64_t batch, std::int64_t rows, std::int64_t cols);

enum class dtype { f32, f64, c64, c128 };

std::string_view name_of(dtype type);
/// "f32", "f64", "c64", "c128"; throws input_error for other texts.
dtype parse_dtype(std::string_view text);

template <class T>
constexpr bool is_complex = !std::is_same_v<T, real_type<T>>;

template <scalar T>
constexpr dtype dtype_of = std::is_same_v<T, float>                 ? dtype::f32
                           : std::is_same_v<T, double>              ? dtype::f64
                           : std::is_same_v<T, std::complex<float>> ? dtype::c64
                                                                    : dtype::c128;

/// Real operations in one operation of this type, as benchmarks count them: 4 for complex types.
template <class T>
constexpr double cost_factor = is_complex<T> ? 4 : 1;

template <class T>
constexpr T conjugate(T x) {
  if constexpr (is_complex<T>) {
    return std::conj(x);
  } else {
    return x;
  }
}

template <scalar T>
struct matrices {
  using element = T;
  std::int64_t batch = 0, rows = 0, cols = 0;
  layout order = layout::col_major;
  buffer<T> elements;
  std::vector<std::int64_t> leading;  ///< the sizes whose product is `batch`; empty for one matrix
  bool vector = false;                ///< a column, stored in its file as a one-dimensional array

  matrices() = default;
  /// Zeros; the batch has one dimension unless it is one matrix. Throws input_error if they need more than
  /// `memory_limit` bytes; `what` begins the error text.
  matrices(std::int64_t batch_, std::int64_t rows_, std::int64_t cols_, layout order_ = layout::col_major,
           std::uint64_t memory_limit = usable_memory(), std::string_view what = "this result");

  std::int64_t index(std::int64_t b, std::int64_t i, std::int64_t j) const {
    return b * rows * cols + (order == layout::col_major ? i + j * rows : i * cols + j);
  }
  T& operator()(std::int64_t b, std::int64_t i, std::int64_t j) { return elements.data()[index(b, i, j)]; }
  const T& operator()(std::int64_t b, std::int64_t i, std::int64_t j) const { return elements.data()[index(b, i, j)]; }

  posdef::view<T> view() { return posdef::view<T>(elements.data(), rows, cols, 0, order).batched(batch, rows * cols); }
  posdef::view<const T> view() const {
    return posdef::view<const T>(elements.data(), rows, cols, 0, order).batched(batch, rows * cols);
  }
};

template <class T>
bool finite(const T& x) {
  return std::isfinite(std::real(x)) && std::isfinite(std::imag(x));
}

/// Text of a file, safe for a terminal: replaces non-ASCII characters by "?" and cuts after `longest` characters.
std::string printable(std::string_view text, std::size_t longest = 40);
/// Zeros of the shape of `m`, possibly in another type; memory as in the constructor of matrices.
template <scalar T, scalar U>
matrices<T> zeros_like(const matrices<U>& m, std::uint64_t memory_limit = usable_memory(),
                       std::string_view what = "this result") {
  matrices<T> zeros(m.batch, m.rows, m.cols, m.order, memory_limit, what);
  zeros.leading = m.leading;
  zeros.vector = m.vector;
  return zeros;
}
/// A copy of matrix b of a batch.
template <scalar T>
matrices<T> single(const matrices<T>& m, std::int64_t b) {
  matrices<T> one(1, m.rows, m.cols, m.order);
  std::copy_n(m.elements.data() + m.index(b, 0, 0), m.rows * m.cols, one.elements.data());
  return one;
}

/// "(3, 1)": the place of an element, counted from 1, for indices from 0.
std::string place_text(std::int64_t i, std::int64_t j);

using any_matrices =
    std::variant<matrices<float>, matrices<double>, matrices<std::complex<float>>, matrices<std::complex<double>>>;

dtype dtype_of_any(const any_matrices& m);

/// The same values in another type, rounded if it is narrower. Throws input_error if a complex element with a nonzero
/// imaginary part would become real, a finite number infinite, or a diagonal element zero. `name` begins the error
/// text.
any_matrices convert(any_matrices m, dtype to, std::string_view name, std::uint64_t memory_limit = usable_memory());

/// Throws input_error unless every matrix is square.
void require_square(const any_matrices& m, std::string_view name);

}  // namespace posdef::tools

#endif
