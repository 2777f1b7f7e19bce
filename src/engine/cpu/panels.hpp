// A schedule for one large matrix: block columns from left to right, with lookahead.
//
//   factor(k)        L(k,k)·L(k,k)ᴴ = A(k,k)                   a block of order nb, in micro-panels
//   solve(k, i)      L(i,k) = A(i,k)·L(k,k)⁻ᴴ                  a tile of rows below it, left in micro-panels beside it
//   update(k, i, j)  A(i,j) ← A(i,j) − L(i,k)·L(j,k)ᴴ          both read from those micro-panels: each is packed once
//
// The tasks stand in one order in which every task comes behind those that it waits for:
//
//   factor(0), solve(0,·),   for every k:  update(k, ·, the columns of block k+1),  factor(k+1),
//                                          update(k, the rest),  solve(k+1, ·)
//
// Threads take them in that order and wait, if they must, until what they need is finished. So while one thread
// factors the next block, the others are busy with the rest of the update: all that is serial in a factorization is
// hidden. A thread that comes late or never changes nothing but the time, and n, nb alone fix every element's order of
// operations. Micro-panels of two block columns are alive at a time: memory for 2·n·nb numbers.
#pragma once

#include <atomic>

#include "engine/cpu/kernels.hpp"
#include "system/memory.hpp"
#include "system/threads.hpp"

namespace posdef::internal::cpu {

template <class R>
struct panel_workspace {
  R* micro_panels[2];         ///< block columns k and k + 1
  R* inverse[2];              ///< the reciprocal diagonals of their triangles
  index tile;                 ///< order of the tiles of rows and of updates: divides nb
  std::atomic<int>* updates;  ///< for each tile: how many block columns have been subtracted
  std::atomic<int>* solved;   ///< for each tile of rows: how many block columns are finished
  std::atomic<int>* updated;  ///< for each block column: how many of its updates are done

  template <class T>
  static panel_workspace carve(carver& c, const kernels<T>& k, index nb, index n, int threads);
};

/// A = L·Lᴴ, lower, in place, n > nb, a.conj false. nb is a multiple of the kernels' mr. Returns 0 or the order k of
/// the failing minor; columns before k then hold the factor.
template <class T>
index factor_by_panels(const kernels<T>& k, index nb, strided<T> a, const panel_workspace<real_type<T>>& w,
                       const team& team);

}  // namespace posdef::internal::cpu
