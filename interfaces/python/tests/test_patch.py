"""NumPy's and SciPy's functions, replaced by posdef: names and behaviour."""

import subprocess
import sys

import numpy as np
import pytest
from conftest import adjoint, positive_definite, random_matrix, tolerance

import posdef

sl = pytest.importorskip("scipy.linalg")

NUMPY = np.linalg.cholesky
SCIPY = {name: getattr(sl, name) for name in ("cholesky", "cho_factor", "cho_solve")}
EVERY = ["float32", "float64", "complex64", "complex128", "int32", "int8", "bool", "float16", "longdouble", ">f8", "O"]


@pytest.fixture
def switched():
    with posdef.patched():
        yield


def test_names_are_exchanged_everywhere_and_back():
    module = sys.modules[__name__]
    module.cholesky = SCIPY["cholesky"]  # as after `from scipy.linalg import cholesky`
    with posdef.patched():
        assert np.linalg.cholesky is not NUMPY and sl.cholesky is not SCIPY["cholesky"]
        assert module.cholesky is sl.cholesky
        with posdef.patched():
            pass
        assert np.linalg.cholesky is not NUMPY
        import scipy.linalg._decomp_cholesky as inner

        assert inner.cho_solve is sl.cho_solve
    assert np.linalg.cholesky is NUMPY and module.cholesky is SCIPY["cholesky"]
    assert {name: getattr(sl, name) for name in SCIPY} == SCIPY
    with pytest.raises(RuntimeError, match="nothing is patched"):
        posdef.unpatch_numpy()
    assert np.linalg.cholesky.__doc__ == NUMPY.__doc__


def test_posdef_computes(switched):
    a = positive_definite(30, "float32")
    np.testing.assert_array_equal(np.linalg.cholesky(a), posdef.cholesky(a))
    np.testing.assert_array_equal(sl.cholesky(a, lower=True), posdef.cholesky(a))
    np.testing.assert_array_equal(sl.cho_solve((posdef.cholesky(a), True), a), posdef.cholesky_solve(posdef.cholesky(a), a))


def outcome(call):
    """The result of a call, or the type and the text of its error."""
    try:
        result = call()
    except Exception as e:
        return type(e), str(e)
    return result


def assert_same(call, original, replacement):
    """Checks that `replacement` behaves as `original`, except for rounding."""
    expected, actual = outcome(lambda: call(original)), outcome(lambda: call(replacement))
    assert type(actual) is type(expected)
    if isinstance(expected, (tuple, list)):
        assert len(actual) == len(expected)
    else:
        expected, actual = (expected,), (actual,)
    for x, y in zip(expected, actual):
        if not isinstance(x, np.ndarray):
            assert x == y and type(x) is type(y)
            continue
        assert (y.dtype, y.shape) == (x.dtype, x.shape)
        wide = [(m, s) for m, s in zip(y.shape, y.strides) if m > 1]
        assert wide == [(m, s) for m, s in zip(x.shape, x.strides) if m > 1], "another memory order"
        precision = x.dtype if x.dtype.kind in "fc" else np.float64
        np.testing.assert_allclose(y, x, rtol=0, atol=100 * tolerance(precision, 10))


def inputs():
    for dtype in EVERY:
        a = np.array([[4, 2, 1], [2, 5, 3], [1, 3, 6]])
        if dtype == "bool":
            a = np.eye(3)
        a = a.astype(dtype)
        yield dtype, a
        yield dtype + " F", np.asfortranarray(a)
        yield dtype + " stack", np.stack([a, a])
        yield dtype + " strided", np.repeat(np.repeat(a, 2, 0), 2, 1)[::2, ::2]
    h = positive_definite(4, "complex128")
    h[0, 0] += 3j
    yield "imaginary diagonal", h
    yield "list", [[4.0, 2.0], [2.0, 3.0]]
    yield "ragged", [[4.0, 2.0], [2.0]]
    yield "not square", np.ones((3, 2))
    yield "vector", np.ones(3)
    yield "scalar", np.float64(4)
    yield "empty", np.zeros((0, 0))
    yield "empty stack", np.zeros((0, 3, 3))
    yield "indefinite", np.diag([1.0, -1.0])
    yield "NaN", np.array([[np.nan, 0], [0, 1.0]])
    yield "other triangle", np.array([[4.0, 7.0], [2.0, 3.0]])
    yield "other triangle NaN", np.array([[4.0, np.nan], [2.0, 3.0]])
    yield "subclass", np.eye(2).view(np.matrix)
    yield "masked", np.ma.masked_array(np.eye(2), mask=[[0, 0], [0, 1]])
    yield "None", None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name, a", list(inputs()), ids=lambda x: x if isinstance(x, str) else "")
