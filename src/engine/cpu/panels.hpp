// The schedule for one large matrix: block columns from left to right, with lookahead.
//
//   factor(k)        L(k,k)·L(k,k)ᴴ = A(k,k)                   a block of order nb, in micro-panels
//   solve(k, i)      L(i,k) = A(i,k)·L(k,k)⁻ᴴ                  a tile of rows below it, kept in micro-panels
//   update(k, i, j)  A(i,j) ← A(i,j) − L(i,k)·L(j,k)ᴴ          reads both from these micro-panels: each is packed once
//
// The tasks are in one order, in which every task comes after its dependencies:
//
//   factor(0), solve(0,·),   for every k:  update(k, ·, the columns of block k+1),  factor(k+1),
//                                          update(k, the rest),  solve(k+1, ·)
//
// Threads take tasks in this order and wait for their dependencies. While one thread factors the next block, the others
// run the remaining updates, so the serial part is hidden. The number of threads affects only the time: n and nb fix
// every element's order of operations. The micro-panels of two block columns exist at a time: 2·n·nb numbers.
#pragma once

#include <atomic>

#include "engine/cpu/kernels.hpp"
#include "system/memory.hpp"
#include "system/threads.hpp"

namespace posdef::internal::cpu {

template <class R>
struct panel_workspace {
  R* micro_panels[2];         ///< block columns k and k + 1
  R* inverse[2];              ///< the reciprocals of their diagonals
  index tile;                 ///< the order of row tiles and updates; divides nb
  std::atomic<int>* updates;  ///< per tile: the number of subtracted block columns
  std::atomic<int>* solved;   ///< per row tile: the number of finished block columns
  std::atomic<int>* updated;  ///< per block column: the number of finished updates

  template <class T>
  static panel_workspace carve(carver& c, const kernels<T>& k, index nb, index n, int threads);
};

/// A = L·Lᴴ, lower, in place, n > nb, a.conj false. nb is a multiple of the kernels' mr. Returns 0, or the order k of
/// the failing minor; then columns before k hold the factor.
template <class T>
index factor_by_panels(const kernels<T>& k, index nb, strided<T> a, const panel_workspace<real_type<T>>& w,
                       const team& team);

}  // namespace posdef::internal::cpu
