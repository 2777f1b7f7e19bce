// Predicts the time of factorizations for several numbers of cores, and chooses widths and tiles by it.
#ifndef POSDEF_BENCH_SCHEDULE_PREDICT_HPP
#define POSDEF_BENCH_SCHEDULE_PREDICT_HPP

#include <functional>
#include <string>
#include <vector>

#include "schedule/panel_list.hpp"
#include "schedule/simulate.hpp"

namespace posdef::bench {

/// A type, by its name "f32", "f64", "c64", "c128".
struct element_type {
  std::string name;
  double bytes;
  double operations;  ///< of a factorization of order n, divided by n³
};
const std::vector<element_type>& element_types();

/// The measured times of one grid.
struct measured_grid {
  std::string type;
  panel_grid grid;
  panel_times times;
};

/// The number of tasks of a grid, approximately.
double count_tasks(const panel_grid& g);

/// The grids of order n whose width is one of `widths`, rounded to the kernels' micro-panels. The tiles are
/// the widths divided by 1, 2, 3, ..., if that is a multiple of mr and there are at most `most_tasks` tasks.
std::vector<panel_grid> grids_of(index n, index mr, const std::vector<index>& widths, double most_tasks);

/// Adds the grid to `all`, or replaces the times of the same grid there if they are longer in sum.
void keep_fastest(std::vector<measured_grid>& all, const measured_grid& m);

/// One grid on one number of cores.
struct predicted {
  std::string type = {};
  panel_grid grid = {};
  int cores = 1;
  simulated time = {};
  double critical_path = 0;  ///< seconds
  double tasks = 0;
};

struct prediction_settings {
  std::vector<int> cores;
  processor costs = {};         ///< for every number of cores
  double cache_per_core = 4e6;  ///< bytes
  double ahead = -1;            ///< panel_grid::ahead divided by cores · (nb/tile)²; negative: as the schedule does
};

/// The grid on every number of cores.
std::vector<predicted> predict(const measured_grid& m, const prediction_settings& s);

/// The width for one order and all numbers of cores, and the tile for each.
struct choice {
  std::string type = {};
  index n = 0, nb = 0;
  /// For each number of cores: the chosen grid, and its time divided by that of the best grid.
  struct for_cores {
    predicted best;
    double loss, efficiency;
    double by_path = 0;  ///< seconds of the same tasks in the order of run_by_path, without costs; 0: not simulated
  };
  std::vector<for_cores> by_cores = {};
  double mean_loss = 0;  ///< the geometric mean of `loss`
};

/// The allowed width with the smallest geometric mean, over the numbers of cores, of its time (with the best allowed
/// tile) divided by the time of the best grid for that number. Without one, a choice without rows. `all`: the
/// predictions of one type and order. The efficiency refers to the fastest grid on one core, which `all` must contain.
choice choose(
    const std::vector<predicted>& all,
    const std::function<bool(const predicted&)>& allowed = [](const predicted&) { return true; });

/// Simulates by_path of every row of c.
void add_other_order(choice& c, const std::vector<measured_grid>& measured, const prediction_settings& s);

}  // namespace posdef::bench

#endif
