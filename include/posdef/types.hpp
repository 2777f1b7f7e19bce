// posdef: the words the interface is made of: views, choices, errors, devices.
//
// A matrix is described, never owned: `view<T>` says where the elements lie. Element (i, j) of matrix b is at
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

/// Which triangle of a symmetric, Hermitian or triangular matrix holds the data. The other one is never read.
enum class uplo { lower, upper };

/// Which index runs fastest in memory.
enum class layout { col_major, row_major };

/// What a call does when a matrix of the batch cannot be factored (or a triangular one is singular).
enum class on_failure {
  report,  ///< say so in `info`; columns before the failing one hold the factor, the rest is unspecified
  nan,     ///< as `report`, and the failed result is filled with NaN
  raise    ///< as `report`, and throw `numerical_error` once every matrix of the batch has been processed
};

/// What becomes of the triangle that `uplo` does not name, in a matrix that a call writes.
enum class other_triangle {
  automatic,  ///< in place: keep. Out of place: zero; for `cholesky_inverse`, mirror
  keep,       ///< not touched
  zero,       ///< set to zero
  mirror      ///< `cholesky_inverse` only: the conjugate transpose, so that the whole inverse stands there
};

/// Whether the diagonal of a triangular matrix is read, or taken to be ones.
enum class diag { non_unit, unit };

/// op(L) in `solve_triangular`: L, Lᵀ or Lᴴ.
enum class op { none, transpose, conj_transpose };

/// The engines. Those that a build leaves out, or that find no device, answer `unavailable`. `hybrid` is a device with
/// the CPU: number k of CUDA's devices if there are any, else of OpenCL's. It processes matrices in host memory.
/// automatic: the engine that force() or POSDEF_DEVICE pins, else cpu. The others mean themselves, whatever is pinned.
enum class engine { automatic, cpu, reference, opencl, cuda, hybrid };

/// An engine and, where it has several, the device's number.
struct device {
  posdef::engine engine = posdef::engine::automatic;
  int index = 0;

  /// "automatic", "cpu", "reference", "opencl", "opencl:1", "cuda:0", "hybrid:0". Anything else throws
  /// invalid_argument.
  POSDEF_API static device parse(std::string_view text);
  POSDEF_API std::string name() const;
  friend bool operator==(const device&, const device&) = default;
};

/// What all errors of posdef have in common, beside the standard class from which each of them derives: catch either.
class POSDEF_API error {
 public:
  virtual ~error();
  virtual const char* what() const noexcept = 0;
};

/// A bad argument. Nothing has been written. The message names function, argument and value.
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

/// A batch of matrices in the caller's memory: a description, no ownership. `view<const T>` is for inputs.
template <class T>
struct view {
  T* data = nullptr;             ///< first element of the first matrix (unless `pointers` is set)
  T* const* pointers = nullptr;  ///< first element of each matrix; when set, `data` and `stride` are not used
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t ld = 1;  ///< distance of neighbouring columns (col_major) or rows (row_major), >= max(1, rows or cols)
  std::int64_t batch = 1;   ///< number of matrices
  std::int64_t stride = 0;  ///< distance of neighbouring matrices; any sign. Written matrices must not overlap
  layout order = layout::col_major;

  constexpr view() = default;

  /// rows × cols, element (i, j) at data[i + j*ld] (col_major) or data[i*ld + j] (row_major).
  /// ld = 0 stands for the tightest one.
  constexpr view(T* data_, std::int64_t rows_, std::int64_t cols_, std::int64_t ld_ = 0,
                 layout order_ = layout::col_major)
      : data(data_), rows(rows_), cols(cols_), ld(ld_ != 0 ? ld_ : tight(rows_, cols_, order_)), order(order_) {}

  /// The same shape `count` times, `distance` elements apart (0: one directly behind the other).
  [[nodiscard]] constexpr view batched(std::int64_t count, std::int64_t distance = 0) const {
    view v = *this;
    v.batch = count;
    v.stride = distance != 0 ? distance : ld * (order == layout::col_major ? cols : rows);
    return v;
  }

  /// `count` matrices of one shape at the places `where[0..count)`.
  [[nodiscard]] static constexpr view at(T* const* where, std::int64_t count, std::int64_t rows, std::int64_t cols,
                                         std::int64_t ld = 0, layout order = layout::col_major) {
    view v(nullptr, rows, cols, ld, order);
    v.pointers = where;
    v.batch = count;
    return v;
  }

