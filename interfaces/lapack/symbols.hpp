// The list of all symbols, from eight routines, four types and two sizes of integer:
//
//   POSDEF_LAPACK_SYMBOLS(X) is X(shape, symbol, routine, body, T, Int) for each of them, with
//     shape    POSDEF_FACTOR, POSDEF_SOLVE or POSDEF_TRIANGLE: the argument list
//     symbol   dpotrf_ or dpotrf_64_ (the suffix of OpenBLAS and of LAPACK's 64-bit interface)
//     routine  the name for xerbla, "DPOTRF"; that of posv is padded to six letters, as in LAPACK
//     body     the template in lapack.cpp that implements it
#pragma once

// This library is always shared, even if posdef itself is static.
#define POSDEF_LAPACK_API extern "C" __attribute__((visibility("default")))

#define POSDEF_LAPACK_ROUTINES(X, p, P, suffix, ...)                  \
  X(POSDEF_FACTOR, p##potrf##suffix, P "POTRF", potrf, __VA_ARGS__)   \
  X(POSDEF_FACTOR, p##potrf2##suffix, P "POTRF2", potrf, __VA_ARGS__) \
  X(POSDEF_FACTOR, p##potf2##suffix, P "POTF2", potrf, __VA_ARGS__)   \
  X(POSDEF_SOLVE, p##potrs##suffix, P "POTRS", potrs, __VA_ARGS__)    \
  X(POSDEF_FACTOR, p##potri##suffix, P "POTRI", potri, __VA_ARGS__)   \
  X(POSDEF_SOLVE, p##posv##suffix, P "POSV ", posv, __VA_ARGS__)      \
  X(POSDEF_TRIANGLE, p##trtri##suffix, P "TRTRI", trtri, __VA_ARGS__) \
  X(POSDEF_FACTOR, p##lauum##suffix, P "LAUUM", lauum, __VA_ARGS__)

#define POSDEF_LAPACK_TYPES(X, suffix, Int)                           \
  POSDEF_LAPACK_ROUTINES(X, s, "S", suffix, float, Int)               \
  POSDEF_LAPACK_ROUTINES(X, d, "D", suffix, double, Int)              \
  POSDEF_LAPACK_ROUTINES(X, c, "C", suffix, std::complex<float>, Int) \
  POSDEF_LAPACK_ROUTINES(X, z, "Z", suffix, std::complex<double>, Int)

#define POSDEF_LAPACK_SYMBOLS(X)          \
  POSDEF_LAPACK_TYPES(X, _, std::int32_t) \
  POSDEF_LAPACK_TYPES(X, _64_, std::int64_t)
