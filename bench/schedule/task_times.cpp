#include "schedule/task_times.hpp"

#include <chrono>
#include <complex>
#include <stdexcept>

#include "engine/cpu/panel_tasks.hpp"
#include "system/memory.hpp"

namespace posdef::bench {
namespace {

using internal::cpu::kernels;
using internal::cpu::panel_memory;
using internal::cpu::panel_tasks;

constexpr index whole_up_to = 4096;

/// The columns that are stored: all, or two block columns and what exceeds any cache, at least a third one.
index stored_columns(const panel_grid& g, std::size_t element) {
  if (g.n <= whole_up_to) return g.n;
  constexpr double beyond_caches = 128e6;
  const double columns = beyond_caches / static_cast<double>(g.n) / static_cast<double>(element);
  return std::min(g.n, 2 * g.nb + std::max(g.nb, panel_grid::divide_up(static_cast<index>(columns), g.tile) * g.tile));
}

/// Sums of times, and of what they are divided by.
struct mean {
  double seconds = 0, units = 0;
  void add(double s, double u) {
    seconds += s;
    units += u;
  }
  double get() const { return units > 0 ? seconds / units : 0; }
};

/// Executes the tasks of the stored columns that visit_tasks calls.
template <class T>
class stopwatch {
 public:
  stopwatch(const panel_tasks<T>& tasks, const panel_grid& g, index columns)
      : tasks_(tasks), g_(g), columns_(columns) {}

  void factor(index k) {
    const bool last = k == g_.blocks - 1;
    index info = 0;
    (last ? last_factor_ : factor_).add(timed([&] { info = tasks_.factor(k); }), 1);
    if (info != 0) throw std::logic_error("schedule: the matrix of the measurement is not positive definite");
  }
  void solve(index k, index i) {
    solve_.add(timed([&] { tasks_.solve(k, i, g_.nb); }), static_cast<double>(g_.rows_of(i)));
  }
  void update(index k, index i, index j) {
    // The updates with the first block column differ from all others (see chunks), so they represent them only in a
    // whole factorization. Without them the matrix is still positive definite.
    if (j * g_.tile >= columns_ || (in_part() && k == 0)) return;
    const auto elements = static_cast<double>(g_.rows_of(i) * g_.rows_of(j));
    (i == j ? diagonal_ : update_).add(timed([&] { tasks_.update(k, i, j); }), elements);
  }
  static bool skip(index) { return false; }
  bool stopped(index k) const { return in_part() && k == 2; }

  double total() const { return total_; }
  panel_times times() const {
    panel_times t{factor_.get(), last_factor_.get(), solve_.get(), update_.get(), diagonal_.get()};
    // Not measured: in a part of a matrix.
    if (t.last_factor == 0) {
      const double part = static_cast<double>(g_.block_order(g_.blocks - 1)) / static_cast<double>(g_.nb);
      t.last_factor = t.factor * part * part;
    }
    return t;
  }

 private:
  bool in_part() const { return columns_ < g_.n; }
  template <class F>
  double timed(const F& f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    total_ += seconds;
    return seconds;
  }

  const panel_tasks<T>& tasks_;
  const panel_grid g_;
  const index columns_;
  mean factor_, last_factor_, solve_, update_, diagonal_;
  double total_ = 0;
};

}  // namespace

template <class T>
panel_times measure_tasks(const kernels<T>& k, const panel_grid& g, double seconds) {
  using R = real_type<T>;
  const index columns = stored_columns(g, sizeof(T));
  const internal::buffer matrix(static_cast<std::size_t>(g.n * columns) * sizeof(T));
  const internal::strided<T> a{reinterpret_cast<T*>(matrix.data()), g.n, g.n, 1, g.n, false};
  const auto panel = static_cast<std::size_t>(k.micro_panels(g.n) * k.stride(g.nb)),
             inverse = static_cast<std::size_t>(k.stride(g.nb) / k.mr);
  const internal::buffer panels(2 * (panel + inverse) * sizeof(R) + 4 * internal::alignment);
  std::fill_n(panels.data(), 2 * (panel + inverse) * sizeof(R), std::byte{});  // so that the pages exist
  internal::carver c(panels.data());
  panel_memory<R> memory{};
  for (int s = 0; s < 2; ++s) {
    memory.micro_panels[s] = c.take<R>(panel);
    memory.inverse[s] = c.take<R>(inverse);
  }
  const panel_tasks<T> tasks(k, g, a, memory);
  panel_times best;
  double fastest = 0, spent = 0;
  for (int round = 0; round == 0 || spent < seconds; ++round) {
    fill(a, columns);
    stopwatch<T> watch(tasks, g, columns);
    internal::cpu::visit_tasks(g, watch);
    spent += watch.total();
    if (round > 0 && watch.total() >= fastest) continue;
    fastest = watch.total();
    best = watch.times();
  }
  return best;
}

template panel_times measure_tasks(const kernels<float>&, const panel_grid&, double);
template panel_times measure_tasks(const kernels<double>&, const panel_grid&, double);
template panel_times measure_tasks(const kernels<std::complex<float>>&, const panel_grid&, double);
template panel_times measure_tasks(const kernels<std::complex<double>>&, const panel_grid&, double);

}  // namespace posdef::bench
