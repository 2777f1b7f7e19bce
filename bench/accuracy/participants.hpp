// What the suite `accuracy` compares: posdef's ways of factoring a matrix, and the peers.
//
//     tiny           up to compact_max (dispatch/tuning.hpp): one matrix a call
//     compact        the same orders: all samples in one call, a matrix in each vector lane
//     unblocked      above, up to unblocked_max
//     panels         above: by block columns
//     recursive, left-looking    instead of all these, if POSDEF_ALGORITHM says so
//     opencl, cuda, hybrid, reference    that engine
#ifndef POSDEF_BENCH_ACCURACY_PARTICIPANTS_HPP
#define POSDEF_BENCH_ACCURACY_PARTICIPANTS_HPP

#include <functional>
#include <posdef/types.hpp>
#include <string>
#include <vector>

#include "io/matrices.hpp"
#include "peers/peer.hpp"

namespace posdef::bench {

/// A way of posdef on one engine.
struct accuracy_way {
  std::string name;
  posdef::device device = {};
  bool together = false;  ///< all samples in one call
};

/// The ways that `device` takes for matrices of this type and order. engine::automatic stands for the cpu, and for one
/// device each of the engines opencl and hybrid if there is one.
std::vector<accuracy_way> accuracy_ways(tools::dtype type, std::int64_t n, posdef::device device);

/// Operations on `batch` matrices n × n, column-major, lower triangle, one after the other in memory. An empty function
/// means that there is no such operation.
template <scalar T>
struct accuracy_participant {
  std::string name;
  std::function<void(T* a, std::int64_t n, std::int64_t batch, std::int64_t* info)> factor;
  /// One right-hand side a matrix.
  std::function<void(const T* l, T* b, std::int64_t n, std::int64_t batch)> solve;
  std::function<void(T* l, std::int64_t n, std::int64_t batch)> invert;
};

template <scalar T>
accuracy_participant<T> participant_of(const accuracy_way& way, int threads);
template <scalar T>
accuracy_participant<T> participant_of(const peer& p, int threads);

}  // namespace posdef::bench

#endif
