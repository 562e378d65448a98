"""How boxes lie to points and to other boxes."""

from typing import Any, Optional, TypeVar

import numpy as np

from ..exceptions import DimensionError
from .coordinates import Number, VecLike
from .corners import BoxCorners

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
        low: list[Number] = []
        high: list[Number] = []
        for x, y, u, v in zip(a_low, a_high, b_low, b_high, strict=True):
            if x >= v or u >= y:
                low = high = [0] * len(a_low)
                break
            low.append(x if x > u else u)
            high.append(y if y < v else v)
        return cls._ordered(low, high, _float_dtype(a, b), a.unit)

    @classmethod
    def intersects(cls, a: BoxCorners, b: BoxCorners) -> bool:
        """Tell if the boxes share more than faces."""
        (a_low, a_high), (b_low, b_high) = _same_axes(a, b)
        for x, y, u, v in zip(a_low, a_high, b_low, b_high, strict=True):
            if x >= v or u >= y:
                return False
        return True

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
        return all(lo <= x <= hi for x, lo, hi in zip(point, low, high, strict=True))

    def contains_bbox(self, bbox: BoxCorners) -> bool:
        """Tell if the other box is inside, faces included."""
        (low, high), (other_low, other_high) = _same_axes(self, bbox)
        for lo, hi, x, y in zip(low, high, other_low, other_high, strict=True):
            if not (lo <= x <= hi and lo <= y <= hi):
                return False
        return True

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


def _float_dtype(a: BoxCorners, b: BoxCorners) -> Optional["np.dtype[Any]"]:
    a_dtype, b_dtype = a.dtype, b.dtype
    if a_dtype.kind != "f" and b_dtype.kind != "f":
        return None
    return np.promote_types(a_dtype, b_dtype)
