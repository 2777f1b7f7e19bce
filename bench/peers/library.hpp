// A shared library opened at run time, and LAPACK's routines in it.
#ifndef POSDEF_BENCH_PEERS_LIBRARY_HPP
#define POSDEF_BENCH_PEERS_LIBRARY_HPP

#include <string>
#include <vector>

#include "peers/peer.hpp"

namespace posdef::bench {

/// Whose symbols a library finds and who finds its own.
enum class symbols {
  own,      ///< its own come first, nobody else sees them
  shared,   ///< libraries opened later see them: for a LAPACK that expects its BLAS in the process
  separate  ///< a name space of its own, where libraries opened with `beside` follow
};

/// The files of a pattern with *, ? and [], sorted; a name without them stands for itself, whether it is there or not.
std::vector<std::string> matching_files(const std::string& pattern);

class library {
 public:
  /// Opens the first of `paths` that can be opened; they may hold * and ?. Throws std::runtime_error with the reason.
  /// Never closed: threads of the library may still be alive when the program ends.
  library(const std::vector<std::string>& paths, symbols how);
  /// The same, into the name space of another library that was opened as `separate`.
  library(const std::vector<std::string>& paths, const library& beside);

  const std::string& path() const { return path_; }  ///< as it was asked for
  std::string file() const;                          ///< where it was found
  void* find(const std::string& symbol) const;       ///< null if it is not there
  /// The function, or null: `lib.function<int()>("name")`.
  template <class F>
  F* function(const std::string& symbol) const {
    return reinterpret_cast<F*>(find(symbol));
  }

 private:
  void open(const std::vector<std::string>& paths, int flags, long name_space);

  std::string path_;
  void* handle_ = nullptr;
};

/// Fills in the routines of LAPACK's Fortran interface (32-bit integers) that the library has. Throws
/// std::runtime_error if it has no potrf.
void take_lapack(peer& p, const library& lib);

}  // namespace posdef::bench

#endif
