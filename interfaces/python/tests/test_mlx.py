"""posdef on MLX arrays, and the functions of posdef.mlx. The first class has the cases of MLX's own Cholesky tests."""

import numpy as np
import pytest
from conftest import adjoint, positive_definite, random_matrix, tolerance

import posdef

mx = pytest.importorskip("mlx.core", reason="MLX is not installed")

import posdef.mlx as pm  # noqa: E402

TYPES = ["float32", "float64", "complex64"]


def mlx(a):
    return mx.array(a, dtype=getattr(mx, str(np.asarray(a).dtype)))


class TestAsMlx:
    """The Cholesky functions of mlx.core.linalg, computed by posdef on MLX arrays."""

    @pytest.mark.parametrize("module", [posdef, pm])
    def test_one_matrix(self, module):
        root = mx.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 1.0]])
        a = root @ root.T
        l, u = module.cholesky(a), module.cholesky(a, upper=True)
        assert isinstance(l, mx.array) and l.dtype == mx.float32
        assert mx.allclose(l @ l.T, a, rtol=1e-5, atol=1e-4) and mx.allclose(u.T @ u, a, rtol=1e-5, atol=1e-4)
        assert mx.array_equal(u, l.T) and mx.array_equal(l, mx.tril(l))

    @pytest.mark.parametrize("module", [posdef, pm])
    def test_a_stack(self, module):
        a = mlx(positive_definite(3, "float32", (3, 2)))
        for upper in (False, True):
            together = module.cholesky(a, upper=upper)
            for i in range(3):
                for j in range(2):
                    assert mx.array_equal(together[i, j], module.cholesky(a[i, j], upper=upper))

    @pytest.mark.parametrize("module", [posdef, pm])
    def test_inverse_from_the_factor(self, module):
        a = mlx(positive_definite(4, "float32", (3,)))
        for upper in (False, True):
            inverse = module.cholesky_inverse(module.cholesky(a, upper=upper), upper=upper)
            assert mx.allclose(a @ inverse, mx.broadcast_to(mx.eye(4), a.shape), atol=1e-4)

    @pytest.mark.parametrize("module", [posdef, pm])
    def test_triangular_inverse_and_solve(self, module):
        l = mx.array([[1.0, 0.0, 0.0], [2.0, -3.0, 0.0], [4.0, 5.0, 0.5]])
        for t, upper in ((l, False), (l.T, True)):
            assert mx.allclose(module.inv_triangular(t, upper=upper) @ t, mx.eye(3), atol=1e-5)
            b = mx.array([1.0, -2.0, 3.0])
            assert mx.allclose(t @ module.solve_triangular(t, b, upper=upper), b, atol=1e-5)
            b = mx.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
            assert mx.allclose(t @ module.solve_triangular(t, b, upper=upper), b, atol=1e-4)

    def test_agrees_with_mlx(self):
        a = mlx(positive_definite(20, "float32", (2,)))
        assert mx.allclose(pm.cholesky(a), mx.linalg.cholesky(a, stream=mx.cpu), rtol=1e-4, atol=1e-4)


class TestArrays:
    def test_same_numbers_as_numpy(self, upper):
        for dtype in TYPES:
            a, b = positive_definite(9, dtype, (3,)), random_matrix((3, 9, 2), dtype)
            c = posdef.cholesky(mlx(a), upper=upper)
            assert c.dtype == getattr(mx, dtype)
            np.testing.assert_array_equal(np.array(c), posdef.cholesky(a, upper=upper))
            x = posdef.cholesky_solve(c, mlx(b), upper=upper)
            np.testing.assert_array_equal(np.array(x), posdef.cholesky_solve(np.array(c), b, upper=upper))

    def test_solve_and_inv_have_the_bits_of_posdef(self, upper):
        for dtype in TYPES:
            a, b = positive_definite(9, dtype, (3,)), random_matrix((3, 9, 2), dtype)
            for right in (b, b[0], b[0, :, 0]):
                x = pm.solve(mlx(a), mlx(right), upper=upper)
                np.testing.assert_array_equal(np.array(x), posdef.solve(a, right, upper=upper))
            np.testing.assert_array_equal(np.array(pm.inv(mlx(a), upper=upper)), posdef.inv(a, upper=upper))

    def test_views_and_lazy_arrays(self):
        a = positive_definite(6, "float32", (4,))
        expected = posdef.cholesky(a)
        lazy = mlx(a)
        for same in (mx.swapaxes(lazy, 1, 2), mx.repeat(lazy, 2, 0)[::2], lazy + 0, lazy[:, ::-1][:, ::-1]):
            np.testing.assert_array_equal(np.array(posdef.cholesky(same)), expected)

    def test_half(self):
        a = mlx(positive_definite(5, "float32"))
        for half in (mx.float16, mx.bfloat16):
            c = posdef.cholesky(a.astype(half))
            assert c.dtype == half
            assert mx.array_equal(c, posdef.cholesky(a.astype(half).astype(mx.float32)).astype(half))

    def test_bad_argument_is_named(self):
        a = mx.eye(3)
        with pytest.raises(ValueError, match="posdef.cholesky: out is an array of mlx"):
            posdef.cholesky(a, out=a)
        for traced in (lambda: mx.vmap(pm.cholesky)(mx.stack([a, a])), lambda: mx.compile(pm.cholesky)(a)):
            with pytest.raises(TypeError, match="posdef.cholesky: a is traced by mx.vmap or mx.compile"):
                traced()
        with pytest.raises(ValueError, match="posdef.mlx.cholesky: on_failure is 'no'"):
            pm.cholesky(a, on_failure="no")


