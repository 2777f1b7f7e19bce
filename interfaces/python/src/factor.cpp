#include "factor.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>

#include "keywords.hpp"

namespace posdef::python {

namespace {

using nb::handle;
using nb::object;

/// info of every matrix in C order, where the factorization of one of them failed.
using failed_info = std::optional<std::vector<index>>;

/// The factor, info as an array, and info as a list where a matrix failed.
using made = std::tuple<object, object, failed_info>;

/// The call with the pair (result, info) as its result; a matrix without an answer becomes NaN.
template <class Call>
made with_info(keywords k, Call call) {
  std::vector<index> failed;
  k.report = true;
  k.choices.on_failure = on_failure::nan;
  k.failed = &failed;
  const auto pair = nb::cast<nb::tuple>(call(k));
  return {pair[0], pair[1], failed.empty() ? failed_info() : failed_info(failed)};
}

made factor(handle a, flag upper, flag overwrite_a, handle on_failure, handle threads, handle device) {
  const keywords k = read_keywords(
      "Factor", upper, {nb::none(), {"overwrite_a", overwrite_a}, on_failure, threads, device, /* left = */ "a"});
  return with_info(k, [&](const keywords& with) { return run(square::cholesky, a, with); });
}

/// The log-determinant reads what makes a factor usable: its diagonal. info is that of the diagonal.
made borrow(handle l, flag upper, handle on_failure, handle threads, handle device) {
  const keywords k = read_keywords("Factor.from_factor", upper, {nb::none(), {}, on_failure, threads, device});
  return with_info(k, [&](const keywords& with) { return run(logdet_of::factor, l, with); });
}

/// The choices of a method: those of its caller, those that the Factor was made with, and what its factorization said.
struct method {
  keywords k;
  failed_info failed;

  method(const char* function, failed_info info, flag upper, const common& c)
      : k(read_keywords(function, upper, c)), failed(std::move(info)) {
    if (failed) k.factored = *failed;
  }
  method(const method&) = delete;
};

object solve_with(handle l, failed_info failed, handle b, flag upper, handle out, flag overwrite_b, handle on_failure,
                  handle threads, handle device) {
  const common c{out, {"overwrite_b", overwrite_b}, on_failure, threads, device, "the factor"};
  return run(solve::factor, l, b, method("Factor.solve", std::move(failed), upper, c).k);
}

object solve_triangular_with(handle l, failed_info failed, handle b, flag upper, handle trans, handle out,
                             flag overwrite_b, handle on_failure, handle threads, handle device) {
  const common c{out, {"overwrite_b", overwrite_b}, on_failure, threads, device, "the factor"};
  method with("Factor.solve_triangular", std::move(failed), upper, c);
  with.k.choices.op = read_trans(with.k.function, trans);
  return run(solve::triangle, l, b, with.k);
}

object inv_with(handle l, failed_info failed, flag upper, handle out, handle on_failure, handle threads,
                handle device) {
  const common c{out, {}, on_failure, threads, device, "the factor"};
  return run(square::cholesky_inverse, l, method("Factor.inv", std::move(failed), upper, c).k);
}

object logdet_with(handle l, failed_info failed, flag upper, handle out, handle on_failure, handle threads,
                   handle device) {
  const common c{out, {}, on_failure, threads, device, "the factor"};
  return run(logdet_of::factor, l, method("Factor.logdet", std::move(failed), upper, c).k);
}

/// The shape of an array and the name of its type, for arrays without attributes for them too.
nb::tuple shape_and_dtype(handle l) {
  const array a = read(l, {"Factor", "the factor"});
  nb::list shape;
  for (const index d : a.dims()) shape.append(d);
  return nb::make_tuple(nb::tuple(shape), name_of(a.type));
}

}  // namespace

void define_factor(nb::module_& m) {
  using namespace nb::literals;
  const auto a = "a"_a.none(), l = "l"_a.none(), b = "b"_a.none(), upper = "upper"_a.none(), out = "out"_a.none(),
             overwrite_b = "overwrite_b"_a.none();
  const auto failed = "failed"_a.none(), on_failure = "on_failure"_a.none(), threads = "threads"_a.none(),
             device = "device"_a.none();
  m.def("_factor", &factor, a, upper, "overwrite_a"_a.none(), on_failure, threads, device);
  m.def("_factor_borrow", &borrow, l, upper, on_failure, threads, device);
  m.def("_factor_solve", &solve_with, l, failed, b, upper, out, overwrite_b, on_failure, threads, device);
  m.def("_factor_solve_triangular", &solve_triangular_with, l, failed, b, upper, "trans"_a.none(), out, overwrite_b,
        on_failure, threads, device);
  m.def("_factor_inv", &inv_with, l, failed, upper, out, on_failure, threads, device);
  m.def("_factor_logdet", &logdet_with, l, failed, upper, out, on_failure, threads, device);
  m.def("_factor_shape_and_dtype", &shape_and_dtype, l);
}

}  // namespace posdef::python
