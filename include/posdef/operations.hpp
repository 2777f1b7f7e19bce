// posdef: the operations on one matrix or a batch of matrices. Each has two forms.
//
//   name(...)      throws `numerical_error` if a matrix fails and options.on_failure is raise
//   try_name(...)  writes one `info` per matrix and returns the number of nonzero ones; never throws for a failed
//                  matrix
//
// Common to all operations
//   Type       T is float, double, complex<float> or complex<double>. It is deduced from the output argument.
//   Triangle   options.uplo names the triangle that is read. The other triangle may hold any values, including NaN.
//              options.other says what is written to the other triangle of an output (see `other_triangle`).
//   info       0, or k >= 1 as described for each operation. k does not depend on the engine, blocking or threads.
//   Batch      all views hold the same number of matrices. A failing matrix does not affect the others.
//   Aliasing   an input and an output may be the same memory. Partial overlap is an invalid_argument. For arrays of
//              pointers only matrix b of the input and matrix b of the output are compared; the caller must ensure that
//              different matrices do not overlap.
//   Sizes      64-bit. n = 0 or batch = 0 succeeds and accesses no matrix; info is 0.
//   Errors     invalid_argument and out_of_memory are thrown before anything is written. unavailable means that the
//              engine is missing. numerical_error depends on options.on_failure.
//   Threads    all functions are thread-safe. On one engine and instruction set, results are bitwise identical for any
//              number of threads, any batch size and any position in the batch.
#ifndef POSDEF_OPERATIONS_HPP
#define POSDEF_OPERATIONS_HPP

#include <posdef/types.hpp>

