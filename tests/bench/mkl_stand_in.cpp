// Stands for libmkl_rt: loads libmkl_core late, as MKL does, and gives the answer to its question as the version. Its
// potrf does nothing.
#include <dlfcn.h>

#include <cstdio>
#include <string>

#define POSDEF_STAND_IN extern "C" [[gnu::visibility("default")]]

POSDEF_STAND_IN void spotrf_();
POSDEF_STAND_IN void dpotrf_();
POSDEF_STAND_IN void cpotrf_();
POSDEF_STAND_IN void zpotrf_();
POSDEF_STAND_IN void MKL_Get_Version_String(char* text, int size);

void spotrf_() {}
void dpotrf_() {}
void cpotrf_() {}
void zpotrf_() {}

void MKL_Get_Version_String(char* text, int size) {
  Dl_info self{};
  dladdr(reinterpret_cast<void*>(&spotrf_), &self);
  const std::string file = self.dli_fname;
  const std::string core = file.substr(0, file.rfind('/')) + "/libmkl_core.so.2";
  void* const handle = dlopen(core.c_str(), RTLD_LAZY | RTLD_GLOBAL);
  auto* const answer = handle == nullptr ? nullptr : reinterpret_cast<int (*)()>(dlsym(handle, "bench_vendor_answer"));
  std::snprintf(text, static_cast<std::size_t>(size), "stand-in, answer %d", answer == nullptr ? -1 : answer());
}
