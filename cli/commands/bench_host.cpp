// posdef bench in host memory: the engine cpu and LAPACK libraries.
#include <iostream>

#include "commands/bench.hpp"
#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "host_measure.hpp"
#include "output.hpp"
#include "scripts.hpp"

namespace posdef::cli {

int run_in_host_memory(const bench_options& o, const std::vector<bench::cell>& cells, const bench::settings& settings) {
  const std::vector<std::string> names = chosen_peers(o, settings.device, bench::known_peers());
  const bench_results results(o);
  const bench::peer_list peers = bench::load_peers(names, o.python);
  bench::machine machine = bench::describe_machine(settings.threads, peers);
  if (results.are_kept()) machine.limits = bench::measure_limits(settings.threads);
  tools::chosen_interpreter python;
  if (o.arrays) python = tools::choose_interpreter(tools::candidate_interpreters(o.python), {"numpy", "torch"});
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
    results.out() << bench::table_row(outcomes.back(), peers) << bench::cold_rows(outcomes.back()) << std::flush;
    results.add(outcomes.back(), machine);
  }
  if (o.quick) results.out() << "--quick: few repetitions, and no cells 32x3000\n";
  if (o.arrays) {
    {
      progress bar("NumPy, PyTorch");
      for (const bench::missing_peer& p : bench::add_arrays(python.path, settings, outcomes)) {
        machine.missing[p.name] = p.reason;
      }
    }
    results.out() << bench::arrays_table(outcomes, machine);
    for (const bench::outcome& done : outcomes) results.add(done, machine);
  }
  return results.finish(outcomes, machine);
}

}  // namespace posdef::cli
