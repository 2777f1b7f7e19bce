"""posdef under the names numpy.linalg.cholesky, scipy.linalg.cholesky, cho_factor and cho_solve.

Each replacement computes plain arrays of the four types, and calls the function that it replaces for everything else:
subclasses, other types, wrong shapes, matrices that have no factor. So dtypes, errors, their texts and the treatment of
NaN are the same as in the original.
"""

import contextlib
import functools
import importlib.util
import inspect
import sys
import threading

from . import _core
from ._errors import NotPositiveDefiniteError, SingularError, join_numpy

_lock = threading.RLock()
_depth = 0
_replaced: dict = {}  # original function -> replacement


def patch_numpy():
    """Replace numpy.linalg.cholesky and scipy.linalg.cholesky, cho_factor and cho_solve by posdef.

    The functions are replaced in every module that has them under their own names, until `unpatch_numpy`. SciPy's are
    replaced if SciPy is installed.

    See Also
    --------
    patched : The same for one block of code.

    Notes
    -----
    Calls may be nested. A replacement calls the original function for arguments that posdef handles differently:
    subclasses, other dtypes, wrong shapes, matrices without a factor. For a program that cannot be edited there is
    ``python -m posdef program.py``.

    Examples
    --------
    >>> import numpy as np, posdef
    >>> posdef.patch_numpy()
    >>> np.linalg.cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]))
    array([[2., 0.],
           [1., 2.]])
    >>> posdef.unpatch_numpy()
    """
    global _depth
    with _lock:
        _depth += 1
        if _depth == 1:
            _replaced.update(_replacements())
            _exchange(_replaced)


def unpatch_numpy():
    """Undo one call of `patch_numpy`. The last one restores the original functions.

    Raises
    ------
    RuntimeError
        If there is no call to undo.

    Examples
    --------
    >>> import numpy as np, posdef
    >>> original = np.linalg.cholesky
    >>> posdef.patch_numpy()
    >>> np.linalg.cholesky is original
    False
    >>> posdef.unpatch_numpy()
    >>> np.linalg.cholesky is original
    True
    """
    global _depth
    with _lock:
        if _depth == 0:
            raise RuntimeError("posdef.unpatch_numpy: nothing is patched")
        _depth -= 1
        if _depth == 0:
            _exchange({new: old for old, new in _replaced.items()})
            _replaced.clear()


@contextlib.contextmanager
def patched():
    """Make a context in which NumPy's and SciPy's functions are replaced by posdef, for all threads.

    Yields
    ------
    None

    See Also
    --------
    patch_numpy : The functions, and when the originals are called.

    Examples
    --------
    >>> import numpy as np, posdef
    >>> with posdef.patched():
    ...     np.linalg.cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]))
    array([[2., 0.],
           [1., 2.]])
    """
    patch_numpy()
    try:
        yield
    finally:
        unpatch_numpy()


def _exchange(pairs):
    by_name = {}
    for old, new in pairs.items():
        by_name.setdefault(old.__name__, []).append((old, new))
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", {})
        for name, candidates in by_name.items():
            for old, new in candidates:
                if names.get(name) is old:
                    setattr(module, name, new)


def _replacements():
    import numpy as np

    pairs = {np.linalg.cholesky: _numpy_cholesky(np, np.linalg.cholesky)}
    if importlib.util.find_spec("scipy") is not None:
        import scipy.linalg as sl

        batches = hasattr(sl.cholesky, "__wrapped__")  # versions of SciPy that take stacks of matrices

        def best_type(*arrays):
            return sl.find_best_blas_type(arrays)[1]

        pairs[sl.cholesky] = _scipy_cholesky(np, sl.cholesky, best_type, batches)
        pairs[sl.cho_factor] = _scipy_cho_factor(np, sl.cho_factor, best_type, batches)
        pairs[sl.cho_solve] = _scipy_cho_solve(np, sl.cho_solve, best_type, batches)
    return pairs


def _matrices(np, a, of_integers):
    """`a` as an array that posdef factors as NumPy and SciPy do, else None.

    Such an array has native byte order, one of the four types, square matrices and at least one element.
    of_integers(array) is the type that integers are converted to.
    """
    if type(a) is not np.ndarray:
        if not isinstance(a, (list, tuple)):
            return None
        try:
            a = np.asarray(a)
        except ValueError:
            return None
    if a.dtype.char not in "fdFD":
        if a.dtype.kind not in "iub":
            return None
        a = a.astype(of_integers(a))
    if a.ndim < 2 or a.shape[-1] != a.shape[-2] or a.size == 0 or not a.dtype.isnative:
        return None
    return a


