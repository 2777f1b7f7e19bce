// What a program may do before a call: situations in which the threads of a library are not waiting for work.
#ifndef POSDEF_BENCH_SITUATIONS_HPP
#define POSDEF_BENCH_SITUATIONS_HPP

#include <functional>
#include <string>
#include <vector>

#include "peers/peer.hpp"

namespace posdef::bench {

struct situation {
  std::string name;              ///< in the results: "after_pause"
  std::function<void()> before;  ///< not timed
};

/// after_pause: 50 ms of sleep. after_work: 50 ms of work on the calling thread. after_openblas, if an OpenBLAS is
/// among the peers: one of its factorizations on `threads` threads, which spin for some milliseconds after it.
std::vector<situation> cold_situations(const std::vector<peer>& peers, int threads);

}  // namespace posdef::bench

#endif
