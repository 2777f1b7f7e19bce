"""Differentiable operators for PyTorch: torch.ops.posdef.*, and the functions that call them.

The functions take and return tensors. They have gradients of every order in both modes and fake tensors, and work under
torch.vmap, torch.func and torch.compile without a break in the graph. The gradient with respect to a symmetric or
Hermitian matrix is symmetric or Hermitian, as that of torch.linalg.cholesky: as if both triangles were read.

>>> import torch, posdef.torch
>>> a = torch.tensor([[4.0, 2.0], [2.0, 5.0]], requires_grad=True)
>>> l = posdef.torch.cholesky(a)
>>> b = torch.tensor([8.0, 12.0])
>>> value = posdef.torch.cholesky_logdet(l) + (b * posdef.torch.cholesky_solve(l, b)).sum()
>>> value.backward()
>>> tuple(a.grad.shape)
(2, 2)
"""

import torch

from . import _core
from ._derivatives import Derivatives
from ._documentation import documented

if not hasattr(torch.library, "custom_op"):
    raise ImportError(f"posdef.torch needs PyTorch 2.4 or newer; this is {torch.__version__}")

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

Tensor = torch.Tensor

# ---- The operators: (result, info) each, `info` without a gradient ------------------------------------------------


def _call(function, on_failure, *arrays, **keywords):
    """The pair (result, info). With on_failure='raise' the call itself raises, in a compiled graph too."""
    arrays = [t.detach() for t in arrays]
    if on_failure in ("report", "nan"):
        on_failure = {"report": "report", "nan": "nan-report"}[on_failure]
        return function(*arrays, on_failure=on_failure, **keywords)
    result = function(*arrays, on_failure=on_failure, **keywords)
    return result, result.new_zeros(result.shape[:-2], dtype=torch.int32)


def _fake(shape_like):
    return torch.empty(shape_like.shape, dtype=shape_like.dtype, device=shape_like.device), shape_like.new_empty(
        shape_like.shape[:-2], dtype=torch.int32
    )


def _operator(name):
    return torch.library.custom_op(f"posdef::{name}", mutates_args=())


@_operator("cholesky")
def _cholesky(a: Tensor, upper: bool, on_failure: str) -> tuple[Tensor, Tensor]:
    return _call(_core.cholesky, on_failure, a, upper=upper)


@_operator("cholesky_inverse")
def _cholesky_inverse(l: Tensor, upper: bool, on_failure: str) -> tuple[Tensor, Tensor]:
    return _call(_core.cholesky_inverse, on_failure, l, upper=upper)


@_operator("inv_triangular")
def _inv_triangular(l: Tensor, upper: bool, on_failure: str) -> tuple[Tensor, Tensor]:
    return _call(_core.inv_triangular, on_failure, l, upper=upper)


@_operator("cholesky_solve")
def _cholesky_solve(l: Tensor, b: Tensor, upper: bool, on_failure: str) -> tuple[Tensor, Tensor]:
    return _call(_core.cholesky_solve, on_failure, l, b, upper=upper)


@_operator("solve_triangular")
def _solve_triangular(l: Tensor, b: Tensor, upper: bool, trans: str, on_failure: str) -> tuple[Tensor, Tensor]:
    return _call(_core.solve_triangular, on_failure, l, b, upper=upper, trans=trans)


for _op in (_cholesky, _cholesky_inverse, _inv_triangular):
    _op.register_fake(lambda a, *rest: _fake(a))
for _op in (_cholesky_solve, _solve_triangular):
    _op.register_fake(lambda l, b, *rest: _fake(b))


# ---- Derivatives --------------------------------------------------------------------------------------------------
#
# An upper factor is the adjoint of a lower one, so the formulas are for the lower factor.


class _Namespace:
    tril, conj, swapaxes = torch.tril, torch.conj, torch.transpose


def _solve(l, b, adjoint):
    return solve_triangular(l, b, trans="C" if adjoint else "N", on_failure="nan")


_rules = Derivatives(_Namespace, _solve)


def _lower(factor, upper):
    return factor.mH if upper else factor


def _triangle(g, upper):
    return torch.triu(g) if upper else torch.tril(g)


