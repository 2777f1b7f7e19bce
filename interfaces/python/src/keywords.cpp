#include "keywords.hpp"

#include <string>
#include <string_view>

namespace posdef::python {

namespace {

/// The text of a str; empty for other objects, and for a str that UTF-8 cannot encode.
std::string_view text_of(nb::handle object) {
  if (!PyUnicode_Check(object.ptr())) return {};
  Py_ssize_t size = 0;
  if (const char* const text = PyUnicode_AsUTF8AndSize(object.ptr(), &size))
    return {text, static_cast<std::size_t>(size)};
  PyErr_Clear();
  return {};
}

std::string is_value(nb::handle value) { return std::string("is ") + nb::repr(value).c_str(); }

void read_failure(nb::handle word, keywords& k) {
  // The default is a constant of the interpreter: most calls compare a pointer.
  static PyObject* const raise = PyUnicode_InternFromString("raise");
  if (word.ptr() == raise) return;
  const std::string_view text = text_of(word);
  if (text == "raise") return;
  const bool nan = text == "nan", report = text == "report";
  if (!nan && !report && text != "nan-report")
    refuse({k.function, "on_failure"}, is_value(word) + "; expected 'raise', 'nan', 'report' or 'nan-report'");
  k.raise = false;
  k.report = !nan;
  if (!report) k.choices.on_failure = on_failure::nan;
}

device read_device(const char* function, nb::handle name) {
  if (!PyUnicode_Check(name.ptr())) refuse_type({function, "device"}, is_value(name) + "; expected None or a name");
  try {
    return device::parse(text_of(name));
  } catch (const invalid_argument&) {  // its text names device::parse
    refuse({function, "device"}, is_value(name) +
                                     "; expected None, 'cpu', 'reference', 'opencl', 'cuda' or 'hybrid', with a number "
                                     "as in 'cuda:0' if there are several");
  }
}

}  // namespace

bool read_flag(const char* function, const named_flag& f) {
  PyObject* const value = f.given.value.ptr();
  if (value == Py_False || value == nullptr) return false;
  if (value == Py_True) return true;
  const std::string_view type = Py_TYPE(value)->tp_name;
  if (type != "numpy.bool" && type != "numpy.bool_")
    refuse_type({function, f.name}, is_value(value) + "; expected True or False");
  return PyObject_IsTrue(value) == 1;
}

keywords read_keywords(const char* function, flag upper, const common& c) {
  keywords k{.function = function, .left = c.left, .choices = {}, .out = c.out};
  k.overwrite = read_flag(function, c.overwrite);
  k.choices.on_failure = on_failure::report;
  read_failure(c.failure, k);
  k.choices.uplo = read_flag(function, {"upper", upper}) ? uplo::upper : uplo::lower;
  if (!c.threads.is_none() && (!nb::try_cast(c.threads, k.choices.threads) || k.choices.threads < 1))
    refuse({function, "threads"}, is_value(c.threads) + "; expected None or 1 or more");
  if (!c.device.is_none()) k.choices.device = read_device(function, c.device);
  return k;
}

int read_number_of_threads(const char* function, nb::handle threads) {
  int number = 0;
  if (!nb::try_cast(threads, number) || number < 0)
    refuse({function, "threads"}, is_value(threads) + "; expected 0 or more");
  return number;
}

op read_trans(const char* function, nb::handle word) {
  const std::string_view text = text_of(word);
  if (text == "N") return op::none;
  if (text == "T") return op::transpose;
  if (text == "C") return op::conj_transpose;
  refuse({function, "trans"}, is_value(word) + "; expected 'N', 'T' or 'C'");
}

}  // namespace posdef::python
