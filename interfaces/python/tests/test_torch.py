"""posdef on PyTorch tensors, and the operators of posdef.torch."""

import numpy as np
import pytest
from conftest import positive_definite, random_matrix

import posdef

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

DOUBLES = ["float64", "complex128"]


def tensor(a, **keywords):
    return torch.tensor(np.asarray(a), **keywords)


class TestArrays:
    """posdef on tensors through DLPack, without posdef.torch."""

    def test_same_numbers_as_numpy(self, dtype, upper):
        a, b = positive_definite(9, dtype, (3,)), random_matrix((3, 9, 2), dtype)
        c = posdef.cholesky(tensor(a), upper=upper)
        assert type(c) is torch.Tensor and str(c.dtype) == f"torch.{dtype}" and c.device.type == "cpu"
        np.testing.assert_array_equal(c, posdef.cholesky(a, upper=upper))
        factor, info = posdef.cholesky_ex(tensor(a))
        assert info.dtype == torch.int32 and info.shape == (3,)
        np.testing.assert_array_equal(
            posdef.cholesky_solve(c, tensor(b), upper=upper), posdef.cholesky_solve(c.numpy(), b, upper=upper)
        )
        np.testing.assert_array_equal(posdef.logdet(tensor(a)), posdef.logdet(a))

    def test_no_copy(self):
        a = tensor(positive_definite(4, "float64"))
        expected = posdef.cholesky(a)
        out = torch.zeros_like(a)
        assert posdef.cholesky(a, out=out) is out and torch.equal(out, expected)
        address = a.data_ptr()
        assert posdef.cholesky(a, overwrite_a=True) is a
        assert a.data_ptr() == address and torch.equal(a, expected)

    def test_views(self, dtype):
        a = tensor(positive_definite(6, dtype, (4,)))
        expected = posdef.cholesky(a)
        for same in (a.mH, a.mH.contiguous().mH, a[:, ::1], a.repeat_interleave(2, 0)[::2], a.transpose(0, 2).contiguous().transpose(0, 2)):
            assert torch.equal(same, a)
            assert torch.equal(posdef.cholesky(same), expected)

    @pytest.mark.parametrize("half", ["float16", "bfloat16"])
    def test_halves(self, half):
        a = tensor(positive_definite(5, "float32")).to(getattr(torch, half))
        c = posdef.cholesky(a)
        assert c.dtype == a.dtype
        assert torch.equal(c, posdef.cholesky(a.float()).to(a.dtype))

    def test_bad_argument_is_named(self):
        a = torch.eye(3, requires_grad=True)
        with pytest.raises(TypeError, match="posdef.cholesky: a requires a gradient; posdef.torch.cholesky has one"):
            posdef.cholesky(a)
        with pytest.raises(TypeError, match="^posdef.Factor: a requires a gradient; posdef.torch.cholesky has one"):
            posdef.Factor(a)
        with pytest.raises(TypeError, match="posdef.cholesky: a has dtype torch.int64"):
            posdef.cholesky(torch.eye(3, dtype=torch.int64))
        with pytest.raises(posdef.UnavailableError, match="posdef.cholesky: a is on a"):
            posdef.cholesky(torch.eye(3, device="meta"))
        with pytest.raises(TypeError, match="posdef.cholesky: a is a sparse tensor"):
            posdef.cholesky(torch.eye(3).to_sparse())


pt = None
if hasattr(torch.library, "custom_op"):
    import posdef.torch as pt

operators = pytest.mark.skipif(pt is None, reason=f"PyTorch {torch.__version__} has no torch.library.custom_op")


def inputs(dtype, upper, batch=()):
    """A matrix, its factor and right-hand sides, all with requires_grad."""
    a = positive_definite(3, dtype, batch, spread=10)
    c = posdef.cholesky(a, upper=upper)
    b = random_matrix((*batch, 3, 2), dtype)
    return [tensor(x, requires_grad=True) for x in (a, c, b)]


def hermitian(a):
    # Not a.mH: PyTorch 2.15 cannot batch the forward derivative of that view.
    return (a + a.mT.conj_physical()) / 2


