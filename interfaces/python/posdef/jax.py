"""Differentiable functions for JAX: custom calls of XLA on the processor, under jit, vmap, grad, jvp and jacobians.

The functions take and return JAX arrays. A traced program cannot raise, so a matrix without an answer becomes NaN, or
is told by `info` (on_failure='report'); posdef.cholesky, on arrays that are not traced, raises. The gradient with respect
to a symmetric or Hermitian matrix is symmetric, as jax.numpy.linalg.cholesky's.

    @jax.jit
    @jax.grad
    def gradient(a):
        return posdef.jax.logdet(a)
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from . import _core
from ._derivatives import Derivatives

if not hasattr(jax, "ffi"):
    raise ImportError(f"posdef.jax needs JAX 0.5 or newer; this is {jax.__version__}")

__all__ = [
    "cholesky",
    "cholesky_ex",
    "cholesky_inverse",
    "cholesky_logdet",
    "cholesky_solve",
    "logdet",
    "solve_triangular",
    "inv_triangular",
]

jax.ffi.register_ffi_target("posdef", _core._xla_handler(), platform="cpu")

# What the handler calls the operations and the transpositions.
_CHOLESKY, _CHOLESKY_SOLVE, _CHOLESKY_INVERSE, _SOLVE_TRIANGULAR, _TRI_INV = range(5)
_TRANS = {"N": 0, "T": 1, "C": 2}


def _call(operation, *arrays, upper, trans="N"):
    """(result, info) of the custom call; the result has the shape of the last array."""
    shape, dtype = arrays[-1].shape, arrays[-1].dtype
    results = (jax.ShapeDtypeStruct(shape, dtype), jax.ShapeDtypeStruct(shape[:-2], np.int32))
    call = jax.ffi.ffi_call("posdef", results, vmap_method="broadcast_all")
    return call(*arrays, operation=np.int64(operation), upper=np.int64(upper), trans=np.int64(_TRANS[trans]))


def _transposed(x):
    return jnp.swapaxes(x, -1, -2)


def _adjoint(x):
    return jnp.conj(_transposed(x))


def _triangle(x, upper):
    return jnp.triu(x) if upper else jnp.tril(x)


def _lower(factor, upper):
    return _adjoint(factor) if upper else factor


# ---- The solves: linear in B, which JAX differentiates and transposes itself, given A·X and both solves -------------


def _solve_triangular(t, b, upper, trans):
    whole = _triangle(t, upper)
    op = {"N": whole, "T": _transposed(whole), "C": _adjoint(whole)}[trans]
    fixed = jax.lax.stop_gradient(t)

    def solve(_, y):
        return _call(_SOLVE_TRIANGULAR, fixed, y, upper=upper, trans=trans)[0]

    def transposed(_, y):
        if trans == "C":  # (Tᴴ)ᵀ = conj(T)
            return jnp.conj(_call(_SOLVE_TRIANGULAR, fixed, jnp.conj(y), upper=upper)[0])
        return _call(_SOLVE_TRIANGULAR, fixed, y, upper=upper, trans="T" if trans == "N" else "N")[0]

    return jax.lax.custom_linear_solve(lambda x: op @ x, b, solve, transposed)


def _cholesky_solve(c, b, upper):
    l = _lower(_triangle(c, upper), upper)
    fixed = jax.lax.stop_gradient(c)

    def solve(_, y):
        return _call(_CHOLESKY_SOLVE, fixed, y, upper=upper)[0]

    def transposed(_, y):  # Aᵀ = conj(A)
        return jnp.conj(solve(_, jnp.conj(y)))

    return jax.lax.custom_linear_solve(lambda x: l @ (_adjoint(l) @ x), b, solve, transposed)


def _diagonal_info(t, good):
    """The position, from 1, of the first diagonal element that is not finite or not good; 0 if there is none."""
    d = jnp.diagonal(t, axis1=-2, axis2=-1)
    bad = ~(jnp.isfinite(d) & good(d))
    return jnp.where(bad.any(-1), jnp.argmax(bad, -1) + 1, 0).astype(jnp.int32)


_rules = Derivatives(jnp, lambda l, b, adjoint: _solve_triangular(l, b, False, "C" if adjoint else "N"))


# ---- The factorization and the inverses: a tangent each; the cotangent is its transpose ----------------------------


def _with_tangent(operation, tangent):
    @functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
    def function(a, upper):
        return _call(operation, a, upper=upper)

    @function.defjvp
    def _(upper, primals, tangents):
        (a,), (a_dot,) = primals, tangents
        result, info = function(a, upper)
        return (result, info), (tangent(a, result, a_dot, upper), np.zeros(info.shape, jax.dtypes.float0))

    return function


_cholesky = _with_tangent(
    _CHOLESKY, lambda a, c, a_dot, upper: _lower(_rules.cholesky_tangent(_lower(c, upper), a_dot), upper)
)
_cholesky_inverse = _with_tangent(
    _CHOLESKY_INVERSE,
    lambda c, inverse, c_dot, upper: _rules.inverse_tangent(
        _lower(_triangle(c, upper), upper), inverse, _lower(c_dot, upper)
    ),
)
_inv_triangular = _with_tangent(
    _TRI_INV,
    lambda t, inverse, t_dot, upper: _lower(_rules.inv_triangular_tangent(_lower(inverse, upper), _lower(t_dot, upper)), upper),
)


# ---- The functions ------------------------------------------------------------------------------------------------


def _checked(function, on_failure, *arrays):
    """The arrays as JAX's, with shapes that fit; halves widened. Also the type that the result has."""
    if on_failure not in ("nan", "report"):
        raise ValueError(f"posdef.jax.{function}: on_failure is {on_failure!r}; expected 'nan' or 'report'")
    arrays = [jnp.asarray(x) for x in arrays]
    dtype = arrays[0].dtype
    for name, x in zip("lb" if len(arrays) == 2 else "a", arrays):
        if x.dtype.name not in _ACCEPTED:
            raise TypeError(f"posdef.jax.{function}: {name} has dtype {x.dtype}; expected one of {', '.join(_ACCEPTED)}")
        if x.dtype != dtype:
            raise TypeError(f"posdef.jax.{function}: {name} has dtype {x.dtype}; expected {dtype}, as l")
    a = arrays[0]
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ValueError(f"posdef.jax.{function}: a has shape {a.shape}; expected (..., n, n)")
    if dtype.name in ("float16", "bfloat16"):
        arrays = [x.astype(jnp.float32) for x in arrays]
    return arrays, dtype


