"""posdef.Factor, and solve and inv in one call."""

import copy
import pickle

import numpy as np
import pytest
from conftest import positive_definite, random_matrix
from test_dlpack import Foreign

import posdef

equal = np.testing.assert_array_equal


def indefinite(dtype, batch=(3,), bad=(1,), n=4):
    """A stack in which the matrices `bad` have no factor: the leading minor of order 3 is negative."""
    a = positive_definite(n, dtype, batch)
    for index in bad:
        a[index][2, 2] = -1
    return a


# ---- One call -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 3, 40, 130])
@pytest.mark.parametrize("batch", [(), (3,), (2, 0)])
def test_solve_and_inv_have_the_bits_of_two_calls(n, batch, dtype, upper):
    a, b = positive_definite(n, dtype, batch), random_matrix((*batch, n, 2), dtype)
    before = a.copy()
    c = posdef.cholesky(a, upper=upper)
    x = posdef.solve(a, b, upper=upper)
    inverse = posdef.inv(a, upper=upper)
    assert type(x) is np.ndarray and x.dtype == dtype and x.flags.c_contiguous
    equal(x, posdef.cholesky_solve(c, b, upper=upper))
    equal(inverse, posdef.cholesky_inverse(c, upper=upper))
    equal(a, before)
    if n and not batch:
        equal(posdef.solve(a, b[:, 0], upper=upper), posdef.cholesky_solve(c, b[:, 0], upper=upper))


def test_only_one_triangle_is_read(dtype, upper):
    a, b = positive_definite(9, dtype), random_matrix((9, 2), dtype)
    other = np.tril(np.ones((9, 9), bool), -1) if upper else np.triu(np.ones((9, 9), bool), 1)
    hidden = np.where(other, np.nan, a).astype(dtype)
    equal(posdef.solve(hidden, b, upper=upper), posdef.solve(a, b, upper=upper))
    equal(posdef.inv(hidden, upper=upper), posdef.inv(a, upper=upper))
    equal(posdef.Factor(hidden, upper=upper).solve(b), posdef.solve(a, b, upper=upper))


@pytest.mark.parametrize(
    "left, right, result",
    [((), (4,), (4,)), ((3,), (4,), (3, 4)), ((), (3, 4, 2), (3, 4, 2)), ((2, 1), (3, 4, 2), (2, 3, 4, 2))],
)
def test_solve_broadcasts_batches(left, right, result, dtype):
    a, b = positive_definite(4, dtype, left), random_matrix(right, dtype)
    x = posdef.solve(a, b)
    assert x.shape == result
    equal(x, posdef.cholesky_solve(posdef.cholesky(a), b))
    equal(posdef.Factor(a).solve(b), x)
    out = np.empty(result, dtype)
    assert posdef.solve(a, b, out=out) is out
    equal(out, x)


def test_outputs_and_overwriting(dtype):
    a, b = positive_definite(5, dtype), random_matrix((5, 5), dtype)
    x, inverse = posdef.solve(a, b), posdef.inv(a)
    kept = b.copy()
    assert posdef.solve(a, kept, overwrite_b=True) is kept
    equal(kept, x)
    kept = a.copy()
    assert posdef.solve(kept, b, out=kept) is kept, "the matrix is copied first"
    equal(kept, x)
    for keywords in ({"overwrite_a": True}, {"out": None}):
        kept = a.copy()
        keywords = {name: kept if value is None else value for name, value in keywords.items()}
        assert posdef.inv(kept, **keywords) is kept
        equal(kept, inverse)
    a.flags.writeable = False
    equal(posdef.inv(a, overwrite_a=True), inverse)


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_halves_are_rounded_once(half):
    if half == "bfloat16":
        half = pytest.importorskip("ml_dtypes").bfloat16
    a, b = positive_definite(6, "float32", (2,)).astype(half), random_matrix((2, 6, 3), "float32").astype(half)
    wide = a.astype("float32")
    equal(posdef.solve(a, b), posdef.solve(wide, b.astype("float32")).astype(half))
    equal(posdef.inv(a), posdef.inv(wide).astype(half))


