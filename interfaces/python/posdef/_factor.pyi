# The types of Factor. tests/test_stubs.py compares parameters and defaults with the class.
from typing import Any, Generic, Literal, overload

from ._core import ArrayT, _Pair, _Result

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
        self, b: ArrayT, *, out: ArrayT | None = None, overwrite_b: bool = False, on_failure: _Result | None = None
    ) -> ArrayT: ...
    @overload
    def solve(
        self, b: ArrayT, *, out: ArrayT | None = None, overwrite_b: bool = False, on_failure: _Pair
    ) -> tuple[ArrayT, ArrayT]: ...
    @overload
    def solve_triangular(
        self,
        b: ArrayT,
        *,
        trans: Literal["N", "T", "C"] = "N",
        out: ArrayT | None = None,
        overwrite_b: bool = False,
        on_failure: _Result | None = None,
    ) -> ArrayT: ...
    @overload
    def solve_triangular(
        self,
        b: ArrayT,
        *,
        trans: Literal["N", "T", "C"] = "N",
        out: ArrayT | None = None,
        overwrite_b: bool = False,
        on_failure: _Pair,
    ) -> tuple[ArrayT, ArrayT]: ...
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
