"""What users write in brackets, made concrete."""

from collections.abc import Sequence
from types import EllipsisType
from typing import Any, Union

import numpy as np

from ..exceptions import InvalidArgumentError, OutOfBoundsError
from .coordinates import Number
from .vec import clamp

__all__ = ["Entry", "complete_entries", "reify_slices"]

Entry = Union[Number, "np.number[Any]", slice, EllipsisType]


def reify_slices(
    entries: Sequence[Entry],
    low: Sequence[Number],
    high: Sequence[Number],
    *,
    bounded: bool,
    autocrop: bool,
) -> list[slice]:
    """Give every axis of a box a slice with start, stop and step.

    Parameters
    ----------
    entries : sequence of numbers, slices and at most one Ellipsis
        What was asked for; missing trailing axes are taken whole.
    low, high : sequence of numbers
        The corners of the box.
    bounded : bool
        Refuse slices that leave the box. A number is not checked.
    autocrop : bool
        Cut slices to the box instead.

    Returns
    -------
    list of slice, one per axis

    Raises
    ------
    OutOfBoundsError
        A slice leaves the box and ``bounded`` is set, without ``autocrop``.
    InvalidArgumentError
        More than one Ellipsis, too many entries, a step below 1, or an entry of another type.
    """
    concrete = []
    for axis, entry in enumerate(complete_entries(entries, len(low))):
        if isinstance(entry, slice):
            entry = _with_ends(entry, low[axis], high[axis])
            if autocrop:
                entry = _cropped(entry, low[axis], high[axis])
            elif bounded:
                _check(entry, axis, low[axis], high[axis])
        else:
            entry = _single(entry)
        concrete.append(entry)
    return concrete


def complete_entries(entries: Sequence[Entry], ndim: int) -> list[Any]:
    """Expand the Ellipsis, pad to ``ndim``, drop what selects all of an axis beyond.

    Raises
    ------
    InvalidArgumentError
        More than one Ellipsis, too many entries, or an entry of another type.
    """
    found: list[Any] = []
    for entry in entries:
        if entry is Ellipsis:
            if any(other is Ellipsis for other in found):
                raise InvalidArgumentError(f"at most one Ellipsis is allowed, got {entries}")
        elif not isinstance(entry, (slice, int, float, np.number)):
            raise InvalidArgumentError(
                f"an index is a number, a slice or an Ellipsis, got {entry!r} in {entries}"
            )
        found.append(entry)
    for position, entry in enumerate(found):
        if entry is Ellipsis:
            found[position : position + 1] = [slice(None)] * (ndim - len(found) + 1)
            break
    for entry in found[ndim:]:
        if not _selects_one_or_all(entry):
            raise InvalidArgumentError(
                f"{entries} has more entries than the {ndim} axes of the box"
            )
    return found[:ndim] + [slice(None)] * (ndim - len(found))


def _single(entry: Any) -> slice:
    try:
        start = int(entry)
    except (OverflowError, TypeError, ValueError) as err:
        raise InvalidArgumentError(f"an index is a finite number, got {entry!r}") from err
    return slice(start, start + 1, 1)


def _selects_one_or_all(entry: Any) -> bool:
    if not isinstance(entry, slice) or entry == slice(None):
        return True
    return entry.start is not None and entry.stop is not None and entry.stop - entry.start == 1


def _with_ends(entry: slice, low: Number, high: Number) -> slice:
    step = 1 if entry.step is None else entry.step
    if step < 1:
        raise InvalidArgumentError(f"steps must be positive, got {step} in {entry}")
    start = low if entry.start is None else entry.start
    stop = high if entry.stop is None else entry.stop
    return slice(start, stop, step)


def _cropped(entry: slice, low: Number, high: Number) -> slice:
    return slice(clamp(entry.start, low, high), clamp(entry.stop, low, high), entry.step)


def _check(entry: slice, axis: int, low: Number, high: Number) -> None:
    if not (low <= entry.start <= high and low <= entry.stop <= high):
        raise OutOfBoundsError(
            f"{entry.start}:{entry.stop} on axis {axis} leaves the range {low} to {high}; "
            "ask for less, or pass autocrop=True or bounded=False"
        )
