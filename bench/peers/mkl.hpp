// MKL, as it is shipped and with its question for the processor's vendor answered.
#ifndef POSDEF_BENCH_PEERS_MKL_HPP
#define POSDEF_BENCH_PEERS_MKL_HPP

#include <string>
#include <vector>

#include "peers/peer.hpp"

namespace posdef::bench {

/// Searches $MKLROOT and these prefixes, then the system's folders. Throws std::runtime_error with the reason if there
/// is none, or if the other one of these two functions has loaded MKL: it asks for the vendor once a process.
peer mkl(const std::vector<std::string>& prefixes);
/// Also throws if the processor is not AMD's, if this version of MKL does not ask, or if the program does not export
/// the answer.
peer mkl_as_intel(const std::vector<std::string>& prefixes);

}  // namespace posdef::bench

#endif
