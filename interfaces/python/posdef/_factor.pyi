# The types of Factor. tests/test_stubs.py compares parameters and defaults with the class.
from typing import Any, Generic, Literal, TypeVar, overload

from ._core import ArrayT, SupportsDLPack, _Pair, _Result

# A type of its own for right-hand sides: they may have another number of dimensions.
_SidesT = TypeVar("_SidesT", bound=SupportsDLPack)

class Factor(Generic[ArrayT]):
    def __init__(
        self,
        a: ArrayT,
        *,
        upper: bool = False,
        overwrite_a: bool = False,
        on_failure: _Result | _Pair = "raise",
        threads: int | None = None,
        device: str | None = None,
    ) -> None: ...
    @classmethod
    def from_factor(
        cls,
        l: ArrayT,
        *,
        upper: bool = False,
        on_failure: _Result | _Pair = "raise",
        threads: int | None = None,
        device: str | None = None,
    ) -> Factor[ArrayT]: ...
    @overload
    def solve(
        self, b: _SidesT, *, out: _SidesT | None = None, overwrite_b: bool = False, on_failure: _Result | None = None
    ) -> _SidesT: ...
    @overload
    def solve(
        self, b: _SidesT, *, out: _SidesT | None = None, overwrite_b: bool = False, on_failure: _Pair
    ) -> tuple[_SidesT, ArrayT]: ...
    @overload
    def solve_triangular(
        self,
        b: _SidesT,
        *,
        trans: Literal["N", "T", "C"] = "N",
        out: _SidesT | None = None,
        overwrite_b: bool = False,
        on_failure: _Result | None = None,
    ) -> _SidesT: ...
    @overload
    def solve_triangular(
        self,
        b: _SidesT,
        *,
        trans: Literal["N", "T", "C"] = "N",
        out: _SidesT | None = None,
        overwrite_b: bool = False,
        on_failure: _Pair,
    ) -> tuple[_SidesT, ArrayT]: ...
    @overload
    def logdet(self, *, out: ArrayT | None = None, on_failure: _Result | None = None) -> ArrayT: ...
    @overload
    def logdet(self, *, out: ArrayT | None = None, on_failure: _Pair) -> tuple[ArrayT, ArrayT]: ...
    @overload
    def inv(self, *, out: ArrayT | None = None, on_failure: _Result | None = None) -> ArrayT: ...
    @overload
    def inv(self, *, out: ArrayT | None = None, on_failure: _Pair) -> tuple[ArrayT, ArrayT]: ...
    @property
    def factor(self) -> ArrayT: ...
    @property
    def info(self) -> ArrayT: ...
    @property
    def ok(self) -> bool: ...
    @property
    def upper(self) -> bool: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def n(self) -> int: ...
    @property
    def dtype(self) -> Any: ...
