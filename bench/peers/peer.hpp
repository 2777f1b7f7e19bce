// A peer: another library's routines, called the way LAPACK is (column-major, in place), and how it is told its
// threads.
//
// What a peer cannot do is an empty function. Every routine gives LAPACK's info.
#ifndef POSDEF_BENCH_PEERS_PEER_HPP
#define POSDEF_BENCH_PEERS_PEER_HPP

#include <complex>
#include <cstdint>
#include <functional>
#include <posdef/types.hpp>
#include <string>
#include <tuple>
#include <vector>

namespace posdef::bench {

template <scalar T>
struct routines {
  /// uplo ('L' or 'U'), n, a, lda: the factor in place of its triangle.
  std::function<int(char, int, T*, int)> potrf;
  /// uplo, n, nrhs, factor, lda, b, ldb: b becomes A⁻¹·b.
  std::function<int(char, int, int, const T*, int, T*, int)> potrs;
  /// uplo, n, factor, lda: the triangle of A⁻¹ in place of the factor.
  std::function<int(char, int, T*, int)> potri;
  /// uplo, n, l, lda: the inverse of a triangular matrix in place of it.
  std::function<int(char, int, T*, int)> trtri;
};

struct peer {
  std::string name;          ///< "OpenBLAS"
  std::string version = {};  ///< its own words: version, kernels in use
  /// How many threads its next calls may use. Empty: it always uses one.
  std::function<void(int)> set_threads = {};
  /// Whether several threads may call it at once.
  bool concurrent = true;
  std::tuple<routines<float>, routines<double>, routines<std::complex<float>>, routines<std::complex<double>>> all = {};

  template <scalar T>
  const routines<T>& of() const {
    return std::get<routines<T>>(all);
  }
};

/// A peer that was asked for and is not here.
struct missing_peer {
  std::string name, reason;
};

struct peer_list {
  std::vector<peer> present;
  std::vector<missing_peer> missing;
};

/// The names that load_peers knows, in the order in which they are shown.
const std::vector<std::string>& known_peers();

/// Loads the peers of these names. Each keeps its symbols to itself, so that none calls another's BLAS. A library stays
/// loaded until the process ends.
peer_list load_peers(const std::vector<std::string>& names);

}  // namespace posdef::bench

#endif
