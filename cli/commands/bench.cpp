// posdef bench: posdef beside other libraries, on this machine. The work is done in bench/.
#include "commands/bench.hpp"

#include <algorithm>

#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "gpu/participants.hpp"
#include "peers/peer.hpp"
#include "suites.hpp"

namespace posdef::cli {

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::vector<std::string> chosen_peers(const bench_options& o, const posdef::device& device,
                                      const std::vector<std::string>& known) {
  if (contains(o.peers, "none")) {
    if (o.peers.size() > 1) throw tools::input_error("bench: --peers: none stands alone");
    return {};
  }
  for (const std::string& name : o.peers) {
    if (!contains(known, name)) throw tools::input_error("bench: --peers: " + name + " is no peer on " + device.name());
  }
  return o.peers.empty() ? known : o.peers;
}

namespace {

std::vector<bench::cell> chosen_cells(const bench_options& o) {
  std::vector<bench::cell> cells;
  for (const std::string& suite : o.suites) {
    for (const bench::cell& c : bench::cells_of(suite, o.quick)) {
      // A blank behind both, so that "1x64" does not take "1x640".
      const auto fits = [&](const std::string& f) { return (c.text() + " ").find(f + " ") != std::string::npos; };
      if (!o.dtypes.empty() && !contains(o.dtypes, tools::name_of(c.type))) continue;
      if (!o.filters.empty() && std::none_of(o.filters.begin(), o.filters.end(), fits)) continue;
      cells.push_back(c);
    }
  }
  if (cells.empty()) throw tools::input_error("bench: --dtype and --filter leave nothing of the suites");
  return cells;
}

bench::settings chosen_settings(const bench_options& o) {
  bench::settings s;
  s.threads = chosen_threads(o.threads);
  s.device = chosen_device(o.device);
  if (o.quick) {
    s.repetitions = 9;
    s.seconds = 0.4;
    s.patience = 1;
  }
  if (o.repetitions > 0) s.repetitions = o.repetitions;
  if (o.seconds > 0) s.seconds = o.seconds;
  return s;
}

#if !POSDEF_ENGINE_CPU
[[noreturn]] void refuse(const std::string& what) {
  throw tools::input_error("bench: " + what +
                           ", which this program was built without (cmake -DPOSDEF_ENGINE_CPU=ON); --device cuda "
                           "is measured");
}
#endif

int run(const bench_options& o) {
  const bench::settings settings = chosen_settings(o);
  const engine where = settings.device.engine;
  if (o.tune && where != engine::cpu) return tune_device(o, settings);
#if POSDEF_ENGINE_CPU
  if (o.tune) return tune(o, settings);
  const std::vector<bench::cell> cells = chosen_cells(o);
  return where == engine::cuda ? run_on_device(o, cells, settings) : run_in_host_memory(o, cells, settings);
#else
  if (o.tune) refuse("--tune of the engine cpu");
  if (where != engine::cuda)
    refuse("cells in host memory (--device " + settings.device.name() + ") take the engine cpu");
  return run_on_device(o, chosen_cells(o), settings);
#endif
}

// Of every machine: which of them are there is known when the program runs.
std::vector<std::string> every_peer() {
  std::vector<std::string> names = bench::known_peers();
  names.emplace_back("none");
  const std::vector<std::string>& more = bench::known_device_peers();
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

}  // namespace

void add_bench(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("bench", "Time posdef beside other libraries on this machine");
  const auto o = std::make_shared<bench_options>();
  o->suites = {"seeds", "tiny"};
  command
      ->add_option("--suite", o->suites,
                   "seeds and tiny (the default), sweep, large, contest, ops; separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(bench::suite_names()));
  command
      ->add_option("--peers,--only-peer", o->peers,
                   "OpenBLAS, BLIS, Eigen, MKL, LAPACK; on cuda: cuSOLVER, PyTorch, JAX, CuPy; none: posdef alone; "
                   "all that are there")
      ->delimiter(',')
      ->check(CLI::IsMember(every_peer(), CLI::ignore_case));
  command->add_option("--dtype", o->dtypes, "Only these types, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember({"f32", "f64", "c64", "c128"}));
  command->add_option("--filter", o->filters, "Only cells whose name has these words, such as \"f32 1x256\"");
  add_engine(*command, o->device, o->threads);
  command->add_option("--repetitions", o->repetitions, "At most so many for each participant")
      ->check(CLI::Range(1, 100000));
  command->add_option("--time", o->seconds, "Seconds for each cell, about")->check(CLI::Range(1e-3, 1e6));
  command->add_flag("--quick", o->quick, "Fewer repetitions, no cells that take seconds");
  command->add_option("--json", o->json, "Write the results here; - is stdout")->check(file_name());
  command
      ->add_option("--json-lines", o->lines,
                   "Add each cell to this file when it is measured, as one line of JSON; - is stdout")
      ->check(file_name());
  command->add_option("--report", o->report, "Write a page with plots here (HTML)")->check(file_name());
  command->add_option("--markdown", o->markdown, "Write a table here (Markdown)")->check(file_name());
  command->add_flag("--arrays", o->arrays,
                    "Show NumPy and PyTorch beside, from a process of their own; on cuda they always are");
  command->add_option("--python", o->python,
                      "Interpreter for reports and for libraries called from Python; else of $VIRTUAL_ENV/bin/python, "
                      "the python3 in PATH and /usr/bin/python3 the one that has them");
  command->add_flag(
      "--tune", o->tune,
      "Instead: measure block sizes. On a device plans go by them from then on; of the engine cpu rows for "
      "src/dispatch/tuning.hpp are printed");
  command->footer(
      "Repetitions of posdef and its peers alternate; times are medians; every result is checked. For batches a peer "
      "is\n"
      "timed with its own threads and with one thread for each matrix: the better one counts. ratio is the time of "
      "the\n"
      "best peer over posdef's: above 1, posdef is faster. Peers are looked for when the program runs.\n"
      "--json-lines keeps what was measured if the run is ended early. A cell that is also measured from Python has a\n"
      "second line, with everything: of lines of one cell the later counts.\n"
      "With --device cuda matrices are in device memory, and times are the device's, by events, and the wall's.\n"
      "Exit status: 0 all is well, 1 posdef gave a wrong result, 2 bad usage.");
  command->callback([o, &status] { status = run(*o); });
}

}  // namespace posdef::cli
