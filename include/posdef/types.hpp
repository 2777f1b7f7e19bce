// posdef: the types of the interface: views, options, devices and errors.
//
// A `view<T>` describes a batch of matrices in memory that it does not own. Element (i, j) of matrix b is
//     base(b)[i + j*ld]   for layout::col_major,      base(b)[i*ld + j]   for layout::row_major,
// where base(b) is data + b*stride, or pointers[b] for an array of pointers. Sizes are counted in elements.
#ifndef POSDEF_TYPES_HPP
#define POSDEF_TYPES_HPP

#include <posdef/version.h>

#include <algorithm>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>
#include <version>
#if defined(__cpp_lib_mdspan)
#include <mdspan>
#endif

#if defined(POSDEF_STATIC)
#define POSDEF_API
#else
#define POSDEF_API __attribute__((visibility("default")))
#endif

namespace posdef::inline POSDEF_ABI {

/// The element types: float, double and their complex forms.
template <class T>
concept scalar = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::complex<float>> ||
    std::same_as<T, std::complex<double>>;

template <class T>
struct real_type_of {
  using type = T;
};
template <class T>
struct real_type_of<std::complex<T>> {
  using type = T;
};
/// float for float and complex<float>, double for double and complex<double>.
template <class T>
using real_type = typename real_type_of<std::remove_const_t<T>>::type;

/// The triangle of a symmetric, Hermitian or triangular matrix that holds the data. The other one is never read.
enum class uplo { lower, upper };

/// The memory layout: col_major stores columns contiguously, row_major stores rows contiguously.
enum class layout { col_major, row_major };

/// What a call does when it cannot factor a matrix of the batch, or when a triangular matrix is singular.
enum class on_failure {
  report,  ///< report it in `info`; columns before the failing one hold the factor, the rest is unspecified
  nan,     ///< as `report`, and fill the failed result with NaN
  raise    ///< as `report`, and throw `numerical_error` after all matrices of the batch have been processed
};

/// What a call writes to the triangle that `uplo` does not name.
enum class other_triangle {
  automatic,  ///< in place: keep; out of place: zero, and for `cholesky_inverse` mirror
  keep,       ///< leave it unchanged
  zero,       ///< set it to zero
  mirror      ///< `cholesky_inverse` only: write the conjugate transpose, so that the full inverse is stored
};

/// Whether a call reads the diagonal of a triangular matrix (non_unit) or assumes ones (unit).
enum class diag { non_unit, unit };

/// op(L) in `solve_triangular`: L, Lᵀ or Lᴴ.
enum class op { none, transpose, conj_transpose };

/// The engine that processes a call. An engine that is not built in, or that has no device, throws `unavailable`.
/// `automatic` selects the engine set by force() or POSDEF_DEVICE, else cpu. `hybrid` uses a device and the CPU for
/// matrices in host memory: CUDA device k if there is a CUDA device, else OpenCL device k.
enum class engine { automatic, cpu, reference, opencl, cuda, hybrid };

/// An engine and the index of a device of this engine.
struct device {
  posdef::engine engine = posdef::engine::automatic;
  int index = 0;

  /// Accepts "automatic", "cpu", "reference", "opencl", "opencl:1", "cuda:0", "hybrid:0"; else throws invalid_argument.
  POSDEF_API static device parse(std::string_view text);
  POSDEF_API std::string name() const;
  friend bool operator==(const device&, const device&) = default;
};

/// The common base class of all posdef errors. Each error also derives from a standard exception class.
class POSDEF_API error {
 public:
  virtual ~error();
  virtual const char* what() const noexcept = 0;
};

/// An argument is invalid. Nothing has been written. The message names the function, the argument and the value.
class POSDEF_API invalid_argument : public std::invalid_argument, public error {
 public:
  invalid_argument(std::string_view function, std::string_view argument, std::string_view value,
                   std::string_view expected);
  const std::string& function() const noexcept { return function_; }
  const std::string& argument() const noexcept { return argument_; }
  const std::string& value() const noexcept { return value_; }
  const char* what() const noexcept override { return std::invalid_argument::what(); }

