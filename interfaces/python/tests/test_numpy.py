"""The functions on NumPy arrays: values, layouts, batches, outputs."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import adjoint, positive_definite, random_matrix, tolerance

import posdef


def assert_factor(c, a, upper):
    """Checks that c is the factor of a: the product, zeros in the other triangle, a real positive diagonal."""
    product = adjoint(c) @ c if upper else c @ adjoint(c)
    n = a.shape[-1]
    scale = np.abs(a).max() if a.size else 1
    np.testing.assert_allclose(product, a, rtol=0, atol=tolerance(a.dtype, n) * scale)
    np.testing.assert_array_equal(c, np.triu(c) if upper else np.tril(c))
    d = np.diagonal(c, axis1=-2, axis2=-1)
    assert (d.real > 0).all() and (d.imag == 0).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 16, 17, 64, 130, 300])
def test_cholesky(n, dtype, upper):
    a = positive_definite(n, dtype)
    c = posdef.cholesky(a, upper=upper)
    assert type(c) is np.ndarray and c.dtype == dtype and c.flags.c_contiguous
    assert_factor(c, a, upper)


@pytest.mark.parametrize("batch", [(1,), (7,), (2, 3), (0,), (2, 0, 3)])
def test_cholesky_of_a_stack(batch, dtype, upper):
    a = positive_definite(5, dtype, batch)
    c = posdef.cholesky(a, upper=upper)
    assert c.shape == a.shape
    assert_factor(c, a, upper)


def test_only_one_triangle_is_read(dtype, upper):
    a = positive_definite(20, dtype)
    c = posdef.cholesky(a, upper=upper)
    other = np.tril(np.ones((20, 20), bool), -1) if upper else np.triu(np.ones((20, 20), bool), 1)
    np.testing.assert_array_equal(posdef.cholesky(np.where(other, np.nan, a).astype(dtype), upper=upper), c)


def layouts(a):
    """The same matrices in other memory layouts: (name, array)."""
    n = a.shape[-1]
    yield "fortran", np.asfortranarray(a)
    yield "transposed", adjoint(np.ascontiguousarray(adjoint(a)))
    yield "reversed rows", a[..., ::-1, :].copy()[..., ::-1, :]
    yield "reversed columns", a[..., ::-1].copy()[..., ::-1]
    yield "reversed batch", a[::-1].copy()[::-1]
    wide = np.zeros((*a.shape[:-1], 2 * n), a.dtype)
    wide[..., ::2] = a
    yield "every other column", wide[..., ::2]
    wide = np.zeros((*a.shape[:-1], n + 3), a.dtype)
    wide[..., :n] = a
    yield "long rows", wide[..., :n]
    every = np.repeat(a, 2, axis=0)
    yield "every other matrix", every[::2]
    last = np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 0, -1)), -1, 0)
    yield "batch fastest", last
    locked = a.copy()
    locked.flags.writeable = False
    yield "read-only", locked
    odd = np.zeros(a.nbytes + 1, np.uint8)[1:].view(a.dtype).reshape(a.shape)
    odd[...] = a
    yield "odd address", odd
    packed = np.zeros(a.shape, np.dtype([("pad", "u1"), ("x", a.dtype)]))
    packed["x"] = a
    yield "field of a structure", packed["x"]


def test_every_layout_is_read(dtype, upper):
    a = positive_definite(6, dtype, (4,))
    expected = posdef.cholesky(a, upper=upper)
    inverse = posdef.cholesky_inverse(expected, upper=upper)
    b = random_matrix((4, 6, 3), dtype)
    solution = posdef.cholesky_solve(expected, b, upper=upper)
    for name, same in layouts(a):
        np.testing.assert_array_equal(same, a)
        np.testing.assert_array_equal(posdef.cholesky(same, upper=upper), expected, err_msg=name)
    for name, same in layouts(expected):
        np.testing.assert_array_equal(posdef.cholesky_inverse(same, upper=upper), inverse, err_msg=name)
        np.testing.assert_array_equal(posdef.cholesky_solve(same, b, upper=upper), solution, err_msg=name)
    for name, same in layouts(b):
        np.testing.assert_array_equal(posdef.cholesky_solve(expected, same, upper=upper), solution, err_msg=name)


def test_every_layout_is_written(dtype):
    a = positive_definite(6, dtype, (4,))
    expected = posdef.cholesky(a)
    for name, out in layouts(np.zeros_like(a)):
        if name == "read-only":
            with pytest.raises(ValueError, match="posdef.cholesky: out is read-only"):
                posdef.cholesky(a, out=out)
        else:
            assert posdef.cholesky(a, out=out) is out
            np.testing.assert_array_equal(out, expected, err_msg=name)
    for name, same in layouts(a):
        if name != "read-only":
            assert posdef.cholesky(same, out=same) is same
            np.testing.assert_array_equal(same, expected, err_msg=name)


def test_subclasses_are_read(tmp_path):
    a = positive_definite(4, "float64")
    file = np.memmap(tmp_path / "a", a.dtype, "w+", shape=a.shape)
    file[...] = a
    for same in (file, a.view(np.matrix)):
        c = posdef.cholesky(same)
        assert type(c) is np.ndarray
        np.testing.assert_array_equal(c, posdef.cholesky(a))


def test_overwriting_is_allowed_not_required(dtype):
    a = positive_definite(4, dtype)
    expected = posdef.cholesky(a)
    kept = a.copy()
    assert posdef.cholesky(kept) is not kept
    np.testing.assert_array_equal(kept, a)
    assert posdef.cholesky(kept, overwrite_a=True) is kept
    np.testing.assert_array_equal(kept, expected)
    locked = a.copy()
    locked.flags.writeable = False
    np.testing.assert_array_equal(posdef.cholesky(locked, overwrite_a=True), expected)
    np.testing.assert_array_equal(locked, a)


def test_overlapping_output_is_refused():
    memory = np.zeros(40)
    a, out = memory[:36].reshape(6, 6), memory[4:].reshape(6, 6)
    a[...] = positive_definite(6, "float64")
    before = memory.copy()
    with pytest.raises(ValueError, match="partly the same memory"):
        posdef.cholesky(a, out=out)
    np.testing.assert_array_equal(memory, before)


@pytest.mark.parametrize("n", [0, 1, 3, 40])
def test_solve_inverse_logdet(n, dtype, upper):
    a = positive_definite(n, dtype, (2,))
    c = posdef.cholesky(a, upper=upper)
    x = random_matrix((2, n, 5), dtype)
    near = {"rtol": 0, "atol": 100 * tolerance(dtype, n) * 10}
    np.testing.assert_allclose(posdef.cholesky_solve(c, a @ x, upper=upper), x, **near)
    np.testing.assert_allclose(posdef.cholesky_inverse(c, upper=upper) @ a, np.broadcast_to(np.eye(n), a.shape), **near)
    expected = np.linalg.slogdet(a.astype("complex128"))[1] if n else np.zeros(2)
    for value in (posdef.logdet(a, upper=upper), posdef.cholesky_logdet(c, upper=upper)):
        assert value.shape == (2,) and value.dtype == np.zeros(0, dtype).real.dtype
        np.testing.assert_allclose(value, expected, rtol=0, atol=tolerance(dtype, n) * 10)
    assert isinstance(posdef.logdet(a[0]), np.floating)


def test_logdet_does_not_change_the_matrix(dtype):
    a = positive_definite(4, dtype)
    before = a.copy()
    value = posdef.logdet(a)
    np.testing.assert_array_equal(a, before)
    assert posdef.logdet(a, overwrite_a=True) == value
    np.testing.assert_array_equal(np.tril(a), posdef.cholesky(before))


@pytest.mark.parametrize("trans", ["N", "T", "C"])
@pytest.mark.parametrize("unit", [False, True])
def test_triangular(dtype, upper, trans, unit):
    n = 9
    t = random_matrix((3, n, n), dtype) / n + 2 * np.eye(n, dtype=dtype) * (1j if np.dtype(dtype).kind == "c" else -1)
    whole = np.triu(t) if upper else np.tril(t)
    if unit:
        whole[:, np.arange(n), np.arange(n)] = 1
    op = {"N": whole, "T": np.swapaxes(whole, -1, -2), "C": adjoint(whole)}[trans]
    x = random_matrix((3, n, 2), dtype)
    solved = posdef.solve_triangular(t, op @ x, upper=upper, trans=trans, unit_diagonal=unit)
    np.testing.assert_allclose(solved, x, rtol=0, atol=tolerance(dtype, n))
    inverse = posdef.inv_triangular(t, upper=upper, unit_diagonal=unit)
    np.testing.assert_array_equal(inverse, np.triu(inverse) if upper else np.tril(inverse))
    np.testing.assert_allclose(inverse @ whole, np.broadcast_to(np.eye(n), t.shape), rtol=0, atol=tolerance(dtype, n))


@pytest.mark.parametrize(
    "left, right, result",
    [
        ((), (4,), (4,)),
        ((), (4, 2), (4, 2)),
        ((3,), (4,), (3, 4)),
        ((3,), (4, 2), (3, 4, 2)),
        ((), (3, 4, 2), (3, 4, 2)),
        ((2, 1), (3, 4, 2), (2, 3, 4, 2)),
        ((2, 1), (1, 3, 4, 2), (2, 3, 4, 2)),
        ((0,), (4, 2), (0, 4, 2)),
        ((3,), (4, 0), (3, 4, 0)),
    ],
)
def test_batches_are_broadcast(left, right, result, dtype):
    a = positive_definite(4, dtype, left)
    b = random_matrix(right, dtype)
    c = posdef.cholesky(a)
    x = posdef.cholesky_solve(c, b)
    assert x.shape == result
    product = np.einsum("...ij,...j->...i", a, x) if len(right) == 1 else a @ x
    np.testing.assert_allclose(product, np.broadcast_to(b, result), rtol=0, atol=100 * tolerance(dtype, 4))
    np.testing.assert_array_equal(posdef.cholesky_solve(c, b, out=np.empty(result, dtype)), x)
    broadcast = np.broadcast_to(c, (*result[: -1 if len(right) == 1 else -2], 4, 4))
    np.testing.assert_array_equal(posdef.cholesky_solve(broadcast, b), x)
    kept = b.copy()
    y = posdef.cholesky_solve(c, kept, overwrite_b=True)
    assert (y is kept) == (result == right)
    np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize("half, eps", [("float16", 2**-10), ("bfloat16", 2**-7)])
def test_halves_are_computed_in_float32(half, eps):
    if half == "bfloat16":
        half = pytest.importorskip("ml_dtypes").bfloat16
    a = positive_definite(8, "float32", (3,)).astype(half)
    c = posdef.cholesky(a)
    assert c.dtype == half
    # The float32 result, rounded once.
    np.testing.assert_array_equal(c, posdef.cholesky(a.astype("float32")).astype(half))
    assert posdef.logdet(a).dtype == half
    np.testing.assert_array_equal(posdef.cholesky_solve(c, a), posdef.cholesky_solve(
        c.astype("float32"), a.astype("float32")).astype(half))


def test_conversions_of_every_half():
    """The conversions agree with NumPy's for every float16, and for floats near every rounding boundary."""
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    ones = np.ones((every.size, 1, 1), np.float16)
    # L·x = b with L = 1 converts b in both directions.
    through = posdef.solve_triangular(ones, every.reshape(-1, 1, 1)).ravel()
    np.testing.assert_array_equal(through[~np.isnan(every)], every[~np.isnan(every)])
    assert np.isnan(through[np.isnan(every)]).all()
    # A power of two: exact in float32, then rounded to subnormals or to infinity.
    scale = np.full((every.size, 1, 1), 4096, np.float16)
    with np.errstate(invalid="ignore"):
        expected = (every.astype(np.float32) / 4096).astype(np.float16)
    divided = posdef.solve_triangular(scale, every.reshape(-1, 1, 1)).ravel()
    np.testing.assert_array_equal(divided[~np.isnan(every)], expected[~np.isnan(every)])
    grown = posdef.solve_triangular(1 / scale, every.reshape(-1, 1, 1)).ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        expected = (every.astype(np.float32) * 4096).astype(np.float16)
    np.testing.assert_array_equal(grown[~np.isnan(every)], expected[~np.isnan(every)])


