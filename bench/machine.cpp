#include "machine.hpp"

#include <sched.h>

#include <fstream>
#include <posdef/posdef.hpp>

namespace posdef::bench {
namespace {

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

machine describe_machine(int threads, const peer_list& peers) {
  machine m{.processor = processor_name(),
            .instruction_set = instruction_set(),
            .threads = threads,
            .posdef_version = std::string(version())};
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) m.processors = CPU_COUNT(&allowed);
  for (const peer& p : peers.present) m.peers[p.name] = p.version;
  for (const missing_peer& p : peers.missing) m.missing[p.name] = p.reason;
  return m;
}

}  // namespace posdef::bench
