// What needs little beside the matrix: solves with few right-hand sides, and log-determinants.
//
// The operations and the results are those of `process` (problem.hpp), with less work around them.
#pragma once

#include "algorithm/problem.hpp"

namespace posdef::internal {

/// An engine for solves with few right-hand sides, which it keeps in its own memory.
template <class E>
concept few_solver = requires(E& e, typename E::input in, typename E::output out) {
  e.prepare(in, true);
  e.load(in, in);
  e.trsm(in, true);
  e.trsm_plain(in, true);
  e.store(out);
};

template <class T, few_solver E>
void process(E& e, const problem<T>& p, index i) {
  strided<const T> a = p.a[i];
  if (p.what == operation::cholesky_logdet) {
    const index info = checks_diagonal(p) ? e.check_diagonal(a, reads_factor(p)) : 0;
    p.value[i] = info == 0 ? e.log_diagonal(a) : not_a_number<real_type<T>>();
    p.info[i] = info;
    return;
  }
  index info = 0;
  if (checks_diagonal(p))
    info = e.check_and_prepare(a, /* positive = */ reads_factor(p));
  else
    e.prepare(a, p.unit);
  if (info == 0) {
    // As in trsm_left and trsm_left_adjoint (solve.hpp).
    const bool forward = p.what == operation::cholesky_solve || p.op == op::none;
    const bool backward = p.what == operation::cholesky_solve || p.op != op::none;
    if (p.what == operation::solve_triangular && p.op == op::transpose) a = a.conjugated();
    e.load(p.b[i].t(), p.out[i].t());
    if (forward) e.trsm(a.conjugated(), p.unit);
    if (backward) e.trsm_plain(a.conjugated(), p.unit);
    e.store(p.out[i].t());
  }
  finish(e, p, i, info);
}

}  // namespace posdef::internal
