"""Short vectors of coordinates, and element-wise helpers on them."""

import math
import operator
from collections.abc import Callable, Iterable
from typing import Any, Optional, TypeVar

import numpy as np
import numpy.typing as npt

from ..exceptions import LengthMismatchError, OutOfBoundsError
from .coordinates import (
    FLOAT64,
    INT64,
    Number,
    VecLike,
    as_list,
    narrowest_dtype,
    pack,
)

__all__ = ["Vec", "check_bounds", "clamp", "floating", "map2", "max2", "min2"]

C = TypeVar("C", int, float)

FLOAT32_EPSILON = float(np.finfo(np.float32).eps)


class Vec(np.ndarray):
    """A vector of coordinates: a one-dimensional array whose components have names.

    Parameters
    ----------
    *args : int or float
        The components. ``Vec()`` is the empty vector.
    dtype : data type, optional
        float64 if a component is a float, else int64, by default.

    Notes
    -----
    Arithmetic, comparison and slicing are those of numpy, and give a ``Vec``. The components
    0 to 3 are ``x``, ``y``, ``z``, ``w`` and also ``r``, ``g``, ``b``, ``a``.
    """

    def __new__(cls, *args: Number, dtype: Optional[npt.DTypeLike] = None) -> "Vec":
        """Make a vector of the given components."""
        kind = narrowest_dtype(args, INT64, FLOAT64) if dtype is None else np.dtype(dtype)
        return pack(cls, args, kind)

    @classmethod
    def clamp(cls, val: VecLike, minvec: VecLike, maxvec: VecLike) -> "Vec":
        """Move each component of ``val`` into the range from ``minvec`` to ``maxvec``."""
        values, low = _pair(val, minvec)
        values, high = _pair(values, maxvec)
        return cls(*map(clamp, values, low, high))

    def clone(self) -> "Vec":
        """Return a copy."""
        return self.copy()

    def null(self) -> bool:
        """Tell if the length is zero, to within the rounding of float32."""
        return self.length() <= 10 * FLOAT32_EPSILON

    def dot(self, v: Any, out: Any = None) -> Any:
        """Return the dot product; that of two integer vectors is an exact Python integer."""
        if self.ndim != 1 or np.ndim(v) != 1 or out is not None:
            return super().dot(v, out)
        return sum(map(operator.mul, *_pair(self, v)))

    def length2(self) -> Number:
        """Return the square of the length, exact for integers."""
        total: Number = sum(value * value for value in self.tolist())
        return total

    def length(self) -> float:
        """Return the Euclidean length."""
        return math.sqrt(self.length2())

    def rectVolume(self) -> Number:  # noqa: N802, the public name
        """Return the product of the components, exact for integers."""
        product: Number = math.prod(self.tolist())
        return product

    def __hash__(self) -> int:  # type: ignore[override]
        try:
            # Equal vectors of different data types must have the same hash.
            values = [int(v) if v == v // 1 else v for v in self.tolist()]
        except TypeError:  # no numbers, or not one-dimensional
            return hash(self.tobytes())
        try:
            return hash(int("".join(map(str, values))))  # Vec(1, 2, 3) has always had 123
        except ValueError:
            return hash(tuple(values))

    def __repr__(self) -> str:
        if self.ndim != 1:
            return super().__repr__()
        return f"Vec({','.join(map(str, self))}, dtype={self.dtype})"


def _component(index: int) -> property:
    def get(self: Vec) -> Number:
        value: Number = self.item(index)
        return value

    def put(self: Vec, value: Number) -> None:
        self[index] = value

    return property(get, put, doc=f"Component {index}, as a Python number.")


for _index, _names in enumerate(("xr", "yg", "zb", "wa")):
    for _name in _names:
        setattr(Vec, _name, _component(_index))


def _pair(a: Iterable[Number], b: Iterable[Number]) -> tuple[list[Number], list[Number]]:
    left, right = as_list(a), as_list(b)
    if len(left) != len(right):
        raise LengthMismatchError(
            f"vectors must have the same length, got {left} of {len(left)} and {right} of {len(right)}"
        )
    return left, right


def map2(fn: Callable[[Any, Any], Any], a: VecLike, b: VecLike) -> npt.NDArray[Any]:
    """Apply ``fn`` to the pairs of components of two vectors.

    Returns
    -------
    Vec if ``a`` or ``b`` is one, else numpy.ndarray

    Raises
    ------
    LengthMismatchError
        The vectors differ in length.
    """
    result = np.array(list(map(fn, *_pair(a, b))))
    return result.view(Vec) if isinstance(a, Vec) or isinstance(b, Vec) else result


def min2(a: VecLike, b: VecLike) -> npt.NDArray[Any]:
    """Return the smaller of each pair of components, in the data type of ``a`` if it has one."""
    return _like(a, map2(min, a, b))


def max2(a: VecLike, b: VecLike) -> npt.NDArray[Any]:
    """Return the larger of each pair of components, in the data type of ``a`` if it has one."""
    return _like(a, map2(max, a, b))


def _like(a: VecLike, result: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return result.astype(a.dtype, copy=False) if isinstance(a, np.ndarray) else result


def clamp(val: C, low: C, high: C) -> C:
    """Return ``val``, or the end of the range from ``low`` to ``high`` that it lies beyond."""
    return min(max(val, low), high)


def check_bounds(val: C, low: C, high: C, index: Optional[int] = None) -> C:
    """Return ``val`` if ``low <= val <= high``.

    Parameters
    ----------
    val, low, high : int or float
        The value and its inclusive range.
    index : int, optional
        The axis, to be named in the message.

    Raises
    ------
    OutOfBoundsError
        ``val`` is outside the range.
    """
    if low <= val <= high:
        return val
    axis = "" if index is None else f" on axis {index}"
    raise OutOfBoundsError(f"{val}{axis} is outside the inclusive range {low} to {high}")


def floating(lst: Iterable[Any]) -> bool:
    """Tell if any element is a Python float (a numpy.float64 is one)."""
    return any(isinstance(value, float) for value in lst)
