"""Making a box of something else, and something else of a box."""

import json
from collections.abc import Sequence
from typing import Any, Optional, TypeVar, Union, cast

import numpy as np
import numpy.typing as npt

from ..exceptions import InvalidArgumentError, OutOfBoundsError, UnsupportedBoxError
from .coordinates import (
    INT64,
    Number,
    VecLike,
    as_list,
    per_axis,
)
from .corners import BoxCorners
from .filenames import format_filename, parse_filename
from .relations import BoxRelations
from .slices import Entry, reify_slices
from .vec import Vec

__all__ = ["BoxConversion", "BoxConvertible"]

B = TypeVar("B", bound="BoxConversion")
BoxConvertible = Union[BoxCorners, Sequence[Entry], slice, str, Vec, dict[str, Any]]


class BoxConversion(BoxRelations):
    """The ``from_`` and ``to_`` methods of a box."""

    __slots__ = ()

    @classmethod
    def create(
        cls: type[B],
        obj: BoxConvertible,
        context: Optional["BoxConversion"] = None,
        bounded: bool = False,
        autocrop: bool = False,
    ) -> B:
        """Make a box of whatever describes one.

        Parameters
        ----------
        obj : Bbox, slice, sequence of slices, six numbers, Vec, str or dict
            A box is returned itself. Slices are read as by `from_slices`, a vector as by
            `from_vec`, a file name as by `from_filename`, a dict as by `from_dict`.
        context : Bbox, optional
            The box around it, from which slices take their missing ends.
        bounded : bool, optional
            Refuse what leaves the context.
        autocrop : bool, optional
            Return only what is inside the context.

        Returns
        -------
        Bbox

        Raises
        ------
        UnsupportedBoxError
            ``obj`` is of another type; a ``NotImplementedError``.
        OutOfBoundsError
            The box leaves the context and ``bounded`` is set.
        """
        box = cls._convert(obj, context, bounded, autocrop)
        if context is None:
            return box
        if autocrop:
            box = cls.intersection(box, context)
        if bounded and not context.contains_bbox(box):
            raise OutOfBoundsError(
                f"{box} is not inside {context}; ask for less or pass autocrop=True"
            )
        return box

    @classmethod
    def _convert(
        cls: type[B],
        obj: BoxConvertible,
        context: Optional["BoxConversion"],
        bounded: bool,
        autocrop: bool,
    ) -> B:
        if isinstance(obj, cls):
            return obj
        if isinstance(obj, slice):
            obj = (obj,)
        if isinstance(obj, (list, tuple)):
            if len(obj) == 6 and all(isinstance(x, (int, float, np.number)) for x in obj):
                return cls.from_list(cast(Sequence[Number], obj))
            return cls.from_slices(obj, context, bounded, autocrop)
        if isinstance(obj, Vec):
            return cls.from_vec(obj)
        if isinstance(obj, str):
            return cls.from_filename(obj)
        if isinstance(obj, dict):
            return cls.from_dict(obj)
        raise UnsupportedBoxError(
            f"cannot make a bounding box of {obj!r}, a {type(obj).__name__}; pass a Bbox, slices, "
            "six numbers, a Vec, a file name or a dict"
        )

    @classmethod
    def from_delta(cls: type[B], minpt: VecLike, plus: Union[Number, VecLike]) -> B:
        """Make the box from ``minpt`` to ``minpt + plus``."""
        low = as_list(minpt)
        return cls(low, [x + delta for x, delta in zip(low, per_axis(plus, len(low)), strict=True)])

    @classmethod
    def from_vec(cls: type[B], vec: VecLike, dtype: npt.DTypeLike = int) -> B:
        """Make the box from the origin to a point, of which the first three components count."""
        return cls((0, 0, 0), vec, dtype)

    @classmethod
    def from_list(cls: type[B], lst: Sequence[Number]) -> B:
        """Make a box of a list with the lowest corner in its first half."""
        half = len(lst) // 2
        if len(lst) % 2:
            raise InvalidArgumentError(
                f"a box takes two corners of the same length, got {list(lst)}"
            )
        return cls(lst[:half], lst[half:])

    def to_list(self) -> list[Number]:
        """Return the lowest corner and then the highest, as Python numbers."""
        low, high = self._lists()
        return low + high

    @classmethod
    def from_points(cls: type[B], arr: npt.ArrayLike) -> B:
        """Make the smallest box of whole voxels that holds all the points.

        Parameters
        ----------
        arr : array of shape (N, axes)
            Voxel positions; fractions are cut off. The box ends one voxel after the highest.

        Returns
        -------
        Bbox, int64
        """
        points = np.asarray(arr)
        if points.ndim != 2 or not len(points):
            raise InvalidArgumentError(
                f"from_points takes an array of shape (N, axes) with N > 0, got {points.shape}"
            )
        low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return cls([int(x) for x in low], [int(x) + 1 for x in high], INT64)

    @classmethod
    def from_dict(cls: type[B], data: dict[str, Any]) -> B:
        """Make a box of what `to_dict` gave; float32 if there is no ``dtype``."""
        return cls(data["minpt"], data["maxpt"], data.get("dtype", "float32"))

    def to_dict(self) -> dict[str, Any]:
        """Return ``minpt``, ``maxpt`` and the name of the ``dtype``; the unit is left out."""
        low, high = self._lists()
        return {"minpt": low, "maxpt": high, "dtype": self.dtype.name}

    @classmethod
    def deserialize(cls: type[B], text: Union[str, bytes]) -> B:
        """Make a box of what `serialize` gave."""
        return cls.from_dict(json.loads(text))

    def serialize(self) -> str:
        """Return the JSON of `to_dict`."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_filename(cls: type[B], filename: str, dtype: npt.DTypeLike = int) -> B:
        """Make a box of the name of a chunk file.

        Parameters
        ----------
        filename : str
            Must end in ``x0-x1_y0-y1_z0-z1``, optionally followed by ``.gz``, ``.br`` or
            ``.zstd``. Anything before that is ignored.
        dtype : data type, optional
            Of the result, int64 by default; decimals are cut off for an integer one.
        """
        kind = np.dtype(dtype)
        return cls(*parse_filename(filename, integers=kind.kind in "iu"), kind)

    def to_filename(self, precision: Optional[int] = None) -> str:
        """Return ``x0-x1_y0-y1_z0-z1``.

        Parameters
        ----------
        precision : int, optional
            Decimals to round to and to print; None and 0 print the numbers as they are.
        """
        if precision or self.dtype.kind == "f":
            return format_filename(list(self._minpt), list(self._maxpt), precision)
        low, high = self._lists()
        return "_".join([f"{x}-{y}" for x, y in zip(low, high, strict=True)])

    @classmethod
    def from_slices(
        cls: type[B],
        slices: Union[slice, Sequence[Entry], BoxCorners],
        context: Optional["BoxConversion"] = None,
        bounded: bool = False,
        autocrop: bool = False,
    ) -> B:
        """Make a box of one slice per axis.

        Parameters
        ----------
        slices : sequence of slice
            With a context also whatever `reify_slices` takes. A slice that stops before it
            starts is empty and stays at its start.
        context : Bbox, optional
            Gives missing starts, stops and axes, and the unit.
        bounded, autocrop : bool, optional
            As in `reify_slices`.

        Raises
        ------
        InvalidArgumentError
            A slice has a step other than 1, or an end is missing and there is no context.
        """
        unit = "vx"
        if context is not None:
            slices, unit = context.reify_slices(slices, bounded, autocrop), context.unit
        low: list[Number] = []
        high: list[Number] = []
        for entry in _entries(slices):
            start, stop = _ends(entry)
            low.append(start)
            high.append(stop if stop > start else start)
        return cls._ordered(low, high, None, unit)

    def to_slices(self) -> tuple[slice, ...]:
        """Return a slice per axis, with Python integers (fractions are cut off)."""
        low, high = self._lists()
        if self._minpt.dtype.kind == "f" or self._maxpt.dtype.kind == "f":
            low, high = list(map(int, low)), list(map(int, high))
        return tuple(map(slice, low, high))

    def reify_slices(
        self,
        slices: Union[Entry, Sequence[Entry], BoxCorners],
        bounded: bool = True,
        autocrop: bool = False,
    ) -> list[slice]:
        """Make concrete what a user wrote in brackets, with this box as the whole.

        Parameters
        ----------
        slices : number, slice, Bbox, Ellipsis, or sequence of numbers, slices and one Ellipsis
            Entries for missing axes are full slices. A number ``n`` is ``n:n+1``. Entries
            beyond the last axis are dropped if they select a single position or everything.
        bounded : bool, optional
            Refuse slices that leave the box. Numbers in a sequence are not checked.
        autocrop : bool, optional
            Cut slices to the box instead.

        Returns
        -------
        list of slice with start, stop and step, one per axis

        Raises
        ------
        OutOfBoundsError
            A slice leaves the box, and ``autocrop`` is not set but ``bounded`` is.
        InvalidArgumentError
            More than one Ellipsis, too many entries, or a step below 1.
        """
        low, high = self._lists()
        return reify_slices(_entries(slices), low, high, bounded=bounded, autocrop=autocrop)


def _entries(slices: Any) -> Sequence[Entry]:
    """Return a sequence also where a single entry or a box was passed."""
    if isinstance(slices, (list, tuple)):
        return slices
    if isinstance(slices, np.ndarray):
        entries: list[Entry] = slices.tolist()
        return entries
    if isinstance(slices, BoxCorners):
        return tuple(map(slice, *slices._lists()))
    if isinstance(slices, (int, float, np.number)):
        return (slice(int(slices), int(slices) + 1, 1),)  # unlike one in a sequence, it is checked
    return (slices,)


def _ends(entry: Any) -> tuple[Any, Any]:
    if not isinstance(entry, slice):
        raise InvalidArgumentError(
            f"expected slices, got {entry!r}; pass a context to index with numbers"
        )
    if entry.step is not None and entry.step != 1:
        raise InvalidArgumentError(f"a box has no steps, got a step of {entry.step} in {entry}")
    if entry.start is None or entry.stop is None:
        raise InvalidArgumentError(
            f"{entry} needs a start and a stop; pass a context to leave them out"
        )
    return entry.start, entry.stop