 private:
  std::string function_, argument_, value_;
};

/// A batch of matrices in the caller's memory. A view owns nothing. `view<const T>` is for inputs.
template <class T>
struct view {
  T* data = nullptr;             ///< first element of the first matrix (unless `pointers` is set)
  T* const* pointers = nullptr;  ///< first element of each matrix; if set, `data` and `stride` are ignored
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t ld = 1;     ///< leading dimension: distance between columns (col_major) or rows, >= max(1, rows or cols)
  std::int64_t batch = 1;  ///< number of matrices
  std::int64_t stride = 0;  ///< distance between matrices, may be negative; written matrices must not overlap
  layout order = layout::col_major;

  constexpr view() = default;

  /// rows × cols, element (i, j) at data[i + j*ld] (col_major) or data[i*ld + j] (row_major).
  /// ld = 0 means the smallest leading dimension.
  constexpr view(T* data_, std::int64_t rows_, std::int64_t cols_, std::int64_t ld_ = 0,
                 layout order_ = layout::col_major)
      : data(data_), rows(rows_), cols(cols_), ld(ld_ != 0 ? ld_ : tight(rows_, cols_, order_)), order(order_) {}

  /// A batch of `count` matrices of this shape, `distance` elements apart (0: contiguous).
  [[nodiscard]] constexpr view batched(std::int64_t count, std::int64_t distance = 0) const {
    view v = *this;
    v.batch = count;
    v.stride = distance != 0 ? distance : ld * (order == layout::col_major ? cols : rows);
    return v;
  }

  /// A batch of `count` matrices of one shape; where[b] points to matrix b.
  [[nodiscard]] static constexpr view at(T* const* where, std::int64_t count, std::int64_t rows, std::int64_t cols,
                                         std::int64_t ld = 0, layout order = layout::col_major) {
    view v(nullptr, rows, cols, ld, order);
    v.pointers = where;
    v.batch = count;
    return v;
  }

  /// Converts to a view of constant elements.
  constexpr operator view<const T>() const requires(!std::is_const_v<T>) {
    view<const T> v(data, rows, cols, 1, order);
    v.ld = ld;
    v.pointers = pointers;
    v.batch = batch;
    v.stride = stride;
    return v;
  }

#if defined(__cpp_lib_mdspan)
  /// From an mdspan of rank 2 (one matrix) or rank 3 (a batch, first index). One of the two matrix strides must be 1.
  template <class Extents, class Layout, class Accessor>
    requires(Extents::rank() == 2 || Extents::rank() == 3)
  constexpr view(const std::mdspan<T, Extents, Layout, Accessor>& m) : data(m.data_handle()) {
    constexpr std::size_t r = Extents::rank() - 2;
    rows = static_cast<std::int64_t>(m.extent(r));
    cols = static_cast<std::int64_t>(m.extent(r + 1));
    const auto row_step = static_cast<std::int64_t>(m.stride(r));
    const auto col_step = static_cast<std::int64_t>(m.stride(r + 1));
    // The stride of a dimension of extent 1 is arbitrary: both strides of a column in the default layout are 1.
    const bool columns = row_step == 1 && (col_step >= rows || cols <= 1);
    if (!columns && col_step != 1 && cols > 1)
      throw invalid_argument("view", "mdspan", "without a unit stride", "one of the matrix strides to be 1");
    order = columns ? layout::col_major : layout::row_major;
    ld = std::max({columns ? col_step : row_step, columns ? rows : cols, std::int64_t{1}});
    if constexpr (r == 1) {
      batch = static_cast<std::int64_t>(m.extent(0));
      stride = static_cast<std::int64_t>(m.stride(0));
    }
  }
#endif

