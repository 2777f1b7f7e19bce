// The tasks of a factorization by block columns as a task_list.
#ifndef POSDEF_BENCH_SCHEDULE_PANEL_LIST_HPP
#define POSDEF_BENCH_SCHEDULE_PANEL_LIST_HPP

#include "engine/cpu/panel_order.hpp"
#include "schedule/task_list.hpp"

namespace posdef::bench {

using internal::index;
using internal::cpu::panel_grid;

/// Measured seconds of the tasks of one grid. Tasks at the edge take a part of these by their number of elements.
struct panel_times {
  double factor = 0;       ///< a block of order nb
  double last_factor = 0;  ///< the last block, whose order is at most nb
  double solve = 0;        ///< per row
  double update = 0;       ///< per element of a tile below the diagonal
  double diagonal = 0;     ///< per element of the square of a tile on the diagonal
};

/// The sizes that decide what a task moves from and to memory. What fits into the caches is not moved.
struct traffic {
  double element = 8;  ///< bytes of an element
  double caches = 0;   ///< bytes, of all cores
};

/// The tasks in the order of visit_tasks, with the dependencies of panels.cpp.
task_list panel_list(const panel_grid& g, const panel_times& t, const traffic& m);

}  // namespace posdef::bench

#endif
