"""Differentiable functions for MLX, with complex matrices, info and gradients, which mlx.core.linalg does not have.

The functions take and return MLX arrays, whose memory the CPU and the GPU share. They have gradients of every order in
both modes (mx.grad, mx.vjp, mx.jvp). They compute when they are called, so mx.vmap and mx.compile, which call a
function without data, raise a TypeError; pass a stack (..., n, n) instead of mx.vmap. The gradient with respect to a
symmetric or Hermitian matrix is symmetric or Hermitian, as if both triangles were read.

>>> import mlx.core as mx, posdef.mlx
>>> value, gradient = mx.value_and_grad(posdef.mlx.logdet)(mx.array([[0.25, 0.0], [0.0, 4.0]]))
>>> gradient.tolist()
[[4.0, 0.0], [0.0, 0.25]]
"""

import functools

import mlx.core as mx

from . import _core
from ._derivatives import Derivatives
from ._documentation import documented

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
    """A custom function of arrays, which returns (result, info), with both derivatives of the result."""
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
    """The function of posdef as one that returns (result, info)."""

    def function(*arrays):
        if on_failure != "raise":
            return core(*arrays, on_failure="report" if on_failure == "report" else "nan-report", **choices)
        result = core(*arrays, **choices)
        return result, mx.zeros(result.shape[:-2], mx.int32)

    return function


# One custom function for each set of choices, because MLX differentiates with respect to every argument.


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
    def lower(t):
        return _lower(t, upper)

    return _differentiable(
        _with_info(_core.inv_triangular, on_failure, upper=upper),
        lambda t, inverse, bar: [lower(_rules.inv_triangular_cotangent(lower(inverse), lower(bar)))],
        lambda t, inverse, dot: lower(_rules.inv_triangular_tangent(lower(inverse), lower(dot))),
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
        """B̄ = op(T)⁻ᴴ·X̄; the cotangent of op(T) is −B̄·Xᴴ, and op of it is that of T."""
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


def _array(function, name, value):
    if not isinstance(value, mx.array):
        raise TypeError(f"posdef.mlx.{function}: {name} is {type(value).__name__}; expected an array of MLX")
    return value


_documented = documented("mlx")


@_documented
def cholesky(a, *, upper=False, on_failure="raise"):
    function = _cholesky(bool(upper), _checked("cholesky", on_failure))
    return _answer(function(_array("cholesky", "a", a)), on_failure)


@_documented
def cholesky_ex(a, *, upper=False):
    return tuple(_cholesky(bool(upper), "report")(_array("cholesky_ex", "a", a)))


@_documented
def cholesky_inverse(l, *, upper=False, on_failure="raise"):
    function = _cholesky_inverse(bool(upper), _checked("cholesky_inverse", on_failure))
    return _answer(function(_array("cholesky_inverse", "l", l)), on_failure)


@_documented
def inv_triangular(l, *, upper=False, on_failure="raise"):
    function = _inv_triangular(bool(upper), _checked("inv_triangular", on_failure))
    return _answer(function(_array("inv_triangular", "l", l)), on_failure)


def _broadcast(rule, function, names, l, b):
    """Broadcasts batch dimensions, and makes a vector one column, by functions that MLX differentiates."""
    l, b = _array(function, names[0], l), _array(function, names[1], b)
    vector = b.ndim == 1
    if vector:
        b = mx.expand_dims(b, -1)
    try:
        batch = mx.broadcast_shapes(l.shape[:-2], b.shape[:-2])
    except ValueError:
        raise ValueError(
            f"posdef.mlx.{function}: the batch dimensions {l.shape[:-2]} and {b.shape[:-2]} cannot be broadcast "
            "together"
        ) from None
    x, info = rule(mx.broadcast_to(l, (*batch, *l.shape[-2:])), mx.broadcast_to(b, (*batch, *b.shape[-2:])))
    return (mx.squeeze(x, -1) if vector else x), info


@_documented
def cholesky_solve(l, b, *, upper=False, on_failure="raise"):
    rule = _cholesky_solve(bool(upper), _checked("cholesky_solve", on_failure))
    return _answer(_broadcast(rule, "cholesky_solve", ("l", "b"), l, b), on_failure)


@_documented
def solve_triangular(l, b, *, upper=False, trans="N", on_failure="raise"):
    if trans not in ("N", "T", "C"):
        raise ValueError(f"posdef.mlx.solve_triangular: trans is {trans!r}; expected 'N', 'T' or 'C'")
    rule = _solve_triangular(bool(upper), trans, _checked("solve_triangular", on_failure))
    return _answer(_broadcast(rule, "solve_triangular", ("l", "b"), l, b), on_failure)


def _nan_for(on_failure):
    """What the factorization inside another function does: a factor that failed becomes NaN."""
    return "nan" if on_failure == "report" else on_failure


@_documented
def solve(a, b, *, upper=False, on_failure="raise"):
    choice = _nan_for(_checked("solve", on_failure))
    factor, info = _cholesky(bool(upper), choice)(_array("solve", "a", a))
    x, _ = _broadcast(_cholesky_solve(bool(upper), choice), "solve", ("a", "b"), factor, b)
    batch = x.shape[:-1] if b.ndim == 1 else x.shape[:-2]
    return _answer((x, mx.broadcast_to(info, batch)), on_failure)


@_documented
def inv(a, *, upper=False, on_failure="raise"):
    choice = _nan_for(_checked("inv", on_failure))
    factor, info = _cholesky(bool(upper), choice)(_array("inv", "a", a))
    return _answer((_cholesky_inverse(bool(upper), choice)(factor)[0], info), on_failure)


@_documented
def cholesky_logdet(l):
    d = mx.diagonal(_array("cholesky_logdet", "l", l), axis1=-2, axis2=-1)
    return 2 * mx.log(mx.real(d) if d.dtype == mx.complex64 else d).sum(-1)


@_documented
def logdet(a, *, upper=False, on_failure="raise"):
    function = _cholesky(bool(upper), _nan_for(_checked("logdet", on_failure)))
    factor, info = function(_array("logdet", "a", a))
    return _answer((cholesky_logdet(factor), info), on_failure)
