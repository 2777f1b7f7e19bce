#include "engine/cpu/panels.hpp"

#include <algorithm>
#include <limits>
#include <thread>

namespace posdef::internal::cpu {

namespace {

constexpr index divide_up(index n, index by) { return (n + by - 1) / by; }

/// The largest tile that gives every thread several updates per block column: nb, nb/2, nb/4, ...
index tile_order(index nb, index mr, index n, int threads) {
  index tile = nb;
  const auto updates = [&](index t) { return divide_up(n, t) * (divide_up(n, t) + 1) / 2; };
  while (threads > 1 && tile % (2 * mr) == 0 && updates(tile) < 8 * threads) tile /= 2;
  return tile;
}

template <class T>
class schedule {
 public:
  using R = real_type<T>;

  schedule(const kernels<T>& k, index nb, strided<T> a, const panel_workspace<R>& w)
      : k_(k),
        a_(a),
        w_(w),
        nb_(nb),
        stride_(k.stride(nb)),
        per_block_(nb / w.tile),
        tiles_(divide_up(a.rows, w.tile)),
        blocks_(divide_up(a.rows, nb)) {
    for (index i = 0; i < tiles_ * tiles_; ++i) w_.updates[i].store(0, std::memory_order_relaxed);
    for (index i = 0; i < tiles_; ++i) w_.solved[i].store(0, std::memory_order_relaxed);
    for (index i = 0; i < blocks_; ++i) w_.updated[i].store(0, std::memory_order_relaxed);
  }

  index run(const team& team) {
    team.for_each(team.threads(), [&](index, int) { work(); });
    return info_;
  }

 private:
  /// Runs through the list of tasks and executes those that no other thread has taken.
  void work() {
    index mine = next_.fetch_add(1, std::memory_order_relaxed), at = 0;
    const auto task = [&](const auto& f) {
      if (at++ != mine) return;
      f();
      mine = next_.fetch_add(1, std::memory_order_relaxed);
    };
    for (index k = -1; k < blocks_ - 1; ++k) {
      const index next = k + 1, first = next * per_block_, last = std::min(first + per_block_, tiles_);
      const auto update_columns = [&](index from, index to) {
        for (index j = from; j < to; ++j)
          for (index i = j; i < tiles_; ++i) task([&] { update(k, i, j); });
      };
      if (k >= 0) update_columns(first, last);
      task([&] { factor(next); });
      if (k >= 0) update_columns(last, tiles_);
      for (index i = last; i < tiles_; ++i) task([&] { solve(next, i); });
      if (stopped(2 * next)) return;
    }
  }

  void factor(index k) {
    const auto own = block(k);
    for (index j = k * per_block_; j < end_of(k); ++j)
      for (index i = j; i < end_of(k); ++i) await(updates(i, j), k, 2 * k);
    // The micro-panels are reused from block column k - 2.
    if (k >= 2) await(w_.updated[k - 2], count_updates(k - 2), 2 * k);
    if (stopped(2 * k - 1)) return;
    R* const micro_panels = w_.micro_panels[k % 2];
    k_.pack(own, true, micro_panels, stride_);
    const index info = k_.factor(own.rows, micro_panels, stride_, w_.inverse[k % 2], parts(k));
    k_.unpack(micro_panels, stride_, info == 0 ? own : own.columns(0, info - 1), true);
    if (info != 0) {
      info_ = k * nb_ + info;
      good_ = info - 1;
      stop_.store(2 * k, std::memory_order_release);
    }
    factored_.store(static_cast<int>(k + 1), std::memory_order_release);
  }

  /// After a failure in the block above, solves only the columns that hold the factor.
  void solve(index k, index i) {
    await(factored_, k + 1, 2 * k);
    for (index j = k * per_block_; j < end_of(k); ++j) await(updates(i, j), k, 2 * k);
    if (stopped(2 * k - 1)) return;
    const index cols = stopped(2 * k) ? good_ : block(k).rows;
    const auto rows = a_.block(i * w_.tile, k * nb_, rows_of(i), cols);
    R* const x = micro_panels_of(k, i);
    k_.pack(rows, false, x, stride_);
    k_.factor_below(cols, w_.micro_panels[k % 2], stride_, w_.inverse[k % 2], rows.rows, x, stride_, parts(k));
    k_.unpack(x, stride_, rows, false);
    w_.solved[i].store(static_cast<int>(k + 1), std::memory_order_release);
  }

  void update(index k, index i, index j) {
    await(w_.solved[i], k + 1, 2 * k + 1);
    await(w_.solved[j], k + 1, 2 * k + 1);
    await(updates(i, j), k, 2 * k + 1);
    if (stopped(2 * k)) return;
    const auto c = a_.block(i * w_.tile, j * w_.tile, rows_of(i), rows_of(j));
    // The products with the first columns of the matrix are a sum of their own (see chunks).
    const index first = k == 0 ? std::min(leading_chunks<T>.second, nb_) : 0;
    if (first > 0) subtract_product(k, i, j, 0, first, c);
    if (first < nb_) subtract_product(k, i, j, first, nb_, c);
    updates(i, j).store(static_cast<int>(k + 1), std::memory_order_release);
    w_.updated[k].fetch_add(1, std::memory_order_release);
  }

