// The first call of a process, and the memory that it takes.
//
// Each configuration of a cell runs once in a process of its own, forked before this process has called any library.
// The inputs are in memory. Measured are:
//
//     first_seconds   the wall time of the call. It contains what a library does at its first call: starting threads,
//                     allocating and touching buffers, loading pages of code; for posdef's plan also its creation
//     first_bytes     the growth of the peak of the resident memory during that call, beyond the inputs: workspaces,
//                     stacks of threads, pages of code. The resolution is about 0.1 MB
#ifndef POSDEF_BENCH_FIRST_CALL_HPP
#define POSDEF_BENCH_FIRST_CALL_HPP

#include "measure.hpp"
#include "peers/peer.hpp"

namespace posdef::bench {

struct first_call {
  std::string name, way;  ///< of the timing that it belongs to
  double seconds = 0;
  double bytes = 0;  ///< NaN where the system does not tell
};

/// The first calls of a cell. The caller must not have called posdef or a peer before. Where files of code are not in
/// memory yet, their reading is measured too; a call whose results are discarded prevents that. Configurations that
/// take longer than the settings' patience are omitted.
std::vector<first_call> measure_first_calls(const cell& what, const std::vector<peer>& peers, const settings& s);

/// Adds them to the timings of the same names and ways.
void add_first_calls(const std::vector<first_call>& calls, outcome& to);

}  // namespace posdef::bench

#endif
