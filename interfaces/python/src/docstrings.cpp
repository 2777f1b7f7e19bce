#include "docstrings.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "docstring_parts.hpp"

namespace posdef::python {

namespace {

constexpr text functions[] = {
    {"cholesky", R"(Factor A = L·Lᴴ (lower) or A = Uᴴ·U (upper).

`linalg.cholesky` of the Python array API standard, for one matrix or a stack of them.

Parameters
----------
@a
@upper
@out
@overwrite_a
@on_failure
@threads_device

Returns
-------
factor : array, shape (..., n, n)
    L or U, of the caller's own kind of array, C-ordered. The other triangle is zero.
@info

Raises
------
@not_positive_definite
@raises

See Also
--------
Factor : An object that keeps the factor and solves with it.

Notes
-----
@minor_fails
With 'report', the columns before k hold the factor and the rest is unspecified.

The cost is n³/3 operations for each matrix, four times that for complex numbers.

@golub

Examples
--------
>>> import numpy as np, posdef
>>> a = np.array([[4.0, 2.0], [2.0, 5.0]])
>>> posdef.cholesky(a)
array([[2., 0.],
       [1., 2.]])
>>> posdef.cholesky(a, upper=True)
array([[2., 1.],
       [0., 2.]])
>>> factor, info = posdef.cholesky(np.stack([a, -a]), on_failure="report")
>>> info
array([0, 1], dtype=int32)
)"},
    {"cholesky_ex", R"(Factor A = L·Lᴴ (lower) or A = Uᴴ·U (upper) and return the pair (factor, info).

`cholesky` with on_failure='report', under the name that PyTorch uses. A matrix without a factor raises nothing.

Parameters
----------
@a
@upper
@out
@overwrite_a
@threads_device

Returns
-------
factor : array, shape (..., n, n)
    L or U. The other triangle is zero.
info : array of int32, the batch's shape
    0, or k >= 1 if the leading minor of order k is not positive definite. Then the columns before k hold the factor,
    and the rest is unspecified.

Raises
------
@raises

Notes
-----
The cost is n³/3 operations for each matrix, four times that for complex numbers.

@golub

Examples
--------
>>> import numpy as np, posdef
>>> factor, info = posdef.cholesky_ex(np.array([[4.0, 6.0], [6.0, 5.0]]))
>>> int(info)
2
)"},
    {"solve", R"(Solve A·X = B for positive definite A (LAPACK's posv).

`cholesky` and `cholesky_solve` in one call, with the same bits.

Parameters
----------
@a
@b_like_a
@upper
@out
@overwrite_b
@on_failure
@threads_device

Returns
-------
@x
@info

Raises
------
@not_positive_definite
@raises

See Also
--------
Factor : Solves several times with one factorization.

Notes
-----
@minor_fails
Its solution is NaN with 'report' too.

`a` is not changed: a copy is factored. The cost is n³/3 + 2·n²·k operations for each matrix, four times that for
complex numbers.

@golub

Examples
--------
>>> import numpy as np, posdef
>>> a = np.array([[4.0, 2.0], [2.0, 5.0]])
>>> posdef.solve(a, np.array([8.0, 12.0]))
array([1., 2.])
)"},
    {"inv", R"(Compute A⁻¹ of a positive definite matrix, both triangles.

`cholesky` and `cholesky_inverse` in one call, with the same bits.

Parameters
----------
@a
@upper
@out
@overwrite_a
@on_failure
@threads_device

Returns
-------
inverse : array, shape (..., n, n)
    A⁻¹, of the caller's own kind of array, C-ordered.
@info

Raises
------
@not_positive_definite
@raises

See Also
--------
solve : A⁻¹·B, which is faster and more accurate than a product with the inverse.

Notes
-----
@minor_fails
Its inverse is NaN with 'report' too.

The cost is n³ operations for each matrix, four times that for complex numbers.

References
----------
Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 14.3.

Examples
--------
>>> import numpy as np, posdef
>>> posdef.inv(np.array([[0.25, 0.0], [0.0, 4.0]]))
array([[4.  , 0.  ],
       [0.  , 0.25]])
)"},
    {"cholesky_solve", R"(Solve A·X = B with the factor of A: X = L⁻ᴴ·L⁻¹·B or X = U⁻¹·U⁻ᴴ·B.

`l` must be a factor. For the matrix itself there is `solve`.

Parameters
----------
@l
@b_like_l
@upper
@out
@overwrite_b
@on_failure
@threads_device

Returns
-------
@x
@info

Raises
------
@singular
@raises

See Also
--------
solve : Takes the matrix instead of its factor.
Factor : Keeps the factor and solves with it.

Notes
-----
@factor_fails

The cost is 2·n²·k operations for each matrix, four times that for complex numbers.

@golub

Examples
--------
>>> import numpy as np, posdef
>>> l = posdef.cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]))
>>> posdef.cholesky_solve(l, np.array([8.0, 12.0]))
array([1., 2.])
)"},
    {"cholesky_inverse", R"(Compute A⁻¹ = L⁻ᴴ·L⁻¹ from the factor of A, both triangles.

Parameters
----------
@l
@upper
@out
@overwrite_l
@on_failure
@threads_device

Returns
-------
inverse : array, shape (..., n, n)
    A⁻¹, of the caller's own kind of array, C-ordered.
@info

Raises
------
@singular
@raises

See Also
--------
inv : Takes the matrix instead of its factor.

Notes
-----
@factor_fails

The cost is 2·n³/3 operations for each matrix, four times that for complex numbers.

References
----------
Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 14.3.

Examples
--------
>>> import numpy as np, posdef
>>> posdef.cholesky_inverse(np.array([[0.5, 0.0], [0.0, 2.0]]))
array([[4.  , 0.  ],
       [0.  , 0.25]])
)"},
    {"cholesky_logdet", R"(Compute log det A = 2·Σ log L(i,i) from the factor of A.

Parameters
----------
@l
@upper
@out_logdet
@on_failure
@threads_device

Returns
-------
@logdet
@info

Raises
------
@singular
@raises

See Also
--------
logdet : Takes the matrix instead of its factor.

Notes
-----
Only the diagonal is read. @factor_fails

The cost is n logarithms for each matrix.

@golub

Examples
--------
>>> import numpy as np, posdef
>>> l = posdef.cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]))
>>> float(np.exp(posdef.cholesky_logdet(l)).round(12))
16.0
)"},
    {"logdet", R"(Compute log det A of a positive definite matrix.

`cholesky` and `cholesky_logdet` in one call, with the same bits.

Parameters
----------
@a
@upper
@out_logdet
overwrite_a : bool, default False
    Allow the factor to take the place of the triangle of `a` that is read. Without it a copy is factored.
@on_failure
@threads_device

Returns
-------
@logdet
@info

Raises
------
@not_positive_definite
@raises

See Also
--------
cholesky_logdet : Takes the factor, without a factorization.

Notes
-----
@minor_fails
Its value is NaN with 'report' too.

The cost is n³/3 operations for each matrix, four times that for complex numbers.

@golub

Examples
--------
>>> import numpy as np, posdef
>>> a = np.array([[4.0, 2.0], [2.0, 5.0]])
>>> float(np.exp(posdef.logdet(a)).round(12))
16.0
)"},
    {"solve_triangular", R"(Solve op(L)·X = B for a triangular L.

Parameters
----------
@triangular
@b_like_l
@upper_triangular
trans : {'N', 'T', 'C'}, default 'N'
    op(L): L itself, its transpose or its conjugate transpose.
@unit_diagonal
@out
@overwrite_b
@on_failure
@threads_device

Returns
-------
@x
@info

Raises
------
@singular
@raises

Notes
-----
@diagonal_fails

The cost is n²·k operations for each matrix, four times that for complex numbers.

References
----------
Golub and Van Loan, Matrix Computations, 4th ed., section 3.1.

Examples
--------
>>> import numpy as np, posdef
>>> l = np.array([[2.0, 0.0], [1.0, -1.0]])
>>> posdef.solve_triangular(l, np.array([2.0, 3.0]))
array([ 1., -2.])
>>> posdef.solve_triangular(l, np.array([2.0, 3.0]), trans="T")
array([ 2.5, -3. ])
)"},
    {"inv_triangular", R"(Compute L⁻¹ of a triangular matrix. The inverse has the same triangle.

Parameters
----------
@triangular
@upper_triangular
@unit_diagonal
@out
@overwrite_l
@on_failure
@threads_device

Returns
-------
inverse : array, shape (..., n, n)
    L⁻¹, of the caller's own kind of array, C-ordered. The other triangle is zero.
@info

Raises
------
@singular
@raises

Notes
-----
@diagonal_fails

The cost is n³/3 operations for each matrix, four times that for complex numbers.

References
----------
Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 14.2.

Examples
--------
>>> import numpy as np, posdef
>>> posdef.inv_triangular(np.array([[2.0, 0.0], [4.0, -1.0]]))
array([[ 0.5,  0. ],
       [ 2. , -1. ]])
)"},
    {"devices", R"(List the engines and their devices.

Returns
-------
devices : list of dict
    For each device, and for each engine that has none: 'name', 'available' and 'description'.

Examples
--------
>>> import posdef
>>> [d["name"] for d in posdef.devices() if d["available"]][:2]
['cpu', 'reference']
)"},
    {"default_device", R"(Return the device of a call that names none.

Returns
-------
name : str
    POSDEF_DEVICE, else 'cpu'.

Raises
------
ValueError
    If an environment variable of posdef has a value that posdef does not know.

Examples
--------
>>> import posdef
>>> posdef.default_device() in [d["name"] for d in posdef.devices()]
True
)"},
};

std::string_view lines_of(std::span<const text> texts, std::string_view name) {
  for (const text& t : texts)
    if (t.name == name) return t.lines;
  throw std::logic_error("posdef: no docstring " + std::string(name));
}

}  // namespace

std::string docstring(std::string_view function) {
  std::string all;
  std::string_view rest = lines_of(functions, function);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1);
    const std::string_view line = rest.substr(0, end);
    all.append(line.starts_with('@') ? lines_of(parts, line) : line).append("\n");
    rest.remove_prefix(end + 1);
  }
  return all;
}

}  // namespace posdef::python
