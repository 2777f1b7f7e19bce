#include "api/lapack_door.hpp"

#include "api/front_door.hpp"
#include "engine/floating_point.hpp"

namespace posdef::internal {

namespace {

/// A routine of one or more unchecked in-place jobs on matrices that LAPACK's callers describe. One session serves them
/// all: whatever can fail for want of memory has been done before the first of them writes.
template <class T>
class routine {
 public:
  explicit routine(index n, index nrhs = 0) : s_("lapack", {}, {n, 1, nrhs}, {}, std::nullopt) {}

  index run(operation what, bool lower, bool unit, T* a, index lda, T* b = nullptr, index ldb = 0) {
    const index n = s_.size.n, nrhs = s_.size.nrhs;
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
             .algorithm = s_.algorithm};
    const quiet_arithmetic quiet;
    s_.runner->run(j, n, nrhs, s_.threads, s_.memory);
    return info;
  }

 private:
  session<T> s_;
};

/// The first diagonal element that is exactly zero, from 1; or 0.
template <class T>
index first_zero(index n, const T* a, index lda) {
  for (index i = 0; i < n; ++i)
    if (a[i + i * lda] == T(0)) return i + 1;
  return 0;
}

}  // namespace

template <class T>
std::int64_t lapack_potrf(bool lower, std::int64_t n, T* a, std::int64_t lda) {
  return n == 0 ? 0 : routine<T>(n).run(operation::cholesky, lower, false, a, lda);
}

template <class T>
void lapack_potrs(bool lower, std::int64_t n, std::int64_t nrhs, const T* a, std::int64_t lda, T* b, std::int64_t ldb) {
  if (n == 0 || nrhs == 0) return;
  // The factor is only read: a solve's job takes it as its constant operand.
  routine<T>(n, nrhs).run(operation::cholesky_solve, lower, false, const_cast<T*>(a), lda, b, ldb);
}

template <class T>
std::int64_t lapack_posv(bool lower, std::int64_t n, std::int64_t nrhs, T* a, std::int64_t lda, T* b,
                         std::int64_t ldb) {
  if (n == 0) return 0;
  routine<T> both(n, nrhs);
  const index k = both.run(operation::cholesky, lower, false, a, lda);
  if (k == 0 && nrhs > 0) both.run(operation::cholesky_solve, lower, false, a, lda, b, ldb);
  return k;
}

template <class T>
std::int64_t lapack_trtri(bool lower, bool unit, std::int64_t n, T* a, std::int64_t lda) {
  if (n == 0) return 0;
  if (const index k = unit ? 0 : first_zero(n, a, lda)) return k;
  return routine<T>(n).run(operation::tri_inverse, lower, unit, a, lda);
}

template <class T>
void lapack_lauum(bool lower, std::int64_t n, T* a, std::int64_t lda) {
  if (n > 0) routine<T>(n).run(operation::lauum, lower, false, a, lda);
}

template <class T>
std::int64_t lapack_potri(bool lower, std::int64_t n, T* a, std::int64_t lda) {
  if (n == 0) return 0;
  if (const index k = first_zero(n, a, lda)) return k;
  routine<T> both(n);
  both.run(operation::tri_inverse, lower, false, a, lda);
  both.run(operation::lauum, lower, false, a, lda);
  return 0;
}

#define POSDEF_LAPACK(T)                                                                                  \
  template POSDEF_API std::int64_t lapack_potrf<T>(bool, std::int64_t, T*, std::int64_t);                 \
  template POSDEF_API void lapack_potrs<T>(bool, std::int64_t, std::int64_t, const T*, std::int64_t, T*,  \
                                           std::int64_t);                                                 \
  template POSDEF_API std::int64_t lapack_posv<T>(bool, std::int64_t, std::int64_t, T*, std::int64_t, T*, \
                                                  std::int64_t);                                          \
  template POSDEF_API std::int64_t lapack_potri<T>(bool, std::int64_t, T*, std::int64_t);                 \
  template POSDEF_API std::int64_t lapack_trtri<T>(bool, bool, std::int64_t, T*, std::int64_t);           \
  template POSDEF_API void lapack_lauum<T>(bool, std::int64_t, T*, std::int64_t);
POSDEF_LAPACK(float)
POSDEF_LAPACK(double)
POSDEF_LAPACK(std::complex<float>)
POSDEF_LAPACK(std::complex<double>)
#undef POSDEF_LAPACK

}  // namespace posdef::internal