 private:
  static constexpr std::int64_t tight(std::int64_t rows, std::int64_t cols, layout order) {
    const std::int64_t lead = order == layout::col_major ? rows : cols;
    return lead > 1 ? lead : 1;
  }
};

/// The rows and columns of a matrix.
struct extents {
  std::int64_t rows, cols;
};

/// n × n: element (i, j) at data[i + j*n] (col_major) or data[i*n + j] (row_major).
template <class T>
constexpr view<T> col_major(T* data, std::int64_t n) {
  return view<T>(data, n, n, 0, layout::col_major);
}
template <class T>
constexpr view<T> row_major(T* data, std::int64_t n) {
  return view<T>(data, n, n, 0, layout::row_major);
}

/// rows × cols with leading dimension ld (0: the smallest): `col_major(b, {n, nrhs})`, `col_major(a, {n, n}, lda)`.
template <class T>
constexpr view<T> col_major(T* data, extents size, std::int64_t ld = 0) {
  return view<T>(data, size.rows, size.cols, ld, layout::col_major);
}
template <class T>
constexpr view<T> row_major(T* data, extents size, std::int64_t ld = 0) {
  return view<T>(data, size.rows, size.cols, ld, layout::row_major);
}

/// Deleted, because two numbers are ambiguous: rows and columns, or order and leading dimension. Use braces.
template <class T>
view<T> col_major(T* data, std::int64_t, std::int64_t) = delete;
template <class T>
view<T> row_major(T* data, std::int64_t, std::int64_t) = delete;

/// Options of a call.
struct options {
  posdef::uplo uplo = posdef::uplo::lower;
  posdef::on_failure on_failure = posdef::on_failure::raise;  ///< `try_` functions treat `raise` as `report`
  posdef::other_triangle other = posdef::other_triangle::automatic;
  posdef::diag diag = posdef::diag::non_unit;  ///< used by `solve_triangular` and `inv_triangular` only
  posdef::op op = posdef::op::none;            ///< used by `solve_triangular` only
  int threads = 0;  ///< maximum number of threads; 0: `num_threads()`. POSDEF_NUM_THREADS overrides it
  posdef::device device = {};
};

/// Allocation of a workspace failed. Nothing has been written.
class POSDEF_API out_of_memory : public std::bad_alloc, public error {
 public:
  explicit out_of_memory(std::size_t bytes) noexcept;
  std::size_t bytes() const noexcept { return bytes_; }
  const char* what() const noexcept override { return text_; }

 private:
  std::size_t bytes_;
  char text_[96];  // a fixed array, because a string would need memory
};

/// The engine is not built in, or this machine lacks the device or the instruction set.
class POSDEF_API unavailable : public std::runtime_error, public error {
 public:
  using std::runtime_error::runtime_error;
  const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// A device driver or another system service failed.
class POSDEF_API system_failure : public std::runtime_error, public error {
 public:
  using std::runtime_error::runtime_error;
  const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// A matrix of the batch failed. All others have been processed. The message is empty if there was no memory for it.
class POSDEF_API numerical_error : public std::runtime_error, public error {
 public:
  numerical_error(const std::string& text, std::int64_t index, std::int64_t order, std::int64_t failures)
      : std::runtime_error(text), index_(index), order_(order), failures_(failures) {}
  std::int64_t index() const noexcept { return index_; }        ///< index of the first matrix that failed, from 0
  std::int64_t order() const noexcept { return order_; }        ///< info of this matrix, the order k of the minor
  std::int64_t failures() const noexcept { return failures_; }  ///< number of matrices that failed
  const char* what() const noexcept override { return std::runtime_error::what(); }

 private:
  std::int64_t index_, order_, failures_;
};

/// The leading minor of order `order()` of matrix `index()` is not positive definite.
class POSDEF_API not_positive_definite : public numerical_error {
 public:
  using numerical_error::numerical_error;
};

/// Diagonal element `order()` (from 1) of triangular matrix `index()` is zero, infinite or NaN. For a Cholesky factor:
/// it is not positive and finite.
class POSDEF_API singular : public numerical_error {
 public:
  using numerical_error::numerical_error;
};

}  // namespace posdef::inline POSDEF_ABI

#endif
