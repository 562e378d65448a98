"""Which chunks a request touches, and which part of each. Pure arithmetic on integers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..metadata.scale import Int3, Scale

__all__ = ["ChunkAccess", "ChunkPlan", "align", "is_aligned", "is_inside", "plan_chunks"]

Slices3 = tuple[slice, slice, slice]

_MAX_LISTED = 1 << 16


class ChunkAccess(NamedTuple):
    """One chunk of a plan.

    Parameters
    ----------
    key : str
        Name of the object, relative to the layer.
    shape : (int, int, int)
        Voxels of the chunk, cut at the end of the volume.
    inside : tuple of slice
        The part of the chunk that belongs to the box.
    outside : tuple of slice
        Where that part lies in the box.
    """

    key: str
    shape: Int3
    inside: Slices3
    outside: Slices3

    @property
    def is_whole(self) -> bool:
        """True if the box holds all of the chunk."""
        return all(part.start == 0 and part.stop == n for part, n in zip(self.inside, self.shape))

    @property
    def start(self) -> Int3:
        """Where the chunk begins, in voxels from the corner of the box."""
        x, y, z = (o.start - i.start for o, i in zip(self.outside, self.inside))
        return (x, y, z)


class _Cell(NamedTuple):
    """One chunk along one axis."""

    name: str
    size: int
    inside: slice
    outside: slice


class _Axis:
    """The chunks along one axis, made one after another."""

    def __init__(self, start: int, stop: int, first: int, end: int, chunk: int) -> None:
        self._start, self._end, self._chunk = start, end, chunk
        self._low, self._high = max(start, first), min(stop, end)
        begin = first + (self._low - first) // chunk * chunk
        self._begins = range(begin, self._high, chunk) if self._low < self._high else range(0)

    @property
    def n_chunks(self) -> int:
        return -(-(self._begins.stop - self._begins.start) // self._begins.step)

    def __iter__(self) -> Iterator[_Cell]:
        for begin in self._begins:
            finish = min(begin + self._chunk, self._end)
            a, b = max(begin, self._low), min(finish, self._high)
            yield _Cell(
                f"{begin}-{finish}",
                finish - begin,
                slice(a - begin, b - begin),
                slice(a - self._start, b - self._start),
            )


class ChunkPlan:
    """The chunks that share voxels with a box, x fastest, then y, then z.

    Every voxel of the box that lies in the volume belongs to exactly one chunk. A plan can be
    walked several times and is never held in memory as a whole, however large the box.
    """

    def __init__(self, key: str, axes: tuple[_Axis, _Axis, _Axis]) -> None:
        self._key = key
        self._axes = axes

    @property
    def n_chunks(self) -> int:
        """How many there are; more than `len` could say."""
        x, y, z = (axis.n_chunks for axis in self._axes)
        return x * y * z

    def __len__(self) -> int:
        return self.n_chunks

    def __iter__(self) -> Iterator[ChunkAccess]:
        along_x, along_y, along_z = (
            list(axis) if axis.n_chunks < _MAX_LISTED else axis for axis in self._axes
        )
        for z in along_z:
            for y in along_y:
                for x in along_x:
                    yield ChunkAccess(
                        f"{self._key}/{x.name}_{y.name}_{z.name}",
                        (x.size, y.size, z.size),
                        (x.inside, y.inside, z.inside),
                        (x.outside, y.outside, z.outside),
                    )

    def keys(self) -> Iterator[str]:
        """The names of the objects alone."""
        return (access.key for access in self)


def plan_chunks(scale: Scale, start: Int3, stop: Int3) -> ChunkPlan:
    """The chunks of a scale that hold the box from ``start`` to ``stop``, in its voxels.

    Parts of the box outside the volume are in no chunk.
    """
    x, y, z = (
        _Axis(*axis) for axis in zip(start, stop, scale.voxel_offset, scale.stop, scale.chunk_size)
    )
    return ChunkPlan(scale.key, (x, y, z))


def align(scale: Scale, start: Int3, stop: Int3) -> tuple[Int3, Int3]:
    """The smallest box of whole chunks around a box, cut to the volume."""
    low, high = [], []
    for lo, hi, first, end, chunk in zip(
        start, stop, scale.voxel_offset, scale.stop, scale.chunk_size
    ):
        low.append(min(max(first + (lo - first) // chunk * chunk, first), end))
        high.append(min(max(first - (first - hi) // chunk * chunk, first), end))
    return tuple(low), tuple(high)


def is_inside(scale: Scale, start: Int3, stop: Int3) -> bool:
    """Tell whether the volume holds all of a box."""
    return all(
        first <= lo and hi <= end
        for lo, hi, first, end in zip(start, stop, scale.voxel_offset, scale.stop)
    )


def is_aligned(scale: Scale, start: Int3, stop: Int3) -> bool:
    """Tell whether a box consists of whole chunks; chunks at the end of the volume may be short."""
    return align(scale, start, stop) == (tuple(start), tuple(stop))
