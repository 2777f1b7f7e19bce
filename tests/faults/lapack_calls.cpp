// The LAPACK drop-in as Fortran programs call it.
#include "calls.hpp"

#if POSDEF_LAPACK
#include <algorithm>
#include <cstdint>
#include <cstring>

extern "C" {
void dpotrf_(const char*, const int*, double*, const int*, int*);
void spotrf_(const char*, const int*, float*, const int*, int*);
void zpotrf_(const char*, const int*, double*, const int*, int*);
void dpotri_(const char*, const int*, double*, const int*, int*);
void dlauum_(const char*, const int*, double*, const int*, int*);
void dpotrs_(const char*, const int*, const int*, double*, const int*, double*, const int*, int*);
void dposv_(const char*, const int*, const int*, double*, const int*, double*, const int*, int*);
void zposv_(const char*, const int*, const int*, double*, const int*, double*, const int*, int*);
void dtrtri_(const char*, const char*, const int*, double*, const int*, int*);
void dpotrf_64_(const char*, const std::int64_t*, double*, const std::int64_t*, std::int64_t*);
}

namespace posdef::test {
namespace {

constexpr int nrhs = 2;

answer answer_of(std::int64_t info) {
  constexpr std::int64_t not_carried_out = -1010;
  if (info == 0) return answer::success;
  if (info == not_carried_out) return answer::no_memory;
  return info > 0 ? answer::numerical : answer::wrong;
}

/// The matrix, then the right-hand sides. The diagonal is dominant both in a factor and in A. A complex number is two
/// adjacent numbers; imaginary parts of the diagonal are not read.
template <class Real>
std::vector<char> start(int n, int parts, Real last) {
  std::vector<Real> block(static_cast<std::size_t>(parts * n * (n + nrhs)));
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = Real(static_cast<int>(i % 13) - 6) / Real(16 * n);
  for (int i = 0; i < n; ++i) block[static_cast<std::size_t>(parts * i * (n + 1))] = i < n - 1 ? Real(2) : last;
  std::vector<char> bytes(block.size() * sizeof(Real));
  std::memcpy(bytes.data(), block.data(), bytes.size());
  return bytes;
}

using body = void (*)(int n, double* a, double* b, int* info);

struct routine {
  const char* name;
  int parts;
  body run;
};

constexpr routine routines[] = {
    {"dpotrf", 1, [](int n, double* a, double*, int* info) { dpotrf_("L", &n, a, &n, info); }},
    {"spotrf", 1,
     [](int n, double* a, double*, int* info) { spotrf_("U", &n, reinterpret_cast<float*>(a), &n, info); }},
    {"zpotrf", 2, [](int n, double* a, double*, int* info) { zpotrf_("U", &n, a, &n, info); }},
    {"dpotri", 1, [](int n, double* a, double*, int* info) { dpotri_("L", &n, a, &n, info); }},
    {"dlauum", 1, [](int n, double* a, double*, int* info) { dlauum_("U", &n, a, &n, info); }},
    {"dpotrs", 1, [](int n, double* a, double* b, int* info) { dpotrs_("L", &n, &nrhs, a, &n, b, &n, info); }},
    {"dposv", 1, [](int n, double* a, double* b, int* info) { dposv_("L", &n, &nrhs, a, &n, b, &n, info); }},
    {"zposv", 2, [](int n, double* a, double* b, int* info) { zposv_("L", &n, &nrhs, a, &n, b, &n, info); }},
    {"dtrtri", 1, [](int n, double* a, double*, int* info) { dtrtri_("L", "N", &n, a, &n, info); }},
    {"dpotrf_64", 1,
     [](int n, double* a, double*, int* info) {
       const std::int64_t n64 = n;
       std::int64_t info64 = -9999;
       dpotrf_64_("L", &n64, a, &n64, &info64);
       *info = static_cast<int>(info64);
     }},
};

library_call make(const routine& r, int n, bool indefinite = false) {
  library_call c;
  c.name = std::string(r.name) + " n " + std::to_string(n) + (indefinite ? " indefinite" : "");
  const double last = indefinite ? -1 : 3;
  c.start = [=] {
    return r.name[0] == 's' ? start<float>(n, 1, static_cast<float>(last)) : start<double>(n, r.parts, last);
  };
  c.usual = indefinite ? answer::numerical : answer::success;
  c.threads = 0;  // the value of POSDEF_NUM_THREADS
  c.run = [n, r](char* block) {
    auto* const a = reinterpret_cast<double*>(block);
    int info = -9999;
    r.run(n, a, a + r.parts * n * n, &info);
    return answer_of(info);
  };
  return c;
}

}  // namespace

std::vector<library_call> lapack_calls() {
  std::vector<library_call> all;
  for (const routine& r : routines) {
    for (const int n : {3, 100}) all.push_back(make(r, n));
    if (std::strstr(r.name, "potrf") != nullptr || std::strstr(r.name, "posv") != nullptr)
      all.push_back(make(r, 100, /* indefinite = */ true));
  }
  all.push_back(make(routines[0], 600));
  all.push_back(make(routines[6], 600));
  return all;
}

}  // namespace posdef::test
#else
namespace posdef::test {
std::vector<library_call> lapack_calls() { return {}; }
}  // namespace posdef::test
#endif
