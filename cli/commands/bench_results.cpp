// The output of `posdef bench`: a table, JSON (one line per cell, or all at the end), reports.
#include <algorithm>
#include <iostream>

#include "commands/bench.hpp"
#include "commands/commands.hpp"
#include "output.hpp"
#include "python/run_script.hpp"
#include "scripts.hpp"

namespace posdef::cli {
namespace {

// Opens and discards the file, to find out whether it can be written.
void try_to_write(const std::string& path) {
  if (!path.empty()) tools::output_file{path};
}

bool takes_stdout(const std::string& path) { return !path.empty() && tools::is_stdout(path); }

}  // namespace

bench_results::bench_results(const bench_options& o)
    : report_(o.report),
      markdown_(o.markdown),
      out_(takes_stdout(o.json) || takes_stdout(o.lines) ? std::cerr : std::cout) {
  if (takes_stdout(o.json) && takes_stdout(o.lines))
    throw tools::input_error("bench: --json and --json-lines cannot both be stdout");
  if (!o.json.empty()) json_ = std::make_unique<tools::output_file>(o.json);
  try_to_write(report_);
  try_to_write(markdown_);
  if (!o.lines.empty()) lines_ = std::make_unique<tools::line_file>(o.lines);
  const std::vector<std::string> modules(report_.empty() ? 0 : 1, "matplotlib");
  if (makes_reports()) python_ = tools::choose_interpreter(tools::candidate_interpreters(o.python), modules);
}

void bench_results::add(const nlohmann::ordered_json& cell) const {
  if (lines_) lines_->add(cell.dump());
}

void bench_results::add(const bench::outcome& done, const bench::machine& m) const { add(bench::to_json(done, m)); }

void bench_results::write(const nlohmann::ordered_json& cells, const char* report_script) const {
  const std::string results = cells.dump(1) + "\n";
  if (json_) {
    json_->write(results);
    json_->commit();
  }
  // The report script reads the results from stdin.
  std::vector<std::string> arguments = {"/dev/stdin"};
  if (!report_.empty()) arguments.insert(arguments.end(), {"--html", report_});
  if (!markdown_.empty()) arguments.insert(arguments.end(), {"--markdown", markdown_});
  if (makes_reports()) tools::run_script(python_.path, report_script, arguments, results);
}

int bench_results::finish(const std::vector<bench::outcome>& outcomes, const bench::machine& m) const {
  auto list = nlohmann::ordered_json::array();
  for (const bench::outcome& done : outcomes) list.push_back(bench::to_json(done, m));
  write(list, bench::report_script);
  const bool right = std::all_of(outcomes.begin(), outcomes.end(), [](const auto& e) { return e.posdef().usable(); });
  return right ? success_status : not_positive_definite_found;
}

}  // namespace posdef::cli
