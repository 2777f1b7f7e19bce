"""The docstrings of posdef.torch, posdef.jax and posdef.mlx, in numpydoc form: the three have the same functions.

"@name" stands for the part of that name; $array and $new are the framework's words for an array and for making one.
"""

import re
import string

_WORDS = {
    "torch": {"array": "tensor", "new": "torch.tensor", "setup": "import torch, posdef.torch"},
    "jax": {"array": "array", "new": "jnp.array", "setup": "import jax.numpy as jnp, posdef.jax"},
    "mlx": {"array": "array", "new": "mx.array", "setup": "import mlx.core as mx, posdef.mlx"},
}

_PARTS = {
    "a": """a : $array, shape (..., n, n)
    Symmetric or Hermitian matrices. Only the triangle that `upper` names is read.""",
    "l": """l : $array, shape (..., n, n)
    The factor that `cholesky` returns. Only the triangle that `upper` names is read.""",
    "b": """b : $array, shape (n,) or (..., n, k)
    One right-hand side, or k of them for each matrix, of the same dtype. Batch dimensions are broadcast.""",
    "upper": """upper : bool, default False
    Read the upper triangle, and U is the factor. Otherwise the lower one is read, and L is the factor.""",
    "triangular": """l : $array, shape (..., n, n)
    Triangular matrices. Only the triangle that `upper` names is read.""",
    "upper_triangular": """upper : bool, default False
    Whether the matrices are upper or lower triangular.""",
    "on_failure": """on_failure : {'raise', 'nan', 'report'}, default 'raise'
    What to do if a matrix has no answer. 'raise': raise an exception. 'nan': fill the answer with NaN. 'report': return
    the pair (result, info).""",
    "on_failure_jax": """on_failure : {'nan', 'report'}, default 'nan'
    What to do if a matrix has no answer. 'nan': fill the answer with NaN. 'report': return the pair (result, info). A
    traced program cannot raise an exception.""",
    "info": """info : $array of int32, the batch's shape
    Only with 'report': 0, or k >= 1 for a matrix that failed (see Notes).""",
    "minor_raises": """
Raises
------
NotPositiveDefiniteError
    If a matrix is not positive definite and `on_failure` is 'raise'.
ValueError, TypeError
    For a bad argument.""",
    "singular_raises": """
Raises
------
SingularError
    If a matrix fails and `on_failure` is 'raise'.
ValueError, TypeError
    For a bad argument.""",
    "raises_jax": """
Raises
------
ValueError, TypeError
    For a bad argument.""",
    "minor": "A matrix fails with info = k if its leading minor of order k is not positive definite.",
    "factor_diagonal": "A matrix fails with info = k if diagonal element k of its factor is not positive and finite.",
    "diagonal": "A matrix fails with info = k if its diagonal element k is zero or not finite.",
    "gradient": "The gradient with respect to `a` is symmetric or Hermitian, as if both triangles were read.",
    "murray": """References
----------
Murray, Differentiation of the Cholesky decomposition, 2016, arXiv 1602.07527.""",
    "examples": """Examples
--------
>>> $setup
>>> a = $new([[4.0, 2.0], [2.0, 5.0]])""",
}

