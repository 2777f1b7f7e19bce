// Measures the tasks of a factorization by block columns (src/engine/cpu/panels.hpp) on one thread.
#ifndef POSDEF_BENCH_SCHEDULE_TASK_TIMES_HPP
#define POSDEF_BENCH_SCHEDULE_TASK_TIMES_HPP

#include "engine/cpu/kernels.hpp"
#include "schedule/panel_list.hpp"

namespace posdef::bench {

/// A dominant diagonal, and small numbers of both signs below it, in the first `columns` columns.
template <class T>
void fill(const internal::strided<T>& a, index columns) {
  using R = real_type<T>;
  for (index j = 0; j < columns; ++j) {
    for (index i = j + 1; i < a.rows; ++i) a.at(i, j) = T(static_cast<R>((5 * i + 11 * j) % 17 - 8) / 64);
    a.at(j, j) = T(static_cast<R>(a.rows));
  }
}

/// Executes the tasks one after the other in the order of the list, on a matrix of that order, and measures each. So
/// the caches hold what they hold in a factorization. Of matrices above order 4096 only some columns are stored, and
/// only their tasks are executed: enough to exceed the caches. Repeats this for about `seconds`, at least once, and
/// returns the means of the fastest repetition.
template <class T>
panel_times measure_tasks(const internal::cpu::kernels<T>& k, const panel_grid& g, double seconds);

}  // namespace posdef::bench

#endif