namespace posdef::inline POSDEF_ABI {

// A parameter of this type is not used to deduce T.
template <class T>
using input = std::type_identity_t<view<const T>>;
using info_span = std::span<std::int64_t>;

/// Factor A = L·Lᴴ (lower) or A = Uᴴ·U (upper), in place: L or U overwrites the triangle of A.
///
/// a: n × n, Hermitian; only the `uplo` triangle is read and written, and imaginary parts of the diagonal are ignored.
/// The diagonal of the factor is real and positive. info = k: the leading minor of order k is not positive definite
/// (its pivot is not a positive finite number; NaN and infinity are detected at the column where they first appear).
/// Cost: n³/3 operations per matrix (four times that for complex types); workspace: see plan.hpp.
/// Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
template <scalar T>
POSDEF_API void cholesky(view<T> a, const options& o = {});
/// The same, out of place: reads the triangle of `a`, writes `l`. By default the other triangle of `l` is zeroed.
template <scalar T>
POSDEF_API void cholesky(input<T> a, view<T> l, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky(view<T> a, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky(input<T> a, view<T> l, info_span info, const options& o = {});

/// Solve A·X = B with the factor of A: B ← L⁻ᴴ·L⁻¹·B (lower) or U⁻¹·U⁻ᴴ·B (upper).
///
/// l: n × n, the factor from `cholesky`. b: n × nrhs, nrhs >= 0, in any layout; overwritten with X.
/// info = k: diagonal element k of the factor is not positive and finite; this B is left unchanged (or set to NaN).
/// Cost: 2·n²·nrhs operations. Source: as for cholesky.
template <scalar T>
POSDEF_API void cholesky_solve(input<T> l, view<T> b, const options& o = {});
template <scalar T>
POSDEF_API void cholesky_solve(input<T> l, input<T> b, view<T> x, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_solve(input<T> l, view<T> b, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_solve(input<T> l, input<T> b, view<T> x, info_span info, const options& o = {});

/// Compute A⁻¹ = L⁻ᴴ·L⁻¹ from the factor of A, in place: the `uplo` triangle of A⁻¹ overwrites the factor.
///
/// l: n × n, the factor. Out of place, both triangles of A⁻¹ are written by default (automatic means mirror).
/// info = k: diagonal element k of the factor is not positive and finite; in place, the matrix is left unchanged (or
/// set to NaN).
/// Cost: 2n³/3 operations. Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 14.3.
template <scalar T>
POSDEF_API void cholesky_inverse(view<T> l, const options& o = {});
template <scalar T>
POSDEF_API void cholesky_inverse(input<T> l, view<T> inverse, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_inverse(view<T> l, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_inverse(input<T> l, view<T> inverse, info_span info, const options& o = {});

/// Solve op(L)·X = B for triangular L: B ← op(L)⁻¹·B. options.op and options.diag select op and a unit diagonal.
///
/// l: n × n, triangular, with any nonzero diagonal (negative or complex too). b: n × nrhs.
/// info = k: diagonal element k is zero, infinite or NaN; this B is left unchanged (or set to NaN). With diag::unit the
/// diagonal is not read and info is 0. Cost: n²·nrhs operations.
template <scalar T>
POSDEF_API void solve_triangular(input<T> l, view<T> b, const options& o = {});
template <scalar T>
POSDEF_API void solve_triangular(input<T> l, input<T> b, view<T> x, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_solve_triangular(input<T> l, view<T> b, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_solve_triangular(input<T> l, input<T> b, view<T> x, info_span info, const options& o = {});

/// Compute L⁻¹ of a triangular matrix, in place or out of place. The inverse is stored in the same triangle.
///
/// info = k: diagonal element k is zero, infinite or NaN; in place, the matrix is left unchanged (or set to NaN). With
/// diag::unit the diagonal is not read. It is not written in place, and written as ones out of place.
/// Cost: n³/3 operations. Source: Higham, section 14.2.
template <scalar T>
POSDEF_API void inv_triangular(view<T> l, const options& o = {});
template <scalar T>
POSDEF_API void inv_triangular(input<T> l, view<T> inverse, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_inv_triangular(view<T> l, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_inv_triangular(input<T> l, view<T> inverse, info_span info, const options& o = {});

/// Compute log det A = 2·Σ log L(i,i) from the factor of A, one real number per matrix, without overflow.
///
/// out: at least batch elements. n = 0 gives 0. info = k: diagonal element k of the factor is not positive and finite;
/// out is then NaN for every on_failure. Cost: n logarithms.
template <scalar T>
POSDEF_API void cholesky_logdet(view<const T> l, std::span<real_type<T>> out, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_cholesky_logdet(view<const T> l, std::span<real_type<T>> out, info_span info,
                                            const options& o = {});
/// Return log det A of one matrix (batch = 1).
template <scalar T>
POSDEF_API real_type<T> cholesky_logdet(view<const T> l, const options& o = {});

/// Solve A·X = B for a positive definite matrix in one call (LAPACK's posv): cholesky, then cholesky_solve.
///
/// a: n × n; the `uplo` triangle is read and overwritten with the factor. b: n × nrhs, overwritten with X.
/// info as for cholesky. The right-hand sides of a failed matrix are left unchanged (or set to NaN).
/// Cost: n³/3 + 2·n²·nrhs operations. The results are bitwise those of the two calls.
template <scalar T>
POSDEF_API void solve(view<T> a, view<T> b, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_solve(view<T> a, view<T> b, info_span info, const options& o = {});

/// Compute A⁻¹ of a positive definite matrix in one call, in place: cholesky, then cholesky_inverse.
///
/// a: n × n; the `uplo` triangle is read and overwritten with that of A⁻¹. Out of place, both triangles of A⁻¹ are
/// written by default (automatic means mirror). info as for cholesky. A failed matrix is unspecified afterwards (or
/// NaN). Cost: n³ operations. The results are bitwise those of the two calls.
template <scalar T>
POSDEF_API void inv(view<T> a, const options& o = {});
template <scalar T>
POSDEF_API void inv(input<T> a, view<T> inverse, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_inv(view<T> a, info_span info, const options& o = {});
template <scalar T>
POSDEF_API std::int64_t try_inv(input<T> a, view<T> inverse, info_span info, const options& o = {});

/// Overloads that deduce T from a view of mutable elements: `cholesky_logdet(col_major(l.data(), n))`.
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
