"""Differentiable functions for MLX: complex matrices, failure info and gradients, which mlx.core.linalg does without.

The functions take and return MLX arrays, whose memory the processor and the GPU share, and have gradients of every order
in both modes (mx.grad, mx.vjp, mx.jvp). They compute when they are called: stacks (..., n, n) do what mx.vmap would, and
mx.compile, which calls a function without data, has to stay outside. A gradient with respect to a symmetric or Hermitian
matrix is symmetric, as if both triangles had been read.

    value, gradient = mx.value_and_grad(posdef.mlx.logdet)(a)
"""

import functools

import mlx.core as mx

from . import _core
from ._derivatives import Derivatives

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


def _adjoint(x):
    return mx.conj(mx.swapaxes(x, -1, -2))


def _lower(factor, upper):
    return _adjoint(factor) if upper else factor


def _triangle(x, upper):
    return mx.triu(x) if upper else mx.tril(x)


def _solve(l, b, adjoint):
    return solve_triangular(l, b, trans="C" if adjoint else "N", on_failure="nan")


_rules = Derivatives(mx, _solve)


def _differentiable(function, cotangents, tangent):
    """A custom function of arrays alone, which returns (result, info), with both derivatives of the result."""
    wrapped = mx.custom_function(function)

    @wrapped.vjp
    def _(primals, bars, outputs):
        arrays = primals if isinstance(primals, (tuple, list)) else (primals,)
        found = cotangents(*arrays, outputs[0], bars[0])
        return found if len(arrays) > 1 else found[0]

    @wrapped.jvp
    def _(primals, dots):
        arrays = primals if isinstance(primals, (tuple, list)) else (primals,)
        dots = dots if isinstance(dots, (tuple, list)) else (dots,)
        dots = [mx.zeros_like(x) if dot is None else dot for x, dot in zip(arrays, dots)]
        result, info = wrapped(*arrays)
        return tangent(*arrays, result, *dots), mx.zeros_like(info)

    return wrapped


def _with_info(core, on_failure, **choices):
    """The function of posdef, in the form (result, info)."""

    def function(*arrays):
        if on_failure != "raise":
            return core(*arrays, on_failure="report" if on_failure == "report" else "nan-report", **choices)
        result = core(*arrays, **choices)
        return result, mx.zeros(result.shape[:-2], mx.int32)

    return function


# One custom function for each set of choices: MLX differentiates with respect to every argument.


@functools.cache
def _cholesky(upper, on_failure):
    return _differentiable(
        _with_info(_core.cholesky, on_failure, upper=upper),
        lambda a, c, c_bar: [_rules.cholesky_cotangent(_lower(c, upper), _lower(c_bar, upper))],
        lambda a, c, a_dot: _lower(_rules.cholesky_tangent(_lower(c, upper), a_dot), upper),
    )


@functools.cache
def _cholesky_inverse(upper, on_failure):
    def lower(c):
        return _lower(_triangle(c, upper), upper)

    return _differentiable(
        _with_info(_core.cholesky_inverse, on_failure, upper=upper),
        lambda c, inverse, bar: [_lower(_rules.inverse_cotangent(lower(c), inverse, bar), upper)],
        lambda c, inverse, c_dot: _rules.inverse_tangent(lower(c), inverse, _lower(c_dot, upper)),
    )


@functools.cache
def _inv_triangular(upper, on_failure):
    return _differentiable(
        _with_info(_core.inv_triangular, on_failure, upper=upper),
        lambda t, inverse, bar: [_lower(_rules.inv_triangular_cotangent(_lower(inverse, upper), _lower(bar, upper)), upper)],
        lambda t, inverse, dot: _lower(_rules.inv_triangular_tangent(_lower(inverse, upper), _lower(dot, upper)), upper),
    )


@functools.cache
def _cholesky_solve(upper, on_failure):
    def cotangents(c, b, x, x_bar):
        """B̄ = A⁻¹·X̄; Ā = −B̄·Xᴴ, and from it L̄ = tril((Ā + Āᴴ)·L)."""
        b_bar = cholesky_solve(c, x_bar, upper=upper, on_failure="nan")
        a_bar = -(b_bar @ _adjoint(x))
        l_bar = mx.tril((a_bar + _adjoint(a_bar)) @ _lower(_triangle(c, upper), upper))
        return [_lower(l_bar, upper), b_bar]

    def tangent(c, b, x, c_dot, b_dot):
        """Ẋ = A⁻¹·(Ḃ − Ȧ·X) with Ȧ = L̇·Lᴴ + L·L̇ᴴ."""
        a_dot = mx.tril(_lower(c_dot, upper)) @ _adjoint(_lower(_triangle(c, upper), upper))
        return cholesky_solve(c, b_dot - (a_dot + _adjoint(a_dot)) @ x, upper=upper, on_failure="nan")

    return _differentiable(_with_info(_core.cholesky_solve, on_failure, upper=upper), cotangents, tangent)


