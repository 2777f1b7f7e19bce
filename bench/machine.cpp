#include "machine.hpp"

#include <sched.h>

#include <ctime>
#include <fstream>
#include <posdef/posdef.hpp>

namespace posdef::bench {
namespace {

// The name of the first processor, with family and model where the system tells them: virtual machines often hide the
// rest of the name.
std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(info, line) && !line.empty();) {
    const auto name_end = line.find_first_of("\t:"), colon = line.find(": ");
    if (colon != std::string::npos) values.emplace(line.substr(0, name_end), line.substr(colon + 2));
  }
  if (!values.contains("model name")) return "unknown";
  if (!values.contains("cpu family") || !values.contains("model")) return values["model name"];
  return values["model name"] + " (family " + values["cpu family"] + ", model " + values["model"] + ")";
}

// The words of this process. A word that a shell would split or change is put in quotes.
std::string command_line() {
  std::ifstream file("/proc/self/cmdline");
  std::string all;
  for (std::string word; std::getline(file, word, '\0');) {
    const bool plain = !word.empty() && word.find_first_of(" \t\n\"'\\$&|;<>()*?#~`") == std::string::npos;
    if (!all.empty()) all += " ";
    all += plain ? word : "\"" + word + "\"";
  }
  return all;
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  char text[16] = "";
  if (localtime_r(&now, &parts) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

}  // namespace

machine describe_machine(int threads, const peer_list& peers) {
  machine m{.processor = processor_name(),
            .instruction_set = instruction_set(),
            .threads = threads,
            .command = command_line(),
            .date = today(),
            .posdef_version = std::string(version())};
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) m.processors = CPU_COUNT(&allowed);
  for (const peer& p : peers.present) m.peers[p.name] = p.version;
  for (const missing_peer& p : peers.missing) m.missing[p.name] = p.reason;
  return m;
}

}  // namespace posdef::bench
