// The LAPACK drop-in: {s,d,c,z} of potrf potrf2 potf2 potrs potri posv trtri lauum under their Fortran names, each with
// 32-bit integers (dpotrf_) and with 64-bit ones (dpotrf_64_), every argument by address.
//
// What LAPACK promises holds here: arguments are checked in its order, a bad one is told to xerbla and is info = -i,
// the triangle that uplo does not name is never read or written. The lengths that Fortran compilers pass behind the
// last argument, one per character, are not declared: callers may pass them or not, and one letter is all that is read.
//
// Two answers go beyond LAPACK's:
//   info = k > 0 of potrf, potrf2, potf2 and posv also where pivot k is NaN or infinite;
//   info = -1010 and a line on stderr, the matrix being as it was, when memory for the workspace cannot be had (LAPACK
//   has no number for it; this is LAPACKE's) or an environment variable asks for what posdef does not have.
#include <complex>
#include <cstdint>
#include <cstdio>
#include <exception>

#include "api/lapack_entry.hpp"
#include "calls.hpp"
#include "posdef/types.hpp"
#include "symbols.hpp"
#include "xerbla.hpp"

namespace posdef::lapack {
namespace {

constexpr std::int64_t not_carried_out = -1010;

template <class T>
const internal::lapack_routines<T>& core() {
  static const internal::lapack_table& table = *posdef_lapack_entry();
  return table.of<T>();
}

bool is(char given, char wanted) { return (given & ~0x20) == wanted; }  // either case, as LSAME
bool is_uplo(char c) { return is(c, 'L') || is(c, 'U'); }
bool is_diag(char c) { return is(c, 'N') || is(c, 'U'); }
std::int64_t at_least_1(std::int64_t n) { return n > 1 ? n : 1; }

/// The number of the first argument that LAPACK refuses, or 0. Every routine asks in the order of its arguments.
class checked {
 public:
  checked& require(bool good, int number) {
    if (first_bad_ == 0 && !good) first_bad_ = number;
    return *this;
  }
  int first_bad() const { return first_bad_; }

