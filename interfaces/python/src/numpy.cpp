// NumPy arrays through NumPy's C interface. Looking up attributes instead would take most of the time of a tiny call.
//
// The interface is loaded after the program has imported NumPy.
#define NPY_NO_DEPRECATED_API NPY_1_22_API_VERSION
#define NPY_TARGET_VERSION NPY_1_22_API_VERSION
#include <numpy/arrayobject.h>

#include <cstring>
#include <string>

#include "array.hpp"

namespace posdef::python {

static_assert(sizeof(npy_intp) == sizeof(index));

namespace {

bool loaded = false;

bool load() {
  if (loaded) return true;
  if (!PyDict_GetItemString(PyImport_GetModuleDict(), "numpy")) return false;
  if (_import_array() < 0) throw nb::python_error();
  loaded = true;
  return true;
}

PyArrayObject* cast(nb::handle object) { return reinterpret_cast<PyArrayObject*>(object.ptr()); }

// bfloat16 is a type of the package ml_dtypes. NumPy assigns its type number at run time.
bool is_bfloat16(PyArrayObject* a) {
  const char* const name = PyArray_DESCR(a)->typeobj->tp_name;
  const char* const dot = std::strrchr(name, '.');
  return std::strcmp(dot != nullptr ? dot + 1 : name, "bfloat16") == 0;
}

int number_of(dtype type) {
  switch (type) {
    case dtype::f32: return NPY_FLOAT;
    case dtype::f64: return NPY_DOUBLE;
    case dtype::c64: return NPY_CFLOAT;
    case dtype::c128: return NPY_CDOUBLE;
    case dtype::f16: return NPY_HALF;
    case dtype::i32: return NPY_INT32;
    case dtype::bf16: break;
  }
  return NPY_NOTYPE;
}

}  // namespace

bool is_numpy(nb::handle object) { return load() && PyArray_Check(object.ptr()); }

array read_numpy(nb::handle object, const argument& where) {
  PyArrayObject* const a = cast(object);
  if (!PyArray_CheckExact(object.ptr()))
    nb::module_::import_("posdef._frameworks").attr("check_subclass")(object, where.function, where.name);
  array r;
  switch (PyArray_TYPE(a)) {
    case NPY_FLOAT: r.type = dtype::f32; break;
    case NPY_DOUBLE: r.type = dtype::f64; break;
    case NPY_CFLOAT: r.type = dtype::c64; break;
    case NPY_CDOUBLE: r.type = dtype::c128; break;
    case NPY_HALF: r.type = dtype::f16; break;
    default:
      if (!is_bfloat16(a))
        refuse_type(where, "has dtype " + std::string(nb::str(nb::handle(object.attr("dtype"))).c_str()) +
                               "; expected float32, float64, complex64, complex128, float16 or bfloat16");
      r.type = dtype::bf16;
  }
  if (!PyArray_ISNOTSWAPPED(a)) refuse_type(where, "has the byte order of another machine");
  r.data = static_cast<std::byte*>(PyArray_DATA(a));
  r.ndim = PyArray_NDIM(a);
  r.shape = reinterpret_cast<const index*>(PyArray_DIMS(a));
  r.strides = reinterpret_cast<const index*>(PyArray_STRIDES(a));
  r.writable = PyArray_ISWRITEABLE(a);
  r.numpy = true;
  r.object = object;
  return r;
}

nb::object make_numpy(const array& like, dtype type, std::span<const index> shape, array& made) {
  PyArray_Descr* const descr =
      type == dtype::bf16 ? PyArray_DESCR(cast(like.object)) : PyArray_DescrFromType(number_of(type));
  if (type == dtype::bf16) Py_INCREF(descr);
  PyObject* const p = PyArray_Empty(static_cast<int>(shape.size()), reinterpret_cast<const npy_intp*>(shape.data()),
                                    descr, /* fortran = */ 0);
  if (p == nullptr) throw nb::python_error();
  PyArrayObject* const a = reinterpret_cast<PyArrayObject*>(p);
  made.data = static_cast<std::byte*>(PyArray_DATA(a));
  made.ndim = PyArray_NDIM(a);
  made.shape = reinterpret_cast<const index*>(PyArray_DIMS(a));
  made.strides = reinterpret_cast<const index*>(PyArray_STRIDES(a));
  return nb::steal(p);
}

nb::object numpy_scalar_if_0d(nb::object made) {
  return nb::steal(PyArray_Return(reinterpret_cast<PyArrayObject*>(made.release().ptr())));
}

}  // namespace posdef::python
