"""Bad arguments raise before anything is written; a matrix without an answer raises, becomes NaN or is reported."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from conftest import positive_definite

import posdef


def indefinite(batch, bad, n=6, dtype="float64"):
    """A stack in which matrix `index` fails at the leading minor of order k, for each (index, k)."""
    a = positive_definite(n, dtype, batch)
    for index, k in bad:
        a[(*index, k - 1, k - 1)] = -1
    return a


def test_error_carries_index_and_order(dtype, upper):
    a = indefinite((2, 3), [((1, 0), 4), ((1, 2), 1)], dtype=dtype)
    with pytest.raises(posdef.NotPositiveDefiniteError) as caught:
        posdef.cholesky(a, upper=upper)
    e = caught.value
    assert isinstance(e, np.linalg.LinAlgError) and isinstance(e, ValueError)
    assert (e.index, e.order, e.failures) == ((1, 0), 4, 2)
    assert str(e) == (
        "posdef.cholesky: matrix (1, 0): the leading minor of order 4 is not positive definite "
        "(2 matrices of the batch failed)"
    )
    again = pickle.loads(pickle.dumps(e))
    assert (str(again), again.index, again.order, again.failures) == (str(e), e.index, e.order, e.failures)


def test_single_matrix_has_an_empty_index():
    with pytest.raises(posdef.NotPositiveDefiniteError, match="^posdef.cholesky: the leading minor of order 1 is") as e:
        posdef.cholesky(np.array([[np.nan]]))
    assert e.value.index == ()


@pytest.mark.parametrize("poison", [-1.0, np.nan, np.inf, 0.0])
def test_other_matrices_of_the_batch_are_not_changed(poison):
    a = positive_definite(6, "float64", (5,))
    expected = posdef.cholesky(a)
    a[3, 4, 4] = poison
    c, info = posdef.cholesky_ex(a)
    assert info.dtype == np.int32
    np.testing.assert_array_equal(info, [0, 0, 0, 5, 0])
    np.testing.assert_array_equal(c[[0, 1, 2, 4]], expected[[0, 1, 2, 4]])
    np.testing.assert_array_equal(c[3, :, :4], expected[3, :, :4])
    filled = posdef.cholesky(a, on_failure="nan")
    np.testing.assert_array_equal(np.isnan(filled[3]), np.tri(6, dtype=bool))
    np.testing.assert_array_equal(filled[[0, 1, 2, 4]], expected[[0, 1, 2, 4]])
    again, info = posdef.cholesky(a, on_failure="nan-report")
    np.testing.assert_array_equal(again, filled)
    np.testing.assert_array_equal(info, [0, 0, 0, 5, 0])
    value, info = posdef.logdet(a, on_failure="report")
    np.testing.assert_array_equal(info, [0, 0, 0, 5, 0])
    np.testing.assert_array_equal(np.isnan(value), [False, False, False, True, False])
    np.testing.assert_array_equal(np.isnan(posdef.logdet(a, on_failure="nan")), [False, False, False, True, False])
    with pytest.raises(posdef.NotPositiveDefiniteError, match="^posdef.logdet: matrix 3: "):
        posdef.logdet(a)


def test_singular():
    t = np.tril(np.ones((2, 3, 3)))
    t[1, 2, 2] = 0
    b = np.ones((3, 1))
    with pytest.raises(posdef.SingularError, match="^posdef.solve_triangular: matrix 1: diagonal element 3 is zero") as e:
        posdef.solve_triangular(t, b)
    assert isinstance(e.value, np.linalg.LinAlgError) and (e.value.index, e.value.order) == ((1,), 3)
    for call in (posdef.inv_triangular, posdef.cholesky_inverse, posdef.cholesky_logdet, lambda l: posdef.cholesky_solve(l, b)):
        with pytest.raises(posdef.SingularError, match="matrix 1: diagonal element 3"):
            call(t)
    x, info = posdef.cholesky_solve(t, b, on_failure="report")
    np.testing.assert_array_equal(info, [0, 3])
    x = posdef.cholesky_solve(t, b, on_failure="nan")
    assert np.isnan(x[1]).all() and np.isfinite(x[0]).all()
    assert posdef.solve_triangular(t, b, unit_diagonal=True).shape == (2, 3, 1)


GOOD = np.eye(3)


@pytest.mark.parametrize(
    "call, kind, text",
    [
        (lambda: posdef.cholesky([[1.0]]), TypeError, "posdef.cholesky: a is list; expected an array"),
        (lambda: posdef.cholesky(1.0), TypeError, "posdef.cholesky: a is float"),
        (lambda: posdef.cholesky(np.eye(3, dtype=int)), TypeError, "posdef.cholesky: a has dtype int64; expected float32"),
        (lambda: posdef.cholesky(np.eye(3, dtype=">f8")), TypeError, "posdef.cholesky: a has the byte order"),
        (lambda: posdef.cholesky(np.eye(3, dtype=np.longdouble)), TypeError, "dtype longdouble|dtype float128"),
        (lambda: posdef.cholesky(np.ones(3)), ValueError, r"posdef.cholesky: a has shape \(3,\); expected \(..., n, n\)"),
        (lambda: posdef.cholesky(np.ones((3, 2))), ValueError, r"posdef.cholesky: a has shape \(3, 2\)"),
        (lambda: posdef.cholesky(np.ma.array(np.eye(3))), TypeError, "posdef.cholesky: a is a masked array"),
        (lambda: posdef.cholesky(GOOD, out=np.ma.array(np.eye(3))), TypeError, "posdef.cholesky: out is a masked array"),
        (lambda: posdef.cholesky(np.float64(1)), TypeError, "a is numpy.float64"),
        (lambda: posdef.cholesky(GOOD, out=np.eye(4)), ValueError, r"out has shape \(4, 4\); expected \(3, 3\)"),
        (lambda: posdef.cholesky(GOOD, out=np.eye(3, dtype="f4")), TypeError, "out has dtype float32; expected float64"),
        (lambda: posdef.cholesky(GOOD, on_failure="ignore"), ValueError, "on_failure is 'ignore'; expected 'raise', 'nan'"),
        (lambda: posdef.cholesky(GOOD, on_failure=1), ValueError, "on_failure is 1"),
        (lambda: posdef.cholesky(GOOD, threads=0), ValueError, "threads is 0; expected None or 1 or more"),
        (lambda: posdef.cholesky(GOOD, threads="2"), ValueError, "threads is '2'"),
        (lambda: posdef.cholesky(GOOD, device="gpu"), ValueError, "posdef.cholesky: device is 'gpu'; expected None, 'cpu'"),
        (lambda: posdef.cholesky(GOOD, device=0), TypeError, "device is 0; expected None or a name"),
        (lambda: posdef.cholesky(GOOD, device="cuda"), posdef.UnavailableError, "not built in"),
        (lambda: posdef.cholesky_solve(GOOD, np.ones(4)), ValueError, r"b has shape \(4,\); expected \(3,\) or \(..., 3, k\)"),
        (lambda: posdef.cholesky_solve(GOOD, np.ones(())), ValueError, r"b has shape \(\)"),
        (lambda: posdef.cholesky_solve(GOOD, np.ones(3, "f4")), TypeError, "b has dtype float32; expected float64, as l"),
        (
            lambda: posdef.cholesky_solve(np.ones((2, 3, 3)), np.ones((4, 3, 1))),
            ValueError,
            r"the batch dimensions \(2,\) and \(4,\) cannot be broadcast together",
        ),
        (lambda: posdef.solve_triangular(GOOD, np.ones(3), trans="H"), ValueError, "trans is 'H'; expected 'N', 'T' or 'C'"),
        (lambda: posdef.inv_triangular(np.ones((2, 3))), ValueError, r"posdef.inv_triangular: l has shape \(2, 3\)"),
    ],
)
def test_bad_argument_is_named(call, kind, text):
    with pytest.raises(kind, match=text):
        call()
    np.testing.assert_array_equal(GOOD, np.eye(3))


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_import_loads_no_framework():
    assert run(
        "import sys, posdef; "
        "print(*[m for m in ('numpy', 'scipy', 'torch', 'jax', 'mlx', 'cupy') if m in sys.modules] or ['none'])"
    ) == ["none"]


def test_error_is_a_linalgerror_if_numpy_is_imported_later():
    out = run(
        "import posdef; early = posdef.NotPositiveDefiniteError; print(issubclass(early, ValueError))\n"
        "import numpy as np\n"
        "try: posdef.cholesky(-np.eye(2))\n"
        "except np.linalg.LinAlgError as e: print(type(e) is early)\n"
    )
    assert out == ["True", "True"]
