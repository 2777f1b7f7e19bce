// A job on a batch of tiny matrices, a pack of them at a time: solves and inverses on an engine to which as many
// matrices as its vectors have lanes are one block.
//
// The same operations as `treat` (job.hpp) does matrix by matrix, with the same bits. A pack does what needs no second
// thought. If a diagonal is bad or has to be divided by, or a number comes up that is not finite, nothing has been
// written yet: then `treat` takes the matrices one by one.
#pragma once

#include <algorithm>

#include "algorithm/job.hpp"

namespace posdef::internal {

/// Whether packs do this job. A unit diagonal that is not to be written lies in the way of writing a whole matrix.
template <class T>
constexpr bool suits_packs(const job<T>& j) {
  const bool inverse = j.what == operation::cholesky_inverse || j.what == operation::tri_inverse;
  return solves(j) || (inverse && !(j.unit && j.in_place && j.other != other_triangle::keep));
}

/// Matrices first, first + 1, ... `count` of them in one pack. False, and nothing written, if it cannot be done so.
template <class T, class E>
bool treat_pack(E& e, const job<T>& j, index first, index count) {
  const part stored = j.unit ? part::strict_lower : part::lower;
  const auto multiplies = [&](const auto& l) { return j.unit || e.divides(l, /* positive = */ reads_factor(j)); };
  if (solves(j)) {
    const auto l = e.triangle(j.a[first]);
    e.load(j.a, first, count, l, stored);
    if (!multiplies(l)) return false;
    for (index c = 0; c < j.out.cols; c += e.sides_at_once) {
      const auto x = e.sides(j.out[first].columns(c, std::min(e.sides_at_once, j.out.cols - c)));
      e.load(j.b, first, count, x, part::full, c);
      compute(e, j, j.algorithm, l, x);
      e.store(x, j.out, first, count, part::full, c);
    }
  } else {
    const auto l = e.triangle(j.out[first]);
    e.load(j.a, first, count, l, stored);
    if (!multiplies(l)) return false;
    compute(e, j, j.algorithm, l, l);
    if (!e.finite()) return false;
    if (j.unit && !j.in_place) e.fill(l, T(1), part::diagonal);
    if (j.other == other_triangle::zero) e.fill(l.t(), T(0), part::strict_lower);
    if (j.other == other_triangle::mirror) e.copy(1, l, l.h(), part::strict_lower);
    e.store(l, j.out, first, count, j.other != other_triangle::keep ? part::full : j.in_place ? stored : part::lower);
  }
  std::fill_n(j.info + first, count, 0);
  return true;
}

/// One matrix or a few are not worth a pack.
constexpr bool fills_pack(index count, index lanes) { return count > 1 && count >= (lanes + 3) / 4; }

/// `make_packs(slot)` gives an engine for packs of `lanes` matrices, make(slot) one for single matrices; they may share
/// the slot's workspace.
template <class T, class MakePacks, class MakeOne>
void run_in_packs(const job<T>& j, const team& all, index lanes, const MakePacks& make_packs, const MakeOne& make) {
  const index count = j.out.count, share = (count + all.threads() - 1) / all.threads();
  // Tasks of whole packs: several, so that a task is worth its while, but some for everyone.
  const index handful = std::clamp((share + lanes - 1) / lanes * lanes, lanes, std::max<index>(lanes, 64));
  all.for_each((count + handful - 1) / handful, [&](index t, int slot) {
    auto packs = make_packs(slot);
    auto one = make(slot);
    const index last = std::min((t + 1) * handful, count);
    for (index i = t * handful; i < last; i += lanes) {
      const index here = std::min(lanes, last - i);
      if (fills_pack(here, lanes) && treat_pack(packs, j, i, here)) continue;
      for (index k = i; k < i + here; ++k) treat(one, j, k);
    }
  });
}

}  // namespace posdef::internal
