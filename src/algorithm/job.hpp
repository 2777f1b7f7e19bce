// A job: one operation on a batch, as it leaves the front door. Every triangle is "lower", every choice is made.
#pragma once

#include <limits>

#include "algorithm/factor.hpp"
#include "algorithm/inverse.hpp"
#include "algorithm/solve.hpp"
#include "engine/threads.hpp"

namespace posdef::internal {

enum class operation { cholesky, cholesky_solve, cholesky_inverse, tri_solve, tri_inverse, log_det, lauum };

template <class T>
struct job {
  operation what;
  batch<const T> a;      ///< the matrix, factor or triangular matrix that is read
  batch<const T> b;      ///< right-hand sides that are read (solves)
  batch<T> out;          ///< what is written; the same memory as `a` (or `b`) for an operation in place
  real_type<T>* value;   ///< log_det: one number per matrix
  index* info;           ///< one per matrix
  other_triangle other;  ///< keep, zero or mirror
  bool in_place;
  bool nan;           ///< fill failed results with NaN
  bool check = true;  ///< look at the diagonal of a triangular matrix first
  bool unit = false;
  posdef::op op = posdef::op::none;
  factor_algorithm algorithm = factor_algorithm::automatic;
};

template <class T>
constexpr bool solves(const job<T>& j) {
  return j.what == operation::cholesky_solve || j.what == operation::tri_solve;
}

template <class T>
T not_a_number() {
  const auto nan = std::numeric_limits<real_type<T>>::quiet_NaN();
  if constexpr (is_complex<T>)
    return {nan, nan};
  else
    return nan;
}

/// What is left to do when the numbers stand: NaN in a failed result, the other triangle, info.
template <class T, class E>
void finish(E& e, const job<T>& j, index i, index info) {
  const strided<T> out = j.out[i];
  if (info != 0 && j.nan) e.fill(out, not_a_number<T>(), solves(j) ? part::full : part::lower);
  // An inverse that does not exist leaves its matrix alone, the other triangle too.
  const bool untouched = info != 0 && !j.nan && j.in_place && j.what != operation::cholesky;
  if (!solves(j) && !untouched) {
    if (j.other == other_triangle::zero) e.fill(out.t(), T(0), part::strict_lower);
    if (j.other == other_triangle::mirror && (info == 0 || j.nan)) e.copy(1, out, out.h(), part::strict_lower);
  }
  j.info[i] = info;
}

/// The operation itself, in place in `out`; `a` is the triangle of a solve. Returns potrf's info.
template <class T, class E>
index compute(E& e, const job<T>& j, factor_algorithm algorithm, typename E::input a, typename E::output out) {
  switch (j.what) {
    case operation::cholesky:
      if constexpr (primitives<E>) return potrf(e, out, algorithm);
      break;
    case operation::cholesky_solve:
      trsm_left(e, a, out);
      trsm_left_adjoint(e, a, out);
      break;
    case operation::tri_solve:
      // Lᵀ = (conj L)ᴴ
      if (j.op == op::none)
        trsm_left(e, a, out, j.unit);
      else
        trsm_left_adjoint(e, j.op == op::transpose ? a.conjugated() : a, out, j.unit);
      break;
    case operation::cholesky_inverse: potri(e, out); break;
    case operation::tri_inverse: tri_inverse(e, out, j.unit); break;
    case operation::lauum: lauum(e, out); break;
    case operation::log_det: break;
  }
  return 0;
}

/// Whether the diagonal of a triangular matrix is looked at first, and whether it has to be that of a Cholesky factor.
template <class T>
constexpr bool checks_diagonal(const job<T>& j) {
  return j.what != operation::cholesky && j.check && !j.unit;
}
template <class T>
constexpr bool reads_factor(const job<T>& j) {
  return j.what != operation::tri_solve && j.what != operation::tri_inverse;
}

/// One matrix of a job on a host engine.
template <class T, class E>
void treat(E& e, const job<T>& j, index i) {
  const strided<const T> a = j.a[i];
  const strided<T> out = j.out[i];
  index info = checks_diagonal(j) ? e.check_diagonal(a, /* positive = */ reads_factor(j)) : 0;
  if (j.what == operation::log_det) {
    j.value[i] = info == 0 ? e.log_diagonal(a) : std::numeric_limits<real_type<T>>::quiet_NaN();
    j.info[i] = info;
    return;
  }
  if (info == 0) {
    if (!j.in_place) {
      if (solves(j))
        e.copy(1, j.b[i], out, part::full);
      else
        e.copy(1, a, out, j.unit ? part::strict_lower : part::lower);
      if (j.unit && !solves(j)) e.fill(out, T(1), part::diagonal);
    }
    info = compute(e, j, j.algorithm, a, out);
  }
  finish(e, j, i, info);
}

/// Tiny matrices to be factored: an engine with potrf_small takes them by the handful.
template <class T, class MakeOne>
void run_small(const job<T>& j, const team& all, const MakeOne& make) {
  constexpr index handful = 64;  // of as many lanes as any vector has
  const index count = j.out.count;
  all.for_each((count + handful - 1) / handful, [&](index t, int slot) {
    auto e = make(slot);
    const index first = t * handful, last = std::min(first + handful, count);
    e.potrf_small(j.a, j.out, first, last - first, j.info);
    if (j.nan || j.other != other_triangle::keep)
      for (index i = first; i < last; ++i) finish(e, j, i, j.info[i]);
  });
}

/// A job on a host engine with a team. `make(slot)` gives an engine that works alone in the slot's own workspace;
/// `make_team()` one whose primitives use the whole team. As many matrices as fill the team evenly are taken one per
/// thread; the team works together on each of the rest. Bits are the same either way: engines promise it.
template <class T, class MakeOne, class MakeTeam>
void run_on_host(const job<T>& j, const team& all, const MakeOne& make, const MakeTeam& make_team) {
  const index count = j.out.count, threads = all.threads();
  const index shared = threads > 1 ? count % threads : 0;
  all.for_each(count - shared, [&](index i, int slot) {
    auto e = make(slot);
    treat(e, j, i);
  });
  if (shared == 0) return;
  auto e = make_team();
  for (index i = count - shared; i < count; ++i) treat(e, j, i);
}

}  // namespace posdef::internal
