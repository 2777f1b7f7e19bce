"""The exceptions of posdef."""

import sys


class _NumericalError(ValueError):
    """The base of both numerical errors."""

    def __init__(self, message, index=(), order=0, failures=1):
        super().__init__(message)
        self.index = index
        self.order = order
        self.failures = failures

    def __reduce__(self):
        return type(self), (str(self), self.index, self.order, self.failures)


class NotPositiveDefiniteError(_NumericalError):
    """A matrix is not positive definite.

    A ValueError, and a numpy.linalg.LinAlgError where NumPy is loaded.

    Attributes
    ----------
    index : tuple of int
        The position of the first failed matrix in the batch; () for a single matrix.
    order : int
        The leading minor of this order is not positive definite.
    failures : int
        The number of matrices that failed.
    """

    __module__ = "posdef"


class SingularError(_NumericalError):
    """A triangular matrix has a diagonal element that is zero or not finite, or not positive in a Cholesky factor.

    A ValueError, and a numpy.linalg.LinAlgError where NumPy is loaded.

    Attributes
    ----------
    index : tuple of int
        The position of the first failed matrix in the batch; () for a single matrix.
    order : int
        The number of the diagonal element, from 1.
    failures : int
        The number of matrices that failed.
    """

    __module__ = "posdef"


class UnavailableError(RuntimeError):
    """The engine is not built in, or there is no such device on this machine."""

    __module__ = "posdef"


def join_numpy():
    """Makes both classes subclasses of LinAlgError. They may exist before NumPy is imported."""
    linalg = sys.modules.get("numpy.linalg")
    if linalg is None or issubclass(NotPositiveDefiniteError, linalg.LinAlgError):
        return
    for kind in (NotPositiveDefiniteError, SingularError):
        kind.__bases__ = (_NumericalError, linalg.LinAlgError)


_TEXTS = {
    "minor": "the leading minor of order {} is not positive definite",
    "factor_diagonal": "diagonal element {} of the factor is not positive and finite",
    "diagonal": "diagonal element {} is zero or not finite",
}


def fail(function, kind, first, order, failures, shape):
    """Raises for matrix number `first`, in C order, of a batch of this shape; `kind` is a key of _TEXTS."""
    join_numpy()
    index = ()
    for extent in reversed(shape):
        first, position = divmod(first, extent)
        index = (position, *index)
    text = f"posdef.{function}: "
    if shape:
        text += f"matrix {index[0] if len(index) == 1 else index}: "
    text += _TEXTS[kind].format(order)
    if failures > 1:
        text += f" ({failures} matrices of the batch failed)"
    raise (NotPositiveDefiniteError if kind == "minor" else SingularError)(text, index, order, failures)


join_numpy()
