// What help() shows for the functions of the module.
#pragma once

namespace posdef::python::doc {

inline constexpr const char cholesky[] = R"(Factor A = L·Lᴴ (lower) or A = Uᴴ·U (upper=True).

The signature and meaning of `linalg.cholesky` in the Python array API standard, for stacks of matrices.

a           (..., n, n) symmetric or Hermitian, float32, float64, complex64 or complex128; float16 and bfloat16 are
            computed in float32 and rounded once. Only the triangle that `upper` names is read; imaginary parts of
            the diagonal are ignored. Any strides; memory that no matrix view can describe is copied first.
upper       whether U rather than L is computed, from the upper triangle.
out         an array of the result's shape and dtype to write to; it may be `a` itself.
overwrite_a allows the result to take the place of `a`, where its memory may be written.
on_failure  'raise': NotPositiveDefiniteError, once every matrix has been processed. 'nan': a matrix without a factor
            becomes NaN. 'report': the pair (factor, info) is returned. 'nan-report': both.
threads     at most so many threads; None: POSDEF_NUM_THREADS, else OMP_NUM_THREADS or all processors.
device      the engine: 'cpu' or 'reference' in this build; None: POSDEF_DEVICE, else 'cpu'.

Returns an array of the caller's own kind, C-ordered, the other triangle zero. info is int32 with the batch's shape:
0, or k >= 1 if the leading minor of order k is not positive definite (NaN and infinity count as not positive); then
columns before k hold the factor and the rest is unspecified. A failing matrix never disturbs its neighbours.

Errors: ValueError, TypeError and UnavailableError before anything is written. Cost: n³/3 operations a matrix, four
times that for complex numbers. Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.)";

inline constexpr const char cholesky_ex[] = R"(The pair (factor, info); never raises for a matrix that has no factor.

cholesky(a, on_failure='report') under the name that PyTorch gave it.)";

inline constexpr const char cholesky_solve[] = R"(Solve A·X = B from the factor of A: X = L⁻ᴴ·L⁻¹·B or U⁻¹·U⁻ᴴ·B.

l           (..., n, n), a factor as `cholesky` returns it; only the triangle that `upper` names is read.
b           (n,) for one right-hand side, else (..., n, k); batch dimensions are broadcast; the dtype of l.
overwrite_b allows the result to take the place of `b`.

Returns X. A matrix fails, with info = k, if diagonal element k of its factor is not positive and finite: SingularError,
NaN or the pair (x, info), as on_failure says. The other keywords: see `cholesky`. Cost: 2·n²·k operations a matrix.)";

inline constexpr const char cholesky_inverse[] = R"(A⁻¹ from the factor of A, both triangles.

l           (..., n, n), a factor as `cholesky` returns it; only the triangle that `upper` names is read.
overwrite_l allows the result to take the place of `l`.

A matrix fails, with info = k, if diagonal element k of its factor is not positive and finite: SingularError, NaN or
the pair (inverse, info), as on_failure says. The other keywords: see `cholesky`. Cost: 2n³/3 operations a matrix.
Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 14.3.)";

inline constexpr const char cholesky_logdet[] = R"(log det A = 2·Σ log L(i,i) from the factor of A.

l           (..., n, n), a factor as `cholesky` returns it; only its diagonal is read.

Returns one real number a matrix, free of overflow; 0 for n = 0. A matrix fails, with info = k, if diagonal element k of
its factor is not positive and finite: SingularError, NaN or the pair (logdet, info), as on_failure says. The other
keywords: see `cholesky`.)";

inline constexpr const char logdet[] = R"(log det A of a positive definite matrix, by way of its factor.

a           (..., n, n) as for `cholesky`; only the triangle that `upper` names is read. Where the factor is at hand,
            `cholesky_logdet` does without the factorization.
overwrite_a allows that triangle to be overwritten with the factor; without it a copy is factored.

Returns one real number a matrix, free of overflow; 0 for n = 0. A matrix that is not positive definite fails as in
`cholesky`; with on_failure 'nan' and 'report' its value is NaN. The other keywords: see `cholesky`.)";

inline constexpr const char solve_triangular[] = R"(Solve op(L)·X = B for a triangular L.

l             (..., n, n); only the triangle that `upper` names is read.
b             (n,) for one right-hand side, else (..., n, k); batch dimensions are broadcast; the dtype of l.
trans         'N': op(L) = L, 'T': its transpose, 'C': its conjugate transpose.
unit_diagonal takes the diagonal to be ones, unread.
overwrite_b   allows the result to take the place of `b`.

A matrix fails, with info = k, if diagonal element k is zero or not finite: SingularError, NaN or the pair (x, info), as
on_failure says. The other keywords: see `cholesky`. Cost: n²·k operations a matrix.)";

inline constexpr const char inv_triangular[] = R"(L⁻¹ of a triangular matrix; the inverse has the same triangle.

l             (..., n, n); only the triangle that `upper` names is read.
unit_diagonal takes the diagonal to be ones, unread.
overwrite_l   allows the result to take the place of `l`.

A matrix fails, with info = k, if diagonal element k is zero or not finite: SingularError, NaN or the pair
(inverse, info), as on_failure says. The other keywords: see `cholesky`. Cost: n³/3 operations a matrix. Source: Higham,
Accuracy and Stability of Numerical Algorithms, 2nd ed., section 14.2.)";

inline constexpr const char devices[] =
    "One dict for each engine: its name, whether it is available, and a description.";
inline constexpr const char default_device[] = "The device of a call that names none: POSDEF_DEVICE, else 'cpu'.";
inline constexpr const char default_threads[] =
    "Threads that a call uses where it does not say: POSDEF_NUM_THREADS, else OMP_NUM_THREADS or all processors.";

}  // namespace posdef::python::doc
