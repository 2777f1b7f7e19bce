// posdef bench on a device: posdef, the device's libraries, then the Python libraries.
#include <algorithm>

#include "commands/bench.hpp"
#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "gpu/cuda.hpp"
#include "gpu/device_measure.hpp"
#include "gpu/table.hpp"
#include "scripts.hpp"

namespace posdef::cli {
namespace {

// The interpreter that runs the named libraries, and their versions.
tools::chosen_interpreter interpreter_of(const bench_options& o, const std::vector<std::string>& names) {
  std::vector<std::string> modules = {"numpy"};
  for (const auto& [name, module] : {std::pair{"PyTorch", "torch"}, {"JAX", "jax"}, {"CuPy", "cupy"}}) {
    if (contains(names, name)) modules.emplace_back(module);
  }
  return tools::choose_interpreter(tools::candidate_interpreters(o.python), modules);
}

// Asks Python for its folders only if cuSOLVER is in no other place: that starts a process.
void add_cusolver(const bench_options& o, bench::accelerator& device, std::vector<bench::device_library>& libraries,
                  bench::machine& machine) {
  std::string python;
  const auto folders = [&] {
    python = interpreter_of(o, {"PyTorch"}).path;  // its packages contain cuSOLVER
    return tools::examine_interpreter(python).folders;
  };
  try {
    libraries.push_back(bench::find_cusolver(device, bench::usual_cusolver(), folders));
    machine.peers["cuSOLVER"] = libraries.back().version;
  } catch (const std::exception& problem) {
    machine.missing["cuSOLVER"] = std::string(problem.what()) + "; also not in the packages of " + python;
  }
}

// The Python libraries run last, in a separate process. If that process fails, the other results remain.
void add_python_peers(const std::string& python, const bench::settings& settings, const std::vector<std::string>& names,
                      std::vector<bench::outcome>& outcomes, bench::machine& machine, const bench_results& results) {
  results.out() << "\nNot counted in the ratio: Python libraries, in another process, each call into new memory"
                << std::endl;
  try {
    progress bar("Python");
    bench::add_device_arrays(python, settings, names, outcomes, machine, [&](const bench::outcome& done) {
      const auto first = std::find_if(done.ways.begin(), done.ways.end(),
                                      [](const bench::timing& t) { return t.way == bench::another_process; });
      if (first == done.ways.end()) return;
      results.out() << bench::device_rows(done, static_cast<std::size_t>(first - done.ways.begin())) << std::flush;
      results.add(done, machine);
    });
  } catch (const std::exception& problem) {
    for (const std::string& name : names) machine.missing[name] = problem.what();
  }
  for (const std::string& name : names) {
    if (const auto at = machine.missing.find(name); at != machine.missing.end())
      results.out() << "  " << name << " missing: " << at->second << "\n";
  }
}

}  // namespace

int run_on_device(const bench_options& o, const std::vector<bench::cell>& cells, const bench::settings& settings) {
  std::vector<std::string> names = chosen_peers(o, settings.device, bench::known_device_peers());
  for (const bench::cell& c : cells) {
    if (c.op != bench::operation::cholesky)
      throw tools::input_error("bench: --suite " + c.suite + " is not available on " + settings.device.name() +
                               ", which measures cholesky only");
  }
  const std::unique_ptr<bench::accelerator> device = bench::open_cuda(settings.device.index);
  const bench_results results(o);
  std::vector<bench::device_library> libraries = {bench::posdef_on_cuda(*device)};
  bench::machine machine = bench::describe_machine(settings.threads, {});
  machine.device = device->name() + ", " + device->description();
  if (std::erase(names, "cuSOLVER") > 0) add_cusolver(o, *device, libraries, machine);
  tools::chosen_interpreter python;
  if (!names.empty()) python = interpreter_of(o, names);
  machine.python = python.words;
  machine.report_python = results.interpreter();
  results.out() << bench::device_heading(machine) << std::flush;
  std::vector<bench::outcome> outcomes;
  for (const bench::cell& c : cells) {
    {
      progress bar(c.text());
      bar.set_fraction(static_cast<double>(outcomes.size()) / static_cast<double>(cells.size()));
      outcomes.push_back(bench::measure_on(*device, c, libraries, settings));
    }
    results.out() << bench::device_rows(outcomes.back()) << std::flush;
    results.add(outcomes.back(), machine);
  }
  if (o.quick) results.out() << "--quick: few repetitions, and no cells 32x3000\n";
  if (!names.empty()) add_python_peers(python.path, settings, names, outcomes, machine, results);
  return results.finish(outcomes, machine);
}

}  // namespace posdef::cli