 private:
  int first_bad_ = 0;
};

/// Counts the call, then either refuses it through xerbla or carries it out; `body` returns info.
template <class Int, class Body>
void run(call_id call, const char* routine, const checked& arguments, Int* info, Body body) {
  count(call);
  const int bad = arguments.first_bad();
  *info = static_cast<Int>(-bad);
  if (bad != 0) return report_bad_argument<Int>(routine, bad);
  try {
    *info = static_cast<Int>(body());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s in %s\n", e.what(), routine);
    *info = static_cast<Int>(not_carried_out);
  } catch (...) {
    std::fprintf(stderr, "posdef: unknown failure in %s\n", routine);
    *info = static_cast<Int>(not_carried_out);
  }
}

/// A = L·Lᴴ or Uᴴ·U. info = k: the leading minor of order k is not positive definite.
template <class T, class Int>
void potrf(call_id call, const char* routine, const char* uplo, const Int* n, T* a, const Int* lda, Int* info) {
  const auto arguments = checked().require(is_uplo(*uplo), 1).require(*n >= 0, 2).require(*lda >= at_least_1(*n), 4);
  run(call, routine, arguments, info, [&] { return core<T>().potrf(is(*uplo, 'L'), *n, a, *lda); });
}

/// B ← A⁻¹·B from the factor. Divides by the factor's diagonal, whatever is there.
template <class T, class Int>
void potrs(call_id call, const char* routine, const char* uplo, const Int* n, const Int* nrhs, const T* a,
           const Int* lda, T* b, const Int* ldb, Int* info) {
  const auto arguments = checked()
                             .require(is_uplo(*uplo), 1)
                             .require(*n >= 0, 2)
                             .require(*nrhs >= 0, 3)
                             .require(*lda >= at_least_1(*n), 5)
                             .require(*ldb >= at_least_1(*n), 7);
  run(call, routine, arguments, info, [&] {
    core<T>().potrs(is(*uplo, 'L'), *n, *nrhs, a, *lda, b, *ldb);
    return 0;
  });
}

/// potrf, then potrs unless a minor is not positive definite.
template <class T, class Int>
void posv(call_id call, const char* routine, const char* uplo, const Int* n, const Int* nrhs, T* a, const Int* lda,
          T* b, const Int* ldb, Int* info) {
  const auto arguments = checked()
                             .require(is_uplo(*uplo), 1)
                             .require(*n >= 0, 2)
                             .require(*nrhs >= 0, 3)
                             .require(*lda >= at_least_1(*n), 5)
                             .require(*ldb >= at_least_1(*n), 7);
  run(call, routine, arguments, info, [&] { return core<T>().posv(is(*uplo, 'L'), *n, *nrhs, a, *lda, b, *ldb); });
}

/// L⁻¹ or U⁻¹. info = k: diagonal element k is exactly zero, and the matrix is as it was.
template <class T, class Int>
void trtri(call_id call, const char* routine, const char* uplo, const char* diag, const Int* n, T* a, const Int* lda,
           Int* info) {
  const auto arguments = checked()
                             .require(is_uplo(*uplo), 1)
                             .require(is_diag(*diag), 2)
                             .require(*n >= 0, 3)
                             .require(*lda >= at_least_1(*n), 5);
  run(call, routine, arguments, info, [&] { return core<T>().trtri(is(*uplo, 'L'), is(*diag, 'U'), *n, a, *lda); });
}

/// Lᴴ·L or U·Uᴴ.
template <class T, class Int>
void lauum(call_id call, const char* routine, const char* uplo, const Int* n, T* a, const Int* lda, Int* info) {
  const auto arguments = checked().require(is_uplo(*uplo), 1).require(*n >= 0, 2).require(*lda >= at_least_1(*n), 4);
  run(call, routine, arguments, info, [&] {
    core<T>().lauum(is(*uplo, 'L'), *n, a, *lda);
    return 0;
  });
}

/// A⁻¹ from the factor: L⁻¹, then L⁻ᴴ·L⁻¹. info = k: diagonal element k of the factor is exactly zero.
template <class T, class Int>
void potri(call_id call, const char* routine, const char* uplo, const Int* n, T* a, const Int* lda, Int* info) {
  const auto arguments = checked().require(is_uplo(*uplo), 1).require(*n >= 0, 2).require(*lda >= at_least_1(*n), 4);
  run(call, routine, arguments, info, [&] { return core<T>().potri(is(*uplo, 'L'), *n, a, *lda); });
}

}  // namespace
}  // namespace posdef::lapack

// The functions themselves: one for each line of symbols.hpp, in one of three shapes.
#define POSDEF_FACTOR(symbol, routine, body, T, Int)                                               \
  POSDEF_LAPACK_API void symbol(const char* uplo, const Int* n, T* a, const Int* lda, Int* info) { \
    posdef::lapack::body(posdef::lapack::call_id::symbol, routine, uplo, n, a, lda, info);         \
  }
#define POSDEF_SOLVE(symbol, routine, body, T, Int)                                                          \
  POSDEF_LAPACK_API void symbol(const char* uplo, const Int* n, const Int* nrhs, T* a, const Int* lda, T* b, \
                                const Int* ldb, Int* info) {                                                 \
    posdef::lapack::body(posdef::lapack::call_id::symbol, routine, uplo, n, nrhs, a, lda, b, ldb, info);     \
  }
#define POSDEF_TRIANGLE(symbol, routine, body, T, Int)                                                               \
  POSDEF_LAPACK_API void symbol(const char* uplo, const char* diag, const Int* n, T* a, const Int* lda, Int* info) { \
    posdef::lapack::body(posdef::lapack::call_id::symbol, routine, uplo, diag, n, a, lda, info);                     \
  }
#define POSDEF_EMIT(shape, symbol, routine, body, T, Int) shape(symbol, routine, body, T, Int)
POSDEF_LAPACK_SYMBOLS(POSDEF_EMIT)
