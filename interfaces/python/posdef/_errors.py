"""What posdef raises when a matrix has no answer, or when there is no engine to ask."""

import sys


class _NumericalError(ValueError):
    """Base of both; `index` is the position in the batch, `order` is info, `failures` counts the failed matrices."""

    def __init__(self, message, index=(), order=0, failures=1):
        super().__init__(message)
        self.index = index
        self.order = order
        self.failures = failures

    def __reduce__(self):
        return type(self), (str(self), self.index, self.order, self.failures)


class NotPositiveDefiniteError(_NumericalError):
    """The leading minor of order `order` of matrix `index` of the batch is not positive definite.

    `index` is a tuple, () for a single matrix; `failures` counts the matrices that failed. Where NumPy is loaded this is
    a numpy.linalg.LinAlgError.
    """


class SingularError(_NumericalError):
    """Diagonal element `order` (from 1) of the triangular matrix `index` is zero or not finite, or, where a Cholesky
    factor is expected, not positive. Where NumPy is loaded this is a numpy.linalg.LinAlgError.
    """


class UnavailableError(RuntimeError):
    """The engine is not built in, or there is no such device on this machine."""


def join_numpy():
    """Makes both classes a LinAlgError, once NumPy is there: they exist before it may have been imported."""
    linalg = sys.modules.get("numpy.linalg")
    if linalg is None or issubclass(NotPositiveDefiniteError, linalg.LinAlgError):
        return
    for kind in (NotPositiveDefiniteError, SingularError):
        kind.__bases__ = (_NumericalError, linalg.LinAlgError)


def fail(function, of_matrix, first, order, failures, shape):
    """Raises for matrix number `first`, in C order, of a batch of this shape."""
    join_numpy()
    index = ()
    for extent in reversed(shape):
        first, position = divmod(first, extent)
        index = (position, *index)
    text = f"posdef.{function}: "
    if shape:
        text += f"matrix {index[0] if len(index) == 1 else index}: "
    if of_matrix:
        text += f"the leading minor of order {order} is not positive definite"
    elif function.startswith("cholesky"):
        text += f"diagonal element {order} of the factor is not positive and finite"
    else:
        text += f"diagonal element {order} is zero or not finite"
    if failures > 1:
        text += f" ({failures} matrices of the batch failed)"
    raise (NotPositiveDefiniteError if of_matrix else SingularError)(text, index, order, failures)


join_numpy()
