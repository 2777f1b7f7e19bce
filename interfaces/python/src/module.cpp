// The module posdef._core: keywords are read, the rest is in operations.cpp.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <cstring>
#include <new>

#include "docstrings.hpp"
#include "operations.hpp"
#include "xla.hpp"

namespace posdef::python {

namespace {

/// on_failure as a word. The default is a constant of the interpreter: most calls compare a pointer.
void read_failure(nb::handle word, keywords& k) {
  static PyObject* const raise = PyUnicode_InternFromString("raise");
  if (word.ptr() == raise) return;
  const char* const text = PyUnicode_Check(word.ptr()) ? PyUnicode_AsUTF8(word.ptr()) : "";
  const auto is = [&](const char* expected) { return text != nullptr && std::strcmp(text, expected) == 0; };
  if (is("raise")) return;
  if (!is("nan") && !is("report") && !is("nan-report"))
    refuse({k.function, "on_failure"},
           std::string("is ") + nb::repr(word).c_str() + "; expected 'raise', 'nan', 'report' or 'nan-report'");
  k.raise = false;
  k.report = !is("nan");
  if (!is("report")) k.choices.on_failure = on_failure::nan;
}

device read_device(const char* function, nb::handle name) {
  try {
    return device::parse(nb::str(name).c_str());
  } catch (const invalid_argument&) {
    refuse({function, "device"}, std::string("is ") + nb::repr(name).c_str() +
                                     "; expected None, 'cpu', 'reference', 'opencl', 'cuda' or 'hybrid', with a number "
                                     "as in 'cuda:0' if there are several");
  }
}

struct common {
  nb::handle out;
  bool overwrite;
  nb::handle failure, threads, device;
};

keywords read_keywords(const char* function, bool upper, const common& c) {
  keywords k{.function = function, .choices = {}, .out = c.out, .overwrite = c.overwrite};
  k.choices.on_failure = on_failure::report;
  read_failure(c.failure, k);
  k.choices.uplo = upper ? uplo::upper : uplo::lower;
  if (!c.threads.is_none() && (!nb::try_cast(c.threads, k.choices.threads) || k.choices.threads < 1))
    refuse({function, "threads"}, std::string("is ") + nb::repr(c.threads).c_str() + "; expected None or 1 or more");
  if (!c.device.is_none()) {
    if (!PyUnicode_Check(c.device.ptr()))
      refuse_type({function, "device"}, std::string("is ") + nb::repr(c.device).c_str() + "; expected None or a name");
    k.choices.device = read_device(function, c.device);
  }
  return k;
}

op op_from(nb::handle word, const char* function) {
  const char* const text = PyUnicode_Check(word.ptr()) ? PyUnicode_AsUTF8(word.ptr()) : nullptr;
  if (text != nullptr) {
    if (std::strcmp(text, "N") == 0) return op::none;
    if (std::strcmp(text, "T") == 0) return op::transpose;
    if (std::strcmp(text, "C") == 0) return op::conj_transpose;
  }
  refuse({function, "trans"}, std::string("is ") + nb::repr(word).c_str() + "; expected 'N', 'T' or 'C'");
}

// ---- The functions of the module, keyword by keyword --------------------------------------------------------------

using nb::handle;
using nb::object;

object cholesky(handle a, bool upper, handle out, bool overwrite_a, handle on_failure, handle threads, handle device) {
  return run(square::cholesky, a, read_keywords("cholesky", upper, {out, overwrite_a, on_failure, threads, device}));
}

object cholesky_ex(handle a, bool upper, handle out, bool overwrite_a, handle threads, handle device) {
  static const nb::str report("report");
  return run(square::cholesky, a, read_keywords("cholesky_ex", upper, {out, overwrite_a, report, threads, device}));
}

object cholesky_solve(handle l, handle b, bool upper, handle out, bool overwrite_b, handle on_failure, handle threads,
                      handle device) {
  return run(solve::cholesky, l, b,
             read_keywords("cholesky_solve", upper, {out, overwrite_b, on_failure, threads, device}));
}

object cholesky_inverse(handle l, bool upper, handle out, bool overwrite_l, handle on_failure, handle threads,
                        handle device) {
  return run(square::cholesky_inverse, l,
             read_keywords("cholesky_inverse", upper, {out, overwrite_l, on_failure, threads, device}));
}

object cholesky_logdet(handle l, bool upper, handle out, handle on_failure, handle threads, handle device) {
  return run(logdet_of::factor, l, read_keywords("cholesky_logdet", upper, {out, false, on_failure, threads, device}));
}

object logdet(handle a, bool upper, handle out, bool overwrite_a, handle on_failure, handle threads, handle device) {
  return run(logdet_of::matrix, a, read_keywords("logdet", upper, {out, overwrite_a, on_failure, threads, device}));
}

object solve_triangular(handle l, handle b, bool upper, handle trans, bool unit_diagonal, handle out, bool overwrite_b,
                        handle on_failure, handle threads, handle device) {
  keywords k = read_keywords("solve_triangular", upper, {out, overwrite_b, on_failure, threads, device});
  k.choices.op = op_from(trans, k.function);
  if (unit_diagonal) k.choices.diag = diag::unit;
  return run(solve::triangular, l, b, k);
}

object inv_triangular(handle l, bool upper, bool unit_diagonal, handle out, bool overwrite_l, handle on_failure,
                      handle threads, handle device) {
  keywords k = read_keywords("inv_triangular", upper, {out, overwrite_l, on_failure, threads, device});
  if (unit_diagonal) k.choices.diag = diag::unit;
  return run(square::inv_triangular, l, k);
}

/// What LAPACK's potrf does: the other triangle stays as it is. Returns info. For the switch in _patch.py.
index factor_in_place(handle a, bool upper) {
  keywords k{.function = "cholesky", .choices = {}};
  k.choices.uplo = upper ? uplo::upper : uplo::lower;
  return run_in_place(a, k);
}

/// What jax.ffi.register_ffi_target takes.
nb::capsule xla_handler() { return nb::capsule(reinterpret_cast<void*>(&xla::handle), "xla._CUSTOM_CALL_TARGET"); }

nb::list devices() {
  nb::list all;
  for (const device_info& d : posdef::devices()) {
    nb::dict line;
    line["name"] = d.device.name();
    line["available"] = d.available;
    line["description"] = d.description;
    all.append(line);
  }
  return all;
}

std::string default_device() { return posdef::default_device().name(); }

/// The library's errors as Python's: ValueError, MemoryError, posdef.UnavailableError.
void translate(const std::exception_ptr& problem, void*) {
  try {
    std::rethrow_exception(problem);
  } catch (const invalid_argument& e) {
    PyErr_SetString(PyExc_ValueError, e.what());
  } catch (const out_of_memory& e) {
    PyErr_SetString(PyExc_MemoryError, e.what());
  } catch (const unavailable& e) {
    const nb::object type = nb::module_::import_("posdef._errors").attr("UnavailableError");
    PyErr_SetString(type.ptr(), e.what());
  }
}

}  // namespace

NB_MODULE(_core, m) {
  using namespace nb::literals;
  nb::register_exception_translator(translate, nullptr);
  const auto keywords_only = nb::kw_only();
  const auto upper = "upper"_a = false, unit = "unit_diagonal"_a = false, overwrite_a = "overwrite_a"_a = false,
             overwrite_b = "overwrite_b"_a = false, overwrite_l = "overwrite_l"_a = false;
  const auto out = "out"_a = nb::none(), threads = "threads"_a = nb::none(), device = "device"_a = nb::none();
  const auto on_failure = "on_failure"_a = "raise";

  m.def("cholesky", &cholesky, "a"_a, keywords_only, upper, out, overwrite_a, on_failure, threads, device,
        doc::cholesky);
  m.def("cholesky_ex", &cholesky_ex, "a"_a, keywords_only, upper, out, overwrite_a, threads, device, doc::cholesky_ex);
  m.def("cholesky_solve", &cholesky_solve, "l"_a, "b"_a, keywords_only, upper, out, overwrite_b, on_failure, threads,
        device, doc::cholesky_solve);
  m.def("cholesky_inverse", &cholesky_inverse, "l"_a, keywords_only, upper, out, overwrite_l, on_failure, threads,
        device, doc::cholesky_inverse);
  m.def("cholesky_logdet", &cholesky_logdet, "l"_a, keywords_only, upper, out, on_failure, threads, device,
        doc::cholesky_logdet);
  m.def("logdet", &logdet, "a"_a, keywords_only, upper, out, overwrite_a, on_failure, threads, device, doc::logdet);
  m.def("solve_triangular", &solve_triangular, "l"_a, "b"_a, keywords_only, upper, "trans"_a = "N", unit, out,
        overwrite_b, on_failure, threads, device, doc::solve_triangular);
  m.def("inv_triangular", &inv_triangular, "l"_a, keywords_only, upper, unit, out, overwrite_l, on_failure, threads,
        device, doc::inv_triangular);

  m.def("_factor_in_place", &factor_in_place, "a"_a, keywords_only, upper);
  m.def("_xla_handler", &xla_handler);
  m.def("devices", &devices, doc::devices);
  m.def("default_device", &default_device, doc::default_device);
  m.def("default_threads", &default_threads, doc::default_threads);
  m.attr("__version__") = std::string(posdef::version());
}

}  // namespace posdef::python