def cases(upper):
    """Functions of (a, c, b) for every operation. They make a Hermitian, because finite differences perturb it."""
    yield "cholesky", lambda a, c, b: pt.cholesky(hermitian(a), upper=upper)
    yield "logdet", lambda a, c, b: pt.logdet(hermitian(a), upper=upper)
    yield "solve", lambda a, c, b: pt.solve(hermitian(a), b, upper=upper)
    yield "inv", lambda a, c, b: pt.inv(hermitian(a), upper=upper)
    yield "cholesky_logdet", lambda a, c, b: pt.cholesky_logdet(c)
    yield "cholesky_inverse", lambda a, c, b: pt.cholesky_inverse(c, upper=upper)
    yield "cholesky_solve", lambda a, c, b: pt.cholesky_solve(c, b, upper=upper)
    yield "inv_triangular", lambda a, c, b: pt.inv_triangular(c, upper=upper)
    for trans in "NTC":
        yield f"solve_triangular {trans}", lambda a, c, b, t=trans: pt.solve_triangular(c, b, upper=upper, trans=t)


NAMES = [name for name, _ in cases(False)]


def real_diagonal(c):
    """c with a real diagonal: `cholesky_solve` does not read the imaginary part, which has no gradient."""
    d = torch.diagonal(c, dim1=-2, dim2=-1)
    return c - torch.diag_embed(d) + torch.diag_embed(d.real.to(c.dtype))


KINDS = [("float64", False), ("complex128", False), ("complex128", True)]


@operators
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype, upper", KINDS)
def test_gradcheck(name, dtype, upper):
    """Compares both modes with finite differences; for float64 also under vmap."""
    function = dict(cases(upper))[name]

    def checked(a, c, b):
        return function(a, real_diagonal(c) if "triangular" not in name and name != "inv_triangular" else c, b)

    batched = dtype == "float64"
    torch.autograd.gradcheck(
        checked,
        inputs(dtype, upper),
        check_forward_ad=True,
        check_batched_grad=batched,
        check_batched_forward_grad=batched,
    )


@operators
@pytest.mark.parametrize("name", NAMES)
def test_gradgradcheck(name):
    torch.autograd.gradgradcheck(dict(cases(False))[name], inputs("float64", False), fast_mode=True)


@operators
@pytest.mark.parametrize("dtype", DOUBLES)
def test_gradients_are_pytorchs(dtype, upper):
    """Compares Hermitian parts: PyTorch's gradient has a skew part if the loss depends on imaginary diagonals."""
    a, _, b = inputs(dtype, upper, (3,))
    ours = torch.autograd.grad(abs(pt.cholesky(a, upper=upper) @ b).sum(), a)[0]
    theirs = torch.autograd.grad(abs(torch.linalg.cholesky(a, upper=upper) @ b).sum(), a)[0]
    torch.testing.assert_close(ours, hermitian(theirs))


@operators
def test_solve_and_inv_have_the_bits_of_posdef(dtype, upper):
    a, b = (x.detach() for x in inputs(dtype, upper, (3,))[::2])
    for right in (b, b[0], b[0, :, 0]):
        assert torch.equal(pt.solve(a, right, upper=upper), posdef.solve(a, right, upper=upper))
    assert torch.equal(pt.inv(a, upper=upper), posdef.inv(a, upper=upper))


@operators
def test_failure_of_solve_and_inv():
    a = tensor(positive_definite(4, "float32", (3,)))
    a[1, 2, 2] = -1
    b = torch.ones(2, 1, 4, 1)
    x, info = pt.solve(a, b, on_failure="report")
    assert info.tolist() == [[0, 3, 0]] * 2 and torch.isnan(x).all((-1, -2)).tolist() == [[False, True, False]] * 2
    x, info = pt.solve(a, torch.ones(4), on_failure="report")
    assert info.tolist() == [0, 3, 0] and x.shape == (3, 4)
    inverse, info = pt.inv(a, on_failure="report")
    assert info.tolist() == [0, 3, 0] and torch.isnan(inverse).all((-1, -2)).tolist() == [False, True, False]
    for call in (lambda: pt.solve(a, b), lambda: pt.inv(a)):
        with pytest.raises(posdef.NotPositiveDefiniteError, match="matrix 1: the leading minor of order 3"):
            call()


