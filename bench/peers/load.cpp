// How to find each peer, select its fastest kernels, and set its number of threads.
#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "peers/library.hpp"
#include "peers/mkl.hpp"
#if POSDEF_BENCH_EIGEN
#include "peers/eigen_variant.hpp"
#endif

namespace posdef::bench {
namespace {

// A library's own environment variable, if set: the user's choice applies and is shown.
std::string environment_setting(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? "" : std::string("; ") + variable + "=" + value + " is set";
}

// Every build of OpenBLAS; that of PyPI begins all names with scipy_.
peer openblas_of(const char* name, const library& lib, const std::string& prefix) {
  peer p{.name = name};
  take_lapack(p, lib, prefix);
  if (auto* const config = lib.function<const char*()>(prefix + "openblas_get_config")) p.version = config();
  p.version += environment_setting("OPENBLAS_CORETYPE");
  if (auto* const set = lib.function<void(int)>(prefix + "openblas_set_num_threads")) p.set_threads = set;
  return p;
}

peer openblas(const std::vector<std::string>&) {
  // Debian selects OpenBLAS's build by symbolic links, which need not point to the one with threads.
  const library lib({"/usr/lib/*/openblas-pthread/libopenblas.so.0", "libopenblas.so.0", "libopenblas.so"},
                    symbols::own);
  return openblas_of("OpenBLAS", lib, "");
}

// The package scipy-openblas32, which is newer than Debian's.
peer openblas_of_pypi(const std::vector<std::string>& prefixes) {
  std::vector<std::string> paths;
  for (const std::string& prefix : prefixes)
    paths.push_back(prefix + "/lib/python3*/*-packages/scipy_openblas32/lib/libscipy_openblas.so");
  return openblas_of("OpenBLAS-PyPI", library(paths, symbols::own), "scipy_");
}

// BLIS 0.9 treats a processor that it does not know as "generic" and runs plain C, at a fifth of the speed. This
// selects the best kernels for this processor by BLIS_ARCH_TYPE. BLIS reads the variable only once, so a second copy of
// BLIS translates the names.
void select_blis_kernels(const std::vector<std::string>& paths) {
  const library scout(paths, symbols::separate);
  auto* const detect = scout.function<int()>("bli_arch_query_id");
  auto* const describe = scout.function<const char*(int)>("bli_arch_string");
  if (detect == nullptr || describe == nullptr || describe(detect()) != std::string("generic")) return;
  std::string wanted;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) wanted = "haswell";
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) wanted = "skx";
#endif
  constexpr int architectures = 16;  // fewer than BLIS has, so that all numbers are valid
  for (int id = 0; !wanted.empty() && id < architectures; ++id) {
    if (describe(id) == wanted) setenv("BLIS_ARCH_TYPE", std::to_string(id).c_str(), 0);
  }
}

peer blis(const std::vector<std::string>&) {
  // libflame takes its BLAS from the process, hence `shared`.
  const std::vector<std::string> paths = {"/usr/lib/*/blis-pthread/libblis.so.4", "libblis.so.4"};
  select_blis_kernels(paths);
  const library lib(paths, symbols::shared);
  const library flame({"libflame.so.1", "libflame.so.2", "libflame.so"}, symbols::own);
  peer p{.name = "BLIS"};
  take_lapack(p, flame);
  if (auto* const version = lib.function<const char*()>("bli_info_get_version_str")) p.version = version();
  // With BLIS_ARCH_TYPE, BLIS must be initialized before it reports its kernels.
  if (auto* const begin = lib.function<void()>("bli_init")) begin();
  auto* const arch = lib.function<int()>("bli_arch_query_id");
  auto* const describe = lib.function<const char*(int)>("bli_arch_string");
  if (arch != nullptr && describe != nullptr) p.version += " " + std::string(describe(arch()));
  p.version += " + libFLAME";
  p.concurrent = false;  // libFLAME keeps its state in static variables; two calls at once make it abort
  if (auto* const set = lib.function<void(std::int64_t)>("bli_thread_set_num_threads")) {
    p.set_threads = [set](int threads) { set(threads); };
  }
  return p;
}

peer netlib(const std::vector<std::string>&) {
  // Other LAPACKs also have a libblas.so.3; in a separate namespace this one gets the reference BLAS.
  const library blas({"/usr/lib/*/blas/libblas.so.3"}, symbols::separate);
  const library lapack({"/usr/lib/*/lapack/liblapack.so.3"}, blas);
  peer p{.name = "LAPACK"};
  take_lapack(p, lapack);
  if (auto* const version = lapack.function<void(int*, int*, int*)>("ilaver_")) {
    int v[3] = {};
    version(&v[0], &v[1], &v[2]);
    p.version = "reference " + std::to_string(v[0]) + "." + std::to_string(v[1]) + "." + std::to_string(v[2]);
  }
  return p;
}

peer eigen(const std::vector<std::string>&) {
#if POSDEF_BENCH_EIGEN
  eigen_variant v = eigen_baseline();
#if defined(__x86_64__)
  const auto has = [](auto... names) { return (names && ...); };
  if (has(__builtin_cpu_supports("avx2"), __builtin_cpu_supports("fma"))) v = eigen_avx2();
  if (has(__builtin_cpu_supports("avx512f"), __builtin_cpu_supports("avx512bw"), __builtin_cpu_supports("avx512dq"),
          __builtin_cpu_supports("avx512vl"))) {
    v = eigen_avx512();
  }
#endif
  peer p{.name = "Eigen", .version = v.version + std::string(", ") + v.instruction_set};
  const auto take = [&p]<class T>(const eigen_routines<T>& r) {
    std::get<routines<T>>(p.all) = {r.potrf, r.potrs, r.potri, r.trtri};
  };
  take(v.f32);
  take(v.f64);
  take(v.c64);
  take(v.c128);
  return p;
#else
  throw std::runtime_error("this program was built without Eigen");
#endif
}

struct loader {
  std::string name;
  peer (*load)(const std::vector<std::string>& prefixes);
};
// All of known_peers(), in that order.
const std::vector<loader> loaders = {
    {"OpenBLAS", openblas}, {"OpenBLAS-PyPI", openblas_of_pypi}, {"BLIS", blis},    {"Eigen", eigen},
    {"MKL", mkl},           {"MKL-intel", mkl_as_intel},         {"LAPACK", netlib}};

// The folders in which Python installs packages, in the order in which they are searched.
std::vector<std::string> python_prefixes(const std::string& python) {
  std::vector<std::string> all;
  if (const std::size_t end = python.rfind("/bin/"); end != std::string::npos) all.push_back(python.substr(0, end));
  if (const char* const folder = std::getenv("VIRTUAL_ENV")) all.emplace_back(folder);
  if (const char* const home = std::getenv("HOME")) all.push_back(std::string(home) + "/.local");
  all.emplace_back("/usr/local");
  return all;
}

}  // namespace

peer_list load_peers(const std::vector<std::string>& names, const std::string& python) {
  const std::vector<std::string> prefixes = python_prefixes(python);
  peer_list list;
  for (const loader& l : loaders) {
    if (std::find(names.begin(), names.end(), l.name) == names.end()) continue;
    try {
      list.present.push_back(l.load(prefixes));
    } catch (const std::exception& problem) {
      list.missing.push_back({l.name, problem.what()});
    }
  }
  return list;
}

}  // namespace posdef::bench
