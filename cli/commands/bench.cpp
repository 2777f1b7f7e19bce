// posdef bench: posdef beside other libraries, on this machine. The work is done in bench/.
#include <algorithm>
#include <iostream>
#include <memory>

#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/progress.hpp"
#include "gpu/cuda.hpp"
#include "gpu/device_measure.hpp"
#include "gpu/table.hpp"
#include "io/output_file.hpp"
#include "output.hpp"
#include "scripts.hpp"
#include "tune.hpp"

namespace posdef::cli {
namespace {

struct bench_options {
  std::vector<std::string> suites;
  std::vector<std::string> peers;  // empty: all
  std::vector<std::string> dtypes;
  std::vector<std::string> filters;
  std::string device;
  int threads = 0;
  int repetitions = 0;
  double seconds = 0;
  bool quick = false;
  bool tune = false;
  bool arrays = false;
  std::string python = bench::default_python();
  std::string json, report, markdown;
};

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

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

// The peers asked for among those that there are where it is measured.
std::vector<std::string> chosen_peers(const bench_options& o, const posdef::device& device,
                                      const std::vector<std::string>& known) {
  for (const std::string& name : o.peers) {
    if (!contains(known, name)) throw tools::input_error("bench: --peers: " + name + " is no peer on " + device.name());
  }
  return o.peers.empty() ? known : o.peers;
}

// The report's script reads the results from a file: the one of --json, or one that is gone afterwards.
void write_reports(const bench_options& o, const std::string& results) {
  std::vector<std::string> arguments = {"/dev/stdin"};
  if (!o.report.empty()) arguments.insert(arguments.end(), {"--html", o.report});
  if (!o.markdown.empty()) arguments.insert(arguments.end(), {"--markdown", o.markdown});
  if (arguments.size() > 1) bench::run_script(o.python, bench::report_script, arguments, results);
}

std::vector<bench::outcome> measure(const std::vector<bench::cell>& cells, const bench::peer_list& peers,
                                    const bench::settings& settings, std::ostream& out) {
  std::vector<bench::outcome> all;
  for (const bench::cell& c : cells) {
    {
      progress bar(c.text());
      bar.set_fraction(static_cast<double>(all.size()) / static_cast<double>(cells.size()));
      all.push_back(bench::measure(c, peers.present, settings));
    }
    out << bench::table_row(all.back(), peers) << std::flush;
  }
  return all;
}

// Prints rows for src/plan/tuning.hpp; how each number was found goes to stderr.
int tune(const bench_options& o) {
  const bench::settings settings = chosen_settings(o);
  if (settings.device.engine != engine::cpu) throw tools::input_error("bench: --tune is for the engine cpu");
  std::vector<tools::dtype> types;
  for (const std::string& name : o.dtypes) types.push_back(tools::parse_dtype(name));
  if (types.empty()) types = {tools::dtype::f32, tools::dtype::f64, tools::dtype::c64, tools::dtype::c128};
  std::cout << bench::tuning_table(types, settings.threads, settings.seconds / 3,
                                   [](const std::string& text) { std::cerr << text << std::endl; });
  return all_well;
}

// Where results go. Opened before the work, so that a wrong path shows at once.
struct targets {
  explicit targets(const bench_options& o)
      : json(opened(o.json)), out(tools::is_stdout(o.json) ? std::cerr : std::cout) {
    opened(o.report);
    opened(o.markdown);
  }
  static std::unique_ptr<tools::output_file> opened(const std::string& path) {
    return path.empty() ? nullptr : std::make_unique<tools::output_file>(path);
  }

