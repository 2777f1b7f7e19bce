#include "array.hpp"

#include <nanobind/stl/pair.h>

#include <cstdlib>
#include <string>

namespace posdef::python {

const char* name_of(dtype type) {
  static constexpr const char* names[] = {"float32", "float64",  "complex64", "complex128",
                                          "float16", "bfloat16", "int32"};
  return names[static_cast<int>(type)];
}

int size_of(dtype type) {
  switch (type) {
    case dtype::f16:
    case dtype::bf16: return 2;
    case dtype::f32:
    case dtype::i32: return 4;
    case dtype::f64:
    case dtype::c64: return 8;
    case dtype::c128: return 16;
  }
  return 0;
}

dtype real_of(dtype type) {
  if (type == dtype::c64) return dtype::f32;
  return type == dtype::c128 ? dtype::f64 : type;
}

namespace {
std::string message(const argument& where, const std::string& text) {
  return std::string("posdef.") + where.function + ": " + where.name + " " + text;
}

constexpr auto dl_float = static_cast<std::uint8_t>(nb::dlpack::dtype_code::Float);
constexpr auto dl_bfloat = static_cast<std::uint8_t>(nb::dlpack::dtype_code::Bfloat);
constexpr auto dl_complex = static_cast<std::uint8_t>(nb::dlpack::dtype_code::Complex);
constexpr auto dl_int = static_cast<std::uint8_t>(nb::dlpack::dtype_code::Int);

nb::dlpack::dtype dl_of(dtype type) {
  const auto bits = static_cast<std::uint8_t>(8 * size_of(type));
  switch (type) {
    case dtype::c64:
    case dtype::c128: return {dl_complex, bits, 1};
    case dtype::bf16: return {dl_bfloat, bits, 1};
    case dtype::i32: return {dl_int, bits, 1};
    default: return {dl_float, bits, 1};
  }
}

bool type_from(nb::dlpack::dtype dl, dtype& type) {
  if (dl.lanes != 1) return false;
  for (const dtype t : {dtype::f32, dtype::f64, dtype::c64, dtype::c128, dtype::f16, dtype::bf16}) {
    type = t;
    if (dl == dl_of(t)) return true;
  }
  return false;
}

nb::module_ frameworks() { return nb::module_::import_("posdef._frameworks"); }

array read_dlpack(nb::handle object, const argument& where, access wanted) {
  // Raises for an object that is no array, is traced, is on a device without an engine, or must not be written. This is
  // Python code, because the test is different for each framework.
  const auto [readable, writable] = nb::cast<std::pair<nb::object, bool>>(
      frameworks().attr("prepare")(object, where.function, where.name, wanted == access::write));
  array r;
  r.dlpack = std::make_unique<exported>();
  nb::ndarray<>& tensor = r.dlpack->tensor;
  r.writable = writable && wanted != access::read && nb::try_cast(readable, tensor);
  if (!r.writable) {
    if (wanted == access::write) refuse(where, "is read-only");
    nb::ndarray<nb::ro> constant;
    if (!nb::try_cast(readable, constant)) refuse_type(where, "cannot be read through DLPack");
    tensor = nb::ndarray<>(constant);
  }
  if (!type_from(tensor.dtype(), r.type))
    refuse_type(where, "has dtype " +
                           std::string(nb::str(nb::getattr(object, "dtype", nb::str("of another kind"))).c_str()) +
                           "; expected float32, float64, complex64, complex128, float16 or bfloat16");
  r.data = static_cast<std::byte*>(tensor.data());
  r.ndim = static_cast<int>(tensor.ndim());
  r.shape = tensor.shape_ptr();
  for (std::size_t i = 0; i < tensor.ndim(); ++i) r.dlpack->strides.push_back(tensor.stride(i) * size_of(r.type));
  r.strides = r.dlpack->strides.data();
  r.object = object;
  return r;
}

}  // namespace

void refuse(const argument& where, const std::string& text) { throw nb::value_error(message(where, text).c_str()); }
void refuse_type(const argument& where, const std::string& text) { throw nb::type_error(message(where, text).c_str()); }

std::string shape_text(std::span<const index> shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

array read(nb::handle object, const argument& where, access wanted) {
  if (!is_numpy(object)) return read_dlpack(object, where, wanted);
  array r = read_numpy(object, where);
  if (wanted == access::write && !r.writable) refuse(where, "is read-only");
  return r;
}

result::result(const array& like, dtype type, std::span<const index> shape) : like_(like.object) {
  array_.type = type;
  array_.numpy = like.numpy;
  array_.writable = true;
  if (like.numpy) {
    made_ = make_numpy(like, type, shape, array_);
    return;
  }
  shape_.assign(shape.begin(), shape.end());
  strides_.resize(shape.size());
  std::size_t bytes = static_cast<std::size_t>(size_of(type));
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides_[i] = static_cast<index>(bytes);
    bytes *= static_cast<std::size_t>(shape[i] > 1 ? shape[i] : 1);
  }
  // XLA uses memory without a copy if it is aligned to 64 bytes.
  void* const memory = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (memory == nullptr) throw std::bad_alloc();
  made_ = nb::capsule(memory, [](void* p) noexcept { std::free(p); });
  array_.data = static_cast<std::byte*>(memory);
  array_.ndim = static_cast<int>(shape.size());
  array_.shape = shape_.data();
  array_.strides = strides_.data();
}

nb::object result::release() {
  if (array_.numpy) return array_.ndim == 0 ? numpy_scalar_if_0d(std::move(made_)) : std::move(made_);
  std::vector<std::size_t> shape(shape_.begin(), shape_.end());
  const nb::ndarray<nb::array_api> finished(array_.data, shape.size(), shape.data(), made_, nullptr, dl_of(array_.type),
                                            nb::device::cpu::value, 0);
  return frameworks().attr("adopt")(like_, finished, name_of(array_.type));
}

}  // namespace posdef::python
