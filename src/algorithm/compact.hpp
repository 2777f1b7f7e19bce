// Solves and inverses of a batch of matrices with n <= compact_max, by compact batches: one matrix in each vector lane.
//
// The operations and the results are bitwise those of `process` (problem.hpp). The compact path handles only regular
// cases. If a diagonal is invalid or its reciprocals are out of range, or a result is not finite, nothing has been
// written. `process` then processes the matrices one by one.
#pragma once

#include <algorithm>

#include "algorithm/problem.hpp"

namespace posdef::internal {

/// Whether compact batches support this problem. They write whole matrices, so they cannot preserve a unit diagonal.
template <class T>
constexpr bool suits_compact(const problem<T>& p) {
  const bool inverse = p.what == operation::cholesky_inverse || p.what == operation::inv_triangular;
  return solves(p) || (inverse && !(p.unit && p.in_place && p.other != other_triangle::keep));
}

/// Processes `count` matrices from `first` on in one compact batch. Returns false, and writes nothing, if impossible.
template <class T, class E>
bool process_compact(E& e, const problem<T>& p, index first, index count) {
  const part stored = p.unit ? part::strict_lower : part::lower;
  const auto multiplies = [&](const auto& l) { return p.unit || e.divides(l, /* positive = */ reads_factor(p)); };
  if (solves(p)) {
    const auto l = e.triangle(p.a[first]);
    e.to_compact(p.a, first, count, l, stored);
    if (!multiplies(l)) return false;
    for (index c = 0; c < p.out.cols; c += e.sides_at_once) {
      const auto x = e.sides(p.out[first].columns(c, std::min(e.sides_at_once, p.out.cols - c)));
      e.to_compact(p.b, first, count, x, part::full, c);
      compute(e, p, p.algorithm, l, x);
      e.from_compact(x, p.out, first, count, part::full, c);
    }
  } else {
    const auto l = e.triangle(p.out[first]);
    e.to_compact(p.a, first, count, l, stored);
    if (!multiplies(l)) return false;
    compute(e, p, p.algorithm, l, l);
    if (!e.finite()) return false;
    if (p.unit && !p.in_place) e.fill(l, T(1), part::diagonal);
    if (p.other == other_triangle::zero) e.fill(l.t(), T(0), part::strict_lower);
    if (p.other == other_triangle::mirror) e.copy(1, l, l.h(), part::strict_lower);
    e.from_compact(l, p.out, first, count,
                   p.other != other_triangle::keep ? part::full
                   : p.in_place                    ? stored
                                                   : part::lower);
  }
  std::fill_n(p.info + first, count, 0);
  return true;
}

/// Too few matrices do not use a compact batch.
constexpr bool fills_compact(index count, index lanes) { return count > 1 && count >= (lanes + 3) / 4; }

/// `make_compact(slot)` returns an engine for compact batches of `lanes` matrices, make(slot) one for single matrices.
/// Both may use the same workspace of the slot.
template <class T, class MakePacks, class MakeOne>
void run_compact(const problem<T>& p, const team& all, index lanes, const MakePacks& make_compact,
                 const MakeOne& make) {
  const index count = p.out.count, share = (count + all.threads() - 1) / all.threads();
  // A task is several whole compact batches, to reduce overhead, but every thread gets a task.
  const index chunk = std::clamp((share + lanes - 1) / lanes * lanes, lanes, std::max<index>(lanes, 64));
  all.for_each((count + chunk - 1) / chunk, [&](index t, int slot) {
    auto packs = make_compact(slot);
    auto one = make(slot);
    const index last = std::min((t + 1) * chunk, count);
    for (index i = t * chunk; i < last; i += lanes) {
      const index here = std::min(lanes, last - i);
      if (fills_compact(here, lanes) && process_compact(packs, p, i, here)) continue;
      for (index k = i; k < i + here; ++k) process(one, p, k);
    }
  });
}

}  // namespace posdef::internal
