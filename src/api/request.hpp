// A request: one operation with the arguments of the public function, before it becomes a problem.
#pragma once

#include "algorithm/problem.hpp"
#include "api/check.hpp"
#include "posdef/plan.hpp"

namespace posdef::internal {

/// The arguments of a public function and their names. `a` is always set. `b` is set for solves. `out` is set for all
/// operations that write matrices; the others write to `value`. Without `info` the call is the throwing form.
template <class T>
struct request {
  std::string_view function;
  operation what;
  const view<const T>* a;
  std::string_view a_name;
  const view<const T>* b = nullptr;
  const view<T>* out = nullptr;
  std::string_view out_name = {};
  std::span<real_type<T>> value = {};
  const std::span<index>* info = nullptr;
};

/// Throw invalid_argument for options out of range and for negative sizes.
void check_options(std::string_view function, const options& o);
void check_shape(std::string_view function, shape s);

/// Checks the request and, if given, compares it with a plan's shape. Converts triangle and layout to strided views and
/// sets defaults. The caller sets info and algorithm. A plan's options are already checked, and its info may be empty.
template <class T>
problem<T> validate(const request<T>& r, const options& o, const shape* plan);

template <class T>
shape shape_of(const problem<T>& p) {
  return {p.a.rows, p.out.count, solves(p) ? p.out.cols : 0};
}

constexpr bool nothing_to_compute(operation what, shape s) { return s.n == 0 || (solves(what) && s.nrhs == 0); }

}  // namespace posdef::internal
