// posdef: the operations on one matrix or a batch, each in two forms.
//
//   name(...)      the convenience form: throws `numerical_error` when a matrix fails (unless told otherwise)
//   try_name(...)  writes one `info` per matrix and returns how many are not 0; never throws for a failed matrix
//
// Common to all of them
//   Type       T is float, double, complex<float> or complex<double>; it is deduced from the written argument.
//   Triangle   options.uplo names the triangle that is read; the other one may hold anything, NaN included. What
//              becomes of the other triangle of a written matrix is options.other (see `other_triangle`).
//   info       0, or k >= 1: see each operation. k does not depend on the engine, its blocking or the threads.
//   Batch      every view holds the same number of matrices; a failing matrix never disturbs another one.
//   Aliasing   an input and an output may be exactly the same memory; partial overlap is an invalid_argument. (In
//              arrays of pointers matrix b of the one is compared with matrix b of the other; different matrices are
//              the caller's to keep apart.)
//   Sizes      64-bit. n = 0 or batch = 0 is success and touches no matrix; info is 0.
//   Errors     invalid_argument before anything is written; out_of_memory before anything is written;
//              unavailable if the engine is not there; numerical_error as options.on_failure says.
//   Threads    every function may be called from any number of threads at once. Results have the same bits for any
//              number of threads, any batch size and any position in the batch (on one engine and instruction set).
#ifndef POSDEF_OPERATIONS_HPP
#define POSDEF_OPERATIONS_HPP

#include <posdef/types.hpp>

