"""The class Factor: a Cholesky factor and the operations that use it."""

from . import _core
from ._frameworks import framework


class Factor:
    """The Cholesky factor of a positive definite matrix, or of each matrix of a stack.

    A = L·Lᴴ, or A = Uᴴ·U with ``upper=True``. `cholesky_solve` cannot tell a factor from a matrix that has not been
    factored, and gives a wrong answer for the latter. The methods of this class always have a factor.

    Parameters
    ----------
    a : array, shape (..., n, n)
        Symmetric or Hermitian matrices of float32, float64, complex64 or complex128. float16 and bfloat16 are computed
        in float32 and rounded once. Only the triangle that `upper` names is read.
    upper : bool, default False
        Read the upper triangle, and U is the factor. Otherwise the lower one is read, and L is the factor.
    overwrite_a : bool, default False
        Allow the factor to take the place of `a`, if that memory is writable. Otherwise `a` is copied.
    on_failure : {'raise', 'nan', 'report', 'nan-report'}, default 'raise'
        What to do if a matrix has no factor. 'raise': raise an exception, after all matrices have been processed. The
        other words make a Factor in which that factor is NaN; `ok` and `info` say so, and the methods return NaN for
        it.
    threads : int, optional
        The largest number of threads, here and in the methods. None means `get_num_threads()` of each call.
    device : str, optional
        The engine, here and in the methods, such as 'cpu' or 'reference'. None means POSDEF_DEVICE, else 'cpu'.

    Raises
    ------
    NotPositiveDefiniteError
        If a matrix is not positive definite and `on_failure` is 'raise'.
    ValueError, TypeError, UnavailableError, MemoryError
        For a bad argument, an unavailable device, or lack of memory. Nothing has been written then.

    See Also
    --------
    solve : Factors and solves in one call.

    Notes
    -----
    A matrix fails with info = k if its leading minor of order k is not positive definite. A matrix that fails does not
    change the results of the others.

    The cost is n³/3 operations for each matrix, four times that for complex numbers. The object keeps the factor, an
    array of the caller's own kind, and nothing else of size n². It can be pickled and copied if that array can.

    References
    ----------
    Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.

    Examples
    --------
    >>> import numpy as np, posdef
    >>> f = posdef.Factor(np.array([[4.0, 2.0], [2.0, 5.0]]))
    >>> f
    posdef.Factor(shape=(2, 2), dtype=float64, upper=False, ok=True)
    >>> f.solve(np.array([8.0, 12.0]))
    array([1., 2.])
    >>> float(np.exp(f.logdet()).round(12))
    16.0
    """

    __module__ = "posdef"
    __slots__ = ("_array", "_device", "_failed", "_info", "_ok", "_on_failure", "_threads", "_upper")

    def __init__(self, a, *, upper=False, overwrite_a=False, on_failure="raise", threads=None, device=None):
        array, info, failed = _core._factor(a, upper, overwrite_a, on_failure, threads, device)
        self._keep(array, info, failed is None, upper, on_failure, threads, device)
        self._failed = failed

    @classmethod
    def from_factor(cls, l, *, upper=False, on_failure="raise", threads=None, device=None):
        """Make a Factor of an existing factor, without a copy.

        Parameters
        ----------
        l : array, shape (..., n, n)
            L or U, as `cholesky` returns it. Only the triangle that `upper` names is read. The object keeps this array:
            do not change it while the object is in use.
        upper : bool, default False
            Whether the factor is U, in the upper triangle, or L, in the lower one.
        on_failure : {'raise', 'nan', 'report', 'nan-report'}, default 'raise'
            What to do if an array is no factor, because diagonal element k is not positive and finite. 'raise': raise
            an exception. The other words make a Factor; `ok` and `info` say so, and the methods return NaN for that
            matrix.
        threads, device : optional
            As for `Factor`.

        Returns
        -------
        factor : Factor

        Raises
        ------
        SingularError
            If diagonal element k of a factor is not positive and finite, and `on_failure` is 'raise'.
        ValueError, TypeError, UnavailableError, MemoryError
            For a bad argument, an unavailable device, or lack of memory.

        Notes
        -----
        The check reads the diagonal alone and costs n logarithms for each matrix.

        Examples
        --------
        >>> import numpy as np, posdef
        >>> l = posdef.cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]))
        >>> posdef.Factor.from_factor(l).solve(np.array([8.0, 12.0]))
        array([1., 2.])
        >>> posdef.Factor.from_factor(-l)
        Traceback (most recent call last):
            ...
        posdef.SingularError: posdef.Factor.from_factor: diagonal element 1 of the factor is not positive and finite
        """
        _, info, failed = _core._factor_borrow(l, upper, on_failure, threads, device)
        self = cls.__new__(cls)
        self._keep(l, info, failed is None, upper, on_failure, threads, device)
        self._failed = None  # the methods find a bad diagonal themselves
        return self

    def _keep(self, array, info, ok, upper, on_failure, threads, device):
        self._array = array
        self._info = info
        self._ok = ok
        self._upper = upper
        self._on_failure = "raise" if on_failure == "raise" else "nan"
        self._threads = threads
        self._device = device

    def _choices(self, on_failure):
        """The end of the arguments of every private function."""
        return self._on_failure if on_failure is None else on_failure, self._threads, self._device

    def solve(self, b, *, out=None, overwrite_b=False, on_failure=None):
        """Solve A·X = B.

        Parameters
        ----------
        b : array, shape (n,) or (..., n, k)
            One right-hand side, or k of them for each matrix, of the dtype of the factor. Batch dimensions are
            broadcast.
        out : array, optional
            An array of the result's shape and dtype to write to. It may be `b` itself.
        overwrite_b : bool, default False
            Allow the result to take the place of `b`, if that memory is writable.
        on_failure : {'raise', 'nan', 'report', 'nan-report'}, optional
            What to do for a matrix that has no factor, as in `cholesky_solve`. None means 'raise' if the Factor was
            made with 'raise', else 'nan'.

        Returns
        -------
        x : array, shape (..., n) or (..., n, k)
            The solution, of the caller's own kind of array, C-ordered.
        info : array of int32, the batch's shape
            Only with 'report' and 'nan-report'.

        Raises
        ------
        NotPositiveDefiniteError, SingularError
            If a matrix has no factor and `on_failure` is 'raise'.
        ValueError, TypeError, MemoryError
            For a bad argument or lack of memory. Nothing has been written then.

        Notes
        -----
        The cost is 2·n²·k operations for each matrix, four times that for complex numbers.

        Examples
        --------
        >>> import numpy as np, posdef
        >>> posdef.Factor(np.array([[4.0, 2.0], [2.0, 5.0]])).solve(np.array([[8.0, 4.0], [12.0, 2.0]]))
        array([[1., 1.],
               [2., 0.]])
        """
        return _core._factor_solve(
            self._array, self._failed, b, self._upper, out, overwrite_b, *self._choices(on_failure)
        )

    def solve_triangular(self, b, *, trans="N", out=None, overwrite_b=False, on_failure=None):
        """Solve op(L)·X = B, or op(U)·X = B, with the triangular factor.

        Parameters
        ----------
        b : array, shape (n,) or (..., n, k)
            One right-hand side, or k of them for each matrix, of the dtype of the factor. Batch dimensions are
            broadcast.
        trans : {'N', 'T', 'C'}, default 'N'
            op: the factor itself, its transpose or its conjugate transpose.
        out, overwrite_b, on_failure : optional
            As for `solve`.

        Returns
        -------
        x : array, shape (..., n) or (..., n, k)
            The solution, of the caller's own kind of array, C-ordered.
        info : array of int32, the batch's shape
            Only with 'report' and 'nan-report'.

        Raises
        ------
        NotPositiveDefiniteError, SingularError, ValueError, TypeError, MemoryError
            As for `solve`.

        Notes
        -----
        L⁻¹·b has covariance I where b has covariance A. The cost is n²·k operations for each matrix, four times that
        for complex numbers.

        Examples
        --------
        >>> import numpy as np, posdef
        >>> f = posdef.Factor(np.array([[4.0, 2.0], [2.0, 5.0]]))
        >>> f.solve_triangular(np.array([2.0, 5.0]))
        array([1., 2.])
        >>> f.solve_triangular(np.array([4.0, 4.0]), trans="T")
        array([1., 2.])
        """
        return _core._factor_solve_triangular(
            self._array, self._failed, b, self._upper, trans, out, overwrite_b, *self._choices(on_failure)
        )

    def logdet(self, *, out=None, on_failure=None):
        """Compute log det A = 2·Σ log L(i,i).

        Parameters
        ----------
        out : array, optional
            A real array of the batch's shape to write to.
        on_failure : optional
            As for `solve`.

        Returns
        -------
        logdet : array of real numbers, the batch's shape
            One number for each matrix; 0 for n = 0. It does not overflow where the determinant would.
        info : array of int32, the batch's shape
            Only with 'report' and 'nan-report'.

        Raises
        ------
        NotPositiveDefiniteError, SingularError, ValueError, TypeError, MemoryError
            As for `solve`.

        Notes
        -----
        The cost is n logarithms for each matrix.

        Examples
        --------
        >>> import numpy as np, posdef
        >>> float(posdef.Factor(np.eye(2)).logdet())
        0.0
        """
        return _core._factor_logdet(self._array, self._failed, self._upper, out, *self._choices(on_failure))

    def inv(self, *, out=None, on_failure=None):
        """Compute A⁻¹, both triangles.

        Parameters
        ----------
        out : array, optional
            An array of the factor's shape and dtype to write to.
        on_failure : optional
            As for `solve`.

        Returns
        -------
        inverse : array, shape (..., n, n)
            A⁻¹, of the caller's own kind of array, C-ordered.
        info : array of int32, the batch's shape
            Only with 'report' and 'nan-report'.

        Raises
        ------
        NotPositiveDefiniteError, SingularError, ValueError, TypeError, MemoryError
            As for `solve`.

        Notes
        -----
        `solve` is faster and more accurate than a product with the inverse. The cost is 2·n³/3 operations for each
        matrix, four times that for complex numbers.

        References
        ----------
        Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 14.3.

        Examples
        --------
        >>> import numpy as np, posdef
        >>> posdef.Factor(np.array([[0.25, 0.0], [0.0, 4.0]])).inv()
        array([[4.  , 0.  ],
               [0.  , 0.25]])
        """
        return _core._factor_inv(self._array, self._failed, self._upper, out, *self._choices(on_failure))

    @property
    def factor(self):
        """L or U, for NumPy a read-only view.

        The other triangle is zero, except in the array of `from_factor`.
        """
        if framework(self._array) != "numpy":
            return self._array
        view = self._array.view()
        view.flags.writeable = False
        return view

    @property
    def info(self):
        """int32, the batch's shape: 0, or k >= 1 for a matrix that has no factor."""
        return self._info

    @property
    def ok(self):
        """Whether every matrix has a factor."""
        return self._ok

    @property
    def upper(self):
        """Whether the factor is U, in the upper triangle."""
        return self._upper

    @property
    def shape(self):
        """The shape of the factor, a tuple (..., n, n)."""
        return _core._factor_shape_and_dtype(self._array)[0]

    @property
    def n(self):
        """The order of the matrices."""
        return self.shape[-1]

    @property
    def dtype(self):
        """The dtype of the factor, of the kind that its array has; its name for an array without one."""
        return getattr(self._array, "dtype", _core._factor_shape_and_dtype(self._array)[1])

    def __class_getitem__(cls, array):
        """Factor[Array] in annotations, as in the type stub."""
        return cls

    def __repr__(self):
        shape, dtype = _core._factor_shape_and_dtype(self._array)
        return f"posdef.Factor(shape={shape}, dtype={dtype}, upper={self._upper}, ok={self._ok})"