_ACCEPTED = ("float32", "float64", "complex64", "complex128", "float16", "bfloat16")


def _answer(result, info, dtype, on_failure):
    result = result.astype(dtype)
    return (result, info) if on_failure == "report" else result


_jit = functools.partial(jax.jit, static_argnames=("upper", "on_failure"))


@_jit
def cholesky(a, *, upper=False, on_failure="nan"):
    """L with A = L·Lᴴ, or U with A = Uᴴ·U (upper=True), of a (..., n, n) array; see posdef.cholesky.

    on_failure: 'nan', or 'report' for the pair (factor, info).
    """
    (a,), dtype = _checked("cholesky", on_failure, a)
    return _answer(*_cholesky(a, upper), dtype, on_failure)


def cholesky_ex(a, *, upper=False):
    """The pair (factor, info); see posdef.cholesky_ex. A factor that failed is NaN."""
    return cholesky(a, upper=upper, on_failure="report")


@_jit
def cholesky_inverse(l, *, upper=False, on_failure="nan"):
    """A⁻¹ from the factor of A, both triangles; see posdef.cholesky_inverse."""
    (l,), dtype = _checked("cholesky_inverse", on_failure, l)
    return _answer(*_cholesky_inverse(l, upper), dtype, on_failure)


@_jit
def inv_triangular(l, *, upper=False, on_failure="nan"):
    """L⁻¹ of a triangular matrix; see posdef.inv_triangular."""
    (l,), dtype = _checked("inv_triangular", on_failure, l)
    return _answer(*_inv_triangular(l, upper), dtype, on_failure)


def _broadcast(function, solve, good, l, b, on_failure):
    (l, b), dtype = _checked(function, on_failure, l, b)
    vector = b.ndim == 1
    n = l.shape[-1]
    if b.ndim == 0 or b.shape[0 if vector else -2] != n:
        raise ValueError(f"posdef.jax.{function}: b has shape {b.shape}; expected ({n},) or (..., {n}, k)")
    if vector:
        b = b[:, None]
    batch = jnp.broadcast_shapes(l.shape[:-2], b.shape[:-2])
    l = jnp.broadcast_to(l, batch + l.shape[-2:])
    x = solve(l, jnp.broadcast_to(b, batch + b.shape[-2:]))
    return _answer(x[..., 0] if vector else x, _diagonal_info(l, good), dtype, on_failure)


@_jit
def cholesky_solve(l, b, *, upper=False, on_failure="nan"):
    """X with A·X = B from the factor of A, b being (n,) or (..., n, k); see posdef.cholesky_solve."""
    return _broadcast(
        "cholesky_solve", lambda l, b: _cholesky_solve(l, b, upper), lambda d: jnp.real(d) > 0, l, b, on_failure
    )


@functools.partial(jax.jit, static_argnames=("upper", "trans", "on_failure"))
def solve_triangular(l, b, *, upper=False, trans="N", on_failure="nan"):
    """X with op(L)·X = B for a triangular L; see posdef.solve_triangular."""
    if trans not in _TRANS:
        raise ValueError(f"posdef.jax.solve_triangular: trans is {trans!r}; expected 'N', 'T' or 'C'")
    return _broadcast(
        "solve_triangular", lambda l, b: _solve_triangular(l, b, upper, trans), lambda d: d != 0, l, b, on_failure
    )


def cholesky_logdet(l):
    """log det A = 2·Σ log L(i,i) from the factor of A; see posdef.cholesky_logdet."""
    return 2 * jnp.log(jnp.real(jnp.diagonal(l, axis1=-2, axis2=-1))).sum(-1)


@_jit
def logdet(a, *, upper=False, on_failure="nan"):
    """log det A of a positive definite matrix, by way of its factor; see posdef.logdet."""
    (a,), dtype = _checked("logdet", on_failure, a)
    factor, info = _cholesky(a, upper)
    value = cholesky_logdet(factor)
    return _answer(value, info, dtype if value.dtype == jnp.float32 and a.dtype != dtype else value.dtype, on_failure)