class _Rule:
    """The derivatives of one operator. `cotangents` and `tangent` take the inputs, then the result."""

    def __init__(self, operator, tensors, cotangents, tangent):
        self.operator = operator
        self.tensors = tensors
        self.cotangents = cotangents
        self.tangent = tangent
        rule = self

        class Function(torch.autograd.Function):
            """The operator with forward mode and torch.func, which custom operators do not have."""

            forward = staticmethod(operator)
            setup_context = staticmethod(rule.save)
            backward = staticmethod(rule.backward)
            vmap = staticmethod(rule.vmap)

            @staticmethod
            def jvp(ctx, *tangents):
                saved = ctx.saved_tensors
                zeros = [torch.zeros_like(x) if t is None else t for x, t in zip(saved[:tensors], tangents)]
                return tangent(*saved, *zeros, *ctx.choices), None

        self.apply = Function.apply
        operator.register_autograd(self.backward, setup_context=self.save)
        operator.register_vmap(self.vmap)

    def save(self, ctx, inputs, output):
        result, info = output
        ctx.choices = inputs[self.tensors : -1]
        ctx.mark_non_differentiable(info)
        ctx.save_for_backward(*inputs[: self.tensors], result)
        ctx.save_for_forward(*inputs[: self.tensors], result)

    def backward(self, ctx, result_bar, _):
        bars = self.cotangents(*ctx.saved_tensors, result_bar, *ctx.choices)
        return *bars, *[None] * (len(ctx.choices) + 1)

    def vmap(self, info, in_dims, *arguments):
        """Moves the new dimension to the front: the operators take any number of batch dimensions."""
        tensors = [
            t.expand(info.batch_size, *t.shape) if d is None else t.movedim(d, 0)
            for t, d in zip(arguments[: self.tensors], in_dims)
        ]
        return self.apply(*tensors, *arguments[self.tensors :]), (0, 0)

    def __call__(self, *arguments):
        # torch.compile supports the operator, but not the function around it.
        return (self.operator if torch.compiler.is_compiling() else self.apply)(*arguments)


def _cholesky_bar(a, c, c_bar, upper):
    return (_rules.cholesky_cotangent(_lower(c, upper), _lower(c_bar, upper)),)


def _cholesky_dot(a, c, a_dot, upper):
    return _lower(_rules.cholesky_tangent(_lower(c, upper), a_dot), upper)


def _inverse_bar(c, inverse, inverse_bar, upper):
    return (_lower(_rules.inverse_cotangent(_lower(c, upper), inverse, inverse_bar), upper),)


def _inverse_dot(c, inverse, c_dot, upper):
    return _rules.inverse_tangent(_lower(c, upper), inverse, _lower(c_dot, upper))


def _inv_triangular_bar(t, inverse, inverse_bar, upper):
    return (_lower(_rules.inv_triangular_cotangent(_lower(inverse, upper), _lower(inverse_bar, upper)), upper),)


def _inv_triangular_dot(t, inverse, t_dot, upper):
    return _lower(_rules.inv_triangular_tangent(_lower(inverse, upper), _lower(t_dot, upper)), upper)


def _cholesky_solve_bar(c, b, x, x_bar, upper):
    """B̄ = A⁻¹·X̄; Ā = −B̄·Xᴴ, and from it L̄ = tril((Ā + Āᴴ)·L)."""
    b_bar = cholesky_solve(c, x_bar, upper=upper, on_failure="nan")
    a_bar = -(b_bar @ x.mH)
    return _lower(torch.tril((a_bar + a_bar.mH) @ _lower(c, upper)), upper), b_bar


def _cholesky_solve_dot(c, b, x, c_dot, b_dot, upper):
    """Ẋ = A⁻¹·(Ḃ − Ȧ·X) with Ȧ = L̇·Lᴴ + L·L̇ᴴ."""
    a_dot = torch.tril(_lower(c_dot, upper)) @ _lower(c, upper).mH
    return cholesky_solve(c, b_dot - (a_dot + a_dot.mH) @ x, upper=upper, on_failure="nan")


def _solve_triangular_bar(t, b, x, x_bar, upper, trans):
    """B̄ = op(T)⁻ᴴ·X̄; the cotangent of op(T) is −B̄·Xᴴ, and op of it is that of T."""
    if trans == "T":
        b_bar = solve_triangular(t, x_bar.conj(), upper=upper, on_failure="nan").conj()
        t_bar = (x @ b_bar.mH).conj()
    else:
        b_bar = solve_triangular(t, x_bar, upper=upper, trans="C" if trans == "N" else "N", on_failure="nan")
        t_bar = b_bar @ x.mH if trans == "N" else x @ b_bar.mH
    return -_triangle(t_bar, upper), b_bar


def _solve_triangular_dot(t, b, x, t_dot, b_dot, upper, trans):
    """Ẋ = op(T)⁻¹·(Ḃ − op(Ṫ)·X)."""
    t_dot = _triangle(t_dot, upper)
    t_dot = {"N": t_dot, "T": t_dot.mT, "C": t_dot.mH}[trans]
    return solve_triangular(t, b_dot - t_dot @ x, upper=upper, trans=trans, on_failure="nan")


_factor = _Rule(_cholesky, 1, _cholesky_bar, _cholesky_dot)
_invert = _Rule(_cholesky_inverse, 1, _inverse_bar, _inverse_dot)
_invert_triangle = _Rule(_inv_triangular, 1, _inv_triangular_bar, _inv_triangular_dot)
_solve_factored = _Rule(_cholesky_solve, 2, _cholesky_solve_bar, _cholesky_solve_dot)
_solve_triangle = _Rule(_solve_triangular, 2, _solve_triangular_bar, _solve_triangular_dot)


