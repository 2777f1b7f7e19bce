// A peer: another library's routines with LAPACK's arguments (column-major, in place), and how to set its number of
// threads.
//
// An empty function means that the peer lacks the routine. Every routine returns LAPACK's info.
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
  /// uplo ('L' or 'U'), n, a, lda: overwrites the triangle with the factor.
  std::function<int(char, int, T*, int)> potrf;
  /// uplo, n, nrhs, factor, lda, b, ldb: b becomes A⁻¹·b.
  std::function<int(char, int, int, const T*, int, T*, int)> potrs;
  /// uplo, n, factor, lda: overwrites the factor with the triangle of A⁻¹.
  std::function<int(char, int, T*, int)> potri;
  /// uplo, n, l, lda: overwrites a triangular matrix with its inverse.
  std::function<int(char, int, T*, int)> trtri;
};

struct peer {
  std::string name;          ///< "OpenBLAS"
  std::string version = {};  ///< as reported by the library: version, kernels in use
  /// Sets the number of threads of later calls. Empty: the library always uses one.
  std::function<void(int)> set_threads = {};
  /// Whether several threads may call it concurrently.
  bool concurrent = true;
  std::tuple<routines<float>, routines<double>, routines<std::complex<float>>, routines<std::complex<double>>> all = {};

  template <scalar T>
  const routines<T>& of() const {
    return std::get<routines<T>>(all);
  }
};

/// A requested peer that is not available.
struct missing_peer {
  std::string name, reason;
};

struct peer_list {
  std::vector<peer> present;
  std::vector<missing_peer> missing;
};

/// The names that load_peers knows, in display order.
const std::vector<std::string>& known_peers();

/// Loads the peers of these names. Each has its own symbols, so that none calls another's BLAS. Libraries stay loaded
/// until the process ends. Packages of PyPI are searched where the interpreter `python` has them (".../bin/python"),
/// then in $VIRTUAL_ENV, ~/.local and /usr/local.
peer_list load_peers(const std::vector<std::string>& names, const std::string& python = "");

}  // namespace posdef::bench

#endif