def _numpy_cholesky(np, original):
    known = {"upper"} & inspect.signature(original).parameters.keys()  # NumPy 2 has it

    @functools.wraps(original)
    def cholesky(a, /, **keywords):
        matrices = _matrices(np, a, lambda _: np.float64)
        if matrices is None or not keywords.keys() <= known:
            return original(a, **keywords)
        try:
            return _core.cholesky(matrices, upper=bool(keywords.get("upper", False)))
        except NotPositiveDefiniteError:
            return original(a, **keywords)

    return cholesky


def _finite(np, a, check_finite):
    return not check_finite or bool(np.isfinite(a).all())


def _in_place(matrix, overwrite):
    """Whether the result can take the place of this matrix: SciPy's results are in Fortran order."""
    return overwrite and matrix.flags.f_contiguous and matrix.flags.writeable


def _no_factor(info):
    """SciPy's error, for a matrix that has been overwritten: the original function cannot be called any more."""
    join_numpy()
    text = f"{info}-th leading minor of the array is not positive definite"
    return NotPositiveDefiniteError(text, (), info)


def _empty(np, shape, dtype):
    """Memory laid out as SciPy's results: each matrix in Fortran order, the batch around it in C order."""
    return np.empty((*shape[:-2], shape[-1], shape[-2]), dtype).swapaxes(-1, -2)


def _scipy_cholesky(np, original, best_type, batches):
    @functools.wraps(original)
    def cholesky(a, lower=False, overwrite_a=False, check_finite=True):
        matrices = _matrices(np, a, best_type)
        if matrices is None or (matrices.ndim > 2 and not batches) or not _finite(np, matrices, check_finite):
            return original(a, lower, overwrite_a, check_finite)
        out = matrices if _in_place(matrices, overwrite_a) else _empty(np, matrices.shape, matrices.dtype)
        try:
            return _core.cholesky(matrices, upper=not lower, out=out)
        except NotPositiveDefiniteError as e:
            if out is a:
                raise _no_factor(e.order) from None
            return original(a, lower, overwrite_a, check_finite)

    return cholesky


def _scipy_cho_factor(np, original, best_type, batches):
    @functools.wraps(original)
    def cho_factor(a, lower=False, overwrite_a=False, check_finite=True):
        matrices = _matrices(np, a, best_type)
        if matrices is None or (matrices.ndim > 2 and not batches) or not _finite(np, matrices, check_finite):
            return original(a, lower, overwrite_a, check_finite)
        # As in LAPACK, the other triangle keeps the elements of the matrix.
        if _in_place(matrices, overwrite_a):
            result = matrices
        else:
            result = _empty(np, matrices.shape, matrices.dtype)
            result[...] = matrices
        info = _core._factor_in_place(result, upper=not lower)
        if info == 0:
            return (result, lower) if result.ndim == 2 else [result, np.full(result.shape[:-2], lower)]
        if result is a:
            raise _no_factor(info)
        return original(a, lower, overwrite_a, check_finite)

    return cho_factor


def _scipy_cho_solve(np, original, best_type, batches):
    @functools.wraps(original)
    def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
        def as_before():
            return original(c_and_lower, b, overwrite_b, check_finite)

        c, lower = c_and_lower
        if isinstance(lower, np.ndarray):  # as cho_factor returns it for a stack
            if lower.size == 0 or lower.any() != lower.all():
                return as_before()
            lower = lower.all()
        factors = _matrices(np, c, best_type)
        right = b if type(b) is np.ndarray else np.asarray(b) if isinstance(b, (list, tuple)) else None
        if factors is None or right is None or right.ndim == 0 or right.size == 0 or right.dtype.kind not in "fciub":
            return as_before()
        if not right.dtype.isnative or not _finite(np, factors, check_finite) or not _finite(np, right, check_finite):
            return as_before()
        vector = right.ndim == 1
        if right.shape[0 if vector else -2] != factors.shape[-1] or (not batches and max(factors.ndim, right.ndim) > 2):
            return as_before()
        dtype = factors.dtype
        if right.dtype != dtype or np.asarray(c).dtype != dtype:
            dtype = best_type(np.asarray(c), right)
        if right.dtype == dtype and factors.ndim == 2 and _in_place(right, overwrite_b):
            out = right
        elif vector:
            out = np.empty(factors.shape[:-1], dtype)
        else:
            try:
                batch = np.broadcast_shapes(factors.shape[:-2], right.shape[:-2])
            except ValueError:
                return as_before()
            out = _empty(np, batch + right.shape[-2:], dtype)
        factors, right = factors.astype(dtype, copy=False), right.astype(dtype, copy=False)
        try:
            return _core.cholesky_solve(factors, right, upper=not lower, out=out)
        except SingularError:  # LAPACK divides by any diagonal; posdef has not changed this right-hand side
            return as_before()

    return cho_solve
