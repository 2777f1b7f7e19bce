#include "api/lapack_door.hpp"

#include "api/front_door.hpp"
#include "engine/floating_point.hpp"

namespace posdef::internal {

namespace {

/// Runs one unchecked in-place job on matrices that LAPACK's callers describe.
template <class T>
index run(operation what, bool lower, bool unit, index n, T* a, index lda, index nrhs = 0, T* b = nullptr,
          index ldb = 0) {
  if (n == 0 || (b != nullptr && nrhs == 0)) return 0;
  options o;
  session<T> s("lapack", {}, {n, 1, nrhs}, o, std::nullopt);
  batch<T> m{a, nullptr, 1, 0, n, n, 1, lda, false};
  if (!lower) m = m.h();
  const batch<T> rhs{b, nullptr, 1, 0, n, nrhs, 1, ldb, false};
  const bool solve = what == operation::cholesky_solve;
  index info = 0;
  job<T> j{.what = what,
           .a = {m.data, nullptr, 1, 0, n, n, m.rs, m.cs, m.conj},
           .b = {b, nullptr, 1, 0, n, nrhs, 1, ldb, false},
           .out = solve ? rhs : m,
           .value = nullptr,
           .info = &info,
           .other = other_triangle::keep,
           .in_place = true,
           .nan = false,
           .check = false,
           .unit = unit,
           .algorithm = s.algorithm};
  const quiet_arithmetic quiet;
  s.runner->run(j, n, nrhs, s.threads, s.memory);
  return info;
}

}  // namespace

template <class T>
std::int64_t lapack_potrf(bool lower, std::int64_t n, T* a, std::int64_t lda) {
  return run(operation::cholesky, lower, false, n, a, lda);
}

template <class T>
void lapack_potrs(bool lower, std::int64_t n, std::int64_t nrhs, const T* a, std::int64_t lda, T* b, std::int64_t ldb) {
  // The factor is only read: a solve's job takes it as its constant operand.
  run(operation::cholesky_solve, lower, false, n, const_cast<T*>(a), lda, nrhs, b, ldb);
}

template <class T>
std::int64_t lapack_trtri(bool lower, bool unit, std::int64_t n, T* a, std::int64_t lda) {
  if (!unit)
    for (index i = 0; i < n; ++i)
      if (a[i + i * lda] == T(0)) return i + 1;
  return run(operation::tri_inverse, lower, unit, n, a, lda);
}

template <class T>
void lapack_lauum(bool lower, std::int64_t n, T* a, std::int64_t lda) {
  run(operation::lauum, lower, false, n, a, lda);
}

#define POSDEF_LAPACK(T)                                                                                 \
  template POSDEF_API std::int64_t lapack_potrf<T>(bool, std::int64_t, T*, std::int64_t);                \
  template POSDEF_API void lapack_potrs<T>(bool, std::int64_t, std::int64_t, const T*, std::int64_t, T*, \
                                           std::int64_t);                                                \
  template POSDEF_API std::int64_t lapack_trtri<T>(bool, bool, std::int64_t, T*, std::int64_t);          \
  template POSDEF_API void lapack_lauum<T>(bool, std::int64_t, T*, std::int64_t);
POSDEF_LAPACK(float)
POSDEF_LAPACK(double)
POSDEF_LAPACK(std::complex<float>)
POSDEF_LAPACK(std::complex<double>)
#undef POSDEF_LAPACK

}  // namespace posdef::internal