namespace posdef::inline POSDEF_ABI {

// Keeps an argument out of template deduction: T comes from the argument that is written.
template <class T>
using input = std::type_identity_t<view<const T>>;
using info_span = std::span<std::int64_t>;

/// Factor A = L·Lᴴ (lower) or A = Uᴴ·U (upper), in place: L or U takes the place of the triangle of A.
///
/// a: n × n, Hermitian, only the `uplo` triangle is read and written; imaginary parts of its diagonal are ignored.
/// The factor's diagonal is real and positive. info = k: the leading minor of order k is not positive definite
/// (its pivot was not a positive finite number; NaN and infinity are caught at the column where they show).
/// Cost: n³/3 operations per matrix (four times that for complex types); workspace: see plan.hpp.
/// Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
template <scalar T>
POSDEF_API void cholesky(view<T> a, const options& o = {});
/// The same, out of place: reads the triangle of `a`, writes `l`; the other triangle of `l` is zeroed by default.
template <scalar T>
POSDEF_API void cholesky(input<T> a, view<T> l, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky(view<T> a, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky(input<T> a, view<T> l, info_span info, const options& o = {});

/// Solve A·X = B from the factor of A: B ← L⁻ᴴ·L⁻¹·B (lower) or U⁻¹·U⁻ᴴ·B (upper).
///
/// l: n × n factor as `cholesky` leaves it. b: n × nrhs, any nrhs >= 0, its own layout; overwritten with X.
/// info = k: diagonal element k of the factor is not positive and finite; then that B is not touched (or NaN).
/// Cost: 2·n²·nrhs operations. Source: as for cholesky.
template <scalar T>
POSDEF_API void cholesky_solve(input<T> l, view<T> b, const options& o = {});
template <scalar T>
POSDEF_API void cholesky_solve(input<T> l, input<T> b, view<T> x, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_solve(input<T> l, view<T> b, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_solve(input<T> l, input<T> b, view<T> x, info_span info, const options& o = {});

/// A⁻¹ from the factor of A, in place: the `uplo` triangle of A⁻¹ = L⁻ᴴ·L⁻¹ takes the place of the factor.
///
/// l: n × n factor. Out of place the whole of A⁻¹ is written by default (options.other = automatic means mirror).
/// info = k: diagonal element k of the factor is not positive and finite; then in place it is not touched (or NaN).
/// Cost: 2n³/3 operations. Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 14.3.
template <scalar T>
POSDEF_API void cholesky_inverse(view<T> l, const options& o = {});
template <scalar T>
POSDEF_API void cholesky_inverse(input<T> l, view<T> inverse, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_inverse(view<T> l, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_inverse(input<T> l, view<T> inverse, info_span info, const options& o = {});

/// Solve op(L)·X = B for a triangular L: B ← op(L)⁻¹·B. op and unit diagonal are chosen in the options.
///
/// l: n × n triangular, any non-zero diagonal (negative or complex too). b: n × nrhs.
/// info = k: diagonal element k is zero, infinite or NaN; then that B is not touched (or NaN). With diag::unit the
/// diagonal is not read and info is 0. Cost: n²·nrhs operations.
template <scalar T>
POSDEF_API void solve_triangular(input<T> l, view<T> b, const options& o = {});
template <scalar T>
POSDEF_API void solve_triangular(input<T> l, input<T> b, view<T> x, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_solve_triangular(input<T> l, view<T> b, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_solve_triangular(input<T> l, input<T> b, view<T> x, info_span info, const options& o = {});

/// L⁻¹ of a triangular matrix, in place or out of place. The inverse has the same triangle.
///
/// info = k: diagonal element k is zero, infinite or NaN; then in place the matrix is not touched (or NaN). With
/// diag::unit the diagonal is neither read nor written in place (out of place it is written as ones).
/// Cost: n³/3 operations. Source: Higham, section 14.2.
template <scalar T>
POSDEF_API void inv_triangular(view<T> l, const options& o = {});
template <scalar T>
POSDEF_API void inv_triangular(input<T> l, view<T> inverse, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_inv_triangular(view<T> l, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_inv_triangular(input<T> l, view<T> inverse, info_span info, const options& o = {});

/// log det A = 2·Σ log L(i,i) from the factor of A, one real number per matrix, free of overflow.
///
/// out: at least batch elements. n = 0 gives 0. info = k: diagonal element k of the factor is not positive and
/// finite; then out is NaN, whatever the policy. Cost: n logarithms.
template <scalar T>
POSDEF_API void cholesky_logdet(view<const T> l, std::span<real_type<T>> out, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_logdet(view<const T> l, std::span<real_type<T>> out, info_span info,
                                            const options& o = {});
/// log det A of one matrix (batch = 1).
template <scalar T>
POSDEF_API real_type<T> cholesky_logdet(view<const T> l, const options& o = {});

/// Solve A·X = B for a positive definite matrix in one call (LAPACK's posv): cholesky, then cholesky_solve.
///
/// a: n × n, the `uplo` triangle is read, and overwritten with the factor. b: n × nrhs, overwritten with X.
/// info as for cholesky. The right-hand sides of a failed matrix are not touched (or NaN).
/// Cost: n³/3 + 2·n²·nrhs operations. The bits are those of the two calls.
template <scalar T>
POSDEF_API void solve(view<T> a, view<T> b, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_solve(view<T> a, view<T> b, info_span info, const options& o = {});

/// A⁻¹ of a positive definite matrix in one call, in place: cholesky, then cholesky_inverse.
///
/// a: n × n, the `uplo` triangle is read, and overwritten with that of A⁻¹. Out of place the whole of A⁻¹ is written by
/// default (options.other = automatic means mirror). info as for cholesky. What a failed matrix holds afterwards is
/// unspecified (or NaN). Cost: n³ operations. The bits are those of the two calls.
template <scalar T>
POSDEF_API void inv(view<T> a, const options& o = {});
template <scalar T>
POSDEF_API void inv(input<T> a, view<T> inverse, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_inv(view<T> a, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_inv(input<T> a, view<T> inverse, info_span info, const options& o = {});

/// Views of mutable elements deduce too: `cholesky_logdet(col_major(l.data(), n))`.
template <scalar T>
void cholesky_logdet(view<T> l, std::span<real_type<T>> out, const options& o = {}) {
  cholesky_logdet(view<const T>(l), out, o);
}
template <scalar T>
real_type<T> cholesky_logdet(view<T> l, const options& o = {}) {
  return cholesky_logdet(view<const T>(l), o);
}
template <scalar T>
std::int64_t try_cholesky_logdet(view<T> l, std::span<real_type<T>> out, info_span info, const options& o = {}) {
  return try_cholesky_logdet(view<const T>(l), out, info, o);
}

}  // namespace posdef::inline POSDEF_ABI

#endif
