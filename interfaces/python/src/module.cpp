// The module posdef._core: its functions and their keywords. What they do is in operations.cpp.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include "docstrings.hpp"
#include "errors.hpp"
#include "factor.hpp"
#include "keywords.hpp"
#include "xla.hpp"

namespace posdef::python {

namespace {

// ---- The functions of the module, with their keywords --------------------------------------------------------------

using nb::handle;
using nb::object;

object cholesky(handle a, flag upper, handle out, flag overwrite_a, handle on_failure, handle threads, handle device) {
  return run(square::cholesky, a,
             read_keywords("cholesky", upper, {out, {"overwrite_a", overwrite_a}, on_failure, threads, device, "a"}));
}

object cholesky_ex(handle a, flag upper, handle out, flag overwrite_a, handle threads, handle device) {
  static const nb::str report("report");
  return run(square::cholesky, a,
             read_keywords("cholesky_ex", upper, {out, {"overwrite_a", overwrite_a}, report, threads, device, "a"}));
}

object solve_matrix(handle a, handle b, flag upper, handle out, flag overwrite_b, handle on_failure, handle threads,
                    handle device) {
  return run(solve::matrix, a, b,
             read_keywords("solve", upper, {out, {"overwrite_b", overwrite_b}, on_failure, threads, device, "a"}));
}

object inv_matrix(handle a, flag upper, handle out, flag overwrite_a, handle on_failure, handle threads,
                  handle device) {
  return run(square::inv, a,
             read_keywords("inv", upper, {out, {"overwrite_a", overwrite_a}, on_failure, threads, device, "a"}));
}

object cholesky_solve(handle l, handle b, flag upper, handle out, flag overwrite_b, handle on_failure, handle threads,
                      handle device) {
  return run(solve::factor, l, b,
             read_keywords("cholesky_solve", upper, {out, {"overwrite_b", overwrite_b}, on_failure, threads, device}));
}

object cholesky_inverse(handle l, flag upper, handle out, flag overwrite_l, handle on_failure, handle threads,
                        handle device) {
  return run(
      square::cholesky_inverse, l,
      read_keywords("cholesky_inverse", upper, {out, {"overwrite_l", overwrite_l}, on_failure, threads, device}));
}

object cholesky_logdet(handle l, flag upper, handle out, handle on_failure, handle threads, handle device) {
  return run(logdet_of::factor, l, read_keywords("cholesky_logdet", upper, {out, {}, on_failure, threads, device}));
}

object logdet(handle a, flag upper, handle out, flag overwrite_a, handle on_failure, handle threads, handle device) {
  return run(logdet_of::matrix, a,
             read_keywords("logdet", upper, {out, {"overwrite_a", overwrite_a}, on_failure, threads, device, "a"}));
}

object solve_triangular(handle l, handle b, flag upper, handle trans, flag unit_diagonal, handle out, flag overwrite_b,
                        handle on_failure, handle threads, handle device) {
  keywords k =
      read_keywords("solve_triangular", upper, {out, {"overwrite_b", overwrite_b}, on_failure, threads, device});
  k.choices.op = read_trans(k.function, trans);
  if (read_flag(k.function, {"unit_diagonal", unit_diagonal})) k.choices.diag = diag::unit;
  return run(solve::triangle, l, b, k);
}

object inv_triangular(handle l, flag upper, flag unit_diagonal, handle out, flag overwrite_l, handle on_failure,
                      handle threads, handle device) {
  keywords k = read_keywords("inv_triangular", upper, {out, {"overwrite_l", overwrite_l}, on_failure, threads, device});
  if (read_flag(k.function, {"unit_diagonal", unit_diagonal})) k.choices.diag = diag::unit;
  return run(square::inv_triangular, l, k);
}

/// LAPACK's potrf: leaves the other triangle unchanged and returns info. For _patch.py.
index factor_in_place(handle a, bool upper) {
  keywords k{.function = "cholesky", .left = "a", .choices = {}};
  k.choices.uplo = upper ? uplo::upper : uplo::lower;
  return run_in_place(a, k);
}

/// The argument of jax.ffi.register_ffi_target.
nb::capsule xla_handler() { return nb::capsule(reinterpret_cast<void*>(&xla::handle), "xla._CUSTOM_CALL_TARGET"); }

nb::list devices() {
  nb::list all;
  for (const device_info& d : with_python_errors({"devices"}, {}, posdef::devices)) {
    nb::dict line;
    line["name"] = d.device.name();
    line["available"] = d.available;
    line["description"] = d.description;
    all.append(line);
  }
  return all;
}

std::string default_device() { return with_python_errors({"default_device"}, {}, posdef::default_device).name(); }

int get_num_threads() { return with_python_errors({"get_num_threads"}, {}, posdef::num_threads); }

/// The previous setting. function: the name of the caller in _threads.py.
int set_num_threads(const char* function, handle threads) {
  return posdef::set_num_threads(read_number_of_threads(function, threads));
}

}  // namespace

/// _threadpoolctl.py recognizes this module by this symbol, because other packages also have files named _core.
extern "C" NB_EXPORT void posdef_python_module() {}

NB_MODULE(_core, m) {
  using namespace nb::literals;
  const auto keywords_only = nb::kw_only();
  const auto upper = "upper"_a = false, unit = "unit_diagonal"_a = false, overwrite_a = "overwrite_a"_a = false,
             overwrite_b = "overwrite_b"_a = false, overwrite_l = "overwrite_l"_a = false;
  const auto out = "out"_a = nb::none(), threads = "threads"_a = nb::none(), device = "device"_a = nb::none();
  const auto on_failure = "on_failure"_a = "raise";

  m.def("cholesky", &cholesky, "a"_a, keywords_only, upper, out, overwrite_a, on_failure, threads, device,
        docstring("cholesky").c_str());
  m.def("cholesky_ex", &cholesky_ex, "a"_a, keywords_only, upper, out, overwrite_a, threads, device,
        docstring("cholesky_ex").c_str());
  m.def("solve", &solve_matrix, "a"_a, "b"_a, keywords_only, upper, out, overwrite_b, on_failure, threads, device,
        docstring("solve").c_str());
  m.def("inv", &inv_matrix, "a"_a, keywords_only, upper, out, overwrite_a, on_failure, threads, device,
        docstring("inv").c_str());
  m.def("cholesky_solve", &cholesky_solve, "l"_a, "b"_a, keywords_only, upper, out, overwrite_b, on_failure, threads,
        device, docstring("cholesky_solve").c_str());
  m.def("cholesky_inverse", &cholesky_inverse, "l"_a, keywords_only, upper, out, overwrite_l, on_failure, threads,
        device, docstring("cholesky_inverse").c_str());
  m.def("cholesky_logdet", &cholesky_logdet, "l"_a, keywords_only, upper, out, on_failure, threads, device,
        docstring("cholesky_logdet").c_str());
  m.def("logdet", &logdet, "a"_a, keywords_only, upper, out, overwrite_a, on_failure, threads, device,
        docstring("logdet").c_str());
  m.def("solve_triangular", &solve_triangular, "l"_a, "b"_a, keywords_only, upper, "trans"_a = "N", unit, out,
        overwrite_b, on_failure, threads, device, docstring("solve_triangular").c_str());
  m.def("inv_triangular", &inv_triangular, "l"_a, keywords_only, upper, unit, out, overwrite_l, on_failure, threads,
        device, docstring("inv_triangular").c_str());

  define_factor(m);
  m.def("_factor_in_place", &factor_in_place, "a"_a, keywords_only, upper);
  m.def("_xla_handler", &xla_handler);
  m.def("devices", &devices, docstring("devices").c_str());
  m.def("default_device", &default_device, docstring("default_device").c_str());
  m.def("_get_num_threads", &get_num_threads);
  m.def("_set_num_threads", &set_num_threads, "function"_a, "threads"_a.none());
  m.attr("__version__") = std::string(posdef::version());
}

}  // namespace posdef::python