def test_failures_of_one_call(dtype, upper):
    a = indefinite(dtype)
    b = random_matrix((2, 3, 4, 2), dtype)
    for keep in ("report", "nan-report"):
        x, info = posdef.solve(a, b, upper=upper, on_failure=keep)
        equal(info, [[0, 3, 0], [0, 3, 0]])
        equal(np.isnan(x).any((-1, -2)), info != 0)
        equal(np.isnan(x).all((-1, -2)), info != 0)
        equal(x[:, 0], posdef.solve(a[0], b[:, 0], upper=upper))
        inverse, info = posdef.inv(a, upper=upper, on_failure=keep)
        equal(info, [0, 3, 0])
        equal(np.isnan(inverse).any((-1, -2)), info != 0)
        equal(np.isnan(inverse).all((-1, -2)), info != 0)
        equal(inverse[2], posdef.inv(a[2], upper=upper))
    equal(np.isnan(posdef.solve(a, b, upper=upper, on_failure="nan")[0, :, 0, 0]), [False, True, False])
    equal(np.isnan(posdef.inv(a, upper=upper, on_failure="nan")[:, 0, 0]), [False, True, False])
    with pytest.raises(posdef.NotPositiveDefiniteError, match=r"^posdef.solve: matrix \(0, 1\): the leading minor of or") as e:
        posdef.solve(a, b, upper=upper)
    assert (e.value.index, e.value.order, e.value.failures) == ((0, 1), 3, 2)
    with pytest.raises(posdef.NotPositiveDefiniteError, match="^posdef.inv: matrix 1: the leading minor of order 3"):
        posdef.inv(a, upper=upper)


def test_info_of_a_broadcast_batch():
    """Two batch dimensions, of which the right-hand sides repeat one and the matrices the other."""
    a = positive_definite(3, "float64", (2, 1, 3))
    a[1, 0, 2, 1, 1] = np.nan
    x, info = posdef.solve(a, np.ones((4, 1, 3, 1)), on_failure="report")
    expected = np.zeros((2, 4, 3), int)
    expected[1, :, 2] = 2
    equal(info, expected)
    equal(np.isnan(x).all((-1, -2)), expected != 0)


# ---- The object ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 3, 40])
@pytest.mark.parametrize("batch", [(), (3,), (0,)])
def test_methods_have_the_bits_of_the_functions(n, batch, dtype, upper):
    a, b = positive_definite(n, dtype, batch), random_matrix((*batch, n, 2), dtype)
    before, c = a.copy(), posdef.cholesky(a, upper=upper)
    f = posdef.Factor(a, upper=upper)
    equal(a, before)
    equal(f.factor, c)
    equal(f.solve(b), posdef.cholesky_solve(c, b, upper=upper))
    equal(f.logdet(), posdef.cholesky_logdet(c))
    equal(f.inv(), posdef.cholesky_inverse(c, upper=upper))
    for trans in "NTC":
        equal(f.solve_triangular(b, trans=trans), posdef.solve_triangular(c, b, upper=upper, trans=trans))
    assert (f.shape, f.n, f.dtype, f.upper, f.ok) == (a.shape, n, np.dtype(dtype), upper, True)
    assert f.info.shape == batch and f.info.dtype == np.int32 and not f.info.any()
    assert repr(f) == f"posdef.Factor(shape={a.shape}, dtype={dtype}, upper={upper}, ok=True)"


def test_outputs_of_the_methods(dtype):
    a, b = positive_definite(4, dtype, (2,)), random_matrix((2, 4, 3), dtype)
    f = posdef.Factor(a, threads=1, device="cpu")
    for method, arguments, keyword in ((f.solve, (b,), "overwrite_b"), (f.solve_triangular, (b,), "overwrite_b")):
        expected, kept = method(*arguments), b.copy()
        assert method(kept, **{keyword: True}) is kept
        equal(kept, expected)
        out = np.empty_like(b)
        assert method(b, out=out) is out
        equal(out, expected)
    out = np.empty_like(a)
    assert f.inv(out=out) is out
    equal(out, f.inv())
    out = np.empty(2, np.zeros(0, dtype).real.dtype)
    assert f.logdet(out=out) is out
    equal(out, f.logdet())


def test_the_factor_is_read_only():
    a = positive_definite(3, "float64")
    f = posdef.Factor(a)
    with pytest.raises(ValueError, match="read-only"):
        f.factor[0, 0] = 1
    for name in ("factor", "info", "ok", "shape", "n", "dtype", "upper"):
        with pytest.raises(AttributeError):
            setattr(f, name, None)
    with pytest.raises(AttributeError):
        f.something = 1


def test_overwriting_takes_the_callers_memory():
    a = positive_definite(4, "float64")
    f = posdef.Factor(a, overwrite_a=True)
    assert np.shares_memory(f.factor, a)
    equal(a, f.factor)
    assert not np.shares_memory(posdef.Factor(a.copy()).factor, a)