  std::unique_ptr<tools::output_file> json;
  std::ostream& out;  // the table
};

int finish(const bench_options& o, const targets& to, const std::vector<bench::outcome>& outcomes,
           const bench::machine& machine) {
  auto list = nlohmann::ordered_json::array();
  for (const bench::outcome& done : outcomes) list.push_back(bench::to_json(done, machine));
  const std::string results = list.dump(1) + "\n";
  if (to.json) {
    to.json->write(results);
    to.json->commit();
  }
  write_reports(o, results);
  const bool right = std::all_of(outcomes.begin(), outcomes.end(), [](const auto& e) { return e.posdef().usable(); });
  return right ? all_well : not_positive_definite_found;
}

int run_in_host_memory(const bench_options& o, const std::vector<bench::cell>& cells, const bench::settings& settings) {
  const std::vector<std::string> names = chosen_peers(o, settings.device, bench::known_peers());
  const targets to(o);
  bench::peer_list peers = bench::load_peers(names);
  bench::machine machine = bench::describe_machine(settings.threads, peers);
  if (to.json || !o.report.empty() || !o.markdown.empty()) machine.limits = bench::measure_limits(settings.threads);
  to.out << bench::heading(machine, peers) << std::flush;
  std::vector<bench::outcome> outcomes = measure(cells, peers, settings, to.out);
  if (o.quick) to.out << "--quick: few repetitions, and no cells 32x3000\n";
  if (o.arrays) {
    progress bar("NumPy, PyTorch");
    for (const bench::missing_peer& p : bench::add_arrays(o.python, settings, outcomes)) {
      machine.missing[p.name] = p.reason;
    }
    to.out << bench::arrays_table(outcomes, machine);
  }
  return finish(o, to, outcomes, machine);
}

// The libraries called from Python come last, in a process of their own; without them the rest stands.
void add_python_peers(const bench_options& o, const bench::settings& settings, std::vector<std::string> names,
                      std::vector<bench::outcome>& outcomes, bench::machine& machine, std::ostream& out) {
  std::erase(names, "cuSOLVER");
  if (names.empty()) return;
  std::vector<std::size_t> before;
  for (const bench::outcome& done : outcomes) before.push_back(done.ways.size());
  try {
    progress bar("Python");
    bench::add_device_arrays(o.python, settings, names, outcomes, machine);
  } catch (const std::exception& problem) {
    for (const std::string& name : names) machine.missing[name] = problem.what();
  }
  out << "\nBeside, not counted: Python calls, in another process, each into new memory\n";
  for (const std::string& name : names) {
    if (const auto at = machine.missing.find(name); at != machine.missing.end())
      out << "  " << name << " missing: " << at->second << "\n";
  }
  for (std::size_t k = 0; k < outcomes.size(); ++k) {
    if (outcomes[k].ways.size() > before[k]) out << bench::device_rows(outcomes[k], before[k]);
  }
}

int run_on_device(const bench_options& o, const std::vector<bench::cell>& cells, const bench::settings& settings) {
  const std::vector<std::string> names = chosen_peers(o, settings.device, bench::known_device_peers());
  for (const bench::cell& c : cells) {
    if (c.op != bench::operation::cholesky)
      throw tools::input_error("bench: --suite " + c.suite + " is not there on " + settings.device.name() +
                               ", where cholesky is measured");
  }
  const std::unique_ptr<bench::accelerator> device = bench::open_cuda(settings.device.index);
  const targets to(o);
  std::vector<bench::device_library> libraries = {bench::posdef_on_cuda(*device)};
  bench::machine machine = bench::describe_machine(settings.threads, {});
  machine.device = device->name() + ", " + device->description();
  if (contains(names, "cuSOLVER")) {
    try {
      libraries.push_back(bench::load_cusolver(*device));
      machine.peers["cuSOLVER"] = libraries.back().version;
    } catch (const std::exception& problem) {
      machine.missing["cuSOLVER"] = problem.what();
    }
  }
  to.out << bench::device_heading(machine) << std::flush;
  std::vector<bench::outcome> outcomes;
  for (const bench::cell& c : cells) {
    {
      progress bar(c.text());
      bar.set_fraction(static_cast<double>(outcomes.size()) / static_cast<double>(cells.size()));
      outcomes.push_back(bench::measure_on(*device, c, libraries, settings));
    }
    to.out << bench::device_rows(outcomes.back()) << std::flush;
  }
  if (o.quick) to.out << "--quick: few repetitions, and no cells 32x3000\n";
  add_python_peers(o, settings, names, outcomes, machine, to.out);
  return finish(o, to, outcomes, machine);
}

int run(const bench_options& o) {
  if (o.tune) return tune(o);
  const std::vector<bench::cell> cells = chosen_cells(o);
  const bench::settings settings = chosen_settings(o);
  return settings.device.engine == engine::cuda ? run_on_device(o, cells, settings)
                                                : run_in_host_memory(o, cells, settings);
}

// Of every machine: which of them are there is known when the program runs.
std::vector<std::string> every_peer() {
  std::vector<std::string> names = bench::known_peers();
  const std::vector<std::string>& more = bench::known_device_peers();
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

}  // namespace

void add_bench(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("bench", "Time posdef beside other libraries on this machine");
  const auto o = std::make_shared<bench_options>();
  o->suites = {"seeds", "tiny"};
  command->add_option("--suite", o->suites, "seeds and tiny (the default), sweep, large, ops; separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(bench::suite_names()));
  command
      ->add_option("--peers,--only-peer", o->peers,
                   "OpenBLAS, BLIS, Eigen, MKL, LAPACK; on cuda: cuSOLVER, PyTorch, JAX, CuPy; all that are there")
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
  command->add_option("--report", o->report, "Write a page with plots here (HTML)")->check(file_name());
  command->add_option("--markdown", o->markdown, "Write a table here (Markdown)")->check(file_name());
  command->add_flag("--arrays", o->arrays,
                    "Show NumPy and PyTorch beside, from a process of their own; on cuda they always are");
  command->add_option("--python", o->python,
                      "Interpreter for --report, --markdown and for libraries called from Python");
  command->add_flag("--tune", o->tune, "Instead: measure block sizes and print rows for src/plan/tuning.hpp");
  command->footer(
      "Repetitions of posdef and its peers alternate; times are medians; every result is checked. For batches a peer "
      "is\n"
      "timed with its own threads and with one thread for each matrix: the better one counts. ratio is the time of "
      "the\n"
      "best peer over posdef's: above 1, posdef is faster. Peers are looked for when the program runs.\n"
      "With --device cuda matrices are in device memory, and times are the device's, by events, and the wall's.\n"
      "Exit status: 0 all is well, 1 posdef gave a wrong result, 2 bad usage.");
  command->callback([o, &status] { status = run(*o); });
}

}  // namespace posdef::cli
