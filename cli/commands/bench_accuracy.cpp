// posdef bench --suite accuracy: errors of posdef and of LAPACK libraries, in host memory and on devices.
#include <algorithm>
#include <cstdlib>

#include "accuracy/accuracy_output.hpp"
#include "commands/bench.hpp"
#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "problem.hpp"
#include "scripts.hpp"

namespace posdef::cli {
namespace {

// Without a choice: the cpu, and the devices that this machine has.
posdef::device measured_device(const bench_options& o, const bench::settings& settings) {
  const char* const chosen = std::getenv("POSDEF_DEVICE");
  const bool free = o.device.empty() && (chosen == nullptr || *chosen == '\0');
  return free ? posdef::device{} : settings.device;
}

bench::accuracy_settings accuracy_settings_of(const bench_options& o, const bench::settings& settings) {
  bench::accuracy_settings s{.threads = settings.threads, .device = measured_device(o, settings), .quick = o.quick};
  s.wanted = [filters = o.filters](const std::string& text) {
    // Whole words, so that "2" does not match "512".
    const auto fits = [&](const std::string& f) { return (" " + text + " ").find(" " + f + " ") != std::string::npos; };
    return filters.empty() || std::any_of(filters.begin(), filters.end(), fits);
  };
  return s;
}

std::vector<bench::accuracy_cell> chosen_cells(const bench_options& o, const bench::accuracy_settings& s) {
  std::vector<bench::accuracy_cell> cells = bench::accuracy_cells(o.quick);
  std::erase_if(cells, [&](const bench::accuracy_cell& c) {
    return (!o.dtypes.empty() && !contains(o.dtypes, tools::name_of(c.type))) || bench::wanted_ways(c, s).empty();
  });
  if (cells.empty()) throw tools::input_error("bench: --dtype and --filter match no cell of the suites");
  return cells;
}

// Whether posdef factored every sample, and its residuals are below LAPACK's limit. False for NaN.
bool right(const bench::accuracy_outcome& o) {
  return std::all_of(o.ways.begin(), o.ways.end(), [](const bench::accuracy_result& w) {
    return w.measures.failed == 0 && w.measures.residual <= bench::wrong_residual;
  });
}

}  // namespace

int run_accuracy(const bench_options& o, const bench::settings& settings) {
  const std::vector<std::string> names = chosen_peers(o, {engine::cpu, 0}, bench::known_peers());
  const bench::accuracy_settings s = accuracy_settings_of(o, settings);
  const std::vector<bench::accuracy_cell> cells = chosen_cells(o, s);
  const bench_results results(o);
  const bench::peer_list peers = bench::load_peers(names, o.python);
  bench::machine machine = bench::describe_machine(settings.threads, peers);
  machine.report_python = results.interpreter();
  results.out() << bench::accuracy_heading(machine, peers) << std::flush;
  std::vector<bench::accuracy_outcome> outcomes;
  auto list = nlohmann::ordered_json::array();
  for (const bench::accuracy_cell& c : cells) {
    {
      progress bar(c.text());
      bar.set_fraction(static_cast<double>(outcomes.size()) / static_cast<double>(cells.size()));
      outcomes.push_back(bench::measure_accuracy(c, peers.present, s));
    }
    results.out() << bench::accuracy_rows(outcomes.back()) << std::flush;
    for (const nlohmann::ordered_json& line : bench::accuracy_json(outcomes.back(), machine)) {
      results.add(line);
      list.push_back(line);
    }
  }
  results.out() << bench::accuracy_summary(outcomes);
  results.write(list, bench::accuracy_report_script);
  return std::all_of(outcomes.begin(), outcomes.end(), right) ? success_status : not_positive_definite_found;
}

}  // namespace posdef::cli
