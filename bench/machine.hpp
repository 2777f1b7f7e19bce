// The machine of a measurement: processor, instruction set, versions.
#ifndef POSDEF_BENCH_MACHINE_HPP
#define POSDEF_BENCH_MACHINE_HPP

#include <map>
#include <optional>
#include <string>

#include "limits.hpp"
#include "peers/peer.hpp"

namespace posdef::bench {

struct machine {
  std::string processor;        ///< "AMD EPYC 9654 96-Core Processor (family 25, model 17)"
  int processors = 0;           ///< usable by this process
  std::string instruction_set;  ///< of posdef's kernels
  int threads = 0;
  std::string command = {};  ///< the words of this process; those with a space in quotes
  std::string date = {};     ///< "2026-11-27", of the local time
  std::string posdef_version = {};
  std::map<std::string, std::string> peers = {};    ///< versions of the available ones
  std::map<std::string, std::string> missing = {};  ///< reasons of the missing ones
  std::optional<bench::limits> limits = {};         ///< measured only if the results are saved
  std::string device = {};                          ///< "cuda:0, NVIDIA H200 ..."; empty: measured in host memory
  std::string python = {};                          ///< the interpreter of Python libraries; empty: none
  std::string report_python = {};                   ///< the interpreter of reports; empty: no reports
};

machine describe_machine(int threads, const peer_list& peers);

}  // namespace posdef::bench

#endif
