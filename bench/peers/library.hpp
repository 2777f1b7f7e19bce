// A shared library loaded at run time, and its LAPACK routines.
#ifndef POSDEF_BENCH_PEERS_LIBRARY_HPP
#define POSDEF_BENCH_PEERS_LIBRARY_HPP

#include <string>
#include <vector>

#include "peers/peer.hpp"

namespace posdef::bench {

/// The visibility of symbols between libraries.
enum class symbols {
  own,      ///< its own symbols take precedence, and no other library sees them
  shared,   ///< libraries loaded later see them: for a LAPACK that expects its BLAS in the process
  separate  ///< a separate linker namespace, which libraries loaded with `beside` share
};

/// The files that match a pattern with *, ? and [], sorted; a name without them is returned even if it does not exist.
std::vector<std::string> matching_files(const std::string& pattern);

class library {
 public:
  /// Loads the first of `paths` (patterns) that can be loaded. Throws std::runtime_error with the reason. Never
  /// unloaded: threads of the library may still run when the program ends.
  library(const std::vector<std::string>& paths, symbols how);
  /// The same, into the namespace of another library that was loaded as `separate`.
  library(const std::vector<std::string>& paths, const library& beside);

  const std::string& path() const { return path_; }  ///< as requested
  std::string file() const;                          ///< the loaded file
  void* find(const std::string& symbol) const;       ///< null if missing
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

/// Sets the routines of LAPACK's Fortran interface (32-bit integers) that the library has, with this text before every
/// name. Throws std::runtime_error if it has no potrf.
void take_lapack(peer& p, const library& lib, const std::string& prefix = "");

}  // namespace posdef::bench

#endif
