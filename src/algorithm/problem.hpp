// A problem: one operation on a batch, after validation. Every triangle is "lower", every default is decided.
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
  batch<const T> a;      ///< the matrix, factor or triangular matrix that is read
  batch<const T> b;      ///< right-hand sides that are read (solves)
  batch<T> out;          ///< what is written; the same memory as `a` (or `b`) for an operation in place
  real_type<T>* value;   ///< cholesky_logdet: one number per matrix
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

/// What is left to do when the numbers stand: NaN in a failed result, the other triangle, info.
template <class T, class E>
void finish(E& e, const problem<T>& p, index i, index info) {
  const strided<T> out = p.out[i];
  if (info != 0 && p.nan) e.fill(out, not_a_number<T>(), solves(p) ? part::full : part::lower);
  // An inverse that does not exist leaves its matrix alone, the other triangle too.
  const bool untouched = info != 0 && !p.nan && p.in_place && p.what != operation::cholesky;
  if (!solves(p) && !untouched) {
    if (p.other == other_triangle::zero) e.fill(out.t(), T(0), part::strict_lower);
    if (p.other == other_triangle::mirror && (info == 0 || p.nan)) e.copy(1, out, out.h(), part::strict_lower);
  }
  p.info[i] = info;
}

/// The operation itself, in place in `out`; `a` is the triangle of a solve. Returns potrf's info.
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

/// Whether the diagonal of a triangular matrix is looked at first, and whether it has to be that of a Cholesky factor.
template <class T>
constexpr bool checks_diagonal(const problem<T>& p) {
  return failure_of(p.what) != failure::minor && p.check && !p.unit;
}
template <class T>
constexpr bool reads_factor(const problem<T>& p) {
  return failure_of(p.what) == failure::factor_diagonal;
}

/// One matrix of a problem on a host engine.
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

/// Tiny matrices to be factored: an engine with potrf_compact takes them by the chunk.
template <class T, class MakeOne>
void run_compact_factor(const problem<T>& p, const team& all, const MakeOne& make) {
  constexpr index chunk = 64;  // of as many lanes as any vector has
  const index count = p.out.count;
  all.for_each((count + chunk - 1) / chunk, [&](index t, int slot) {
    auto e = make(slot);
    const index first = t * chunk, last = std::min(first + chunk, count);
    e.potrf_compact(p.a, p.out, first, last - first, p.info);
    if (p.nan || p.other != other_triangle::keep)
      for (index i = first; i < last; ++i) finish(e, p, i, p.info[i]);
  });
}

/// A problem on a host engine with a team. `make(slot)` gives an engine that works alone in the slot's own workspace;
/// `make_team()` one whose primitives use the whole team. As many matrices as fill the team evenly are taken one per
/// thread; the team works together on each of the rest. Bits are the same either way: engines promise it.
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
