"""How boxes lie to points and to other boxes."""

from collections.abc import Iterable
from typing import Any, Optional, TypeVar

import numpy as np

from cloudvolume.exceptions import DimensionError
from cloudvolume.geometry.coordinates import Number, VecLike
from cloudvolume.geometry.corners import BoxCorners

__all__ = ["BoxRelations"]

B = TypeVar("B", bound="BoxCorners")


class BoxRelations(BoxCorners):
    """Overlap, containment and combination of boxes."""

    __slots__ = ()

    @classmethod
    def intersection(cls: type[B], a: BoxCorners, b: BoxCorners) -> B:
        """Return what two boxes share, or the box of zeros if they do not `intersects`.

        The corners are integers unless one of the boxes has floats; the unit is that of ``a``.
        """
        (a_low, a_high), (b_low, b_high) = _same_axes(a, b)
        low = [x if x > y else y for x, y in zip(a_low, b_low, strict=True)]
        high = [x if x < y else y for x, y in zip(a_high, b_high, strict=True)]
        if not _overlap(a_low, a_high, b_low, b_high):
            low = high = [0] * len(low)
        return cls._ordered(low, high, _float_dtype(a, b), a.unit)

    @classmethod
    def intersects(cls, a: BoxCorners, b: BoxCorners) -> bool:
        """Tell if the boxes share more than faces."""
        (a_low, a_high), (b_low, b_high) = _same_axes(a, b)
        return _overlap(a_low, a_high, b_low, b_high)

    @classmethod
    def near_edge(cls, a: BoxCorners, b: BoxCorners, distance: Number = 0) -> bool:
        """Tell if a low face of ``a`` is within ``distance`` of that of ``b``, or a high face."""
        (a_low, a_high), (b_low, b_high) = _same_axes(a, b)
        return any(
            abs(x - y) <= distance
            for x, y in zip((*a_low, *a_high), (*b_low, *b_high), strict=True)
        )

    @classmethod
    def expand(cls: type[B], *args: BoxCorners) -> B:
        """Return the smallest box that contains all the given ones."""
        if not args:
            raise DimensionError("expand takes at least one box, got none")
        first = args[0]
        low, high = first._lists()
        for box in args[1:]:
            _, (box_low, box_high) = _same_axes(first, box)
            low = list(map(min, low, box_low))
            high = list(map(max, high, box_high))
        return cls._ordered(low, high, np.result_type(*(box.dtype for box in args)), first.unit)

    @classmethod
    def clamp(cls: type[B], a: BoxCorners, b: BoxCorners) -> B:
        """Return ``a`` with both corners moved into ``b``; unlike `intersection` it keeps a box
        outside ``b`` as a flat one on its face."""
        corners, (low, high) = _same_axes(a, b)
        new_low, new_high = (
            [min(max(x, lo), hi) for x, lo, hi in zip(point, low, high, strict=True)]
            for point in corners
        )
        return cls._ordered(new_low, new_high, np.promote_types(a.dtype, b.dtype), a.unit)

    def contains(self, point: VecLike) -> bool:
        """Tell if the point is inside or on a face."""
        low, high = self._lists()
        if len(point) != len(low):
            raise DimensionError(f"{self} has {len(low)} axes, the point {point} has {len(point)}")
        return _inside(point, low, high)

    def contains_bbox(self, bbox: BoxCorners) -> bool:
        """Tell if the other box is inside, faces included."""
        (low, high), (other_low, other_high) = _same_axes(self, bbox)
        return _inside(other_low, low, high) and _inside(other_high, low, high)

    def overlaps_bbox(self, bbox: BoxCorners) -> bool:
        """Tell if the boxes share anything; touching faces are enough."""
        (a_low, a_high), (b_low, b_high) = _same_axes(self, bbox)
        return all(x <= y for x, y in zip((*a_low, *b_low), (*b_high, *a_high), strict=True))


Corners = tuple[list[Number], list[Number]]


def _same_axes(a: BoxCorners, b: BoxCorners) -> tuple[Corners, Corners]:
    corners = a._lists(), b._lists()
    if len(corners[0][0]) != len(corners[1][0]):
        raise DimensionError(f"{a} has {a.ndim} axes and {b} has {b.ndim}; they must be the same")
    return corners


def _overlap(
    a_low: list[Number], a_high: list[Number], b_low: list[Number], b_high: list[Number]
) -> bool:
    for x, y, u, v in zip(a_low, a_high, b_low, b_high, strict=True):  # noqa: SIM110
        if x >= v or u >= y:
            return False
    return True


def _inside(point: Iterable[Number], low: list[Number], high: list[Number]) -> bool:
    for x, lo, hi in zip(point, low, high, strict=True):  # noqa: SIM110, as above
        if not lo <= x <= hi:
            return False
    return True


def _float_dtype(a: BoxCorners, b: BoxCorners) -> Optional["np.dtype[Any]"]:
    if a.dtype.kind == b.dtype.kind == "i":
        return None
    dtype: np.dtype[Any] = np.promote_types(a.dtype, b.dtype)
    return dtype if dtype.kind == "f" else None