@pytest.mark.parametrize("half, first", [("float16", 2048), ("bfloat16", 256)])
def test_ties_go_to_even(half, first):
    """y + 1 for every even y of a binade with a spacing of 2, computed with L = [[1, 0], [-1, 1]] and b = (1, y)."""
    if half == "bfloat16":
        half = pytest.importorskip("ml_dtypes").bfloat16
    y = np.arange(first, 2 * first, 2)
    b = np.stack([np.ones_like(y), y], -1)[..., None].astype(half)
    l = np.broadcast_to(np.array([[1, 0], [-1, 1]], half), (len(y), 2, 2))
    for sign in (1, -1):
        x = posdef.solve_triangular(l, sign * b)[:, 1, 0]
        np.testing.assert_array_equal(x.astype(int), sign * (y + 2 * (y // 2 % 2)))


def test_same_bits_for_every_batch_and_number_of_threads(dtype):
    a = positive_definite(33, dtype, (50,))
    whole = posdef.cholesky(a)
    np.testing.assert_array_equal(posdef.cholesky(a, threads=1), whole)
    np.testing.assert_array_equal(np.stack([posdef.cholesky(x) for x in a]), whole)


def test_named_device_computes():
    """Runs in another process, because the environment is read once."""
    program = """
import numpy as np, posdef
a = np.eye(90) + 1 / (1 + np.arange(90)[:, None] + np.arange(90))
named, default = posdef.cholesky(a, device="cpu"), posdef.cholesky(a)
print(posdef.default_device(), (default == posdef.cholesky(a, device="reference")).all(), (named == default).all())
"""
    for device, printed in (("reference", "reference True False"), ("", "cpu False True")):
        done = subprocess.run([sys.executable, "-c", program], env={**os.environ, "POSDEF_DEVICE": device},
                              capture_output=True, text=True, check=True)
        assert done.stdout.strip() == printed


def test_reference_device(dtype):
    a = positive_definite(12, dtype)
    np.testing.assert_allclose(
        posdef.cholesky(a, device="reference"), posdef.cholesky(a), rtol=0, atol=tolerance(dtype, 12) * 100
    )


def test_other_threads_run_during_a_call():
    """Without forced switches of the interpreter lock, this thread wakes up early only if the call releases the lock."""
    a = np.broadcast_to(positive_definite(128, "float64"), (600, 128, 128))

    def woken_during_the_call():
        begun, done = threading.Event(), threading.Event()

        def factor():
            begun.set()
            posdef.cholesky(a, threads=1)
            done.set()

        worker = threading.Thread(target=factor)
        worker.start()
        begun.wait()
        early = not done.is_set()
        worker.join()
        return early

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        assert any(woken_during_the_call() for _ in range(5))
    finally:
        sys.setswitchinterval(interval)


def test_array_api_signature():
    a = positive_definite(3, "float64")
    np.testing.assert_array_equal(posdef.cholesky(a, upper=True), posdef.cholesky(a).T)
    with pytest.raises(TypeError):
        posdef.cholesky(a, True)
