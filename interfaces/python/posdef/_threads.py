"""The number of threads of calls that name none."""

import contextlib
from collections.abc import Iterator

from . import _core


def get_num_threads() -> int:
    """Return the number of threads of a call that names none.

    Returns
    -------
    threads : int
        POSDEF_NUM_THREADS; else the number given to `set_num_threads`; else OMP_NUM_THREADS or the CPU quota of the
        control group (a container's limit), but not more than the processors that the process may use.

    Raises
    ------
    ValueError
        If POSDEF_NUM_THREADS is not a whole number from 1.

    Examples
    --------
    >>> import posdef
    >>> posdef.get_num_threads() >= 1
    True
    """
    return _core._get_num_threads()


def set_num_threads(threads: int) -> int:
    """Set the number of threads of later calls that name none, for all threads of the process.

    Parameters
    ----------
    threads : int
        The largest number of threads. With 0, `get_num_threads` is determined as if this had never been called.

    Returns
    -------
    previous : int
        The previous setting; 0 if there was none.

    Raises
    ------
    ValueError
        If `threads` is not a whole number from 0.

    See Also
    --------
    num_threads : The same for one block of code.

    Notes
    -----
    It applies to posdef, posdef.torch, posdef.jax, posdef.mlx, Factor and the functions of `patched`. POSDEF_NUM_THREADS
    and the keyword `threads` take precedence. Results have the same bits for any number of threads.

    Examples
    --------
    >>> import posdef
    >>> previous = posdef.set_num_threads(1)
    >>> posdef.get_num_threads()
    1
    >>> posdef.set_num_threads(previous)
    1
    """
    return _core._set_num_threads("set_num_threads", threads)


@contextlib.contextmanager
def num_threads(threads: int) -> Iterator[None]:
    """Make a context in which calls that name no number of threads use this one, in all threads of the process.

    Parameters
    ----------
    threads : int
        As for `set_num_threads`.

    Yields
    ------
    None

    Raises
    ------
    ValueError
        If `threads` is not a whole number from 0.

    See Also
    --------
    set_num_threads : What the number applies to.

    Notes
    -----
    The end of the context restores the setting that was found at its begin. Contexts that overlap in several threads
    of the program see each other's settings; the keyword `threads` belongs to one call.

    Examples
    --------
    >>> import posdef
    >>> with posdef.num_threads(1):
    ...     posdef.get_num_threads()
    1
    """
    previous = _core._set_num_threads("num_threads", threads)
    try:
        yield
    finally:
        _core._set_num_threads("num_threads", previous)
