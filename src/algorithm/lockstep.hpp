// A job on a device: the whole batch at once, step by step, with nothing that the host would have to wait for.
//
// The same operations as `treat` (job.hpp) does matrix by matrix. What depends on the info of a matrix is decided on
// the device: beside the primitives the engine offers copies and fills for the good or the failed matrices alone,
// clear_info(), and skip_failed(), after which primitives leave failed matrices alone.
#pragma once

#include "algorithm/job.hpp"

namespace posdef::internal {

/// `a`, `b` and `out` are the job's batches as the engine sees them, `value` where log_det writes its numbers. `when`
/// is the engine's word for matrices: always, good, failed.
template <class When, class T, class E, class Address>
void run_in_lockstep(E& e, const job<T>& j, typename E::input a, typename E::input b, typename E::output out,
                     Address value) {
  const bool factors = j.what == operation::cholesky;
  // Block columns, one launch after the other, suit a device better than the depth of a recursion, where the engine has
  // no schedule of its own.
  constexpr bool own_schedule = requires { e.potrf(out); };
  const bool choose = j.algorithm == factor_algorithm::automatic && !own_schedule;
  const auto algorithm = choose ? factor_algorithm::left_looking : j.algorithm;
  const bool zero = j.other == other_triangle::zero;
  if (factors && j.algorithm == factor_algorithm::automatic && a.rows <= e.small())
    return e.potrf_small(a, out, zero, j.nan);

  // A factorization begins every info itself.
  if (checks_diagonal(j))
    e.check_diagonal(a, /* positive = */ reads_factor(j));
  else if (!factors)
    e.clear_info();
  if (j.what == operation::log_det) return e.log_diagonal(a, value);
  if (!factors) e.skip_failed();
  if (!j.in_place) {
    if (solves(j))
      e.copy(1, b, out, part::full);
    else
      e.copy(1, a, out, j.unit ? part::strict_lower : part::lower);
    if (j.unit && !solves(j)) e.fill(out, T(1), part::diagonal);
  }
  compute(e, j, algorithm, a, out);

  if (j.nan) e.fill(out, not_a_number<T>(), solves(j) ? part::full : part::lower, When::failed);
  if (solves(j)) return;
  // An inverse that does not exist leaves its matrix alone, the other triangle too.
  if (zero) e.fill(out.t(), T(0), part::strict_lower, !j.nan && j.in_place && !factors ? When::good : When::always);
  if (j.other == other_triangle::mirror) e.copy(1, out, out.h(), part::strict_lower, j.nan ? When::always : When::good);
}

}  // namespace posdef::internal
