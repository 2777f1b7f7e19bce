// Runs of the built program under the injector, two at a time, each with its own output folder.
#ifndef POSDEF_TESTS_FAULTS_PROGRAM_RUNS_HPP
#define POSDEF_TESTS_FAULTS_PROGRAM_RUNS_HPP

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "cli/support.hpp"
#include "injector.hpp"

namespace posdef::test {

using faults::kind;
using faults::order;
using faults::tally;

constexpr const char* kind_names[] = {"none", "memory", "threads", "files", "partial", "signals"};

/// A command line and its output files. A name of `outputs` in `words` means the file in the run's folder.
struct command {
  std::vector<std::string> words;
  std::vector<std::string> outputs = {};
  bool old_files = false;    ///< the outputs already exist, with other content
  bool second_name = false;  ///< and have a second hard link, so that they are written in place
  bool late = false;         ///< memory counts only after the first file was opened
  int renames_fail = 0;      ///< with this errno
};

/// The results of a run.
struct left_behind {
  outcome said;
  tally count;
  std::map<std::string, std::string> files;
};

inline constexpr const char* old_content = "what was there before";

/// A folder in which one program runs at a time.
class lane {
 public:
  void start(const command& c, const order& o) {
    for (const std::string& name : folder_.names()) std::filesystem::remove(folder_ / name);
    for (const std::string& name : c.outputs) {
      if (c.old_files) write_file(folder_ / name, old_content);
      if (c.second_name) std::filesystem::create_hard_link(folder_ / name, log_ / name);
    }
    write_file(log_ / "counts", std::string(sizeof(tally), '\0'));
    std::vector<std::string> words = {POSDEF_PROGRAM};
    for (const std::string& word : c.words) {
      const bool output = std::find(c.outputs.begin(), c.outputs.end(), word) != c.outputs.end();
      words.push_back(output ? folder_ / word : word);
    }
    const std::string what = std::string(kind_names[static_cast<int>(o.what)]) + "," + std::to_string(o.first) + "," +
                             (o.onwards ? "onwards," : "once,") + std::to_string(o.number);
    setenv("LD_PRELOAD", POSDEF_INJECTOR, 1);
    setenv("POSDEF_FAULT", what.c_str(), 1);
    setenv("POSDEF_FAULT_COUNTS", (log_ / "counts").c_str(), 1);
    if (c.late) setenv("POSDEF_FAULT_LATE", "1", 1);
    if (c.renames_fail != 0) setenv("POSDEF_FAULT_RENAME", std::to_string(c.renames_fail).c_str(), 1);
    running_.emplace(words, log_);
    for (const char* name :
         {"LD_PRELOAD", "POSDEF_FAULT", "POSDEF_FAULT_COUNTS", "POSDEF_FAULT_LATE", "POSDEF_FAULT_RENAME"})
      unsetenv(name);
  }
  left_behind wait(const command& c) {
    left_behind left{.said = running_->wait(), .count = {}, .files = {}};
    const std::string bytes = read_file(log_ / "counts");
    std::memcpy(&left.count, bytes.data(), std::min(bytes.size(), sizeof left.count));
    for (const std::string& name : folder_.names()) left.files[name] = read_file(folder_ / name);
    if (c.second_name)
      for (const std::string& name : c.outputs) std::filesystem::remove(log_ / name);
    left.said.out = without_measurements(left.said.out);
    return left;
  }

 private:
  // Removes what differs between runs: times, and the name of the folder.
  std::string without_measurements(std::string text) const {
    const std::size_t time = text.find("\n  time ");
    if (time != std::string::npos) text.erase(time, text.find('\n', time + 1) - time);
    const std::size_t seconds = text.find("\"seconds\":"), behind = text.find("\"residual\":");
    if (seconds != std::string::npos && behind != std::string::npos) text.erase(seconds, behind - seconds);
    const std::string folder = folder_ / "";
    for (std::size_t at; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
    return text;
  }

  const temporary_folder folder_, log_;
  std::optional<process> running_;
};

}  // namespace posdef::test

#endif