def _answer(pair, on_failure):
    return pair if on_failure == "report" else pair[0]


def _tensor(function, name, value):
    if not isinstance(value, Tensor):
        raise TypeError(f"posdef.torch.{function}: {name} is {type(value).__name__}; expected a tensor")
    return value


def _check(function, on_failure):
    if on_failure not in ("raise", "nan", "report"):
        raise ValueError(
            f"posdef.torch.{function}: on_failure is {on_failure!r}; expected 'raise', 'nan' or 'report'"
        )
    return on_failure


# ---- The functions ------------------------------------------------------------------------------------------------

_documented = documented("torch")


@_documented
def cholesky(a, *, upper=False, on_failure="raise"):
    return _answer(_factor(_tensor("cholesky", "a", a), bool(upper), _check("cholesky", on_failure)), on_failure)


@_documented
def cholesky_ex(a, *, upper=False):
    return _factor(_tensor("cholesky_ex", "a", a), bool(upper), "report")


@_documented
def cholesky_inverse(l, *, upper=False, on_failure="raise"):
    l = _tensor("cholesky_inverse", "l", l)
    return _answer(_invert(l, bool(upper), _check("cholesky_inverse", on_failure)), on_failure)


@_documented
def inv_triangular(l, *, upper=False, on_failure="raise"):
    l = _tensor("inv_triangular", "l", l)
    return _answer(_invert_triangle(l, bool(upper), _check("inv_triangular", on_failure)), on_failure)


def _broadcast(rule, function, names, l, b, *choices):
    """Broadcasts batch dimensions, and makes a vector one column, by views, which PyTorch differentiates."""
    l, b = _tensor(function, names[0], l), _tensor(function, names[1], b)
    vector = b.ndim == 1
    if vector:
        b = b.unsqueeze(-1)
    try:
        batch = torch.broadcast_shapes(l.shape[:-2], b.shape[:-2])
    except RuntimeError:
        raise ValueError(
            f"posdef.torch.{function}: the batch dimensions {tuple(l.shape[:-2])} and {tuple(b.shape[:-2])} cannot be "
            "broadcast together"
        ) from None
    x, info = rule(l.expand(*batch, *l.shape[-2:]), b.expand(*batch, *b.shape[-2:]), *choices)
    return (x.squeeze(-1) if vector else x), info


@_documented
def cholesky_solve(l, b, *, upper=False, on_failure="raise"):
    on_failure = _check("cholesky_solve", on_failure)
    pair = _broadcast(_solve_factored, "cholesky_solve", ("l", "b"), l, b, bool(upper), on_failure)
    return _answer(pair, on_failure)


@_documented
def solve_triangular(l, b, *, upper=False, trans="N", on_failure="raise"):
    on_failure = _check("solve_triangular", on_failure)
    if trans not in ("N", "T", "C"):
        raise ValueError(f"posdef.torch.solve_triangular: trans is {trans!r}; expected 'N', 'T' or 'C'")
    pair = _broadcast(_solve_triangle, "solve_triangular", ("l", "b"), l, b, bool(upper), trans, on_failure)
    return _answer(pair, on_failure)


def _nan_for(on_failure):
    """What the factorization inside another function does: a factor that failed becomes NaN."""
    return "nan" if on_failure == "report" else on_failure


@_documented
def solve(a, b, *, upper=False, on_failure="raise"):
    a, choice = _tensor("solve", "a", a), _nan_for(_check("solve", on_failure))
    factor, info = _factor(a, bool(upper), choice)
    x, _ = _broadcast(_solve_factored, "solve", ("a", "b"), factor, b, bool(upper), choice)
    batch = x.shape[:-1] if b.ndim == 1 else x.shape[:-2]
    return _answer((x, info.expand(batch)), on_failure)


@_documented
def inv(a, *, upper=False, on_failure="raise"):
    choice = _nan_for(_check("inv", on_failure))
    factor, info = _factor(_tensor("inv", "a", a), bool(upper), choice)
    return _answer((_invert(factor, bool(upper), choice)[0], info), on_failure)


@_documented
def cholesky_logdet(l):
    d = _tensor("cholesky_logdet", "l", l).diagonal(dim1=-2, dim2=-1)
    return 2 * (d.real if d.is_complex() else d).log().sum(-1)


@_documented
def logdet(a, *, upper=False, on_failure="raise"):
    factor, info = _factor(_tensor("logdet", "a", a), bool(upper), _nan_for(_check("logdet", on_failure)))
    return _answer((cholesky_logdet(factor), info), on_failure)
