// The parts of `posdef bench` share this: options, selection of cells, output of results.
#ifndef POSDEF_CLI_COMMANDS_BENCH_HPP
#define POSDEF_CLI_COMMANDS_BENCH_HPP

#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "io/line_file.hpp"
#include "io/output_file.hpp"
#include "machine.hpp"
#include "measure.hpp"
#include "python/interpreter.hpp"

namespace posdef::cli {

struct bench_options {
  std::vector<std::string> suites;
  std::vector<std::string> peers;  // empty: all installed ones
  std::vector<std::string> dtypes;
  std::vector<std::string> filters;
  std::string device;
  int threads = 0;
  int repetitions = 0;
  double seconds = 0;
  bool quick = false;
  bool tune = false;
  bool cold = false;
  bool arrays = false;
  bool first_calls = false;
  std::string python;  // empty: search for one
  std::string json, lines, report, markdown;
};

/// The name of the suite of errors, which has cells, results and reports of its own.
inline constexpr const char* accuracy_suite = "accuracy";

bool contains(const std::vector<std::string>& list, std::string_view word);

/// The requested peers among the `known` ones; none for --peers none.
std::vector<std::string> chosen_peers(const bench_options& o, const posdef::device& device,
                                      const std::vector<std::string>& known);

/// The output of results. Opened before the measurements, so that a wrong path fails at once.
class bench_results {
 public:
  explicit bench_results(const bench_options& o);

  /// The stream of the table: stdout, or stderr when results go to stdout.
  std::ostream& out() const { return out_; }
  /// Whether any output other than the table was requested.
  bool are_kept() const { return json_ || lines_ || makes_reports(); }
  /// The interpreter of the reports, for the heading; empty without reports.
  const std::string& interpreter() const { return python_.words; }

  /// Adds a cell to --json-lines; the file holds it when this returns. A cell that is added again gets a second line,
  /// which replaces the first.
  void add(const nlohmann::ordered_json& cell) const;
  void add(const bench::outcome& done, const bench::machine& m) const;
  /// Writes all cells to --json and, with this script, the reports.
  void write(const nlohmann::ordered_json& cells, const char* report_script) const;
  /// The same with the script of times. Returns the exit status.
  int finish(const std::vector<bench::outcome>& outcomes, const bench::machine& m) const;

 private:
  bool makes_reports() const { return !report_.empty() || !markdown_.empty(); }

  std::string report_, markdown_;
  std::unique_ptr<tools::output_file> json_;
  std::unique_ptr<tools::line_file> lines_;
  std::ostream& out_;
  tools::chosen_interpreter python_ = {};
};

int run_on_device(const bench_options& o, const std::vector<bench::cell>& cells, const bench::settings& settings);

/// Only in builds with the engine cpu.
int run_in_host_memory(const bench_options& o, const std::vector<bench::cell>& cells, const bench::settings& settings);
/// --suite accuracy.
int run_accuracy(const bench_options& o, const bench::settings& settings);
/// Prints rows for src/dispatch/tuning.hpp; reports its measurements on stderr.
int tune(const bench_options& o, const bench::settings& settings);
/// --tune on a device. Throws tools::input_error if the device has no settings to measure.
int tune_device(const bench_options& o, const bench::settings& settings);

}  // namespace posdef::cli

#endif
