// Runs a problem on a device: each step processes the whole batch, and the host does not wait for results.
//
// The operations are those of `process` (problem.hpp). Decisions that depend on info are made on the device. For them
// the engine has, in addition to the primitives, copies and fills of only the good or only the failed matrices,
// clear_info(), and skip_failed(), after which primitives skip failed matrices.
#pragma once

#include "algorithm/problem.hpp"

namespace posdef::internal {

/// `a`, `b` and `out` are the problem's batches as device views. cholesky_logdet writes to `value`. `When` is the
/// engine's enumeration: always, good, failed.
template <class When, class T, class E, class Address>
void run_in_lockstep(E& e, const problem<T>& p, typename E::input a, typename E::input b, typename E::output out,
                     Address value) {
  const bool factors = p.what == operation::cholesky;
  // Without a schedule of the engine, block columns are used: they need fewer launches than a recursion.
  const bool choose = p.algorithm == factor_algorithm::automatic && !own_schedule<E> && !by_outer_panels<E>;
  const auto algorithm = choose ? factor_algorithm::left_looking : p.algorithm;
  const bool zero = p.other == other_triangle::zero;
  if (factors && p.algorithm == factor_algorithm::automatic && a.rows <= e.unblocked_max())
    return e.potrf_unblocked(a, out, zero, p.nan);

  // A factorization initializes all infos itself.
  if (checks_diagonal(p))
    e.check_diagonal(a, /* positive = */ reads_factor(p));
  else if (!factors)
    e.clear_info();
  if (p.what == operation::cholesky_logdet) return e.log_diagonal(a, value);
  if (!factors) e.skip_failed();
  if (!p.in_place) {
    if (solves(p))
      e.copy(1, b, out, part::full);
    else
      e.copy(1, a, out, p.unit ? part::strict_lower : part::lower);
    if (p.unit && !solves(p)) e.fill(out, T(1), part::diagonal);
  }
  compute(e, p, algorithm, a, out);

  if (p.nan) e.fill(out, not_a_number<T>(), solves(p) ? part::full : part::lower, When::failed);
  if (solves(p)) return;
  // If an inverse does not exist, its matrix remains unchanged, including the other triangle.
  if (zero) e.fill(out.t(), T(0), part::strict_lower, !p.nan && p.in_place && !factors ? When::good : When::always);
  if (p.other == other_triangle::mirror) e.copy(1, out, out.h(), part::strict_lower, p.nan ? When::always : When::good);
}

}  // namespace posdef::internal
