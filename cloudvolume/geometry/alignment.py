"""A box and the grid of chunks."""

import math
from typing import TypeVar, Union

from cloudvolume.exceptions import AlignmentError
from cloudvolume.geometry.coordinates import Number, VecLike, per_axis
from cloudvolume.geometry.corners import BoxCorners

__all__ = ["BoxAlignment"]

B = TypeVar("B", bound="BoxCorners")
Grid = list[tuple[Number, Number]]


class BoxAlignment(BoxCorners):
    """Rounding of a box to a grid of chunks; the data type and the unit are kept.

    ``chunk_size`` has a component per axis, or is one number for all; ``offset`` is any corner
    of the grid, by default the origin.
    """

    __slots__ = ()

    def expand_to_chunk_size(
        self: B, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike] = 0
    ) -> B:
        """Return the smallest box of whole chunks that contains this one."""
        grid = _grid(self, chunk_size, offset)
        low, high = self._lists()
        return self._ordered(
            [(x - o) // c * c + o for x, (c, o) in zip(low, grid, strict=True)],
            [o - (o - y) // c * c for y, (c, o) in zip(high, grid, strict=True)],
            self.dtype,
            self.unit,
        )

    def shrink_to_chunk_size(
        self: B, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike] = 0
    ) -> B:
        """Return the largest box of whole chunks inside this one.

        If there is none, the result is empty: both corners are where its lowest one would be.
        """
        grid = _grid(self, chunk_size, offset)
        low, high = self._lists()
        new_low = [o - (o - x) // c * c for x, (c, o) in zip(low, grid, strict=True)]
        new_high = [(y - o) // c * c + o for y, (c, o) in zip(high, grid, strict=True)]
        if any(x > y for x, y in zip(new_low, new_high, strict=True)):
            new_high = new_low
        return self._ordered(new_low, new_high, self.dtype, self.unit)

    def round_to_chunk_size(
        self: B, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike] = 0
    ) -> B:
        """Return the box with each face moved to the nearest grid line, a tie to the even one."""
        grid = _grid(self, chunk_size, offset)
        low, high = (
            [_nearest(x - o, c) * c + o for x, (c, o) in zip(corner, grid, strict=True)]
            for corner in self._lists()
        )
        return self._ordered(low, high, self.dtype, self.unit)

    def is_chunk_aligned(
        self, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike] = 0
    ) -> bool:
        """Tell if every face is on the grid."""
        grid = _grid(self, chunk_size, offset)
        low, high = self._lists()
        return all(
            (x - o) % c == 0 and (y - o) % c == 0
            for x, y, (c, o) in zip(low, high, grid, strict=True)
        )

    def num_chunks(self, chunk_size: Union[Number, VecLike]) -> int:
        """Return how many chunks cover the box, were the grid anchored at its lowest corner."""
        grid = _grid(self, chunk_size, 0)
        low, high = self._lists()
        return math.prod(int(-((x - y) // c)) for x, y, (c, _) in zip(low, high, grid, strict=True))


def _grid(
    box: BoxCorners, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike]
) -> Grid:
    """Pair chunk size and offset per axis, as Python numbers."""
    sizes = per_axis(chunk_size, box.ndim)
    for size in sizes:
        if size <= 0:
            raise AlignmentError(f"chunk_size must be positive, got {sizes}")
    return list(zip(sizes, per_axis(offset, box.ndim), strict=True))


def _nearest(distance: Number, size: Number) -> Number:
    """Return the number of the grid line closest to ``distance``, exact for integers."""
    below, rest = divmod(distance, size)
    if 2 * rest > size or (2 * rest == size and below % 2):
        below += 1
    return below
