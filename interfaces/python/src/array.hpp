// The caller's arrays: NumPy's through NumPy's C interface, all others through DLPack.
//
// An `array` describes memory that it does not own. A `result` is new memory that becomes an array of the caller's own
// framework. Strides are counted in bytes here, because NumPy's strides may be any number of bytes.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace posdef::python {

namespace nb = nanobind;
using index = std::int64_t;

/// The element types that are accepted. Halves are computed in float.
enum class dtype : std::uint8_t { f32, f64, c64, c128, f16, bf16, i32 };

const char* name_of(dtype type);
int size_of(dtype type);  ///< bytes
/// The type of |x|: f32 for c64, f64 for c128.
dtype real_of(dtype type);

/// Names for messages: posdef.<function>: <name> ...
struct argument {
  const char* function;
  const char* name;
};
/// Throws ValueError or TypeError with "posdef.<function>: <name> <text>".
[[noreturn]] void refuse(const argument& where, const std::string& text);
[[noreturn]] void refuse_type(const argument& where, const std::string& text);

/// "(3, 4)"
std::string shape_text(std::span<const index> shape);

/// An array that was exported by DLPack, which counts strides in elements.
struct exported {
  nb::ndarray<> tensor;
  std::vector<index> strides;  ///< bytes
};

struct array {
  std::byte* data = nullptr;
  int ndim = 0;
  dtype type = dtype::f32;
  bool writable = false;
  bool numpy = false;
  const index* shape = nullptr;
  const index* strides = nullptr;    ///< bytes
  nb::handle object;                 ///< the caller's object
  std::unique_ptr<exported> dlpack;  ///< null for NumPy's arrays

  std::span<const index> dims() const { return {shape, static_cast<std::size_t>(ndim)}; }
};

/// Reads `object`. Throws TypeError if it is no array or has another element type, UnavailableError if this build has
/// no engine for its device. `write` requires writable memory (else ValueError); `may_write` sets `writable`.
enum class access { read, may_write, write };
array read(nb::handle object, const argument& where, access wanted = access::read);

/// Memory for a result, C-ordered. For NumPy it is a new ndarray. Other frameworks get it at the end, because a
/// framework may copy it, and because a JAX array must not change.
class result {
 public:
  result(const array& like, dtype type, std::span<const index> shape);
  result(result&&) = default;
  const array& where() const { return array_; }
  /// The result as an array of the framework that `like` belongs to.
  nb::object release();

 private:
  array array_;
  nb::object made_;  // a NumPy array, or the owner of the memory
  nb::handle like_;
  std::vector<index> shape_, strides_;
};

// numpy.cpp. None of these imports NumPy: is_numpy() is false until the program has imported it.
bool is_numpy(nb::handle object);
array read_numpy(nb::handle object, const argument& where);
nb::object make_numpy(const array& like, dtype type, std::span<const index> shape, array& made);
nb::object numpy_scalar_if_0d(nb::object made);

}  // namespace posdef::python
