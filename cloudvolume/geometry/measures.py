"""How large a box is, and where its middle is."""

import math

import numpy as np

from .coordinates import Number, pack
from .corners import BoxCorners
from .vec import Vec

__all__ = ["MACHINE_EPSILON", "BoxMeasures"]

MACHINE_EPSILON = float(np.finfo(np.float64).eps)


class BoxMeasures(BoxCorners):
    """Extents, volume and validity of a box."""

    __slots__ = ()

    @property
    def dx(self) -> Number:
        """Extent along x."""
        return self._extents()[0]

    @property
    def dy(self) -> Number:
        """Extent along y."""
        return self._extents()[1]

    @property
    def dz(self) -> Number:
        """Extent along z."""
        return self._extents()[2]

    def size(self) -> Vec:
        """Return the extent along each axis."""
        return pack(Vec, self._extents(), self.dtype)

    def size3(self) -> Vec:
        """Return the extents along the first three axes."""
        return pack(Vec, self._extents()[:3], self.dtype)

    def volume(self) -> Number:
        """Return the product of the first three extents; an exact Python int for integers."""
        product: Number = math.prod(self._extents()[:3])
        return product

    def center(self) -> Vec:
        """Return the point in the middle, float64."""
        low, high = self._lists()
        return Vec(*[(x + y) / 2 for x, y in zip(low, high, strict=True)], dtype=np.float64)

    def valid(self) -> bool:
        """Tell if no extent is negative, which corners moved one by one can come to be."""
        low, high = self._lists()
        return all(x <= y for x, y in zip(low, high, strict=True))

    def subvoxel(self) -> bool:
        """Tell if the box holds less than a voxel, or is not `valid`."""
        return not self.valid() or self.volume() < 1

    def empty(self) -> bool:
        """Tell if the volume is zero (to within rounding), or the box is not `valid`."""
        return not self.valid() or self.volume() < 20 * MACHINE_EPSILON

    def _extents(self) -> list[Number]:
        low, high = self._lists()
        return [y - x for x, y in zip(low, high, strict=True)]
