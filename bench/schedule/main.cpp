// Predicts the time of factorizations on more cores than this machine has. docs/internals/schedule.md has an example.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <complex>
#include <fstream>
#include <iostream>

#include "dispatch/chosen_kernels.hpp"
#include "dispatch/tuning.hpp"
#include "schedule/output.hpp"
#include "schedule/task_times.hpp"

namespace posdef::bench {
namespace {

struct options {
  std::vector<std::string> types = {"f32", "f64", "c64", "c128"};
  std::vector<index> orders = {512, 1024, 2048, 4096, 8192, 16384, 32768};
  std::vector<index> widths = {64, 96, 128, 144, 192, 256, 288, 384, 512};
  prediction_settings settings{.cores = {1, 2, 8, 32, 128}};
  double bandwidth = 350;  // GB/s
  double seconds = 0.05, most_tasks = 1e6;
  int passes = 3;
  bool validate = false, as_library = false;
  std::string json;
  std::vector<std::string> times;
  std::vector<nlohmann::ordered_json> earlier = {};  // the content of `times`
};

void say(const std::string& what) {
  if (isatty(STDERR_FILENO) == 1) std::cerr << "\r\033[K" << what << std::flush;
}

/// Calls f with an object of the type of this name.
template <class F>
void with_type(const std::string& name, const F& f) {
  if (name == "f32") return f(float{});
  if (name == "f64") return f(double{});
  if (name == "c64") return f(std::complex<float>{});
  f(std::complex<double>{});
}

/// Measures all grids in turn, several times, and keeps the fastest times of each.
template <class T>
std::vector<measured_grid> measure_grids(const options& o, const std::string& type, index n) {
  const auto& k = internal::chosen_kernels<T>();
  const std::vector<panel_grid> grids = grids_of(n, k.mr, o.widths, o.most_tasks);
  std::vector<measured_grid> all;
  for (int pass = 1; pass <= o.passes; ++pass)
    for (const panel_grid& g : grids) {
      say("measuring " + type + " " + std::to_string(n) + ", width " + std::to_string(g.nb) + ", tile " +
          std::to_string(g.tile) + ", pass " + std::to_string(pass) + " of " + std::to_string(o.passes));
      keep_fastest(all, {type, g, measure_tasks(k, g, o.seconds)});
    }
  return all;
}

/// Those of the files, or measured.
std::vector<measured_grid> grids_and_times(const options& o, const std::string& type, index n) {
  std::vector<measured_grid> all;
  for (const nlohmann::ordered_json& file : o.earlier)
    for (const auto& j : file.at("tasks"))
      if (const measured_grid m = measured_grid_of(j);
          m.type == type && m.grid.n == n && count_tasks(m.grid) <= o.most_tasks)
        keep_fastest(all, m);
  if (o.earlier.empty()) with_type(type, [&]<class T>(T) { all = measure_grids<T>(o, type, n); });
  return all;
}

/// The grid that the library uses; one block if it factors such matrices unblocked.
panel_grid grid_of_library(const std::string& type, index n, int cores) {
  panel_grid g{.n = n, .nb = n, .tile = n};
  with_type(type, [&]<class T>(T) {
    const auto& k = internal::chosen_kernels<T>();
    const auto sizes = internal::tuned(k);
    if (n <= sizes.unblocked_max) return;
    const index nb = sizes.panel(n);
    g = {.n = n, .nb = nb, .tile = internal::cpu::largest_tile(n, nb, k.mr, cores, sizes.updates_per_thread(cores))};
  });
  return g;
}

void predict_all(const options& o, nlohmann::ordered_json& out) {
  std::cout << choice_heading();
  for (const std::string& type : o.types)
    for (const index n : o.orders) {
      std::vector<predicted> all;
      const std::vector<measured_grid> measured = grids_and_times(o, type, n);
      for (const measured_grid& m : measured) {
        say("simulating " + type + " " + std::to_string(n) + ", width " + std::to_string(m.grid.nb) + ", tile " +
            std::to_string(m.grid.tile));
        out["tasks"].push_back(json_of(m));
        for (const predicted& p : predict(m, o.settings)) {
          all.push_back(p);
          out["predictions"].push_back(json_of(p));
        }
      }
      say("");
      if (all.empty()) continue;
      choice c = choose(all, [&](const predicted& p) {
        const panel_grid used = grid_of_library(type, n, p.cores);
        return !o.as_library || (p.grid.nb == used.nb && p.grid.tile == used.tile);
      });
      if (c.by_cores.empty()) continue;
      add_other_order(c, measured, o.settings);
      out["choices"].push_back(json_of(c));
      std::cout << rows_of(c) << std::flush;
    }
}

void validate_all(const options& o, nlohmann::ordered_json& out) {
  std::cout << validation_heading();
  for (const std::string& type : o.types)
    for (const index n : o.orders)
      for (const int cores : o.settings.cores)
        with_type(type, [&]<class T>(T) {
          const index nb = grid_of_library(type, n, cores).nb;
          if (nb >= n || cores > internal::team::most()) return;
          say("validating " + type + " " + std::to_string(n));
          const auto& k = internal::chosen_kernels<T>();
          const validation v = validate(type, k, n, nb, cores, o.settings, 10 * o.seconds);
          out["validations"].push_back(json_of(v));
          say("");
          std::cout << row_of(v) << std::flush;
        });
}

void add_options(CLI::App& app, options& o) {
  processor& p = o.settings.costs;
  app.add_option("--dtype", o.types, "Types, comma-separated")
      ->delimiter(',')
      ->check(CLI::IsMember({"f32", "f64", "c64", "c128"}));
  app.add_option("--orders", o.orders, "Orders of matrices")->delimiter(',')->check(CLI::Range(1, 1 << 20));
  app.add_option("--widths", o.widths, "Widths of block columns")->delimiter(',')->check(CLI::Range(1, 1 << 16));
  app.add_option("--cores", o.settings.cores, "Numbers of cores; 1 must be among them")
      ->delimiter(',')
      ->check(CLI::Range(1, 1 << 16));
  app.add_option("--bandwidth", o.bandwidth, "GB/s of the memory; 0: no limit")->check(CLI::Range(0.0, 1e6));
  app.add_option("--cache", o.settings.cache_per_core, "Bytes of cache per core")->check(CLI::Range(0.0, 1e12));
  app.add_option("--take", p.take, "Seconds to take a task from the counter")->check(CLI::Range(0.0, 1.0));
  app.add_option("--take-moved", p.take_moved, "The same after another core")->check(CLI::Range(0.0, 1.0));
  app.add_option("--step", p.step, "Seconds to pass over a task of the list")->check(CLI::Range(0.0, 1.0));
  app.add_option("--notice", p.notice, "Seconds until a waiting core sees a result")->check(CLI::Range(0.0, 1.0));
  app.add_option("--start", p.start, "Seconds until all cores work")->check(CLI::Range(0.0, 1.0));
  app.add_option("--ahead", o.settings.ahead,
                 "Updates between a block and its solves, divided by cores and by the square of tiles in a width; "
                 "default: as in the schedule")
      ->check(CLI::Range(0.0, 1e9));
  app.add_option("--time", o.seconds, "Seconds of measurement for each grid and pass")->check(CLI::Range(1e-3, 1e3));
  app.add_option("--most-tasks", o.most_tasks, "Leave out grids with more tasks")->check(CLI::Range(1.0, 1e9));
  app.add_option("--passes", o.passes, "How often each grid is measured")->check(CLI::Range(1, 1000));
  app.add_option("--times", o.times, "Take the times of tasks from these files, which --json wrote")
      ->delimiter(',')
      ->check(CLI::ExistingFile);
  app.add_option("--json", o.json, "Write everything here");
  app.add_flag("--as-library", o.as_library, "Show the widths and tiles that the library uses, not the best ones");
  app.add_flag("--validate", o.validate,
               "Compare simulated with measured times, for as many cores as this machine has");
}

int run(options o) {
  if (o.bandwidth > 0) o.settings.costs.bandwidth = o.bandwidth * 1e9;
  nlohmann::ordered_json out;
  const processor& p = o.settings.costs;
  out["instruction_set"] = internal::chosen_kernels<double>().instruction_set;
  out["costs"] = {{"bandwidth", o.bandwidth},   {"cache_per_core", o.settings.cache_per_core},
                  {"ahead", o.settings.ahead},  {"take", p.take},
                  {"take_moved", p.take_moved}, {"step", p.step},
                  {"notice", p.notice},         {"start", p.start}};
  for (const std::string& name : o.times) o.earlier.push_back(nlohmann::ordered_json::parse(std::ifstream(name)));
  std::ofstream file;
  if (!o.json.empty()) {
    file.open(o.json);
    if (!file) throw std::runtime_error("schedule: cannot write " + o.json);
  }
  if (o.validate)
    validate_all(o, out);
  else
    predict_all(o, out);
  if (file.is_open() && !(file << out.dump(1) << "\n" << std::flush))
    throw std::runtime_error("schedule: cannot write " + o.json);
  return 0;
}

}  // namespace
}  // namespace posdef::bench

int main(int argc, char** argv) {
  posdef::bench::options o;
  CLI::App app("Measures the tasks of large factorizations on one thread, and simulates them on many cores");
  posdef::bench::add_options(app, o);
  CLI11_PARSE(app, argc, argv);
  try {
    return posdef::bench::run(o);
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 2;
  }
}
