// Simulates how many cores execute a list of tasks, in discrete events.
#ifndef POSDEF_BENCH_SCHEDULE_SIMULATE_HPP
#define POSDEF_BENCH_SCHEDULE_SIMULATE_HPP

#include <limits>

#include "schedule/task_list.hpp"

namespace posdef::bench {

/// What a processor costs beside the tasks, in seconds and bytes per second. The values that were measured on two cores
/// or taken from publications are in docs/internals/schedule.md.
struct processor {
  int cores = 1;
  /// To take a task from the shared counter. One core at a time changes the counter; `take_moved` applies if another
  /// core changed it before, because the cache line then moves.
  double take = 5e-9, take_moved = 80e-9;
  double step = 1e-9;      ///< to pass over a task of the list that another core took
  double notice = 200e-9;  ///< until a waiting core sees the result of another core
  double start = 0;        ///< until the cores beside the first one begin
  double bandwidth = std::numeric_limits<double>::infinity();  ///< of the memory, shared by all cores
};

/// Where the time of the cores went. All but `seconds` are core-seconds, and add up to cores · seconds.
struct simulated {
  double seconds = 0;  ///< from the start to the end of the last task
  double busy = 0;     ///< the durations of the tasks
  double memory = 0;   ///< tasks take longer because the memory is busy
  double waiting = 0;  ///< for tasks of other cores, before the start and after the last task
  double counter = 0;  ///< for the counter
  double walking = 0;  ///< along the list
};

/// Every core takes the next task of the list, waits for those that it needs, and executes it, as panels.cpp does.
simulated run_in_order(const task_list& tasks, const processor& p);

/// A free core starts the task with the longest path to the end among those that have all they need, without any cost
/// of choosing. Shows what another order could gain.
simulated run_by_path(const task_list& tasks, const processor& p);

}  // namespace posdef::bench

#endif
