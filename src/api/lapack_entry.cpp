#include "api/lapack_entry.hpp"

#include "api/session.hpp"

namespace posdef::internal {

namespace {

/// Runs one or more unchecked in-place problems on matrices of a LAPACK call in one session. All memory is allocated
/// before the first problem writes.
template <class T>
class routine {
 public:
  /// only: the one operation, if there is one.
  explicit routine(index n, index nrhs = 0, std::optional<operation> only = std::nullopt,
                   executor_pointer<T> e = nullptr)
      : s_("lapack", {}, {n, 1, nrhs}, {}, std::nullopt, only, /* in_place = */ true, &stack_, std::move(e)) {}

  index run(operation what, bool lower, bool unit, T* a, index lda, T* b = nullptr, index ldb = 0) {
    auto m = batch<T>::column_major(a, s_.size.n, s_.size.n, lda);
    if (!lower) m = m.h();
    const auto rhs = batch<T>::column_major(b, s_.size.n, s_.size.nrhs, ldb);
    index info = 0;
    problem<T> p{};
    p.what = what;
    p.a = m;
    p.b = rhs;
    p.out = solves(what) ? rhs : m;
    p.info = &info;
    p.other = other_triangle::keep;
    p.in_place = true;
    p.check = false;
    p.unit = unit;
    p.algorithm = s_.algorithm;
    s_.run(p);
    return info;
  }

 private:
  typename session<T>::scratch stack_;
  session<T> s_;
};

/// The index of the first diagonal element that is exactly zero, from 1; 0 if there is none.
template <class T>
index first_zero(index n, const T* a, index lda) {
  for (index i = 0; i < n; ++i)
    if (a[i + i * lda] == T(0)) return i + 1;
  return 0;
}

template <class T>
std::int64_t lapack_potrf(bool lower, std::int64_t n, T* a, std::int64_t lda) {
  if (n == 0) return 0;
  const auto columns = batch<T>::column_major(a, n, n, lda);
  const auto m = lower ? columns[0] : columns.h()[0];
  executor_pointer<T> e;
  if (factor_at_once<T>({}, m, m, e)) return 0;
  return routine<T>(n, 0, operation::cholesky, std::move(e)).run(operation::cholesky, lower, false, a, lda);
}

template <class T>
void lapack_potrs(bool lower, std::int64_t n, std::int64_t nrhs, const T* a, std::int64_t lda, T* b, std::int64_t ldb) {
  if (n == 0 || nrhs == 0) return;
  // The const_cast is safe: a solve reads the factor only.
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
  return routine<T>(n).run(operation::inv_triangular, lower, unit, a, lda);
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
  both.run(operation::inv_triangular, lower, false, a, lda);
  both.run(operation::lauum, lower, false, a, lda);
  return 0;
}

template <class T>
constexpr lapack_routines<T> routines_of{lapack_potrf<T>, lapack_potrs<T>, lapack_posv<T>,
                                         lapack_trtri<T>, lapack_lauum<T>, lapack_potri<T>};

constexpr lapack_table table{routines_of<float>, routines_of<double>, routines_of<std::complex<float>>,
                             routines_of<std::complex<double>>};

}  // namespace

}  // namespace posdef::internal

const posdef::internal::lapack_table* posdef_lapack_entry() noexcept { return &posdef::internal::table; }
