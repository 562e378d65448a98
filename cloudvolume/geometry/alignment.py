"""A box and the grid of chunks."""

import math
from typing import TypeVar, Union

from ..exceptions import AlignmentError
from .coordinates import Number, VecLike, per_axis
from .corners import BoxCorners

__all__ = ["BoxAlignment"]

B = TypeVar("B", bound="BoxCorners")


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
        low: list[Number] = []
        high: list[Number] = []
        for x, y, c, o in zip(*self._lists(), *_grid(self, chunk_size, offset), strict=True):
            low.append((x - o) // c * c + o)
            high.append(o - (o - y) // c * c)
        return self._ordered(low, high, self.dtype, self.unit)

    def shrink_to_chunk_size(
        self: B, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike] = 0
    ) -> B:
        """Return the largest box of whole chunks inside this one.

        If there is none, the result is empty: both corners are where its lowest one would be.
        """
        low: list[Number] = []
        high: list[Number] = []
        for x, y, c, o in zip(*self._lists(), *_grid(self, chunk_size, offset), strict=True):
            low.append(o - (o - x) // c * c)
            high.append((y - o) // c * c + o)
        if any(x > y for x, y in zip(low, high, strict=True)):
            high = low
        return self._ordered(low, high, self.dtype, self.unit)

    def round_to_chunk_size(
        self: B, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike] = 0
    ) -> B:
        """Return the box with each face moved to the nearest grid line, a tie to the even one."""
        sizes, offsets = _grid(self, chunk_size, offset)
        low, high = (
            [_nearest(x - o, c) * c + o for x, c, o in zip(corner, sizes, offsets, strict=True)]
            for corner in self._lists()
        )
        return self._ordered(low, high, self.dtype, self.unit)

    def is_chunk_aligned(
        self, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike] = 0
    ) -> bool:
        """Tell if every face is on the grid."""
        for x, y, c, o in zip(*self._lists(), *_grid(self, chunk_size, offset), strict=True):
            if (x - o) % c or (y - o) % c:
                return False
        return True

    def num_chunks(self, chunk_size: Union[Number, VecLike]) -> int:
        """Return how many chunks cover the box, were the grid anchored at its lowest corner."""
        sizes, _ = _grid(self, chunk_size, 0)
        return math.prod(
            int(-((x - y) // c)) for x, y, c in zip(*self._lists(), sizes, strict=True)
        )


def _grid(
    box: BoxCorners, chunk_size: Union[Number, VecLike], offset: Union[Number, VecLike]
) -> tuple[list[Number], list[Number]]:
    """Return chunk size and offset as Python numbers, one per axis."""
    ndim = box.ndim
    sizes = per_axis(chunk_size, ndim)
    if ndim and min(sizes) <= 0:
        raise AlignmentError(f"chunk_size must be positive, got {sizes}")
    return sizes, per_axis(offset, ndim)


def _nearest(distance: Number, size: Number) -> Number:
    """Return the number of the grid line closest to ``distance``, exact for integers."""
    below, rest = divmod(distance, size)
    if 2 * rest > size or (2 * rest == size and below % 2):
        below += 1
    return below
