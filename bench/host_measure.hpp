// How long a cell takes in host memory: posdef and its peers in turn, repetition by repetition, on the same inputs.
//
// A repetition restores the inputs, which is not timed, and runs one participant over all copies, as many times as make
// a millisecond. What is told of a participant is the median over its repetitions. Whoever comes next waits until the
// process is quiet, since the threads of some libraries spin for a while after a call.
//
// Peers run in the ways that their users have, and the best way that gave right results is their time:
//     own threads   one matrix after another, the library told of all threads
//     one thread    the same, the library told of one: more threads do not help small matrices (up to 1024)
//     tasks         batches only: one thread for each matrix, over oneTBB; the library told of one
//
// Part of builds with the engine cpu alone: it needs oneTBB.
#ifndef POSDEF_BENCH_HOST_MEASURE_HPP
#define POSDEF_BENCH_HOST_MEASURE_HPP

#include <functional>

#include "measure.hpp"
#include "peers/peer.hpp"

namespace posdef::bench {

/// `step` is told the name of each participant before it runs.
outcome measure(const cell& what, const std::vector<peer>& peers, const settings& s,
                const std::function<void(const std::string&)>& step = {});

}  // namespace posdef::bench

#endif
