// Measures a cell in host memory: posdef and its peers alternately, repetition by repetition, on the same inputs.
//
// A repetition restores the inputs, which is not timed, and runs one participant over all copies, several times until a
// millisecond has passed. The result of a participant is the median over its repetitions. The next participant starts
// when no thread is running, because the threads of some libraries spin for a while after a call.
//
// Peers run in the configurations that users choose, and the fastest with correct results counts:
//     own threads   one matrix after another, the library set to all threads
//     one thread    the same, the library set to one thread: more threads do not help small matrices (up to 1024)
//     tasks         batches only: one thread per matrix, by posdef's own team; the library set to one thread
//
// Only in builds with the engine cpu.
#ifndef POSDEF_BENCH_HOST_MEASURE_HPP
#define POSDEF_BENCH_HOST_MEASURE_HPP

#include <functional>

#include "measure.hpp"
#include "peers/peer.hpp"

namespace posdef::bench {

/// `step` receives the name of each participant before it runs.
outcome measure(const cell& what, const std::vector<peer>& peers, const settings& s,
                const std::function<void(const std::string&)>& step = {});

/// One call of configuration k of a cell, not timed: `visitor` receives its name and way, and a function that calls it
/// once on fresh inputs; for posdef's plan, that function also creates the plan. A configuration that the peer lacks is
/// not visited. Returns false if the cell has at most k configurations or needs too much memory.
bool visit_configuration(const cell& what, const std::vector<peer>& peers, const settings& s, std::size_t k,
                         const std::function<void(const timing&, const std::function<void()>&)>& visitor);

}  // namespace posdef::bench

#endif
