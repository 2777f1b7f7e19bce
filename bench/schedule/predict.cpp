#include "schedule/predict.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace posdef::bench {

const std::vector<element_type>& element_types() {
  static const std::vector<element_type> all = {
      {"f32", 4, 1.0 / 3}, {"f64", 8, 1.0 / 3}, {"c64", 8, 4.0 / 3}, {"c128", 16, 4.0 / 3}};
  return all;
}

double count_tasks(const panel_grid& g) {
  const double tiles = static_cast<double>(g.tiles);
  return tiles * tiles * tiles / 6 / static_cast<double>(g.per_block);
}

std::vector<panel_grid> grids_of(index n, index mr, const std::vector<index>& widths, double most_tasks) {
  std::vector<panel_grid> grids;
  for (const index w : widths) {
    const index nb = w / mr * mr;
    if (nb == 0 || nb >= n) continue;
    for (index parts = 1; parts <= nb / mr; ++parts) {
      if (nb % (parts * mr) != 0) continue;
      const panel_grid g{.n = n, .nb = nb, .tile = nb / parts};
      if (count_tasks(g) > most_tasks) break;
      grids.push_back(g);
    }
  }
  return grids;
}

void keep_fastest(std::vector<measured_grid>& all, const measured_grid& m) {
  const auto same = std::find_if(all.begin(), all.end(), [&](const measured_grid& o) {
    return o.type == m.type && o.grid.n == m.grid.n && o.grid.nb == m.grid.nb && o.grid.tile == m.grid.tile;
  });
  const auto work = [](const measured_grid& g) { return panel_list(g.grid, g.times, {}).work(); };
  if (same == all.end())
    all.push_back(m);
  else if (work(m) < work(*same))
    *same = m;
}

namespace {

task_list tasks_of(const measured_grid& m, const prediction_settings& s, int cores) {
  const auto type = std::find_if(element_types().begin(), element_types().end(),
                                 [&](const element_type& e) { return e.name == m.type; });
  panel_grid g = m.grid;
  g.ahead = s.ahead < 0
                ? internal::cpu::updates_ahead(g.nb, g.tile, cores)
                : static_cast<index>(std::min(s.ahead * cores * static_cast<double>(g.per_block * g.per_block), 1e9));
  return panel_list(g, m.times, {.element = type->bytes, .caches = s.cache_per_core * cores});
}

processor with_cores(processor p, int cores) {
  p.cores = cores;
  return p;
}

}  // namespace

std::vector<predicted> predict(const measured_grid& m, const prediction_settings& s) {
  std::vector<predicted> all;
  for (const int cores : s.cores) {
    const task_list tasks = tasks_of(m, s, cores);
    const processor p = with_cores(s.costs, cores);
    all.push_back({m.type, m.grid, cores, run_in_order(tasks, p), tasks.critical_path(), double(tasks.size())});
  }
  return all;
}

choice choose(const std::vector<predicted>& all, const std::function<bool(const predicted&)>& allowed) {
  std::map<int, double> fastest;                                  // seconds by cores
  std::map<index, std::map<int, const predicted*>> best_allowed;  // by width and cores: the best tile
  for (const predicted& p : all) {
    const auto [f, is_first] = fastest.try_emplace(p.cores, p.time.seconds);
    f->second = std::min(f->second, p.time.seconds);
    if (!allowed(p)) continue;
    const predicted*& b = best_allowed[p.grid.nb][p.cores];
    if (b == nullptr || p.time.seconds < b->time.seconds) b = &p;
  }
  choice chosen;
  for (const auto& [nb, by_cores] : best_allowed) {
    if (by_cores.size() < fastest.size()) continue;
    choice c{.type = all.front().type, .n = all.front().grid.n, .nb = nb};
    double logarithms = 0;
    for (const auto& [cores, p] : by_cores) {
      const double seconds = p->time.seconds, loss = seconds / fastest.at(cores);
      c.by_cores.push_back({.best = *p, .loss = loss, .efficiency = fastest.at(1) / cores / seconds});
      logarithms += std::log(loss);
    }
    c.mean_loss = std::exp(logarithms / static_cast<double>(fastest.size()));
    if (chosen.by_cores.empty() || c.mean_loss < chosen.mean_loss) chosen = c;
  }
  return chosen;
}

void add_other_order(choice& c, const std::vector<measured_grid>& measured, const prediction_settings& s) {
  for (choice::for_cores& b : c.by_cores) {
    const auto m = std::find_if(measured.begin(), measured.end(), [&](const measured_grid& g) {
      return g.type == c.type && g.grid.n == c.n && g.grid.nb == c.nb && g.grid.tile == b.best.grid.tile;
    });
    if (m != measured.end())
      b.by_path = run_by_path(tasks_of(*m, s, b.best.cores), with_cores(s.costs, b.best.cores)).seconds;
  }
}

}  // namespace posdef::bench