  /// C ← C − L(i, k)·L(j, k)ᴴ with the columns [from, to) of block column k.
  void subtract_product(index k, index i, index j, index from, index to, const strided<T>& c) const {
    const region where = i == j ? region::lower : region::all;
    const index skip = from * stride_ / nb_;
    const R *const a = micro_panels_of(k, i) + skip, *const b = micro_panels_of(k, j) + skip;
    // Computes C, or Cᵀ = conj(Cᴴ) with exchanged operands if the rows of C are contiguous.
    if (std::abs(c.rs) <= std::abs(c.cs))
      k_.product(to - from, a, stride_, b, stride_, -1, c, where, 0);
    else
      k_.product(to - from, b, stride_, a, stride_, -1, c.h(), flipped(where), 0);
  }

  strided<T> block(index k) const {
    const index rows = std::min(nb_, a_.rows - k * nb_);
    return a_.block(k * nb_, k * nb_, rows, rows);
  }
  static const chunks& parts(index k) { return k == 0 ? leading_chunks<T> : later_chunks<T>; }
  index end_of(index k) const { return std::min((k + 1) * per_block_, tiles_); }
  index rows_of(index i) const { return std::min(w_.tile, a_.rows - i * w_.tile); }
  index count_updates(index k) const {
    const index left = tiles_ - (k + 1) * per_block_;
    return left * (left + 1) / 2;
  }
  std::atomic<int>& updates(index i, index j) const { return w_.updates[i + j * tiles_]; }
  /// Row tile i of block column k, in the micro-panels that start with the rows of the block.
  R* micro_panels_of(index k, index i) const {
    return w_.micro_panels[k % 2] + (i * w_.tile - k * nb_) / k_.mr * stride_;
  }

  /// Whether a failure makes this stage unnecessary. Stage 2k: block column k; stage 2k + 1: its updates. The stages
  /// before the failing one are completed, because other threads may wait for them.
  bool stopped(index before) const { return stop_.load(std::memory_order_acquire) <= before; }

  void await(const std::atomic<int>& counter, index value, index stage) const {
    for (int tries = 0; counter.load(std::memory_order_acquire) < value && !stopped(stage - 1); ++tries)
      if (tries > 200) std::this_thread::yield();
  }

  const kernels<T>& k_;
  const strided<T> a_;
  const panel_workspace<R>& w_;
  const index nb_, stride_, per_block_, tiles_, blocks_;
  std::atomic<index> next_{0};
  std::atomic<int> factored_{0};
  std::atomic<index> stop_{std::numeric_limits<index>::max()};
  index info_ = 0, good_ = 0;  // written before stop_ and factored_, read after them
};

}  // namespace

template <class T>
panel_layout lay_out_panels(const kernels<T>& k, index nb, index n, int threads) {
  panel_layout l{};
  l.tile = tile_order(nb, k.mr, n, threads);
  l.micro_panels = static_cast<std::size_t>(k.micro_panels(n) * k.stride(nb));
  l.inverse = static_cast<std::size_t>(k.stride(nb) / k.mr);
  const auto tiles = static_cast<std::size_t>(divide_up(n, l.tile));
  l.updates = tiles * tiles;
  l.solved = tiles;
  l.updated = static_cast<std::size_t>(divide_up(n, nb));
  return l;
}

template <class R>
panel_workspace<R> panel_workspace<R>::place(carver& c, const panel_layout& l) {
  panel_workspace w{};
  w.tile = l.tile;
  for (int s = 0; s < 2; ++s) {
    w.micro_panels[s] = c.take<R>(l.micro_panels);
    w.inverse[s] = c.take<R>(l.inverse);
  }
  w.updates = c.take<std::atomic<int>>(l.updates);
  w.solved = c.take<std::atomic<int>>(l.solved);
  w.updated = c.take<std::atomic<int>>(l.updated);
  return w;
}

template <class T>
index factor_by_panels(const kernels<T>& k, index nb, strided<T> a, const panel_workspace<real_type<T>>& w,
                       const team& team) {
  return schedule<T>(k, nb, a, w).run(team);
}

template struct panel_workspace<float>;
template struct panel_workspace<double>;
#define POSDEF_PANELS(T)                                                                                      \
  template panel_layout lay_out_panels(const kernels<T>&, index, index, int);                                 \
  template index factor_by_panels(const kernels<T>&, index, strided<T>, const panel_workspace<real_type<T>>&, \
                                  const team&);
POSDEF_PANELS(float)
POSDEF_PANELS(double)
POSDEF_PANELS(std::complex<float>)
POSDEF_PANELS(std::complex<double>)
#undef POSDEF_PANELS

}  // namespace posdef::internal::cpu