def test_pickle_and_copy():
    a, b = indefinite("float64"), np.ones((4, 1))
    f = posdef.Factor(a, upper=True, on_failure="nan", threads=1)
    for again in (pickle.loads(pickle.dumps(f)), copy.copy(f), copy.deepcopy(f)):
        assert repr(again) == repr(f)
        equal(again.factor, f.factor)
        equal(again.solve(b), f.solve(b))
        equal(again.info, f.info)


def test_failure_raises(upper):
    with pytest.raises(posdef.NotPositiveDefiniteError, match="^posdef.Factor: matrix 1: the leading minor of order 3"):
        posdef.Factor(indefinite("float64"), upper=upper)


@pytest.mark.parametrize("on_failure", ["nan", "report", "nan-report"])
def test_failure_is_kept(on_failure, dtype, upper):
    a, b = indefinite(dtype), random_matrix((3, 4, 2), dtype)
    f = posdef.Factor(a, upper=upper, on_failure=on_failure)
    assert not f.ok and repr(f).endswith("ok=False)")
    equal(f.info, [0, 3, 0])
    triangle = np.tri(4, dtype=bool)
    equal(np.isnan(f.factor[1]), triangle.T if upper else triangle)
    for result in (f.solve(b), f.solve_triangular(b), f.inv()):
        equal(np.isnan(result).all((-1, -2)), [False, True, False])
        equal(np.isnan(result).any((-1, -2)), [False, True, False])
    equal(np.isnan(f.logdet()), [False, True, False])
    good = posdef.Factor(a[::2], upper=upper)
    equal(f.solve(b)[::2], good.solve(b[::2]))
    calls = {"solve": (b,), "solve_triangular": (b,), "inv": (), "logdet": ()}
    for name, arguments in calls.items():
        result, info = getattr(f, name)(*arguments, on_failure="nan-report")
        equal(info, [0, 3, 0])
        text = f"^posdef.Factor.{name}: matrix 1: the leading minor of order 3 is not positive definite$"
        with pytest.raises(posdef.NotPositiveDefiniteError, match=text):
            getattr(f, name)(*arguments, on_failure="raise")
    x, info = f.solve(np.ones((2, 1, 4, 1), dtype), on_failure="report")
    equal(info, [[0, 3, 0], [0, 3, 0]])


def test_a_borrowed_factor(dtype, upper):
    a, b = positive_definite(4, dtype, (3,)), random_matrix((4, 2), dtype)
    c = posdef.cholesky(a, upper=upper)
    full = c + (np.tril(a, -1) if upper else np.triu(a, 1))  # the other triangle is not read
    f = posdef.Factor.from_factor(full, upper=upper)
    assert np.shares_memory(f.factor, full) and f.ok
    equal(f.info, [0, 0, 0])
    equal(f.solve(b), posdef.cholesky_solve(c, b, upper=upper))
    equal(f.inv(), posdef.cholesky_inverse(c, upper=upper))
    equal(f.logdet(), posdef.cholesky_logdet(c))
    equal(f.solve_triangular(b, trans="C"), posdef.solve_triangular(c, b, upper=upper, trans="C"))


def test_a_borrowed_array_that_is_no_factor():
    c = posdef.cholesky(positive_definite(3, "float64", (2,)))
    c[1, 1, 1] = -1
    text = "^posdef.Factor.from_factor: matrix 1: diagonal element 2 of the factor is not positive and finite"
    with pytest.raises(posdef.SingularError, match=text):
        posdef.Factor.from_factor(c)
    f = posdef.Factor.from_factor(c, on_failure="nan")
    assert not f.ok
    equal(f.info, [0, 2])
    equal(np.isnan(f.solve(np.ones(3))).all(-1), [False, True])
    x, info = f.solve(np.ones(3), on_failure="report")
    equal(info, [0, 2])
    with pytest.raises(posdef.SingularError, match="^posdef.Factor.solve: matrix 1: diagonal element 2 of the factor"):
        f.solve(np.ones(3), on_failure="raise")


