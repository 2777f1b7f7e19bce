"""Arrays of an unknown framework: DLPack, old and new, and the array API standard."""

import numpy as np
import pytest
from conftest import positive_definite

import posdef


class Foreign:
    """An array with DLPack's two methods and the standard's namespace, and nothing else."""

    def __init__(self, array):
        self.array = array
        self.calls = []

    def __dlpack__(self, **keywords):
        self.calls.append(keywords)
        return self.array.__dlpack__(**keywords)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()

    def __array_namespace__(self):
        class Namespace:
            from_dlpack = staticmethod(lambda x: Foreign(np.from_dlpack(x)))

        return Namespace


class Old(Foreign):
    """An array from before DLPack 1.0: no keyword max_version, so no versioned capsule."""

    def __dlpack__(self, *, stream=None):
        self.calls.append({"stream": stream})
        return self.array.__dlpack__()


@pytest.mark.parametrize("kind", [Foreign, Old])
def test_result_is_of_the_same_kind(kind, dtype, upper):
    a = positive_definite(5, dtype, (2,))
    given = kind(a)
    c = posdef.cholesky(given, upper=upper)
    assert type(c) is Foreign and given.calls
    np.testing.assert_array_equal(c.array, posdef.cholesky(a, upper=upper))
    assert c.array.ctypes.data % 64 == 0
    value, info = posdef.logdet(given, on_failure="report")
    assert info.array.dtype == np.int32 and (info.array == 0).all()
    np.testing.assert_array_equal(value.array, posdef.logdet(a))


@pytest.mark.parametrize("kind", [Foreign, Old])
def test_output_is_written_in_place(kind):
    a = positive_definite(5, "float64")
    out = kind(np.zeros_like(a))
    assert posdef.cholesky(kind(a), out=out) is out
    np.testing.assert_array_equal(out.array, posdef.cholesky(a))
    kept = kind(a.copy())
    assert posdef.cholesky(kept, overwrite_a=True) is kept
    np.testing.assert_array_equal(kept.array, out.array)


@pytest.mark.skipif(np.__version__ < "2", reason="NumPy 1 exports no read-only arrays")
def test_read_only_memory_is_not_written():
    a = positive_definite(5, "float64")
    a.flags.writeable = False
    given = Foreign(a)
    np.testing.assert_array_equal(posdef.cholesky(given).array, posdef.cholesky(a))
    np.testing.assert_array_equal(posdef.cholesky(given, overwrite_a=True).array, posdef.cholesky(a))
    with pytest.raises(ValueError, match="posdef.cholesky: out is read-only"):
        posdef.cholesky(given, out=given)


def test_memory_lives_as_long_as_the_result():
    results = [posdef.cholesky(Foreign(np.eye(200) * 4)).array for _ in range(50)]
    for c in results:
        np.testing.assert_array_equal(c, np.eye(200) * 2)


def test_strides_are_read():
    a = positive_definite(6, "complex64", (4,))
    for same in (np.asfortranarray(a), a[:, ::-1].copy()[:, ::-1], np.repeat(a, 2, 0)[::2]):
        np.testing.assert_array_equal(posdef.cholesky(Foreign(same)).array, posdef.cholesky(a))


class OnDevice(Foreign):
    def __dlpack_device__(self):
        return (2, 0)

    def __dlpack__(self, **keywords):
        raise AssertionError("must not be called: an export synchronizes a stream")


def test_device_without_an_engine_is_refused_before_the_export():
    with pytest.raises(posdef.UnavailableError, match="posdef.cholesky: a is on a cuda device, for which this build has"):
        posdef.cholesky(OnDevice(np.eye(3)))


def test_arrays_without_a_way_back_are_refused():
    class Nameless(Foreign):
        __array_namespace__ = property()

    with pytest.raises(TypeError, match="has no from_dlpack"):
        posdef.cholesky(Nameless(np.eye(3)))
    with pytest.raises(TypeError, match="posdef.cholesky: a has dtype of another kind"):
        posdef.cholesky(Foreign(np.eye(3, dtype=np.int64)))


def test_cupy():
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    try:
        cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as e:
        pytest.skip(f"CuPy finds no GPU: {e}")
    if not any(d["name"] == "cuda" and d["available"] for d in posdef.devices()):
        with pytest.raises(posdef.UnavailableError, match="a is on a cuda device"):
            posdef.cholesky(cupy.eye(3))
