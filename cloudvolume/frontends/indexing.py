"""What stands between the brackets of ``vol[...]``, made into a box, channels and steps. Pure."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..exceptions import (
    InvalidArgumentError,
    InvalidTypeError,
    OutOfBoundsError,
    SubvoxelVolumeError,
)
from ..geometry import Bbox

__all__ = ["Selection", "is_coordinates", "parse_index"]

_FULL = slice(None)


class Selection(NamedTuple):
    """A region of a volume with channels.

    Parameters
    ----------
    start, stop : (int, int, int)
        Half-open, in voxels.
    channels : slice
        With a start, a stop and a step.
    steps : (int, int, int)
        Take every n-th voxel of the box.
    """

    start: tuple[int, int, int]
    stop: tuple[int, int, int]
    channels: slice
    steps: tuple[int, int, int]

    @property
    def has_steps(self) -> bool:
        """True if any step, that of the channels included, is not 1."""
        return self.steps != (1, 1, 1) or self.channels.step != 1

    @property
    def bbox(self) -> Bbox:
        """The box without the steps."""
        return Bbox(self.start, self.stop)


def is_coordinates(index: Any) -> bool:
    """Tell whether an index is three sequences of coordinates, as for single voxels."""
    return (
        isinstance(index, tuple)
        and len(index) == 3
        and all(
            isinstance(part, (list, tuple)) or (isinstance(part, np.ndarray) and part.ndim == 1)
            for part in index
        )
    )


def parse_index(
    index: Any,
    low: Sequence[int],
    high: Sequence[int],
    n_channels: int,
    *,
    bounded: bool,
    allow_empty: bool = False,
) -> Selection:
    """Read an index expression against the bounds ``low`` to ``high``.

    Parameters
    ----------
    index : int, slice, Ellipsis, Bbox or tuple of those
        Coordinates are those of the volume: negative ones are not counted from the end.
    bounded : bool
        Refuse what leaves the bounds.
    allow_empty : bool
        Let a slice of no voxels pass.

    Raises
    ------
    InvalidArgumentError
        Several Ellipses, too many indices, or a step below 1.
    OutOfBoundsError, SubvoxelVolumeError
    """
    if isinstance(index, Bbox):
        index = index.to_slices()
    lows, highs = (*low, 0), (*high, n_channels)
    parts = _expand(index, len(lows))
    axes = [_parse_axis(part, lo, hi) for part, lo, hi in zip(parts, lows, highs)]
    for axis, part, (start, stop, _), lo, hi in zip("xyzc", parts, axes, lows, highs):
        is_one_channel = axis == "c" and not isinstance(part, slice)
        if bounded and not is_one_channel and not (lo <= start <= hi and lo <= stop <= hi):
            raise OutOfBoundsError(
                f"{axis} from {start} to {stop} leaves the bounds {lo} to {hi}; ask for less, or use "
                "bounded=False to read background outside"
            )
        if stop <= start and not allow_empty:
            raise SubvoxelVolumeError(f"{axis} from {start} to {stop} holds less than one voxel")
    (x, y, z, c) = axes
    return Selection((x[0], y[0], z[0]), (x[1], y[1], z[1]), slice(*c), (x[2], y[2], z[2]))


def _expand(index: Any, ndim: int) -> list[Any]:
    """One entry per axis: an Ellipsis is filled in, missing ones are full, surplus ones dropped."""
    parts = list(index) if isinstance(index, (tuple, list)) else [index]
    places = [i for i, part in enumerate(parts) if part is Ellipsis]
    if len(places) > 1:
        raise InvalidArgumentError(f"an index can only have one Ellipsis, got {index!r}")
    if places:
        at = places[0]
        n_missing = max(ndim - (len(parts) - 1), 0)
        parts[at : at + 1] = [_FULL] * n_missing
    parts += [_FULL] * (ndim - len(parts))
    for part in parts[ndim:]:
        if not _is_trivial(part):
            raise InvalidArgumentError(
                f"a volume has {ndim} axes (x, y, z, channel), got the index {index!r}"
            )
    return parts[:ndim]


def _is_trivial(part: Any) -> bool:
    """True for an entry beyond the last axis that selects all there is."""
    if not isinstance(part, slice):
        return isinstance(part, numbers.Number)
    return part == _FULL or (
        None not in (part.start, part.stop) and int(part.stop) - int(part.start) == 1
    )


def _parse_axis(part: Any, low: int, high: int) -> tuple[int, int, int]:
    if not isinstance(part, slice):
        start = _as_int(part)
        return start, start + 1, 1
    step = 1 if part.step is None else _as_int(part.step)
    if step < 1:
        raise InvalidArgumentError(f"steps must be at least 1, got {part}")
    return (
        low if part.start is None else _as_int(part.start),
        high if part.stop is None else _as_int(part.stop),
        step,
    )


def _as_int(value: Any) -> int:
    """Integers as they are, fractions cut off."""
    try:
        return operator.index(value)
    except TypeError:
        pass
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        return int(value)
    if isinstance(value, np.ndarray) and value.size == 1:
        return _as_int(value.item())
    raise InvalidTypeError(f"cannot index a volume with {value!r}")
