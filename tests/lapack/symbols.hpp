// The routines under test, for a type and an integer size: their names, and calls by name.
#pragma once

#include <dlfcn.h>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace lapack_test {

template <class T>
constexpr char prefix = std::is_same_v<T, float>                 ? 's'
                        : std::is_same_v<T, double>              ? 'd'
                        : std::is_same_v<T, std::complex<float>> ? 'c'
                                                                 : 'z';

/// "dpotrf_" or "dpotrf_64_".
template <class T, class Int>
std::string symbol(const std::string& routine) {
  return prefix<T> + routine + (sizeof(Int) == 8 ? "_64_" : "_");
}

/// The routines of one library: RTLD_DEFAULT, which means ours in these programs, or a handle of dlopen.
template <class T, class Int>
class routines {
 public:
  explicit routines(void* library = RTLD_DEFAULT) : library_(library) {}

  /// potrf, potrf2, potf2, potri, lauum
  Int factor(const std::string& routine, char uplo, Int n, T* a, Int lda) const {
    return call(routine, &uplo, &n, a, &lda);
  }
  /// potrs, posv
  Int solve(const std::string& routine, char uplo, Int n, Int nrhs, T* a, Int lda, T* b, Int ldb) const {
    return call(routine, &uplo, &n, &nrhs, a, &lda, b, &ldb);
  }
  Int trtri(char uplo, char diag, Int n, T* a, Int lda) const { return call("trtri", &uplo, &diag, &n, a, &lda); }

 private:
  // Fortran calling convention: info follows the other arguments, then the length of each character argument.
  template <class... Arguments>
  Int call(const std::string& routine, Arguments... arguments) const {
    using function = void (*)(Arguments..., Int*, std::size_t, std::size_t);
    const auto f = reinterpret_cast<function>(dlsym(library_, symbol<T, Int>(routine).c_str()));
    if (f == nullptr) return missing;
    Int info = missing;
    f(arguments..., &info, 1, 1);
    return info;
  }

  void* library_;
  static constexpr Int missing = -9999;
};

}  // namespace lapack_test
