"""The grid of chunks of a volume, and walks over grids."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional, Union

from ..exceptions import InvalidArgumentError
from .bbox import Bbox
from .coordinates import (
    FLOAT64,
    INT64,
    Number,
    VecLike,
    as_list,
    pack,
    per_axis,
)
from .vec import Vec

__all__ = [
    "ChunkNames",
    "GridPoints",
    "chunknames",
    "divisors",
    "find_closest_divisor",
    "gridpoints",
    "xyzrange",
]


def xyzrange(
    start_vec: VecLike,
    end_vec: Optional[VecLike] = None,
    stride_vec: Union[Number, VecLike] = 1,
) -> Iterator[Vec]:
    """Walk over the points of a grid, x fastest.

    Parameters
    ----------
    start_vec : vector
        The first point; if it is the only argument, the end, and the origin is the first point.
    end_vec : vector, optional
        Where every axis ends, exclusive.
    stride_vec : vector, optional
        Positive distance of the points per axis.

    Yields
    ------
    Vec
        A new one each time, int64, or float64 if any argument has a float.
    """
    if end_vec is None:
        start_vec, end_vec = [0] * len(start_vec), start_vec
    start = as_list(start_vec)
    end, stride = per_axis(end_vec, len(start)), per_axis(stride_vec, len(start))
    if not all(step > 0 for step in stride):
        raise InvalidArgumentError(f"strides must be positive, got {stride}")
    dtype = INT64 if all(isinstance(x, int) for x in start + end + stride) else FLOAT64
    axes = [
        [lo + i * step for i in range(math.ceil((hi - lo) / step))]
        if dtype is FLOAT64
        else range(int(lo), int(hi), int(step))
        for lo, hi, step in zip(start, end, stride, strict=True)
    ]
    return (pack(Vec, point, dtype) for point in _x_fastest(axes))


def _x_fastest(axes: Sequence[Iterable[Number]]) -> Iterator[tuple[Number, ...]]:
    return (point[::-1] for point in itertools.product(*reversed(axes)))


def divisors(n: int) -> Iterator[int]:
    """Yield the positive divisors of a positive integer, each once, in no particular order."""
    if n < 1:
        raise InvalidArgumentError(f"only positive integers have a list of divisors, got {n}")
    for i in range(1, math.isqrt(n) + 1):
        if n % i == 0:
            yield i
            if i * i != n:
                yield n // i


def find_closest_divisor(to_divide: VecLike, closest_to: VecLike) -> list[int]:
    """Return, per axis, the divisor of ``to_divide`` that is closest to ``closest_to``.

    Of two that are equally close it is the smaller one. It serves to find a chunk size that
    divides the size of a volume.
    """
    sizes = [int(size) for size in as_list(to_divide)]
    targets = per_axis(closest_to, len(sizes))
    return [
        min((abs(divisor - target), divisor) for divisor in divisors(size))[1]
        for size, target in zip(sizes, targets, strict=True)
    ]


class GridPoints:
    """The positions in the chunk grid of the chunks that a box touches; see `gridpoints`."""

    def __init__(self, bbox: Bbox, volume_bbox: Bbox, chunk_size: Union[Number, VecLike]) -> None:
        self._cells = _touched_cells(bbox, volume_bbox, chunk_size)

    def __len__(self) -> int:
        return math.prod(map(len, self._cells))

    def __iter__(self) -> Iterator[Vec]:
        return (pack(Vec, point, INT64) for point in _x_fastest(self._cells))


class ChunkNames:
    """The names of the chunks that a box touches; see `chunknames`."""

    def __init__(
        self, bbox: Bbox, volume_bbox: Bbox, key: str, chunk_size: Union[Number, VecLike]
    ) -> None:
        cells = _touched_cells(bbox, volume_bbox, chunk_size)
        sizes = per_axis(chunk_size, volume_bbox.ndim)
        # Every name is put together from the ranges along each axis, made once.
        self._ranges = [
            [f"{lo + i * size}-{min(lo + (i + 1) * size, hi)}" for i in axis]
            for axis, lo, hi, size in zip(cells, *volume_bbox._lists(), sizes, strict=True)
        ]
        self._prefix = f"{key}/" if key else ""

    def __len__(self) -> int:
        return math.prod(map(len, self._ranges))

    def __iter__(self) -> Iterator[str]:
        first, *others = self._ranges
        prefix = self._prefix
        for rest in itertools.product(*reversed(others)):
            tail = "_".join(("", *reversed(rest)))
            for x in first:
                yield prefix + x + tail


def gridpoints(bbox: Bbox, volume_bbox: Bbox, chunk_size: Union[Number, VecLike]) -> GridPoints:
    """Return the grid positions of the chunks that a box touches.

    Parameters
    ----------
    bbox : Bbox
        Need not be aligned to the grid; what is outside the volume has no chunks.
    volume_bbox : Bbox
        Bounds of the volume; its lowest corner is the anchor of the grid.
    chunk_size : vector
        Shape of a chunk.

    Returns
    -------
    GridPoints
        Sized and iterable any number of times; yields int64 ``Vec``, x fastest.
    """
    return GridPoints(bbox, volume_bbox, chunk_size)


def chunknames(
    bbox: Bbox,
    volume_bbox: Bbox,
    key: str,
    chunk_size: Union[Number, VecLike],
    protocol: Optional[str] = None,
) -> ChunkNames:
    """Return the names of the chunks that a box touches, ``<key>/x0-x1_y0-y1_z0-z1``.

    Parameters
    ----------
    bbox, volume_bbox, chunk_size
        As in `gridpoints`. Chunks end where the volume ends.
    key : str
        Folder of the scale.
    protocol : str, optional
        Without effect; kept for callers.

    Returns
    -------
    ChunkNames
        Sized and iterable any number of times; yields str, x fastest.
    """
    return ChunkNames(bbox, volume_bbox, key, chunk_size)


def _touched_cells(
    bbox: Bbox, volume_bbox: Bbox, chunk_size: Union[Number, VecLike]
) -> list[range]:
    overlap = Bbox.clamp(bbox, volume_bbox)
    sizes = per_axis(chunk_size, volume_bbox.ndim)
    if not all(size > 0 for size in sizes):
        raise InvalidArgumentError(f"chunk_size must be positive, got {sizes}")
    cells = [
        range(int((lo - origin) // size), int(-((origin - hi) // size)))
        for lo, hi, origin, size in zip(
            *overlap._lists(), volume_bbox.minpt.tolist(), sizes, strict=True
        )
    ]
    if overlap.volume() == 0 or not overlap.valid():
        return [range(0)] * len(cells)
    return cells