class TestSameBehaviour:
    def test_numpy(self, name, a, switched):
        assert_same(lambda f: f(a), NUMPY, np.linalg.cholesky)
        assert_same(lambda f: f(a, upper=True), NUMPY, np.linalg.cholesky)

    @pytest.mark.parametrize("lower", [False, True, 1])
    @pytest.mark.parametrize("check_finite", [False, True])
    def test_scipy_cholesky(self, name, a, lower, check_finite, switched):
        assert_same(lambda f: f(a, lower=lower, check_finite=check_finite), SCIPY["cholesky"], sl.cholesky)

    @pytest.mark.parametrize("lower", [False, True])
    def test_scipy_cho_factor(self, name, a, lower, switched):
        assert_same(lambda f: f(a, lower), SCIPY["cho_factor"], sl.cho_factor)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("c_dtype", ["f4", "f8", "c8", "c16", "i8", "f2"])
@pytest.mark.parametrize("b_dtype", ["f4", "f8", "c8", "c16", "i1", "i8", "f2", "?", ">f4"])
@pytest.mark.parametrize("shape", [(3,), (3, 2), (0, 2), (3, 0), (2, 3, 2), (4,)])
def test_scipy_cho_solve(c_dtype, b_dtype, shape, switched):
    c = np.array([[2, 7, 7], [1, 3, 7], [1, 2, 4]]).astype(c_dtype)
    b = (np.arange(np.prod(shape)).reshape(shape) % 3).astype(b_dtype)
    for factors in (c, np.asfortranarray(c), np.stack([c, c])):
        assert_same(lambda f: f((factors, True), b), SCIPY["cho_solve"], sl.cho_solve)
    assert_same(lambda f: f((-c, True), b), SCIPY["cho_solve"], sl.cho_solve)
    assert_same(lambda f: f((c * (1 - np.eye(3, dtype=c_dtype)), False), b), SCIPY["cho_solve"], sl.cho_solve)


def test_factor_then_solve(dtype, switched):
    for batch in [(), (4,)] if hasattr(SCIPY["cholesky"], "__wrapped__") else [()]:  # older versions of SciPy take no stacks
        a = positive_definite(7, dtype, batch)
        x = random_matrix((*batch, 7, 2), dtype)
        for lower in (False, True):
            solved = sl.cho_solve(sl.cho_factor(a, lower=lower), a @ x)
            np.testing.assert_allclose(solved, x, rtol=0, atol=1000 * tolerance(dtype, 7))


def test_overwrite(switched):
    a = np.asfortranarray(positive_definite(5, "float64"))
    expected, before = posdef.cholesky(a), a.copy()
    assert sl.cholesky(a, lower=True) is not a and (a == before).all()
    assert sl.cholesky(a, lower=True, overwrite_a=True) is a
    np.testing.assert_array_equal(a, expected)
    a[...] = before
    a[3, 3] = -1
    with pytest.raises(np.linalg.LinAlgError, match="^4-th leading minor of the array is not positive definite$"):
        sl.cholesky(a, lower=True, overwrite_a=True)


def test_python_m_posdef(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import sys, numpy as np\nprint(np.linalg.cholesky.__code__.co_filename, sys.argv[1:])\n")
    command = [sys.executable, "-m", "posdef", str(program), "--flag"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "_patch.py" in out and "['--flag']" in out
    out = subprocess.run([sys.executable, "-m", "posdef", "-m", "this"], capture_output=True, text=True, check=True).stdout
    assert "Zen" in out
    assert subprocess.run([sys.executable, "-m", "posdef"], capture_output=True).returncode == 2


@pytest.mark.parametrize(
    "tests",
    [
        ["numpy.linalg.tests.test_linalg", "-k", "Cholesky"],
        ["scipy.linalg.tests.test_decomp_cholesky"],
        ["scipy.linalg.tests.test_batch", "-k", "chol"],
    ],
    ids=lambda x: x[0],
)
def test_their_own_tests(tests, tmp_path):
    """NumPy's and SciPy's own test files for these functions pass with the replacements."""
    pytest.importorskip("hypothesis")  # NumPy's test configuration imports it
    pytest.importorskip(tests[0])
    command = [sys.executable, "-m", "posdef", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs", *tests]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout
