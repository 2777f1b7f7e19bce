// A request: one operation in the caller's words, and its way to a problem.
#pragma once

#include "algorithm/problem.hpp"
#include "api/check.hpp"
#include "posdef/plan.hpp"

namespace posdef::internal {

/// Where the arguments of a public function are, and what it calls them. `a` is always set; `b` for solves; `out` for
/// all operations that write matrices, the others write to `value`. Without `info` it is the throwing form.
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

/// Throws invalid_argument for options outside their range, and for negative sizes.
void check_options(std::string_view function, const options& o);
void check_shape(std::string_view function, shape s);

/// Checks the request against itself and, if given, against a plan's shape; folds triangle and layout into views and
/// decides defaults. info and algorithm are left for whoever runs the problem. A plan's options were checked when it
/// was made, and it may be called with an info of no length.
template <class T>
problem<T> validate(const request<T>& r, const options& o, const shape* plan);

template <class T>
shape shape_of(const problem<T>& p) {
  return {p.a.rows, p.out.count, solves(p) ? p.out.cols : 0};
}

constexpr bool nothing_to_compute(operation what, shape s) { return s.n == 0 || (solves(what) && s.nrhs == 0); }

}  // namespace posdef::internal
