#include "engine/cpu/panels.hpp"

#include <algorithm>
#include <limits>

#include "system/waiting.hpp"

namespace posdef::internal::cpu {

namespace {

template <class T>
class schedule {
 public:
  using R = real_type<T>;

  schedule(const kernels<T>& k, const panel_grid& g, strided<T> a, const panel_workspace<R>& w)
      : tasks_(k, g, a, w.memory), grid_(g), w_(w) {
    for (index i = 0; i < g.tiles * g.tiles; ++i) w_.updates[i].store(0, std::memory_order_relaxed);
    for (index i = 0; i < g.tiles; ++i) w_.solved[i].store(0, std::memory_order_relaxed);
    for (index i = 0; i < g.blocks; ++i) w_.updated[i].store(0, std::memory_order_relaxed);
  }

  index run(const team& team) {
    team.for_each(team.threads(), [&](index, int) {
      taker t(*this);
      visit_tasks(grid_, t);
    });
    return info_;
  }

 private:
  /// Goes through the list of tasks and executes those that no other thread has taken.
  class taker {
   public:
    explicit taker(schedule& s) : s_(s), mine_(take()) {}
    void factor(index k) {
      task([&] { s_.factor(k); });
    }
    void solve(index k, index i) {
      task([&] { s_.solve(k, i); });
    }
    void update(index k, index i, index j) {
      task([&] { s_.update(k, i, j); });
    }
    bool skip(index count) {
      if (mine_ < at_ + count) return false;
      at_ += count;
      return true;
    }
    bool stopped(index k) const { return s_.stopped(2 * k); }

   private:
    template <class F>
    void task(const F& f) {
      if (at_++ != mine_) return;
      f();
      mine_ = take();
    }
    index take() { return s_.next_.fetch_add(1, std::memory_order_relaxed); }

    schedule& s_;
    index mine_, at_ = 0;
  };

  void factor(index k) {
    for (index j = grid_.first_of(k); j < grid_.end_of(k); ++j)
      for (index i = j; i < grid_.end_of(k); ++i) await(updates(i, j), k, 2 * k);
    // The micro-panels are reused from block column k - 2.
    if (k >= 2) await(w_.updated[k - 2], grid_.count_updates(k - 2), 2 * k);
    if (stopped(2 * k - 1)) return;
    if (const index info = tasks_.factor(k); info != 0) {
      info_ = k * grid_.nb + info;
      good_ = info - 1;
      stop_ = 2 * k;
    }
    factored_ = static_cast<int>(k + 1);
    progress_.announce();
  }

  /// After a failure in the block above, solves only the columns that hold the factor.
  void solve(index k, index i) {
    await(factored_, k + 1, 2 * k);
    for (index j = grid_.first_of(k); j < grid_.end_of(k); ++j) await(updates(i, j), k, 2 * k);
    if (stopped(2 * k - 1)) return;
    tasks_.solve(k, i, stopped(2 * k) ? good_ : grid_.nb);
    w_.solved[i] = static_cast<int>(k + 1);
    progress_.announce();
  }

  void update(index k, index i, index j) {
    await(w_.solved[i], k + 1, 2 * k + 1);
    await(w_.solved[j], k + 1, 2 * k + 1);
    await(updates(i, j), k, 2 * k + 1);
    if (stopped(2 * k)) return;
    tasks_.update(k, i, j);
    updates(i, j) = static_cast<int>(k + 1);
    ++w_.updated[k];
    progress_.announce();
  }

  std::atomic<int>& updates(index i, index j) const { return w_.updates[i + j * grid_.tiles]; }

  /// Whether a failure makes this stage unnecessary. Stage 2k: block column k; stage 2k + 1: its updates. The stages
  /// before the failing one are completed, because other threads may wait for them.
  bool stopped(index before) const { return stop_ <= before; }

  void await(const std::atomic<int>& counter, index value, index stage) {
    const auto reached = [&] { return counter >= value || stopped(stage - 1); };
    if (!reached()) progress_.await(reached);
  }

  const panel_tasks<T> tasks_;
  const panel_grid grid_;
  const panel_workspace<R>& w_;
  meeting_point progress_;
  std::atomic<index> next_{0};
  std::atomic<int> factored_{0};
  std::atomic<index> stop_{std::numeric_limits<index>::max()};
  index info_ = 0, good_ = 0;  // written before stop_ and factored_, read after them
};

}  // namespace

template <class T>
panel_layout lay_out_panels(const kernels<T>& k, index nb, index n, int threads, index updates_per_thread) {
  panel_layout l{};
  l.tile = largest_tile(n, nb, k.mr, threads, updates_per_thread);
  l.micro_panels = static_cast<std::size_t>(k.micro_panels(n) * k.stride(nb));
  l.inverse = static_cast<std::size_t>(k.stride(nb) / k.mr);
  const auto tiles = static_cast<std::size_t>(panel_grid::divide_up(n, l.tile));
  l.updates = tiles * tiles;
  l.solved = tiles;
  l.updated = static_cast<std::size_t>(panel_grid::divide_up(n, nb));
  return l;
}

template <class R>
panel_workspace<R> panel_workspace<R>::place(carver& c, const panel_layout& l) {
  panel_workspace w{};
  w.tile = l.tile;
  for (int s = 0; s < 2; ++s) {
    w.memory.micro_panels[s] = c.take<R>(l.micro_panels);
    w.memory.inverse[s] = c.take<R>(l.inverse);
  }
  w.updates = c.take<std::atomic<int>>(l.updates);
  w.solved = c.take<std::atomic<int>>(l.solved);
  w.updated = c.take<std::atomic<int>>(l.updated);
  return w;
}

template <class T>
index factor_by_panels(const kernels<T>& k, index nb, strided<T> a, const panel_workspace<real_type<T>>& w,
                       const team& team) {
  const panel_grid g{.n = a.rows, .nb = nb, .tile = w.tile, .ahead = updates_ahead(nb, w.tile, team.threads())};
  return schedule<T>(k, g, a, w).run(team);
}

template struct panel_workspace<float>;
template struct panel_workspace<double>;
#define POSDEF_PANELS(T)                                                                                      \
  template panel_layout lay_out_panels(const kernels<T>&, index, index, int, index);                          \
  template index factor_by_panels(const kernels<T>&, index, strided<T>, const panel_workspace<real_type<T>>&, \
                                  const team&);
POSDEF_PANELS(float)
POSDEF_PANELS(double)
POSDEF_PANELS(std::complex<float>)
POSDEF_PANELS(std::complex<double>)
#undef POSDEF_PANELS

}  // namespace posdef::internal::cpu