@functools.cache
def _solve_triangular(upper, trans, on_failure):
    def cotangents(t, b, x, x_bar):
        """B̄ = op(T)⁻ᴴ·X̄; the cotangent of op(T) is −B̄·Xᴴ, which op takes back to T."""
        if trans == "T":
            b_bar = mx.conj(solve_triangular(t, mx.conj(x_bar), upper=upper, on_failure="nan"))
            t_bar = mx.conj(x @ _adjoint(b_bar))
        else:
            b_bar = solve_triangular(t, x_bar, upper=upper, trans="C" if trans == "N" else "N", on_failure="nan")
            t_bar = b_bar @ _adjoint(x) if trans == "N" else x @ _adjoint(b_bar)
        return [-_triangle(t_bar, upper), b_bar]

    def tangent(t, b, x, t_dot, b_dot):
        """Ẋ = op(T)⁻¹·(Ḃ − op(Ṫ)·X)."""
        t_dot = _triangle(t_dot, upper)
        op_dot = {"N": t_dot, "T": mx.swapaxes(t_dot, -1, -2), "C": _adjoint(t_dot)}[trans]
        return solve_triangular(t, b_dot - op_dot @ x, upper=upper, trans=trans, on_failure="nan")

    return _differentiable(
        _with_info(_core.solve_triangular, on_failure, upper=upper, trans=trans), cotangents, tangent
    )


def _checked(function, on_failure):
    if on_failure not in ("raise", "nan", "report"):
        raise ValueError(f"posdef.mlx.{function}: on_failure is {on_failure!r}; expected 'raise', 'nan' or 'report'")
    return on_failure


def _answer(pair, on_failure):
    return tuple(pair) if on_failure == "report" else pair[0]


def cholesky(a, *, upper=False, on_failure="raise"):
    """L with A = L·Lᴴ, or U with A = Uᴴ·U (upper=True), of a (..., n, n) array; see posdef.cholesky.

    on_failure: 'raise', 'nan', or 'report' for the pair (factor, info).
    """
    return _answer(_cholesky(bool(upper), _checked("cholesky", on_failure))(a), on_failure)


def cholesky_ex(a, *, upper=False):
    """The pair (factor, info); see posdef.cholesky_ex."""
    return cholesky(a, upper=upper, on_failure="report")


def cholesky_inverse(l, *, upper=False, on_failure="raise"):
    """A⁻¹ from the factor of A, both triangles; see posdef.cholesky_inverse."""
    return _answer(_cholesky_inverse(bool(upper), _checked("cholesky_inverse", on_failure))(l), on_failure)


def inv_triangular(l, *, upper=False, on_failure="raise"):
    """L⁻¹ of a triangular matrix; see posdef.inv_triangular."""
    return _answer(_inv_triangular(bool(upper), _checked("inv_triangular", on_failure))(l), on_failure)


def _broadcast(function, l, b):
    """Batch dimensions are broadcast, and a vector is one column, by MLX, whose matter their gradients are."""
    vector = b.ndim == 1
    if vector:
        b = mx.expand_dims(b, -1)
    batch = mx.broadcast_shapes(l.shape[:-2], b.shape[:-2])
    x, info = function(mx.broadcast_to(l, (*batch, *l.shape[-2:])), mx.broadcast_to(b, (*batch, *b.shape[-2:])))
    return (mx.squeeze(x, -1) if vector else x), info


def cholesky_solve(l, b, *, upper=False, on_failure="raise"):
    """X with A·X = B from the factor of A, b being (n,) or (..., n, k); see posdef.cholesky_solve."""
    function = _cholesky_solve(bool(upper), _checked("cholesky_solve", on_failure))
    return _answer(_broadcast(function, l, b), on_failure)


def solve_triangular(l, b, *, upper=False, trans="N", on_failure="raise"):
    """X with op(L)·X = B for a triangular L; see posdef.solve_triangular."""
    function = _solve_triangular(bool(upper), trans, _checked("solve_triangular", on_failure))
    return _answer(_broadcast(function, l, b), on_failure)


def cholesky_logdet(l):
    """log det A = 2·Σ log L(i,i) from the factor of A; see posdef.cholesky_logdet."""
    d = mx.diagonal(l, axis1=-2, axis2=-1)
    return 2 * mx.log(mx.real(d) if d.dtype == mx.complex64 else d).sum(-1)


def logdet(a, *, upper=False, on_failure="raise"):
    """log det A of a positive definite matrix, by way of its factor; see posdef.logdet."""
    factor, info = _cholesky(bool(upper), "nan" if _checked("logdet", on_failure) == "report" else on_failure)(a)
    return _answer((cholesky_logdet(factor), info), on_failure)
