"""Differentiable functions for JAX: custom calls of XLA on the CPU, for jit, vmap, grad, jvp and jacobians.

The functions take and return JAX arrays. A traced program cannot raise an exception, so a matrix without an answer
becomes NaN, and with on_failure='report' `info` tells which. posdef.cholesky raises, for arrays that are not traced.
The gradient with respect to a symmetric or Hermitian matrix is symmetric or Hermitian, as that of
jax.numpy.linalg.cholesky.

>>> import jax, jax.numpy as jnp, posdef.jax
>>> gradient = jax.jit(jax.grad(posdef.jax.logdet))
>>> gradient(jnp.array([[0.25, 0.0], [0.0, 4.0]])).tolist()
[[4.0, 0.0], [0.0, 0.25]]
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from . import _core
from ._derivatives import Derivatives
from ._documentation import documented

if not hasattr(jax, "ffi"):
    raise ImportError(f"posdef.jax needs JAX 0.5 or newer; this is {jax.__version__}")

__all__ = [
    "cholesky",
    "cholesky_ex",
    "cholesky_inverse",
    "cholesky_logdet",
    "cholesky_solve",
    "inv",
    "inv_triangular",
    "logdet",
    "solve",
    "solve_triangular",
]

jax.ffi.register_ffi_target("posdef", _core._xla_handler(), platform="cpu")

# The handler's numbers for the operations and the transpositions.
_CHOLESKY, _CHOLESKY_SOLVE, _CHOLESKY_INVERSE, _SOLVE_TRIANGULAR, _INV_TRIANGULAR = range(5)
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


# ---- The solves are linear in B: JAX derives their derivatives from A·X and the two solves --------------------------


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


# ---- The factorization and the inverses: each has a tangent, which JAX transposes for the cotangent -----------------


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
    _INV_TRIANGULAR,
    lambda t, inverse, t_dot, upper: _lower(
        _rules.inv_triangular_tangent(_lower(inverse, upper), _lower(t_dot, upper)), upper
    ),
)


# ---- The functions ------------------------------------------------------------------------------------------------

_ACCEPTED = ("float32", "float64", "complex64", "complex128", "float16", "bfloat16")


def _checked(function, on_failure, **arrays):
    """The arguments as JAX arrays, float16 and bfloat16 as float32, and the dtype of the result."""
    if on_failure not in ("nan", "report"):
        raise ValueError(f"posdef.jax.{function}: on_failure is {on_failure!r}; expected 'nan' or 'report'")
    (first, *_), found = arrays, []
    for name, x in arrays.items():
        x = jnp.asarray(x)
        if x.dtype.name not in _ACCEPTED:
            raise TypeError(f"posdef.jax.{function}: {name} has dtype {x.dtype}; expected {', '.join(_ACCEPTED)}")
        found.append(x)
        if x.dtype != found[0].dtype:
            raise TypeError(f"posdef.jax.{function}: {name} has dtype {x.dtype}; expected {found[0].dtype}, as {first}")
    a, dtype = found[0], found[0].dtype
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ValueError(f"posdef.jax.{function}: {first} has shape {a.shape}; expected (..., n, n)")
    if dtype.name in ("float16", "bfloat16"):
        found = [x.astype(jnp.float32) for x in found]
    return found, dtype


def _answer(result, info, dtype, on_failure):
    result = result.astype(dtype)
    return (result, info) if on_failure == "report" else result


_documented = documented("jax")
_jit = functools.partial(jax.jit, static_argnames=("upper", "on_failure"))


@_jit
@_documented
def cholesky(a, *, upper=False, on_failure="nan"):
    (a,), dtype = _checked("cholesky", on_failure, a=a)
    return _answer(*_cholesky(a, upper), dtype, on_failure)


@functools.partial(jax.jit, static_argnames="upper")
@_documented
def cholesky_ex(a, *, upper=False):
    (a,), dtype = _checked("cholesky_ex", "report", a=a)
    return _answer(*_cholesky(a, upper), dtype, "report")


@_jit
@_documented
def inv(a, *, upper=False, on_failure="nan"):
    (a,), dtype = _checked("inv", on_failure, a=a)
    factor, info = _cholesky(a, upper)
    return _answer(_cholesky_inverse(factor, upper)[0], info, dtype, on_failure)


@_jit
@_documented
def cholesky_inverse(l, *, upper=False, on_failure="nan"):
    (l,), dtype = _checked("cholesky_inverse", on_failure, l=l)
    return _answer(*_cholesky_inverse(l, upper), dtype, on_failure)


@_jit
@_documented
def inv_triangular(l, *, upper=False, on_failure="nan"):
    (l,), dtype = _checked("inv_triangular", on_failure, l=l)
    return _answer(*_inv_triangular(l, upper), dtype, on_failure)


def _broadcast(function, solve, l, b):
    """solve(l, b) with common batch dimensions, where b may be one vector. Also those dimensions."""
    vector = b.ndim == 1
    n = l.shape[-1]
    if b.ndim == 0 or b.shape[0 if vector else -2] != n:
        raise ValueError(f"posdef.jax.{function}: b has shape {b.shape}; expected ({n},) or (..., {n}, k)")
    if vector:
        b = b[:, None]
    try:
        batch = jnp.broadcast_shapes(l.shape[:-2], b.shape[:-2])
    except ValueError:
        raise ValueError(
            f"posdef.jax.{function}: the batch dimensions {l.shape[:-2]} and {b.shape[:-2]} cannot be broadcast "
            "together"
        ) from None
    x = solve(jnp.broadcast_to(l, batch + l.shape[-2:]), jnp.broadcast_to(b, batch + b.shape[-2:]))
    return x[..., 0] if vector else x, batch


@_jit
@_documented
def solve(a, b, *, upper=False, on_failure="nan"):
    (a, b), dtype = _checked("solve", on_failure, a=a, b=b)
    factor, info = _cholesky(a, upper)
    x, batch = _broadcast("solve", lambda l, b: _cholesky_solve(l, b, upper), factor, b)
    return _answer(x, jnp.broadcast_to(info, batch), dtype, on_failure)


@_jit
@_documented
def cholesky_solve(l, b, *, upper=False, on_failure="nan"):
    (l, b), dtype = _checked("cholesky_solve", on_failure, l=l, b=b)
    x, batch = _broadcast("cholesky_solve", lambda l, b: _cholesky_solve(l, b, upper), l, b)
    info = _diagonal_info(l, lambda d: jnp.real(d) > 0)
    return _answer(x, jnp.broadcast_to(info, batch), dtype, on_failure)


@functools.partial(jax.jit, static_argnames=("upper", "trans", "on_failure"))
@_documented
def solve_triangular(l, b, *, upper=False, trans="N", on_failure="nan"):
    if trans not in _TRANS:
        raise ValueError(f"posdef.jax.solve_triangular: trans is {trans!r}; expected 'N', 'T' or 'C'")
    (l, b), dtype = _checked("solve_triangular", on_failure, l=l, b=b)
    x, batch = _broadcast("solve_triangular", lambda l, b: _solve_triangular(l, b, upper, trans), l, b)
    info = _diagonal_info(l, lambda d: d != 0)
    return _answer(x, jnp.broadcast_to(info, batch), dtype, on_failure)


@_documented
def cholesky_logdet(l):
    return 2 * jnp.log(jnp.real(jnp.diagonal(l, axis1=-2, axis2=-1))).sum(-1)


@_jit
@_documented
def logdet(a, *, upper=False, on_failure="nan"):
    (a,), dtype = _checked("logdet", on_failure, a=a)
    factor, info = _cholesky(a, upper)
    value = cholesky_logdet(factor)
    return _answer(value, info, dtype if value.dtype == jnp.float32 and a.dtype != dtype else value.dtype, on_failure)