  /// A view of mutable elements serves where one of constant elements is asked for.
  constexpr operator view<const T>() const requires(!std::is_const_v<T>) {
    view<const T> v(data, rows, cols, 1, order);
    v.ld = ld;
    v.pointers = pointers;
    v.batch = batch;
    v.stride = stride;
    return v;
  }

#if defined(__cpp_lib_mdspan)
  /// A rank-2 mdspan (one matrix) or rank-3 mdspan (a batch, first index). One of the two matrix strides must be 1.
  template <class Extents, class Layout, class Accessor>
    requires(Extents::rank() == 2 || Extents::rank() == 3)
  constexpr view(const std::mdspan<T, Extents, Layout, Accessor>& m) : data(m.data_handle()) {
    constexpr std::size_t r = Extents::rank() - 2;
    rows = static_cast<std::int64_t>(m.extent(r));
    cols = static_cast<std::int64_t>(m.extent(r + 1));
    const auto row_step = static_cast<std::int64_t>(m.stride(r));
    const auto col_step = static_cast<std::int64_t>(m.stride(r + 1));
    // The stride of an index that takes one value means nothing: a column of the default layout has two unit strides.
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

/// Rows and columns of a matrix.
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

/// rows × cols with leading dimension ld, 0 for the smallest: `col_major(b, {n, nrhs})`, `col_major(a, {n, n}, lda)`.
template <class T>
constexpr view<T> col_major(T* data, extents size, std::int64_t ld = 0) {
  return view<T>(data, size.rows, size.cols, ld, layout::col_major);
}
template <class T>
constexpr view<T> row_major(T* data, extents size, std::int64_t ld = 0) {
  return view<T>(data, size.rows, size.cols, ld, layout::row_major);
}

/// Two plain numbers could be rows and columns, or an order and a leading dimension. Braces say which.
template <class T>
view<T> col_major(T* data, std::int64_t, std::int64_t) = delete;
template <class T>
view<T> row_major(T* data, std::int64_t, std::int64_t) = delete;

/// Choices that every call takes; the defaults suit most calls.
struct options {
  posdef::uplo uplo = posdef::uplo::lower;
  posdef::on_failure on_failure = posdef::on_failure::raise;  ///< the `try_` forms take `raise` for `report`
  posdef::other_triangle other = posdef::other_triangle::automatic;
  posdef::diag diag = posdef::diag::non_unit;  ///< read by `solve_triangular` and `inv_triangular` alone
  posdef::op op = posdef::op::none;            ///< read by `solve_triangular` alone
  int threads = 0;                             ///< at most so many threads; 0: `default_threads()`
  posdef::device device = {};
};

/// Memory for a workspace could not be had. Nothing has been written.
class POSDEF_API out_of_memory : public std::bad_alloc, public error {
 public:
  explicit out_of_memory(std::size_t bytes) noexcept;
  std::size_t bytes() const noexcept { return bytes_; }
  const char* what() const noexcept override { return text_; }

 private:
  std::size_t bytes_;
  char text_[96];  // an array and not a string: there may be no memory for words either
};

/// The engine is not built in, or there is no such device or instruction set on this machine.
class POSDEF_API unavailable : public std::runtime_error, public error {
 public:
  using std::runtime_error::runtime_error;
  const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// A device's driver failed, or something else that posdef needs from the system and that no argument could change.
class POSDEF_API system_failure : public std::runtime_error, public error {
 public:
  using std::runtime_error::runtime_error;
  const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// Some matrix of the batch had no answer. Every other matrix of the batch has been processed to the end. (The text is
/// empty where there was no memory for it.)
class POSDEF_API numerical_error : public std::runtime_error, public error {
 public:
  numerical_error(const std::string& text, std::int64_t index, std::int64_t order, std::int64_t failures)
      : std::runtime_error(text), index_(index), order_(order), failures_(failures) {}
  std::int64_t index() const noexcept { return index_; }        ///< the first matrix that failed, from 0
  std::int64_t order() const noexcept { return order_; }        ///< its info: the order k of the failing minor, from 1
  std::int64_t failures() const noexcept { return failures_; }  ///< how many matrices failed
  const char* what() const noexcept override { return std::runtime_error::what(); }

 private:
  std::int64_t index_, order_, failures_;
};

/// The leading minor of order `order()` of matrix `index()` is not positive definite.
class POSDEF_API not_positive_definite : public numerical_error {
 public:
  using numerical_error::numerical_error;
};

/// Diagonal element `order()` (from 1) of triangular matrix `index()` is zero, infinite or NaN; or, where a Cholesky
/// factor is expected, not positive.
class POSDEF_API singular : public numerical_error {
 public:
  using numerical_error::numerical_error;
};

}  // namespace posdef::inline POSDEF_ABI

#endif
