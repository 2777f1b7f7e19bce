// The parts that several docstrings share.
#pragma once

#include <string_view>

namespace posdef::python {

/// A docstring or a part of one.
struct text {
  std::string_view name, lines;
};

/// Parts that several docstrings share. A line "@name" stands for a part.
inline constexpr text parts[] = {
    {"@a", R"(a : array, shape (..., n, n)
    Symmetric or Hermitian matrices of float32, float64, complex64 or complex128. float16 and bfloat16 are computed in
    float32 and rounded once. Only the triangle that `upper` names is read. Imaginary parts of the diagonal are ignored.
    Any strides are accepted; posdef copies an array that has no unit stride.)"},
    {"@l", R"(l : array, shape (..., n, n)
    The factor that `cholesky` returns. Only the triangle that `upper` names is read.)"},
    {"@triangular", R"(l : array, shape (..., n, n)
    Triangular matrices. Only the triangle that `upper` names is read.)"},
    {"@b_like_a", R"(b : array, shape (n,) or (..., n, k)
    One right-hand side, or k of them for each matrix, of the dtype of `a`. Batch dimensions are broadcast.)"},
    {"@b_like_l", R"(b : array, shape (n,) or (..., n, k)
    One right-hand side, or k of them for each matrix, of the dtype of `l`. Batch dimensions are broadcast.)"},
    {"@upper", R"(upper : bool, default False
    Read the upper triangle, and U is the factor. Otherwise the lower one is read, and L is the factor.)"},
    {"@upper_triangular", R"(upper : bool, default False
    Whether the matrices are upper or lower triangular.)"},
    {"@unit_diagonal", R"(unit_diagonal : bool, default False
    Take the diagonal to be ones. It is not read then.)"},
    {"@out", R"(out : array, optional
    An array of the result's shape and dtype to write to. It may be the input itself.)"},
    {"@out_logdet", R"(out : array, optional
    A real array of the batch's shape to write to.)"},
    {"@overwrite_a", R"(overwrite_a : bool, default False
    Allow the result to take the place of `a`, if that memory is writable.)"},
    {"@overwrite_b", R"(overwrite_b : bool, default False
    Allow the result to take the place of `b`, if that memory is writable.)"},
    {"@overwrite_l", R"(overwrite_l : bool, default False
    Allow the result to take the place of `l`, if that memory is writable.)"},
    {"@on_failure", R"(on_failure : {'raise', 'nan', 'report', 'nan-report'}, default 'raise'
    What to do if a matrix has no answer. 'raise': raise an exception, after all matrices have been processed. 'nan':
    fill the answer with NaN. 'report': return the pair (result, info). 'nan-report': both of the last two.)"},
    {"@threads_device", R"(threads : int, optional
    The largest number of threads. None means `get_num_threads()`.
device : str, optional
    The engine, such as 'cpu' or 'reference'. None means POSDEF_DEVICE, else 'cpu'.)"},
    {"@x", R"(x : array, shape (..., n) or (..., n, k)
    The solution, of the caller's own kind of array, C-ordered.)"},
    {"@logdet", R"(logdet : array of real numbers, the batch's shape
    One number for each matrix; 0 for n = 0. It does not overflow where the determinant would.)"},
    {"@info", R"(info : array of int32, the batch's shape
    Only with 'report' and 'nan-report': 0, or k >= 1 for a matrix that failed (see Notes).)"},
    {"@not_positive_definite", R"(NotPositiveDefiniteError
    If a matrix is not positive definite and `on_failure` is 'raise'.)"},
    {"@singular", R"(SingularError
    If a matrix fails and `on_failure` is 'raise'.)"},
    {"@raises", R"(ValueError, TypeError, UnavailableError, MemoryError
    For a bad argument, an unavailable device, or lack of memory. Nothing has been written then.)"},
    {"@minor_fails",
     R"(A matrix fails with info = k if its leading minor of order k is not positive definite. NaN and infinity count
as not positive. A matrix that fails does not change the results of the others.)"},
    {"@factor_fails",
     R"(A matrix fails with info = k if diagonal element k of its factor is not positive and finite.)"},
    {"@diagonal_fails", R"(A matrix fails with info = k if its diagonal element k is zero or not finite.)"},
    {"@golub", R"(References
----------
Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.)"},
};

}  // namespace posdef::python
