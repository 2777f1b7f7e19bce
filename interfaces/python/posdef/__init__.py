"""Cholesky factorization of symmetric and Hermitian positive definite matrices, with solves, inverses and determinants.

The functions take arrays of NumPy, PyTorch, JAX, CuPy, MLX and every other library with DLPack, one matrix or a stack
``(..., n, n)``, and return the caller's own kind of array. ``posdef.torch``, ``posdef.jax`` and ``posdef.mlx`` are
modules of differentiable functions, which the program imports where it needs them. ``posdef.patched()`` replaces
NumPy's and SciPy's functions.

>>> import numpy as np, posdef
>>> f = posdef.Factor(np.array([[4.0, 2.0], [2.0, 5.0]]))
>>> f.solve(np.array([8.0, 12.0]))
array([1., 2.])
"""

from ._core import (
    __version__,
    cholesky,
    cholesky_ex,
    cholesky_inverse,
    cholesky_logdet,
    cholesky_solve,
    default_device,
    devices,
    inv,
    inv_triangular,
    logdet,
    solve,
    solve_triangular,
)
from ._errors import NotPositiveDefiniteError, SingularError, UnavailableError
from ._factor import Factor
from ._patch import patch_numpy, patched, unpatch_numpy
from ._threadpoolctl import register_controller
from ._threads import get_num_threads, num_threads, set_num_threads

__all__ = [
    "Factor",
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
    "devices",
    "get_num_threads",
    "inv",
    "inv_triangular",
    "logdet",
    "num_threads",
    "patch_numpy",
    "patched",
    "set_num_threads",
    "solve",
    "solve_triangular",
    "unpatch_numpy",
]

register_controller()
