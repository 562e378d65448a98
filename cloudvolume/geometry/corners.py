"""The state of a box, and what its two corners say by themselves."""

from collections.abc import Sequence
from typing import Any, Optional, TypeVar

import numpy as np
import numpy.typing as npt

from ..exceptions import DataTypeError
from .coordinates import Number, VecLike, as_list, pack_pair
from .vec import Vec

__all__ = ["BoxCorners"]

B = TypeVar("B", bound="BoxCorners")


class BoxCorners:
    """Two corners, their unit, and what follows from them; see `Bbox`."""

    __slots__ = ("_maxpt", "_minpt", "unit")

    __array_ufunc__ = None  # lets `vec + bbox` and `array == bbox` reach the operators of the box

    unit: str
    _minpt: Vec
    _maxpt: Vec

    def __init__(
        self,
        a: VecLike,
        b: VecLike,
        dtype: Optional[npt.DTypeLike] = None,
        unit: str = "vx",
    ) -> None:
        low: list[Number] = []
        high: list[Number] = []
        if isinstance(a, np.ndarray):
            a = a.tolist()
        if isinstance(b, np.ndarray):
            b = b.tolist()
        for x, y in zip(a, b, strict=False):  # the shorter one decides on the number of axes
            if y < x:
                x, y = y, x
            low.append(x)
            high.append(y)
        if dtype is None:
            self._minpt, self._maxpt = pack_pair(Vec, low, high)
        else:
            self._minpt, self._maxpt = _pack_exactly(low, high, np.dtype(dtype))
        self.unit = unit

    @classmethod
    def _ordered(
        cls: type[B],
        low: Sequence[Number],
        high: Sequence[Number],
        dtype: Optional["np.dtype[Any]"] = None,
        unit: str = "vx",
    ) -> B:
        """Make a box of corners known to be in order; the data type is widened if it must be."""
        self = object.__new__(cls)
        self._minpt, self._maxpt = pack_pair(Vec, low, high, dtype)
        self.unit = unit
        return self

    @classmethod
    def _between(
        cls: type[B],
        a: Sequence[Number],
        b: Sequence[Number],
        dtype: "np.dtype[Any]",
        unit: str = "vx",
    ) -> B:
        """Make a box of corners in any order."""
        low: list[Number] = []
        high: list[Number] = []
        for x, y in zip(a, b, strict=True):
            low.append(x if x < y else y)
            high.append(y if x < y else x)
        return cls._ordered(low, high, dtype, unit)

    @property
    def minpt(self) -> Vec:
        """The lowest corner, which belongs to the box; a view, writing to it moves the box."""
        return self._minpt

    @minpt.setter
    def minpt(self, value: VecLike) -> None:
        self._minpt = value if isinstance(value, Vec) else Vec(*as_list(value))

    @property
    def maxpt(self) -> Vec:
        """The highest corner, where the box ends; a view, writing to it moves the box."""
        return self._maxpt

    @maxpt.setter
    def maxpt(self, value: VecLike) -> None:
        self._maxpt = value if isinstance(value, Vec) else Vec(*as_list(value))

    @property
    def dtype(self) -> "np.dtype[Any]":
        """Data type of the corners."""
        low, high = self._minpt.dtype, self._maxpt.dtype
        return low if low is high else np.promote_types(low, high)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._minpt)

    @property
    def is_physical(self) -> bool:
        """Whether the coordinates are lengths, not voxels."""
        return self.unit != "vx"

    def clone(self: B) -> B:
        """Return a copy that shares nothing with this box."""
        other = object.__new__(type(self))
        other._minpt = self._minpt.copy()
        other._maxpt = self._maxpt.copy()
        other.unit = self.unit
        return other

    __copy__ = clone

    def _lists(self) -> tuple[list[Number], list[Number]]:
        """Return the corners as Python numbers, whose arithmetic is exact."""
        return self._minpt.tolist(), self._maxpt.tolist()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BoxCorners):
            return NotImplemented
        return self.unit == other.unit and self._lists() == other._lists()

    def __hash__(self) -> int:
        low, high = self._lists()
        return hash((*low, *high, self.unit))

    def __repr__(self) -> str:
        low, high = self._lists()
        name = type(self).__name__
        return f"{name}({low},{high}, dtype=np.{self.dtype.name}, unit={self.unit!r})"


def _pack_exactly(
    low: Sequence[Number], high: Sequence[Number], dtype: "np.dtype[Any]"
) -> tuple[Vec, Vec]:
    corners = pack_pair(Vec, low, high, dtype)
    if corners[0].dtype != dtype:
        raise DataTypeError(f"a box from {low} to {high} does not fit into {dtype}; use np.int64")
    return corners
