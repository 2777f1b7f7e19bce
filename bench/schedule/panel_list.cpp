#include "schedule/panel_list.hpp"

#include <algorithm>
#include <utility>

namespace posdef::bench {
namespace {

/// Appends the tasks that visit_tasks calls. `updates_` has the last update of each tile, -1 before the first.
class builder {
 public:
  builder(const panel_grid& g, const panel_times& t, const traffic& m)
      : g_(g),
        t_(t),
        updates_(static_cast<std::size_t>(g.tiles * g.tiles), -1),
        solved_(static_cast<std::size_t>(2 * g.tiles)),
        updated_(static_cast<std::size_t>(g.blocks)) {
    const auto order = static_cast<double>(g.n), width = static_cast<double>(g.nb);
    const auto outside = [&](double bytes) { return std::max(0.0, 1 - m.caches / bytes); };
    matrix_ = m.element * outside(order * order / 2 * m.element);
    micro_panels_ = m.element * width * outside(order * width * m.element);
  }

  void factor(index k) {
    const bool last = k == g_.blocks - 1;
    const double order = static_cast<double>(g_.block_order(k));
    list_.add(last ? t_.last_factor : t_.factor, order * order * matrix_);
    for (index j = g_.first_of(k); j < g_.end_of(k); ++j)
      for (index i = j; i < g_.end_of(k); ++i) needs_update(i, j);
    // The micro-panels are reused from block column k - 2.
    if (k >= 2)
      for (const task_list::range r : updated_[static_cast<std::size_t>(k - 2)]) list_.needs(r);
    factored_ = list_.size() - 1;
  }

  void solve(index k, index i) {
    const auto rows = static_cast<double>(g_.rows_of(i));
    list_.add(t_.solve * rows, rows * (2 * static_cast<double>(g_.nb) * matrix_ + micro_panels_));
    list_.needs(factored_);
    for (index j = g_.first_of(k); j < g_.end_of(k); ++j) needs_update(i, j);
    solved(k, i) = list_.size() - 1;
  }

  void update(index k, index i, index j) {
    const auto rows = static_cast<double>(g_.rows_of(i)), elements = rows * static_cast<double>(g_.rows_of(j));
    list_.add(elements * (i == j ? t_.diagonal : t_.update),
              (i == j ? elements : 2 * elements) * matrix_ + rows * micro_panels_);
    list_.needs(solved(k, i));
    if (i != j) list_.needs(solved(k, j));
    needs_update(i, j);
    const std::int32_t self = list_.size() - 1;
    updates_[at(i, j)] = self;
    std::vector<task_list::range>& all = updated_[static_cast<std::size_t>(k)];
    if (all.empty() || all.back().last != self) all.push_back({self, self});
    all.back().last = self + 1;
  }

  static bool skip(index) { return false; }
  static bool stopped(index) { return false; }

  task_list take() { return std::move(list_); }

 private:
  std::size_t at(index i, index j) const { return static_cast<std::size_t>(i + j * g_.tiles); }
  /// Of block columns k and k + 1, because some updates with k come after the solves of k + 1.
  std::int32_t& solved(index k, index i) { return solved_[static_cast<std::size_t>(k % 2 * g_.tiles + i)]; }
  void needs_update(index i, index j) {
    if (const std::int32_t last = updates_[at(i, j)]; last >= 0) list_.needs(last);
  }

  const panel_grid g_;
  const panel_times t_;
  double matrix_, micro_panels_;  // bytes per element of the matrix, per row of micro-panels
  task_list list_;
  std::vector<std::int32_t> updates_, solved_;
  std::vector<std::vector<task_list::range>> updated_;  // the updates with each block column
  std::int32_t factored_ = 0;
};

}  // namespace

task_list panel_list(const panel_grid& g, const panel_times& t, const traffic& m) {
  builder b(g, t, m);
  internal::cpu::visit_tasks(g, b);
  return b.take();
}

}  // namespace posdef::bench
