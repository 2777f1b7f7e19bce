// The schedule for one large matrix: block columns from left to right, with lookahead.
//
//   factor(k)        L(k,k)·L(k,k)ᴴ = A(k,k)                   a block of order nb, in micro-panels
//   solve(k, i)      L(i,k) = A(i,k)·L(k,k)⁻ᴴ                  a tile of rows below it, kept in micro-panels
//   update(k, i, j)  A(i,j) ← A(i,j) − L(i,k)·L(j,k)ᴴ          reads both from these micro-panels: each is packed once
//
// The tasks are in one order (panel_order.hpp), in which every task comes after its dependencies:
//
//   factor(0), solve(0,·),   for every k:  update(k, the block k+1),  factor(k+1),
//                                          update(k, the rows below it),  update(k, some of the rest),
//                                          solve(k+1, ·),  update(k, what is left)
//
// One and two threads update the rows below the block before the block, and all of the rest before the solves.
//
// Threads take tasks in this order and wait for their dependencies. While one thread factors the next block, the others
// run updates, so the serial part is hidden. The number of threads affects only the tiles, the order and the time: n
// and nb fix every element's order of operations. The micro-panels of two block columns exist at a time: 2·n·nb
// numbers.
#pragma once

#include <atomic>

#include "engine/cpu/panel_tasks.hpp"
#include "system/memory.hpp"
#include "system/threads.hpp"

namespace posdef::internal::cpu {

/// The number of elements of each part of a panel_workspace.
struct panel_layout {
  index tile;
  std::size_t micro_panels, inverse, updates, solved, updated;
};

/// For the tile, see largest_tile.
template <class T>
panel_layout lay_out_panels(const kernels<T>& k, index nb, index n, int threads, index updates_per_thread);

template <class R>
struct panel_workspace {
  panel_memory<R> memory;
  index tile;                 ///< the order of row tiles and updates; divides nb
  std::atomic<int>* updates;  ///< per tile: the number of subtracted block columns
  std::atomic<int>* solved;   ///< per row tile: the number of finished block columns
  std::atomic<int>* updated;  ///< per block column: the number of finished updates

  static panel_workspace place(carver& c, const panel_layout& l);
};

/// A = L·Lᴴ, lower, in place, n > nb, a.conj false. nb is a multiple of the kernels' mr. Returns 0, or the order k of
/// the failing minor; then columns before k hold the factor.
template <class T>
index factor_by_panels(const kernels<T>& k, index nb, strided<T> a, const panel_workspace<real_type<T>>& w,
                       const team& team);

}  // namespace posdef::internal::cpu