@operators
def test_broadcast_gradients():
    a, c, b = inputs("float64", False, (3,))
    vector = b[0, :, 0].detach().requires_grad_()
    torch.autograd.gradcheck(lambda c, v: pt.cholesky_solve(c, v[:, None])[..., 0], [c, vector])
    torch.autograd.gradcheck(lambda c, v: pt.cholesky_solve(c[0], v), [c, vector])
    torch.autograd.gradcheck(lambda c, b: pt.solve_triangular(c[0], b), [c, b])


@operators
@pytest.mark.parametrize("dtype, upper", KINDS[::2])
def test_opcheck(dtype, upper):
    a, c, b = inputs(dtype, upper, (2,))
    ops = torch.ops.posdef
    for on_failure in ("raise", "report"):
        torch.library.opcheck(ops.cholesky.default, (a, upper, on_failure))
    torch.library.opcheck(ops.cholesky_inverse.default, (c, upper, "raise"))
    torch.library.opcheck(ops.inv_triangular.default, (c, upper, "raise"))
    torch.library.opcheck(ops.cholesky_solve.default, (c, b, upper, "raise"))
    for trans in "TC":
        torch.library.opcheck(ops.solve_triangular.default, (c, b, upper, trans, "raise"))


@operators
@pytest.mark.parametrize("name", NAMES)
def test_vmap(name, dtype, upper):
    function = dict(cases(upper))[name]
    a, c, b = (x.detach() for x in inputs(dtype, upper, (5, 3)))
    expected = function(a, c, b)
    torch.testing.assert_close(torch.vmap(torch.vmap(function))(a, c, b), expected)
    torch.testing.assert_close(torch.vmap(function, in_dims=(1, 1, 1), out_dims=1)(a, c, b), expected)
    shared = torch.vmap(lambda b: function(a[0], c[0], b))(b)
    torch.testing.assert_close(shared, torch.stack([function(a[0], c[0], x) for x in b]))


@operators
def test_functional_transforms():
    a, _, _ = (x.detach() for x in inputs("float64", False))

    def value(a):
        return pt.logdet(hermitian(a))

    inverse = torch.linalg.inv(a)
    torch.testing.assert_close(torch.func.grad(value)(a), inverse)
    torch.testing.assert_close(torch.func.jacfwd(value)(a), inverse)
    forward_over_reverse, reverse = torch.func.hessian(value)(a), torch.func.jacrev(torch.func.jacrev(value))(a)
    torch.testing.assert_close(forward_over_reverse, reverse)


@operators
def test_compile(upper):
    """Compiles a whole graph, forward and backward. A failure raises inside of it."""

    def value(a, b):
        c = pt.cholesky(a, upper=upper)
        solved = pt.cholesky_solve(c, b, upper=upper) + pt.solve(a, b, upper=upper) + pt.inv(a, upper=upper) @ b
        return pt.cholesky_logdet(c) + (b * solved).sum()

    a, _, b = inputs("float64", upper)
    compiled = torch.compile(value, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(a, b), value(a, b))
    torch.testing.assert_close(
        torch.autograd.grad(compiled(a, b), [a, b]), torch.autograd.grad(value(a, b), [a, b])
    )
    with pytest.raises(posdef.NotPositiveDefiniteError):
        compiled(-a, b)


@operators
def test_failure():
    a = tensor(positive_definite(4, "float32", (3,)))
    a[1, 2, 2] = -1
    with pytest.raises(posdef.NotPositiveDefiniteError, match="matrix 1: the leading minor of order 3"):
        pt.cholesky(a)
    factor, info = pt.cholesky_ex(a)
    assert info.tolist() == [0, 3, 0]
    for result in (pt.logdet(a, on_failure="nan"), pt.logdet(a, on_failure="report")[0]):
        assert torch.isnan(result).tolist() == [False, True, False]
    # The gradient of a failed matrix is NaN. The gradients of the others are finite.
    a.requires_grad_()
    pt.cholesky(a, on_failure="nan").sum().backward()
    assert torch.isnan(a.grad).all((-1, -2)).tolist() == [False, True, False]
    assert not torch.isnan(a.grad[0]).any()
    with pytest.raises(ValueError, match="on_failure is 'never'"):
        pt.cholesky(a, on_failure="never")
