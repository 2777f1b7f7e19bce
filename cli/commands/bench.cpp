// posdef bench: times posdef and other libraries on this machine. bench/ holds the measurements.
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
    if (o.peers.size() > 1) throw tools::input_error("bench: --peers: none cannot be combined with other names");
    return {};
  }
  for (const std::string& name : o.peers) {
    if (!contains(known, name))
      throw tools::input_error("bench: --peers: " + name + " is not a peer on " + device.name());
  }
  return o.peers.empty() ? known : o.peers;
}

namespace {

std::vector<bench::cell> chosen_cells(const bench_options& o) {
  std::vector<bench::cell> cells;
  for (const std::string& suite : o.suites) {
    for (const bench::cell& c : bench::cells_of(suite, o.quick)) {
      // A space after both, so that "1x64" does not match "1x640".
      const auto fits = [&](const std::string& f) { return (c.text() + " ").find(f + " ") != std::string::npos; };
      if (!o.dtypes.empty() && !contains(o.dtypes, tools::name_of(c.type))) continue;
      if (!o.filters.empty() && std::none_of(o.filters.begin(), o.filters.end(), fits)) continue;
      cells.push_back(c);
    }
  }
  if (cells.empty()) throw tools::input_error("bench: --dtype and --filter match no cell of the suites");
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
  s.cold = o.cold;
  if (o.repetitions > 0) s.repetitions = o.repetitions;
  if (o.seconds > 0) s.seconds = o.seconds;
  return s;
}

#if !POSDEF_ENGINE_CPU
[[noreturn]] void refuse(const std::string& what) {
  throw tools::input_error("bench: " + what +
                           " requires the engine cpu, and this program was built without it "
                           "(cmake -DPOSDEF_ENGINE_CPU=ON); --device cuda works");
}
#endif

int run(const bench_options& o) {
  const bench::settings settings = chosen_settings(o);
  const engine where = settings.device.engine;
  const bool errors = contains(o.suites, accuracy_suite);
  if (errors && (o.suites.size() > 1 || o.tune || o.arrays))
    throw tools::input_error("bench: --suite accuracy cannot be combined with other suites, --tune or --arrays");
  if (o.first_calls && (errors || o.tune || where == engine::cuda))
    throw tools::input_error("bench: --first-calls measures times in host memory only");
  if (o.tune && where != engine::cpu) return tune_device(o, settings);
#if POSDEF_ENGINE_CPU
  if (o.tune) return tune(o, settings);
  if (errors) return run_accuracy(o, settings);
  const std::vector<bench::cell> cells = chosen_cells(o);
  return where == engine::cuda ? run_on_device(o, cells, settings) : run_in_host_memory(o, cells, settings);
#else
  if (o.tune) refuse("tuning");
  if (errors) refuse("--suite accuracy");
  if (where != engine::cuda) refuse("measuring in host memory (--device " + settings.device.name() + ")");
  return run_on_device(o, chosen_cells(o), settings);
#endif
}

// The peers of every build: the program finds out at run time which of them are installed.
std::vector<std::string> every_peer() {
  std::vector<std::string> names = bench::known_peers();
  names.emplace_back("none");
  const std::vector<std::string>& more = bench::known_device_peers();
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

}  // namespace

void add_bench(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("bench", "Time posdef and other libraries on this machine");
  const auto o = std::make_shared<bench_options>();
  o->suites = {"seeds", "tiny"};
  std::vector<std::string> suites = bench::suite_names();
  suites.emplace_back(accuracy_suite);
  command
      ->add_option(
          "--suite", o->suites,
          "seeds and tiny (the default), sweep, grid, large, contest, ops; comma-separated; or accuracy: errors "
          "instead of times")
      ->delimiter(',')
      ->check(CLI::IsMember(suites));
  command
      ->add_option(
          "--peers,--only-peer", o->peers,
          "OpenBLAS, OpenBLAS-PyPI, BLIS, Eigen, MKL, MKL-intel, LAPACK; on cuda: cuSOLVER, PyTorch, JAX, CuPy; none: "
          "posdef alone; "
          "default: every installed peer")
      ->delimiter(',')
      ->check(CLI::IsMember(every_peer(), CLI::ignore_case));
  command->add_option("--dtype", o->dtypes, "Only these types, comma-separated")
      ->delimiter(',')
      ->check(CLI::IsMember({"f32", "f64", "c64", "c128"}));
  command->add_option("--filter", o->filters, "Only cells whose name contains this text, such as \"f32 1x256\"");
  add_engine(*command, o->device, o->threads);
  command->add_option("--repetitions", o->repetitions, "Largest number of repetitions of each library")
      ->check(CLI::Range(1, 100000));
  command->add_option("--time", o->seconds, "Approximate seconds for each cell")->check(CLI::Range(1e-3, 1e6));
  command->add_flag("--quick", o->quick, "Fewer repetitions, no cells that take seconds each");
  command->add_flag(
      "--cold", o->cold,
      "Also time single calls after a pause, after work on one thread, and after a call of OpenBLAS, whose "
      "threads still spin; in host memory");
  command->add_option("--json", o->json, "Write the results here; - is stdout")->check(file_name());
  command
      ->add_option("--json-lines", o->lines,
                   "Append each cell to this file as soon as it is measured, as one line of JSON; - is stdout")
      ->check(file_name());
  command->add_option("--report", o->report, "Write a page with plots here (HTML)")->check(file_name());
  command->add_option("--markdown", o->markdown, "Write a table here (Markdown)")->check(file_name());
  command->add_flag("--arrays", o->arrays,
                    "Also time NumPy, SciPy and PyTorch, in a separate process; on cuda this is always done");
  command->add_flag("--first-calls", o->first_calls,
                    "Also measure the first call of a process and the memory that it takes: each library runs each "
                    "cell once in a process of its own. For --json, --json-lines and the reports");
  command->add_option("--python", o->python,
                      "Python interpreter for reports and for Python libraries; default: the first of "
                      "$VIRTUAL_ENV/bin/python, python3 in PATH and /usr/bin/python3 that has them");
  command->add_flag(
      "--tune", o->tune,
      "Measure block sizes instead. On a device, later plans use the result; for the engine cpu, print rows for "
      "src/dispatch/tuning.hpp");
  command->footer(
      "Repetitions of posdef and its peers alternate; times are medians; every result is checked. For batches, a\n"
      "peer is timed with its own threads and with one thread per matrix, and the faster one counts. ratio is the\n"
      "time of the fastest peer divided by posdef's: above 1, posdef is faster. The program loads peers at run time.\n"
      "--json-lines keeps the measured cells if the run is interrupted. A cell that is also measured from Python\n"
      "gets a second, complete line: use the last line of each cell.\n"
      "--suite accuracy measures residuals and errors beyond double precision: every way of posdef and every peer on\n"
      "the same matrices; its ratio is posdef's residual divided by the smallest one of the peers. Its --filter takes\n"
      "words such as \"f64 wishart 256 unblocked\", \"rbf\" or \"opencl\".\n"
      "With --device cuda the matrices are in device memory; times are device time (by events) and wall time.\n"
      "Exit status: 0 success, 1 posdef gave a wrong result, 2 bad usage.");
  command->callback([o, &status] { status = run(*o); });
}

}  // namespace posdef::cli
