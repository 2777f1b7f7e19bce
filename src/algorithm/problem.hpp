// A problem: one operation on a batch, after validation. All triangles are lower and all defaults are set.
#pragma once

#include <limits>

#include "algorithm/factor.hpp"
#include "algorithm/inverse.hpp"
#include "algorithm/operation.hpp"
#include "algorithm/solve.hpp"
#include "system/threads.hpp"

namespace posdef::internal {

template <class T>
struct problem {
  operation what;
  batch<const T> a;      ///< the matrix, factor or triangular matrix (input)
  batch<const T> b;      ///< the right-hand sides of a solve (input)
  batch<T> out;          ///< the output; in place, the same memory as `a` (or `b`)
  real_type<T>* value;   ///< cholesky_logdet: one number per matrix
  index* info;           ///< one per matrix
  other_triangle other;  ///< keep, zero or mirror
  bool in_place;
  bool nan;           ///< fill failed results with NaN
  bool check = true;  ///< check the diagonal of a triangular matrix first
  bool unit = false;
  posdef::op op = posdef::op::none;
  factor_algorithm algorithm = factor_algorithm::automatic;
};

template <class T>
constexpr bool solves(const problem<T>& p) {
  return solves(p.what);
}

template <class T>
T not_a_number() {
  const auto nan = std::numeric_limits<real_type<T>>::quiet_NaN();
  if constexpr (is_complex<T>)
    return {nan, nan};
  else
    return nan;
}

/// The last steps of a problem: NaN in a failed result, the other triangle, info.
template <class T, class E>
void finish(E& e, const problem<T>& p, index i, index info) {
  const strided<T> out = p.out[i];
  if (info != 0 && p.nan) e.fill(out, not_a_number<T>(), solves(p) ? part::full : part::lower);
  // If an inverse does not exist, its matrix remains unchanged, including the other triangle.
  const bool untouched = info != 0 && !p.nan && p.in_place && p.what != operation::cholesky;
  if (!solves(p) && !untouched) {
    if (p.other == other_triangle::zero) e.fill(out.t(), T(0), part::strict_lower);
    if (p.other == other_triangle::mirror && (info == 0 || p.nan)) e.copy(1, out, out.h(), part::strict_lower);
  }
  p.info[i] = info;
}

/// Runs the operation in place in `out`. `a` is the triangle of a solve. Returns potrf's info.
template <class T, class E>
index compute(E& e, const problem<T>& p, factor_algorithm algorithm, typename E::input a, typename E::output out) {
  switch (p.what) {
    case operation::cholesky:
      if constexpr (primitives<E>) return potrf(e, out, algorithm);
      break;
    case operation::cholesky_solve:
      trsm_left(e, a, out);
      trsm_left_adjoint(e, a, out);
      break;
    case operation::solve_triangular:
      // Lᵀ = (conj L)ᴴ
      if (p.op == op::none)
        trsm_left(e, a, out, p.unit);
      else
        trsm_left_adjoint(e, p.op == op::transpose ? a.conjugated() : a, out, p.unit);
      break;
    case operation::cholesky_inverse: potri(e, out); break;
    case operation::inv_triangular: trtri(e, out, p.unit); break;
    case operation::lauum: lauum(e, out); break;
    case operation::cholesky_logdet: break;
  }
  return 0;
}

/// Whether the diagonal of a triangular matrix is checked first.
template <class T>
constexpr bool checks_diagonal(const problem<T>& p) {
  return failure_of(p.what) != failure::minor && p.check && !p.unit;
}
template <class T>
constexpr bool reads_factor(const problem<T>& p) {
  return failure_of(p.what) == failure::factor_diagonal;
}

/// Processes one matrix of a problem on a host engine.
template <class T, class E>
void process(E& e, const problem<T>& p, index i) {
  const strided<const T> a = p.a[i];
  const strided<T> out = p.out[i];
  index info = checks_diagonal(p) ? e.check_diagonal(a, /* positive = */ reads_factor(p)) : 0;
  if (p.what == operation::cholesky_logdet) {
    p.value[i] = info == 0 ? e.log_diagonal(a) : std::numeric_limits<real_type<T>>::quiet_NaN();
    p.info[i] = info;
    return;
  }
  if (info == 0) {
    if (!p.in_place) {
      if (solves(p))
        e.copy(1, p.b[i], out, part::full);
      else
        e.copy(1, a, out, p.unit ? part::strict_lower : part::lower);
      if (p.unit && !solves(p)) e.fill(out, T(1), part::diagonal);
    }
    info = compute(e, p, p.algorithm, a, out);
  }
  finish(e, p, i, info);
}

/// Factors matrices with n <= compact_max. An engine with potrf_compact processes them in chunks.
template <class T, class MakeOne>
void run_compact_factor(const problem<T>& p, const team& all, const MakeOne& make) {
  constexpr index chunk = 64;  // a multiple of the lanes of any vector
  const index count = p.out.count;
  all.for_each((count + chunk - 1) / chunk, [&](index t, int slot) {
    auto e = make(slot);
    const index first = t * chunk, last = std::min(first + chunk, count);
    e.potrf_compact(p.a, p.out, first, last - first, p.info);
    if (p.nan || p.other != other_triangle::keep)
      for (index i = first; i < last; ++i) finish(e, p, i, p.info[i]);
  });
}

/// Runs a problem on a host engine with a team. `make(slot)` returns an engine that uses one thread and the workspace
/// of the slot; `make_team()` returns one that uses the whole team. The first matrices, a multiple of the number of
/// threads, are processed one per thread. The team processes each of the remaining ones together. Engines guarantee
/// bitwise equal results for both.
template <class T, class MakeOne, class MakeTeam>
void run_on_host(const problem<T>& p, const team& all, const MakeOne& make, const MakeTeam& make_team) {
  const index count = p.out.count, threads = all.threads();
  const index shared = threads > 1 ? count % threads : 0;
  all.for_each(count - shared, [&](index i, int slot) {
    auto e = make(slot);
    process(e, p, i);
  });
  if (shared == 0) return;
  auto e = make_team();
  for (index i = count - shared; i < count; ++i) process(e, p, i);
}

}  // namespace posdef::internal
