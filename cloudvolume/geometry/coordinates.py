"""From Python numbers to arrays of coordinates, without ever rounding or wrapping an integer."""

import operator
import struct
from collections.abc import Iterable, Sequence
from typing import Any, Optional, TypeVar, Union

import numpy as np
import numpy.typing as npt

from ..exceptions import DataTypeError, InvalidArgumentError, LengthMismatchError

__all__ = [
    "FLOAT32",
    "FLOAT64",
    "INT32",
    "INT64",
    "Number",
    "VecLike",
    "as_list",
    "narrowest_dtype",
    "pack",
    "pack_pair",
    "per_axis",
]

Number = Union[int, float]
VecLike = Union[Sequence[Number], npt.NDArray[Any]]
A = TypeVar("A", bound=npt.NDArray[Any])

INT32 = np.dtype(np.int32)
INT64 = np.dtype(np.int64)
FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)

# A struct packs integers in less than half the time of numpy.array(), and refuses what does not
# fit or is not an integer, where numpy truncates or (before version 2) wraps around.
_MAX_PACKED = 16
_PACK_INT32 = [struct.Struct(f"{n}i").pack for n in range(_MAX_PACKED + 1)]
_PACK_INT64 = [struct.Struct(f"{n}q").pack for n in range(_MAX_PACKED + 1)]
_PYTHON_NUMBERS = frozenset((int, float))
_new = np.ndarray.__new__


def as_list(values: Iterable[Number]) -> list[Number]:
    """Return the components as Python numbers, whose arithmetic is exact."""
    if isinstance(values, np.ndarray):
        numbers: list[Number] = values.tolist()
        return numbers
    return [x.item() if isinstance(x, np.generic) else x for x in values]


def per_axis(value: Union[Number, VecLike], ndim: int) -> list[Number]:
    """Return a component for each of ``ndim`` axes; a single number is that of all of them."""
    if type(value) is tuple and len(value) == ndim and _PYTHON_NUMBERS.issuperset(map(type, value)):
        return list(value)  # by far the most frequent case
    if isinstance(value, np.ndarray):
        components = value.tolist() if value.ndim else [value.item()] * ndim
    elif isinstance(value, (int, float, np.number)):
        components = [value.item() if isinstance(value, np.number) else value] * ndim
    else:
        components = as_list(value)
    if len(components) != ndim:
        raise LengthMismatchError(
            f"one number or {ndim} are needed, one per axis, got {components} of {len(components)}"
        )
    return components


def pack_pair(
    cls: type[A],
    low: Sequence[Number],
    high: Sequence[Number],
    dtype: Optional["np.dtype[Any]"] = None,
) -> tuple[A, A]:
    """Make the two corners of a box, of class ``cls`` and of one data type.

    An integer ``dtype`` is widened to int64 where the values need it. The default is int32,
    widened likewise, or float32 if a component is a float.
    """
    size = len(low)
    try:
        if dtype is None or dtype is INT32:
            buffer = bytearray(_PACK_INT32[2 * size](*low, *high))
            return _new(cls, size, INT32, buffer), _new(cls, size, INT32, buffer, 4 * size)
        if dtype is INT64:
            buffer = bytearray(_PACK_INT64[2 * size](*low, *high))
            return _new(cls, size, INT64, buffer), _new(cls, size, INT64, buffer, 8 * size)
    except (struct.error, IndexError):
        pass  # floats, integers beyond the data type, more axes than have a packer
    if dtype is None:
        dtype = narrowest_dtype([*low, *high])
    if dtype.kind in "iu":
        dtype = _widened([*low, *high], dtype)
    return _array(cls, low, dtype), _array(cls, high, dtype)


def pack(cls: type[A], values: Sequence[Number], dtype: Optional["np.dtype[Any]"] = None) -> A:
    """Make an array of class ``cls``; ``dtype`` is chosen and widened as by `pack_pair`."""
    try:
        if dtype is INT64:
            return _new(cls, len(values), dtype, bytearray(_PACK_INT64[len(values)](*values)))
        if dtype is INT32:
            return _new(cls, len(values), dtype, bytearray(_PACK_INT32[len(values)](*values)))
    except (struct.error, IndexError):
        pass  # as above
    if dtype is None:
        dtype = narrowest_dtype(values)
    if dtype.kind in "iu":
        dtype = _widened(values, dtype)
    return _array(cls, values, dtype)


def narrowest_dtype(
    values: Sequence[Number],
    integer: "np.dtype[Any]" = INT32,
    floating: "np.dtype[Any]" = FLOAT32,
) -> "np.dtype[Any]":
    """Return ``integer`` if all values are integers, else ``floating``."""
    try:
        for value in values:
            operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return floating
    return integer


def _array(cls: type[A], values: Sequence[Number], dtype: "np.dtype[Any]") -> A:
    array = np.array(values, dtype=dtype)
    if array.ndim != 1:
        raise InvalidArgumentError(
            f"components must be numbers, got {values}; unpack a sequence with *"
        )
    vector: A = array.view(cls)
    return vector


def _widened(values: Sequence[Number], dtype: "np.dtype[Any]") -> "np.dtype[Any]":
    if not values:
        return dtype
    for candidate in (dtype, INT64):
        limits = np.iinfo(candidate)
        if limits.min <= min(values) and max(values) <= limits.max:
            return candidate
    raise DataTypeError(
        f"coordinates {list(values)} do not fit into int64, the widest data type; pass a float dtype"
    )
