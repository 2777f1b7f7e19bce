// A problem on a device: the whole batch at once, step by step, with nothing that the host would have to wait for.
//
// The same operations as `process` (problem.hpp) does matrix by matrix. What depends on the info of a matrix is decided
// on the device: beside the primitives the engine offers copies and fills for the good or the failed matrices alone,
// clear_info(), and skip_failed(), after which primitives leave failed matrices alone.
#pragma once

#include "algorithm/problem.hpp"

namespace posdef::internal {

/// `a`, `b` and `out` are the problem's batches as the engine sees them, `value` where cholesky_logdet writes its
/// numbers. `when` is the engine's word for matrices: always, good, failed.
template <class When, class T, class E, class Address>
void run_in_lockstep(E& e, const problem<T>& p, typename E::input a, typename E::input b, typename E::output out,
                     Address value) {
  const bool factors = p.what == operation::cholesky;
  // Block columns, one launch after the other, suit a device better than the depth of a recursion, where the engine has
  // no schedule of its own.
  const bool choose = p.algorithm == factor_algorithm::automatic && !own_schedule<E> && !by_outer_panels<E>;
  const auto algorithm = choose ? factor_algorithm::left_looking : p.algorithm;
  const bool zero = p.other == other_triangle::zero;
  if (factors && p.algorithm == factor_algorithm::automatic && a.rows <= e.unblocked_max())
    return e.potrf_unblocked(a, out, zero, p.nan);

  // A factorization begins every info itself.
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
  // An inverse that does not exist leaves its matrix alone, the other triangle too.
  if (zero) e.fill(out.t(), T(0), part::strict_lower, !p.nan && p.in_place && !factors ? When::good : When::always);
  if (p.other == other_triangle::mirror) e.copy(1, out, out.h(), part::strict_lower, p.nan ? When::always : When::good);
}

}  // namespace posdef::internal
