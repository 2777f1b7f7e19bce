// What the parts of `posdef bench` share: the options, the cells they ask for, and where results go.
#ifndef POSDEF_CLI_COMMANDS_BENCH_HPP
#define POSDEF_CLI_COMMANDS_BENCH_HPP

#include <memory>
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
  std::string python;  // empty: one is looked for
  std::string json, lines, report, markdown;
};

bool contains(const std::vector<std::string>& list, std::string_view word);

/// The peers asked for among those that there are where it is measured; none for --peers none.
std::vector<std::string> chosen_peers(const bench_options& o, const posdef::device& device,
                                      const std::vector<std::string>& known);

/// Where results go. Made before the work, so that a wrong path shows at once.
class bench_results {
 public:
  explicit bench_results(const bench_options& o);

  /// The table: stdout, or stderr where results go to stdout.
  std::ostream& out() const { return out_; }
  /// Whether somebody reads more than the table.
  bool are_kept() const { return json_ || lines_ || makes_reports(); }
  /// The interpreter of the reports, for the heading; empty without reports.
  const std::string& interpreter() const { return python_.words; }

  /// A cell, for --json-lines: it is in the file when this returns. Of a cell that is added again the later line
  /// counts.
  void add(const bench::outcome& done, const bench::machine& m) const;
  /// All cells, for --json and the reports. The exit status.
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

/// These are there in builds with the engine cpu alone.
int run_in_host_memory(const bench_options& o, const std::vector<bench::cell>& cells, const bench::settings& settings);
/// Prints rows for src/dispatch/tuning.hpp; how each number was found goes to stderr.
int tune(const bench_options& o, const bench::settings& settings);
/// --tune on a device. Throws tools::input_error where there is nothing to measure.
int tune_device(const bench_options& o, const bench::settings& settings);

}  // namespace posdef::cli

#endif
