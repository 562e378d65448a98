"""A box in another unit, data type or order of axes."""

from typing import Any, TypeVar, Union

import numpy as np
import numpy.typing as npt

from .coordinates import FLOAT32, FLOAT64, INT64, Number, VecLike, per_axis
from .corners import BoxCorners
from .units import rescale

__all__ = ["BoxCasting"]

B = TypeVar("B", bound="BoxCorners")


class BoxCasting(BoxCorners):
    """Copies of a box that say the same in another way."""

    __slots__ = ()

    def convert_units(
        self: B,
        unit: str,
        resolution: Union[Number, VecLike] = (1, 1, 1),
        resolution_unit: str = "nm",
    ) -> B:
        """Return the box in another unit.

        Parameters
        ----------
        unit : str
            ``vx`` for voxels, or pm, nm, um, mm, m, km, Mm, Gm, Tm.
        resolution : vector, optional
            Size of a voxel, in ``resolution_unit``.
        resolution_unit : str, optional
            Unit of ``resolution``.

        Returns
        -------
        Bbox, int64 if it is in voxels or the lengths are whole, else float32 (float64 if it was)
        """
        if unit == self.unit:
            return self.clone()
        low, high = self._lists()
        scale = per_axis(resolution, self.ndim)
        dtype: np.dtype[Any] = FLOAT64 if self.dtype == FLOAT64 else FLOAT32
        if unit == "vx":
            low, high = (
                _voxels(rescale(c, self.unit, resolution_unit), scale, self.dtype)
                for c in (low, high)
            )
            return self._between(low, high, INT64, unit)
        if self.unit == "vx":
            low, high = (
                rescale([x * s for x, s in zip(corner, scale, strict=True)], resolution_unit, unit)
                for corner in (low, high)
            )
            dtype = INT64 if all(isinstance(x, int) for x in low + high) else dtype
        else:
            low, high = (rescale(corner, self.unit, unit) for corner in (low, high))
        return self._between(low, high, dtype, unit)

    def astype(self: B, type: npt.DTypeLike) -> B:  # noqa: A002, the public name
        """Return a copy of another data type; fractions are cut off for an integer one."""
        low, high = self._lists()
        return self.__class__(low, high, type, self.unit)

    def transpose(self: B) -> B:
        """Return a copy with the axes in reverse order."""
        low, high = self._lists()
        return self._ordered(low[::-1], high[::-1], self.dtype, self.unit)


def _voxels(
    lengths: list[Number], resolution: list[Number], dtype: "np.dtype[Any]"
) -> list[Number]:
    """Floor-divide, but take what misses a whole number by less than its rounding as whole."""
    if dtype.kind != "f":
        return [int(x // size) for x, size in zip(lengths, resolution, strict=True)]
    tolerance = 4 * float(np.finfo(dtype).eps)
    voxels: list[Number] = []
    for x, size in zip(lengths, resolution, strict=True):
        exact = x / size
        nearest = round(exact)
        is_whole = abs(exact - nearest) <= tolerance * max(1, abs(exact))
        voxels.append(nearest if is_whole else int(exact // 1))
    return voxels
