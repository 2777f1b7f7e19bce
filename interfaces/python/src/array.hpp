// Arrays as the caller has them: NumPy's through NumPy's own C interface, everybody else's through DLPack.
//
// An `array` describes memory that somebody else owns; a `result` is memory made for the caller and handed over as an
// array of the caller's own framework. Strides are counted in bytes here, as NumPy allows any number of them.
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

/// For messages: posdef.<function>: <name> ...
struct argument {
  const char* function;
  const char* name;
};
/// Throws ValueError or TypeError with "posdef.<function>: <name> <text>".
[[noreturn]] void refuse(const argument& where, const std::string& text);
[[noreturn]] void refuse_type(const argument& where, const std::string& text);

/// "(3, 4)"
std::string shape_text(std::span<const index> shape);

/// What an exporter has lent by DLPack, which counts strides in elements.
struct loan {
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
  const index* strides = nullptr;  ///< bytes
  nb::handle object;               ///< what the caller passed
  std::unique_ptr<loan> lent;      ///< not for NumPy's arrays

  std::span<const index> dims() const { return {shape, static_cast<std::size_t>(ndim)}; }
};

/// The array that `object` is; TypeError for what is no array or has other elements, UnavailableError for one whose
/// device no engine of this build serves. `write` demands memory that may be written (else ValueError), `may_write`
/// asks for it and finds the answer in `writable`.
enum class access { read, may_write, write };
array read(nb::handle object, const argument& where, access wanted = access::read);

/// Memory for a result, C-ordered. NumPy's is a new ndarray; for the others it is handed over at the end, so that a
/// framework that copies (or that must not see a change) gets the finished values.
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

// numpy.cpp: none of these imports NumPy; they are all false or unused while the program has not.
bool is_numpy(nb::handle object);
array read_numpy(nb::handle object, const argument& where);
nb::object make_numpy(const array& like, dtype type, std::span<const index> shape, array& made);
nb::object numpy_scalar_if_0d(nb::object made);

}  // namespace posdef::python
