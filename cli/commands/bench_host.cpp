// posdef bench in host memory: the engine cpu and LAPACK libraries.
#include <iostream>

#include "commands/bench.hpp"
#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "first_call.hpp"
#include "host_measure.hpp"
#include "output.hpp"
#include "scripts.hpp"

namespace posdef::cli {
namespace {

// One entry for each cell; none without --first-calls. All of them come before the first measurement, see
// first_call.hpp.
std::vector<std::vector<bench::first_call>> measure_first_calls(const bench_options& o,
                                                                const std::vector<bench::cell>& cells,
                                                                const std::vector<bench::peer>& peers,
                                                                const bench::settings& settings) {
  std::vector<std::vector<bench::first_call>> all;
  if (!o.first_calls) return all;
  progress bar("first calls");
  bench::measure_first_calls(cells.front(), peers, settings);  // not kept: reads the code of the libraries into memory
  for (const bench::cell& c : cells) {
    bar.set_fraction(static_cast<double>(all.size()) / static_cast<double>(cells.size()));
    all.push_back(bench::measure_first_calls(c, peers, settings));
  }
  return all;
}

}  // namespace

int run_in_host_memory(const bench_options& o, const std::vector<bench::cell>& cells, const bench::settings& settings) {
  const std::vector<std::string> names = chosen_peers(o, settings.device, bench::known_peers());
  const bench_results results(o);
  const bench::peer_list peers = bench::load_peers(names, o.python);
  bench::machine machine = bench::describe_machine(settings.threads, peers);
  const auto first_calls = measure_first_calls(o, cells, peers.present, settings);
  if (results.are_kept()) machine.limits = bench::measure_limits(settings.threads);
  tools::chosen_interpreter python;
  if (o.arrays)
    python = tools::choose_interpreter(tools::candidate_interpreters(o.python), {"numpy", "scipy", "torch"});
  machine.python = python.words;
  machine.report_python = results.interpreter();
  results.out() << bench::heading(machine, peers) << std::flush;
  std::vector<bench::outcome> outcomes;
  for (const bench::cell& c : cells) {
    {
      progress bar(c.text());
      bar.set_fraction(static_cast<double>(outcomes.size()) / static_cast<double>(cells.size()));
      outcomes.push_back(bench::measure(c, peers.present, settings));
    }
    if (o.first_calls) bench::add_first_calls(first_calls[outcomes.size() - 1], outcomes.back());
    results.out() << bench::table_row(outcomes.back(), peers) << bench::cold_rows(outcomes.back()) << std::flush;
    results.add(outcomes.back(), machine);
  }
  if (o.quick) results.out() << "--quick: few repetitions, no cells 32x3000, no large batches in grid\n";
  if (o.arrays) {
    {
      progress bar("NumPy, SciPy, PyTorch");
      bench::add_arrays(python.path, settings, outcomes, machine);
    }
    results.out() << bench::arrays_table(outcomes, machine);
    for (const bench::outcome& done : outcomes) results.add(done, machine);
  }
  return results.finish(outcomes, machine);
}

}  // namespace posdef::cli