def test_failure():
    """mlx.core.linalg returns wrong numbers without an error here."""
    a = positive_definite(4, "float32", (3,))
    a[1, 2, 2] = -1
    a = mlx(a)
    with pytest.raises(posdef.NotPositiveDefiniteError, match="matrix 1: the leading minor of order 3"):
        pm.cholesky(a)
    factor, info = pm.cholesky_ex(a)
    assert info.tolist() == [0, 3, 0] and info.dtype == mx.int32
    value, info = pm.logdet(a, on_failure="report")
    assert mx.isnan(value).tolist() == [False, True, False] and info.tolist() == [0, 3, 0]
    x, info = pm.solve(a, mx.ones((2, 1, 4, 1)), on_failure="report")
    assert info.tolist() == [[0, 3, 0]] * 2 and mx.isnan(x).all((-1, -2)).tolist() == [[False, True, False]] * 2
    inverse, info = pm.inv(a, on_failure="report")
    assert info.tolist() == [0, 3, 0] and mx.isnan(inverse).all((-1, -2)).tolist() == [False, True, False]
    for call in (lambda: pm.solve(a, mx.ones(4)), lambda: pm.inv(a)):
        with pytest.raises(posdef.NotPositiveDefiniteError, match="matrix 1: the leading minor of order 3"):
            call()
    gradient = mx.grad(lambda a: pm.cholesky(a, on_failure="nan").sum())(a)
    assert mx.isnan(gradient).any((1, 2)).tolist() == [False, True, False]


def real(x):
    """mx.real, but not for float64, which mx.real of MLX 0.32 converts to float32."""
    return mx.real(x) if x.dtype == mx.complex64 else x


def hermitian(a):
    return (a + mx.conj(mx.swapaxes(a, -1, -2))) / 2


def real_diagonal(c):
    d = mx.eye(c.shape[-1]).astype(c.dtype) * c
    return c - (d - mx.conj(d)) / 2


def cases(upper):
    """Functions of (a, c, b), differentiable in every element that they read."""
    yield "cholesky", lambda a, c, b: pm.cholesky(hermitian(a), upper=upper)
    yield "logdet", lambda a, c, b: pm.logdet(hermitian(a), upper=upper)
    yield "solve", lambda a, c, b: pm.solve(hermitian(a), b, upper=upper)
    yield "solve vector", lambda a, c, b: pm.solve(hermitian(a), b[0, :, 0], upper=upper)
    yield "inv", lambda a, c, b: pm.inv(hermitian(a), upper=upper)
    yield "cholesky_logdet", lambda a, c, b: pm.cholesky_logdet(real_diagonal(c))
    yield "cholesky_inverse", lambda a, c, b: pm.cholesky_inverse(real_diagonal(c), upper=upper)
    yield "cholesky_solve", lambda a, c, b: pm.cholesky_solve(real_diagonal(c), b, upper=upper)
    yield "cholesky_solve vector", lambda a, c, b: pm.cholesky_solve(real_diagonal(c), b[0, :, 0], upper=upper)
    yield "inv_triangular", lambda a, c, b: pm.inv_triangular(c, upper=upper)
    for trans in "NTC":
        yield f"solve_triangular {trans}", lambda a, c, b, t=trans: pm.solve_triangular(c, b, upper=upper, trans=t)


@pytest.mark.parametrize("name", [name for name, _ in cases(False)])
@pytest.mark.parametrize("dtype", ["float64", "complex64"])
def test_gradients(name, dtype, upper):
    """Compares derivatives along random directions with central differences; for real numbers the second ones too."""
    function = dict(cases(upper))[name]
    a = positive_definite(3, dtype, (2,), spread=10)
    arrays = [a, posdef.cholesky(a, upper=upper), random_matrix((2, 3, 2), dtype)]
    weight = None

    def value(*x):
        y = function(*x)
        return (real(mx.conj(weight) * y) + mx.abs(y) ** 2).sum()

    arrays = [mlx(x) for x in arrays]
    directions = [mlx(random_matrix(x.shape, dtype, seed=7)) for x in arrays]
    weight = mlx(random_matrix(function(*arrays).shape, dtype, seed=9))
    if name in ("logdet", "cholesky_logdet"):
        weight = real(weight)
    step, close = (1e-5, 1e-7) if dtype == "float64" else (1e-2, 2e-2)

    def moved(h):
        return [x + h * d for x, d in zip(arrays, directions)]

    gradients = mx.grad(value, argnums=(0, 1, 2))(*arrays)
    along = sum(float(real(mx.conj(g) * d).sum().item()) for g, d in zip(gradients, directions))
    difference = (value(*moved(step)) - value(*moved(-step))).item() / (2 * step)
    assert along == pytest.approx(difference, rel=close, abs=close)
    forward = mx.jvp(value, arrays, directions)[1][0].item()
    assert forward == pytest.approx(difference, rel=close, abs=close)
    if dtype == "float64":

        def slope(*x):
            return sum((g * d).sum() for g, d in zip(mx.grad(value, argnums=(0, 1, 2))(*x), directions))

        second = mx.grad(slope, argnums=(0, 1, 2))(*arrays)
        along = sum(float((g * d).sum().item()) for g, d in zip(second, directions))
        difference = (slope(*moved(step)) - slope(*moved(-step))).item() / (2 * step)
        assert along == pytest.approx(difference, rel=1e-5, abs=1e-5)


def test_complex_factor(upper):
    a = positive_definite(40, "complex64", (2,))
    c = np.array(pm.cholesky(mlx(a), upper=upper))
    product = adjoint(c) @ c if upper else c @ adjoint(c)
    np.testing.assert_allclose(product, a, rtol=0, atol=100 * tolerance("complex64", 40))