def test_other_arrays():
    """Arrays with DLPack's two methods and the standard's namespace, and no other attribute."""
    a, b = positive_definite(4, "float32", (2,)), random_matrix((2, 4, 3), "float32")
    f = posdef.Factor(Foreign(a))
    assert type(f.factor) is Foreign and (f.shape, f.dtype) == ((2, 4, 4), "float32")
    for ours, theirs in ((f.solve(Foreign(b)), posdef.solve(a, b)), (f.inv(), posdef.inv(a)), (f.logdet(), posdef.logdet(a))):
        assert type(ours) is Foreign
        equal(ours.array, theirs)
    equal(posdef.solve(Foreign(a), Foreign(b)).array, posdef.solve(a, b))
    equal(posdef.inv(Foreign(a)).array, posdef.inv(a))


@pytest.mark.parametrize("framework", ["torch", "jax", "mlx"])
def test_arrays_of_the_frameworks(framework):
    module = pytest.importorskip("mlx.core" if framework == "mlx" else "jax.numpy" if framework == "jax" else "torch")
    new = module.tensor if framework == "torch" else module.array
    a, b = positive_definite(4, "float32", (2,)), random_matrix((2, 4, 3), "float32")
    f = posdef.Factor(new(a))
    assert isinstance(f.factor, type(new(a))) and f.dtype == new(a).dtype and f.shape == (2, 4, 4) and f.ok
    for ours, theirs in ((f.solve(new(b)), posdef.solve(a, b)), (f.inv(), posdef.inv(a)), (f.logdet(), posdef.logdet(a))):
        equal(np.asarray(ours), theirs)
    equal(np.asarray(posdef.solve(new(a), new(b))), posdef.solve(a, b))
    equal(np.asarray(posdef.inv(new(a))), posdef.inv(a))


GOOD = np.eye(3)
F = posdef.Factor(GOOD)


@pytest.mark.parametrize(
    "call, kind, text",
    [
        (lambda: posdef.Factor([[1.0]]), TypeError, "^posdef.Factor: a is list; expected an array"),
        (lambda: posdef.Factor(np.ones((3, 2))), ValueError, r"^posdef.Factor: a has shape \(3, 2\)"),
        (lambda: posdef.Factor(GOOD, on_failure="no"), ValueError, "^posdef.Factor: on_failure is 'no'"),
        (lambda: posdef.Factor(GOOD, upper=1), TypeError, "^posdef.Factor: upper is 1; expected True or False"),
        (lambda: posdef.Factor(GOOD, overwrite_a="yes"), TypeError, "^posdef.Factor: overwrite_a is 'yes'"),
        (lambda: posdef.Factor(GOOD, threads=0), ValueError, "^posdef.Factor: threads is 0"),
        (lambda: posdef.Factor(GOOD, device="gpu"), ValueError, "^posdef.Factor: device is 'gpu'"),
        (lambda: posdef.Factor(GOOD, device="cuda"), posdef.UnavailableError, "^posdef.Factor: device is 'cuda': "),
        (lambda: posdef.Factor.from_factor(np.ones(3)), ValueError, r"^posdef.Factor.from_factor: l has shape \(3,\)"),
        (lambda: F.solve(np.ones(4)), ValueError, r"^posdef.Factor.solve: b has shape \(4,\); expected \(3,\) or"),
        (lambda: F.solve(np.ones(3, "f4")), TypeError, "^posdef.Factor.solve: b has dtype float32; expected float64, as the"),
        (lambda: F.solve(np.ones(3), out=np.ones(2)), ValueError, "^posdef.Factor.solve: out has shape"),
        (lambda: F.solve(np.ones(3), overwrite_b=2), TypeError, "^posdef.Factor.solve: overwrite_b is 2"),
        (lambda: F.solve_triangular(np.ones(3), trans="H"), ValueError, "^posdef.Factor.solve_triangular: trans is 'H'"),
        (lambda: F.inv(out=np.ones(3)), ValueError, "^posdef.Factor.inv: out has shape"),
        (lambda: F.logdet(on_failure="never"), ValueError, "^posdef.Factor.logdet: on_failure is 'never'"),
        (lambda: posdef.solve(np.ones(3), GOOD), ValueError, r"^posdef.solve: a has shape \(3,\)"),
        (lambda: posdef.solve(GOOD, np.ones(4)), ValueError, r"^posdef.solve: b has shape \(4,\)"),
        (lambda: posdef.solve(GOOD, np.ones(3, "f4")), TypeError, "^posdef.solve: b has dtype float32; expected float64, as a"),
        (lambda: posdef.inv(np.ones((3, 2))), ValueError, r"^posdef.inv: a has shape \(3, 2\)"),
    ],
)
def test_bad_argument_is_named(call, kind, text):
    with pytest.raises(kind, match=text):
        call()
