# The types of the functions of the extension module. tests/test_stubs.py compares names, order and defaults of the
# parameters with the module.
from typing import Any, Literal, Protocol, TypedDict, TypeVar, overload

class SupportsDLPack(Protocol):
    """An array of NumPy, PyTorch, JAX, CuPy, MLX, ...: anything with DLPack's two methods."""

    def __dlpack__(self, *, stream: Any = ...) -> Any: ...
    def __dlpack_device__(self) -> tuple[Any, Any]: ...

ArrayT = TypeVar("ArrayT", bound=SupportsDLPack)
_Result = Literal["raise", "nan"]
_Pair = Literal["report", "nan-report"]

class _Device(TypedDict):
    name: str
    available: bool
    description: str

__version__: str

@overload
def cholesky(
    a: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_a: bool = False,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def cholesky(
    a: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_a: bool = False,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
def cholesky_ex(
    a: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_a: bool = False,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
@overload
def solve(
    a: ArrayT,
    b: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_b: bool = False,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def solve(
    a: ArrayT,
    b: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_b: bool = False,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
@overload
def inv(
    a: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_a: bool = False,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def inv(
    a: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_a: bool = False,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
@overload
def cholesky_solve(
    l: ArrayT,
    b: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_b: bool = False,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def cholesky_solve(
    l: ArrayT,
    b: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_b: bool = False,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
@overload
def cholesky_inverse(
    l: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_l: bool = False,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def cholesky_inverse(
    l: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_l: bool = False,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
@overload
def cholesky_logdet(
    l: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def cholesky_logdet(
    l: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
@overload
def logdet(
    a: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_a: bool = False,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def logdet(
    a: ArrayT,
    *,
    upper: bool = False,
    out: ArrayT | None = None,
    overwrite_a: bool = False,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
@overload
def solve_triangular(
    l: ArrayT,
    b: ArrayT,
    *,
    upper: bool = False,
    trans: Literal["N", "T", "C"] = "N",
    unit_diagonal: bool = False,
    out: ArrayT | None = None,
    overwrite_b: bool = False,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def solve_triangular(
    l: ArrayT,
    b: ArrayT,
    *,
    upper: bool = False,
    trans: Literal["N", "T", "C"] = "N",
    unit_diagonal: bool = False,
    out: ArrayT | None = None,
    overwrite_b: bool = False,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
@overload
def inv_triangular(
    l: ArrayT,
    *,
    upper: bool = False,
    unit_diagonal: bool = False,
    out: ArrayT | None = None,
    overwrite_l: bool = False,
    on_failure: _Result = "raise",
    threads: int | None = None,
    device: str | None = None,
) -> ArrayT: ...
@overload
def inv_triangular(
    l: ArrayT,
    *,
    upper: bool = False,
    unit_diagonal: bool = False,
    out: ArrayT | None = None,
    overwrite_l: bool = False,
    on_failure: _Pair,
    threads: int | None = None,
    device: str | None = None,
) -> tuple[ArrayT, ArrayT]: ...
def devices() -> list[_Device]: ...
def default_device() -> str: ...
def _get_num_threads() -> int: ...
def _set_num_threads(function: str, threads: int) -> int: ...

# For posdef/_factor.py: the array, info, and info as a list where a matrix failed.
_Made = tuple[Any, Any, list[int] | None]

def _factor(
    a: Any, upper: bool, overwrite_a: bool, on_failure: str, threads: int | None, device: str | None
) -> _Made: ...
def _factor_borrow(l: Any, upper: bool, on_failure: str, threads: int | None, device: str | None) -> _Made: ...
def _factor_solve(
    l: Any,
    failed: list[int] | None,
    b: Any,
    upper: bool,
    out: Any,
    overwrite_b: bool,
    on_failure: str,
    threads: int | None,
    device: str | None,
) -> Any: ...
def _factor_solve_triangular(
    l: Any,
    failed: list[int] | None,
    b: Any,
    upper: bool,
    trans: str,
    out: Any,
    overwrite_b: bool,
    on_failure: str,
    threads: int | None,
    device: str | None,
) -> Any: ...
def _factor_inv(
    l: Any, failed: list[int] | None, upper: bool, out: Any, on_failure: str, threads: int | None, device: str | None
) -> Any: ...
def _factor_logdet(
    l: Any, failed: list[int] | None, upper: bool, out: Any, on_failure: str, threads: int | None, device: str | None
) -> Any: ...
def _factor_shape_and_dtype(l: Any) -> tuple[tuple[int, ...], str]: ...
def _factor_in_place(a: Any, *, upper: bool = False) -> int: ...
def _xla_handler() -> Any: ...
