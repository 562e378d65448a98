"""What stands between the brackets of ``vol[...]``, made into a box, channels and steps. Pure."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..exceptions import (
    InvalidArgumentError,
    OutOfBoundsError,
    SubvoxelVolumeError,
)
from ..geometry import Bbox
from ..geometry.slices import complete_entries, reify_slices

__all__ = ["Selection", "as_coordinates", "is_coordinates", "parse_index"]


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


def as_coordinates(values: Any) -> np.ndarray:
    """A sequence of coordinates as int64, fractions cut off.

    Raises
    ------
    InvalidArgumentError
        They are not in one row, not numbers, not finite, or beyond 64 bits.
    """
    try:
        array = np.asarray(values)
    except ValueError as err:
        raise InvalidArgumentError(f"coordinates must be one row of numbers: {err}") from err
    fits = array.dtype.kind in "bi" or (array.dtype.kind in "uf" and (np.abs(array) < 2**63).all())
    if array.ndim != 1 or (not fits and array.size > 0):
        raise InvalidArgumentError(
            f"coordinates must be one row of finite numbers of 64 bits, got {values!r}"
        )
    return array.astype(np.int64)


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
    entries = complete_entries(index if isinstance(index, (tuple, list)) else (index,), len(lows))
    axes = [
        (_as_int(axis.start), _as_int(axis.stop), _as_int(axis.step))
        for axis in reify_slices(entries, lows, highs, bounded=False, autocrop=False)
    ]
    for axis, entry, (start, stop, _), lo, hi in zip("xyzc", entries, axes, lows, highs):
        is_one_channel = axis == "c" and not isinstance(entry, slice)
        if bounded and not is_one_channel and not (lo <= start <= hi and lo <= stop <= hi):
            raise OutOfBoundsError(
                f"{axis} from {start} to {stop} leaves the bounds {lo} to {hi}; ask for less, or "
                "use bounded=False to read background outside"
            )
        if stop <= start and not allow_empty:
            raise SubvoxelVolumeError(f"{axis} from {start} to {stop} holds less than one voxel")
    (x, y, z, c) = axes
    return Selection((x[0], y[0], z[0]), (x[1], y[1], z[1]), slice(*c), (x[2], y[2], z[2]))


def _as_int(value: Any) -> int:
    """Integers as they are, fractions cut off."""
    try:
        return operator.index(value)
    except TypeError:
        if not math.isfinite(value):
            raise InvalidArgumentError(f"cannot index a volume with {value!r}") from None
        return int(value)
