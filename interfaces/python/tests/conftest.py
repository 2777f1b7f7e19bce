"""Matrices for the tests. Tests of a framework that is not installed are skipped, with its name."""

import numpy as np
import pytest

DTYPES = ["float32", "float64", "complex64", "complex128"]


def random_matrix(shape, dtype, seed=0):
    """Standard normal entries, with imaginary parts for complex types."""
    rng = np.random.default_rng(seed)
    a = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        a = a + 1j * rng.standard_normal(shape)
    return a.astype(dtype)


def positive_definite(n, dtype, batch=(), seed=0, spread=100.0):
    """Q·D·Qᴴ with eigenvalues from 1 to `spread`, evenly on a logarithmic scale."""
    q = np.linalg.qr(random_matrix((*batch, n, n), np.result_type(dtype, np.float64), seed))[0]
    d = np.geomspace(1.0, spread, n) if n else np.empty(0)
    a = (q * d) @ np.conj(np.swapaxes(q, -1, -2))
    return ((a + np.conj(np.swapaxes(a, -1, -2))) / 2).astype(dtype)


def adjoint(a):
    return np.conj(np.swapaxes(a, -1, -2))


def tolerance(dtype, n=1):
    return 30 * max(n, 1) * float(np.finfo(dtype).eps)


@pytest.fixture(params=DTYPES)
def dtype(request):
    return request.param


@pytest.fixture(params=[False, True], ids=["lower", "upper"])
def upper(request):
    return request.param
