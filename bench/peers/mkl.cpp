#include "peers/mkl.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <stdexcept>

#include "peers/library.hpp"

namespace posdef::bench {
namespace {

#if defined(__x86_64__)
bool made_by(bool intel) { return intel ? __builtin_cpu_is("intel") : __builtin_cpu_is("amd"); }
#else
bool made_by(bool) { return false; }
#endif

bool answers_intel = false;

}  // namespace
}  // namespace posdef::bench

// MKL of 2024 and before calls this function of its own to decide whether the processor may use its fast kernels. Users
// with AMD's processors preload a library that defines it; here the program exports it, which has the same effect.
extern "C" int mkl_serv_intel_cpu_true();
extern "C" [[gnu::visibility("default")]] int mkl_serv_intel_cpu_true() {
  using namespace posdef::bench;
  return answers_intel || made_by(true) ? 1 : 0;
}

namespace posdef::bench {
namespace {

constexpr const char* question = "mkl_serv_intel_cpu_true";

library open_mkl(const std::vector<std::string>& prefixes) {
  // Its OpenMP threads spin for 0.2 s after a call, which would disturb the next measurement.
  setenv("KMP_BLOCKTIME", "20", 0);
  std::vector<std::string> paths;
  if (const char* const folder = std::getenv("MKLROOT"))
    paths.push_back(std::string(folder) + "/lib/libmkl_rt.so.[23]");
  for (const std::string& prefix : prefixes) paths.push_back(prefix + "/lib/libmkl_rt.so.[23]");
  for (const char* const where :
       {"libmkl_rt.so.3", "libmkl_rt.so.2", "/opt/intel/oneapi/mkl/latest/lib/libmkl_rt.so.[23]"})
    paths.emplace_back(where);
  return library(paths, symbols::own);
}

peer load(const char* name, const library& lib) {
  peer p{.name = name};
  take_lapack(p, lib);
  if (auto* const describe = lib.function<void(char*, int)>("MKL_Get_Version_String")) {
    char text[200] = {};
    describe(text, sizeof text - 1);
    p.version = text;
  }
  if (auto* const set = lib.function<void(int)>("MKL_Set_Num_Threads")) p.set_threads = set;
  return p;
}

// MKL keeps the answer, so the first peer decides.
void decide(bool as_intel) {
  static const bool first = as_intel;
  if (first != as_intel)
    throw std::runtime_error(std::string("MKL is already loaded as ") + (first ? "MKL-intel" : "MKL") +
                             "; a run with --peers " + (as_intel ? "MKL-intel" : "MKL") + " measures it");
}

// Throws unless this MKL asks the question, and asks this program. The part that asks needs others, which libmkl_rt
// loads later.
void require_question(const library& lib) {
  const std::string folder = lib.file().substr(0, lib.file().rfind('/'));
  const std::string core = matching_files(folder + "/libmkl_core.so.[23]").at(0);
  void* const handle = dlopen(core.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) throw std::runtime_error(dlerror());
  if (dlsym(handle, question) == nullptr)
    throw std::runtime_error(core + " does not ask for the vendor by " + question + " (2024.2 does, 2025.3 does not)");
  if (dlsym(RTLD_DEFAULT, question) != reinterpret_cast<void*>(&mkl_serv_intel_cpu_true))
    throw std::runtime_error(std::string("this program does not export ") + question);
}

}  // namespace

peer mkl(const std::vector<std::string>& prefixes) {
  const library lib = open_mkl(prefixes);
  decide(false);
  return load("MKL", lib);
}

peer mkl_as_intel(const std::vector<std::string>& prefixes) {
  if (!made_by(false)) throw std::runtime_error("only for processors of AMD");
  const library lib = open_mkl(prefixes);
  require_question(lib);
  decide(true);
  answers_intel = true;
  peer p = load("MKL-intel", lib);
  p.version += ", vendor check answered";
  return p;
}

}  // namespace posdef::bench
