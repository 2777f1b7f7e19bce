#include "xerbla.hpp"

#include <dlfcn.h>

#include <concepts>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace posdef::lapack {
namespace {

// The length of the name is the last argument, by value, as in gfortran.
template <class Int>
using xerbla = void (*)(const char* routine, const Int* number, std::size_t length);

// Calls `symbol` if it exists. Looks it up each time, in the dynamic linker's search order, because the program may
// have loaded a library with this symbol meanwhile.
template <class Int>
bool called(const char* symbol, const char* routine, Int number) {
  const auto call = reinterpret_cast<xerbla<Int>>(dlsym(RTLD_DEFAULT, symbol));
  if (call == nullptr) return false;
  call(routine, &number, std::strlen(routine));
  return true;
}

}  // namespace

template <class Int>
void report_bad_argument(const char* routine, int number) {
  if constexpr (std::same_as<Int, std::int64_t>) {
    if (called<std::int64_t>("xerbla_64_", routine, number)) return;
  }
  if (called<std::int32_t>("xerbla_", routine, number)) return;
  std::fprintf(stderr, " ** On entry to %s parameter number %2d had an illegal value\n", routine, number);
}

template void report_bad_argument<std::int32_t>(const char* routine, int number);
template void report_bad_argument<std::int64_t>(const char* routine, int number);

}  // namespace posdef::lapack
