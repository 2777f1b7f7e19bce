"""Cholesky factorization of symmetric and Hermitian positive definite matrices, and what people do next with it.

The functions take arrays of NumPy, PyTorch, JAX, CuPy, MLX or anything else that speaks DLPack, one matrix or a stack
``(..., n, n)``, and return the caller's own kind of array. ``posdef.torch``, ``posdef.jax`` and ``posdef.mlx`` have the
differentiable ones, each imported when it is asked for; ``posdef.patched()`` puts posdef under NumPy's and SciPy's names.
"""

from ._core import (
    __version__,
    cholesky,
    cholesky_ex,
    cholesky_inverse,
    cholesky_logdet,
    cholesky_solve,
    default_device,
    default_threads,
    devices,
    logdet,
    solve_triangular,
    inv_triangular,
)
from ._errors import NotPositiveDefiniteError, SingularError, UnavailableError
from ._patch import patch_numpy, patched, unpatch_numpy

__all__ = [
    "NotPositiveDefiniteError",
    "SingularError",
    "UnavailableError",
    "__version__",
    "cholesky",
    "cholesky_ex",
    "cholesky_inverse",
    "cholesky_logdet",
    "cholesky_solve",
    "default_device",
    "default_threads",
    "devices",
    "logdet",
    "patch_numpy",
    "patched",
    "solve_triangular",
    "inv_triangular",
    "unpatch_numpy",
]