_TEXTS = {
    "cholesky": """Factor A = L·Lᴴ (lower) or A = Uᴴ·U (upper).

Parameters
----------
@a
@upper
@on_failure

Returns
-------
factor : $array, shape (..., n, n)
    L or U, C-ordered. The other triangle is zero.
@info
@minor_raises

See Also
--------
posdef.cholesky : The same without derivatives.

Notes
-----
@minor
With 'report', the columns before k hold the factor.
@gradient
The cost is n³/3 operations for each matrix, four times that for complex numbers.

@murray

@examples
>>> posdef.$module.cholesky(a).tolist()
[[2.0, 0.0], [1.0, 2.0]]
""",
    "cholesky_ex": """Factor A = L·Lᴴ (lower) or A = Uᴴ·U (upper) and return the pair (factor, info).

`cholesky` with on_failure='report'.

Parameters
----------
@a
@upper

Returns
-------
factor : $array, shape (..., n, n)
    L or U, C-ordered. The other triangle is zero.
info : $array of int32, the batch's shape
    0, or k >= 1 if the leading minor of order k is not positive definite.

See Also
--------
posdef.cholesky_ex : The same without derivatives.

@examples
>>> factor, info = posdef.$module.cholesky_ex(-a)
>>> info.tolist()
1
""",
    "solve": """Solve A·X = B for positive definite A (LAPACK's posv).

Parameters
----------
@a
@b
@upper
@on_failure

Returns
-------
x : $array, shape (..., n) or (..., n, k)
    The solution, C-ordered.
@info
@minor_raises

See Also
--------
posdef.solve : The same without derivatives.

Notes
-----
@minor
Its solution is NaN with 'report' too.
@gradient
The cost is n³/3 + 2·n²·k operations for each matrix, four times that for complex numbers.

@murray

@examples
>>> posdef.$module.solve(a, $new([8.0, 12.0])).tolist()
[1.0, 2.0]
""",
    "inv": """Compute A⁻¹ of a positive definite matrix, both triangles.

Parameters
----------
@a
@upper
@on_failure

Returns
-------
inverse : $array, shape (..., n, n)
    A⁻¹, C-ordered.
@info
@minor_raises

See Also
--------
posdef.inv : The same without derivatives.

Notes
-----
@minor
Its inverse is NaN with 'report' too.
@gradient
The cost is n³ operations for each matrix, four times that for complex numbers.

@murray

@examples
>>> posdef.$module.inv($new([[0.25, 0.0], [0.0, 4.0]])).tolist()
[[4.0, 0.0], [0.0, 0.25]]
""",
    "cholesky_solve": """Solve A·X = B with the factor of A: X = L⁻ᴴ·L⁻¹·B or X = U⁻¹·U⁻ᴴ·B.

Parameters
----------
@l
@b
@upper
@on_failure

Returns
-------
x : $array, shape (..., n) or (..., n, k)
    The solution, C-ordered.
@info
@singular_raises

See Also
--------
solve : Takes the matrix instead of its factor.
posdef.cholesky_solve : The same without derivatives.

Notes
-----
@factor_diagonal
The cost is 2·n²·k operations for each matrix, four times that for complex numbers.

@examples
>>> posdef.$module.cholesky_solve(posdef.$module.cholesky(a), $new([8.0, 12.0])).tolist()
[1.0, 2.0]
""",
    "cholesky_inverse": """Compute A⁻¹ = L⁻ᴴ·L⁻¹ from the factor of A, both triangles.

Parameters
----------
@l
@upper
@on_failure

Returns
-------
inverse : $array, shape (..., n, n)
    A⁻¹, C-ordered.
@info
@singular_raises

See Also
--------
inv : Takes the matrix instead of its factor.
posdef.cholesky_inverse : The same without derivatives.

Notes
-----
@factor_diagonal
The cost is 2·n³/3 operations for each matrix, four times that for complex numbers.

@examples
>>> posdef.$module.cholesky_inverse($new([[0.5, 0.0], [0.0, 2.0]])).tolist()
[[4.0, 0.0], [0.0, 0.25]]
""",
    "inv_triangular": """Compute L⁻¹ of a triangular matrix. The inverse has the same triangle.

Parameters
----------
@triangular
@upper_triangular
@on_failure

Returns
-------
inverse : $array, shape (..., n, n)
    L⁻¹, C-ordered. The other triangle is zero.
@info
@singular_raises

See Also
--------
posdef.inv_triangular : The same without derivatives.

Notes
-----
@diagonal
The cost is n³/3 operations for each matrix, four times that for complex numbers.

@examples
>>> posdef.$module.inv_triangular($new([[2.0, 0.0], [4.0, -1.0]])).tolist()
[[0.5, 0.0], [2.0, -1.0]]
""",
    "solve_triangular": """Solve op(L)·X = B for a triangular L.

Parameters
----------
@triangular
@b
@upper_triangular
trans : {'N', 'T', 'C'}, default 'N'
    op(L): L itself, its transpose or its conjugate transpose.
@on_failure

Returns
-------
x : $array, shape (..., n) or (..., n, k)
    The solution, C-ordered.
@info
@singular_raises

See Also
--------
posdef.solve_triangular : The same without derivatives.

Notes
-----
@diagonal
The cost is n²·k operations for each matrix, four times that for complex numbers.

@examples
>>> posdef.$module.solve_triangular($new([[2.0, 0.0], [1.0, -1.0]]), $new([2.0, 3.0])).tolist()
[1.0, -2.0]
""",
    "cholesky_logdet": """Compute log det A = 2·Σ log L(i,i) from the factor of A.

Parameters
----------
l : $array, shape (..., n, n)
    The factor that `cholesky` returns. Only its diagonal is read.

Returns
-------
logdet : $array of real numbers, the batch's shape
    One number for each matrix; 0 for n = 0. NaN if a diagonal element is negative or NaN.

See Also
--------
logdet : Takes the matrix instead of its factor.

Notes
-----
The cost is n logarithms for each matrix.

@examples
>>> abs(posdef.$module.cholesky_logdet(posdef.$module.cholesky(a)).tolist() - 2.772588) < 1e-5
True
""",
    "logdet": """Compute log det A of a positive definite matrix.

Parameters
----------
@a
@upper
@on_failure

Returns
-------
logdet : $array of real numbers, the batch's shape
    One number for each matrix; 0 for n = 0. It does not overflow where the determinant would.
@info
@minor_raises

See Also
--------
posdef.logdet : The same without derivatives.

Notes
-----
@minor
Its value is NaN with 'report' too.
@gradient
The cost is n³/3 operations for each matrix, four times that for complex numbers.

@murray

@examples
>>> abs(posdef.$module.logdet(a).tolist() - 2.772588) < 1e-5
True
""",
}


# JAX has other words for these, because a traced program cannot raise.
_OF_JAX = {"on_failure": "on_failure_jax", "minor_raises": "raises_jax", "singular_raises": "raises_jax"}


def _part(name, module):
    return _PARTS[_OF_JAX.get(name, name) if module == "jax" else name]


def documented(module):
    """A decorator for the functions of posdef.<module>: it gives each its docstring."""

    def decorate(function):
        text = re.sub(r"@(\w+)", lambda found: _part(found[1], module), _TEXTS[function.__name__])
        function.__doc__ = string.Template(text).substitute(_WORDS[module], module=module)
        return function

    return decorate
