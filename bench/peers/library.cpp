#include "peers/library.hpp"

#include <dlfcn.h>
#include <glob.h>
#include <link.h>
#include <unistd.h>

#include <stdexcept>

namespace posdef::bench {
namespace {

// RTLD_DEEPBIND makes a library prefer its own symbols to those of the process. Sanitizers do not support it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int deep = 0;
#else
constexpr int deep = RTLD_DEEPBIND;
#endif

}  // namespace

std::vector<std::string> matching_files(const std::string& pattern) {
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  glob_t found{};
  std::vector<std::string> all;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) all.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  return all;
}

library::library(const std::vector<std::string>& paths, symbols how) {
  switch (how) {
    case symbols::own: open(paths, RTLD_NOW | RTLD_LOCAL | deep, LM_ID_BASE); break;
    case symbols::shared: open(paths, RTLD_NOW | RTLD_GLOBAL | deep, LM_ID_BASE); break;
    case symbols::separate: open(paths, RTLD_NOW | RTLD_LOCAL, LM_ID_NEWLM); break;
  }
}

library::library(const std::vector<std::string>& paths, const library& beside) {
  Lmid_t name_space = LM_ID_BASE;
  if (dlinfo(beside.handle_, RTLD_DI_LMID, &name_space) != 0) throw std::runtime_error(dlerror());
  open(paths, RTLD_NOW | RTLD_LOCAL, name_space);
}

void library::open(const std::vector<std::string>& paths, int flags, long name_space) {
  std::string reason;  // of the first existing file that cannot be loaded, else of the first name
  bool found_a_file = false;
  for (const std::string& pattern : paths) {
    for (const std::string& path : matching_files(pattern)) {
      handle_ = name_space == LM_ID_BASE ? dlopen(path.c_str(), flags) : dlmopen(name_space, path.c_str(), flags);
      if (handle_ != nullptr) {
        path_ = path;
        return;
      }
      const char* const problem = dlerror();
      const bool is_file = access(path.c_str(), F_OK) == 0;
      if (reason.empty() || (is_file && !found_a_file)) reason = problem;
      found_a_file = found_a_file || is_file;
    }
  }
  throw std::runtime_error(reason.empty() ? "no " + paths.front() : reason);
}

std::string library::file() const {
  const link_map* map = nullptr;
  const bool known = dlinfo(handle_, RTLD_DI_LINKMAP, &map) == 0 && map != nullptr && *map->l_name != 0;
  return known ? map->l_name : path_;
}

void* library::find(const std::string& symbol) const { return dlsym(handle_, symbol.c_str()); }

namespace {

// Fortran passes all arguments by address, then the length of each character argument.
using length = std::size_t;

template <scalar T>
void take(routines<T>& r, const library& lib, const std::string& begin) {
  const auto name = [&](const char* routine) { return begin + routine + "_"; };
  if (auto* const f = lib.function<void(const char*, const int*, T*, const int*, int*, length)>(name("potrf"))) {
    r.potrf = [f](char uplo, int n, T* a, int lda) {
      int info = 0;
      f(&uplo, &n, a, &lda, &info, 1);
      return info;
    };
  } else {
    throw std::runtime_error(lib.path() + " has no " + name("potrf"));
  }
  using potrs = void(const char*, const int*, const int*, const T*, const int*, T*, const int*, int*, length);
  if (auto* const f = lib.function<potrs>(name("potrs"))) {
    r.potrs = [f](char uplo, int n, int nrhs, const T* a, int lda, T* b, int ldb) {
      int info = 0;
      f(&uplo, &n, &nrhs, a, &lda, b, &ldb, &info, 1);
      return info;
    };
  }
  if (auto* const f = lib.function<void(const char*, const int*, T*, const int*, int*, length)>(name("potri"))) {
    r.potri = [f](char uplo, int n, T* a, int lda) {
      int info = 0;
      f(&uplo, &n, a, &lda, &info, 1);
      return info;
    };
  }
  using trtri = void(const char*, const char*, const int*, T*, const int*, int*, length, length);
  if (auto* const f = lib.function<trtri>(name("trtri"))) {
    r.trtri = [f](char uplo, int n, T* a, int lda) {
      int info = 0;
      const char diag = 'N';
      f(&uplo, &diag, &n, a, &lda, &info, 1, 1);
      return info;
    };
  }
}

}  // namespace

void take_lapack(peer& p, const library& lib, const std::string& prefix) {
  take(std::get<routines<float>>(p.all), lib, prefix + "s");
  take(std::get<routines<double>>(p.all), lib, prefix + "d");
  take(std::get<routines<std::complex<float>>>(p.all), lib, prefix + "c");
  take(std::get<routines<std::complex<double>>>(p.all), lib, prefix + "z");
}

}  // namespace posdef::bench
