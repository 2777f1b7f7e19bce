// The LAPACK drop-in: {s,d,c,z} of potrf potrf2 potf2 potrs potri posv trtri lauum under their Fortran names, each with
// 32-bit integers (dpotrf_) and with 64-bit ones (dpotrf_64_), every argument by address.
//
// As in LAPACK, arguments are checked in order, an invalid one is passed to xerbla and returned as info = -i, and the
// triangle that uplo does not select is neither read nor written. Fortran compilers pass the lengths of character
// arguments after the last argument; these are not declared, callers may omit them, and only the first letter is read.
//
// Two extensions of LAPACK's info:
//   info = k > 0 of potrf, potrf2, potf2 and posv also if pivot k is NaN or infinite;
//   info = -1010, a line on stderr and an unchanged matrix, if there is no memory for the workspace (LAPACK has no
//   number for it; this is LAPACKE's) or an environment variable has an invalid or unavailable value.
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

bool is(char given, char wanted) { return (given & ~0x20) == wanted; }  // ignores case, like LSAME
bool is_uplo(char c) { return is(c, 'L') || is(c, 'U'); }
bool is_diag(char c) { return is(c, 'N') || is(c, 'U'); }
std::int64_t at_least_1(std::int64_t n) { return n > 1 ? n : 1; }

/// Finds the number of the first invalid argument, or 0. Every routine checks in the order of its arguments.
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

/// Counts the call, then reports an invalid argument through xerbla or runs `body`, which returns info.
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

/// B ← A⁻¹·B from the factor. Does not check the factor's diagonal before dividing by it.
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

/// L⁻¹ or U⁻¹. info = k: diagonal element k is exactly zero, and the matrix is unchanged.
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

// The exported functions: one for each line of symbols.hpp, with one of three argument lists.
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
