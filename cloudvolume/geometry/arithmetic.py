"""Moving, scaling and growing a box."""

import operator
from collections.abc import Callable
from typing import Any, TypeVar, Union

import numpy as np

from ..exceptions import (
    InvertedBoxError,
    LengthMismatchError,
    NegativeAmountError,
)
from .coordinates import FLOAT64, INT64, Number, VecLike, per_axis
from .corners import BoxCorners

__all__ = ["BoxArithmetic"]

B = TypeVar("B", bound="BoxCorners")
Operand = Union[Number, VecLike, BoxCorners]
Lists = tuple[list[Number], list[Number]]


class BoxArithmetic(BoxCorners):
    """Operators and in-place changes of a box.

    An operand is a number, a vector with a component per axis, or a box, which is applied
    corner to corner. Results are exact: integers never wrap, and a float operand makes an
    integer box a float one, except in ``//=`` and ``/=``, which keep the data type.
    """

    __slots__ = ()

    def __add__(self: B, operand: Operand) -> B:
        return _moved(self, operator.add, operand)

    def __sub__(self: B, operand: Operand) -> B:
        return _moved(self, operator.sub, operand)

    def __mul__(self: B, operand: Operand) -> B:
        return _moved(self, operator.mul, operand)

    __radd__ = __add__
    __rmul__ = __mul__

    def __floordiv__(self: B, operand: Operand) -> B:
        low, high = _apply(self, operator.floordiv, operand)
        # The floor of a float is a float, which has to become an integer before it is packed.
        return self._between(list(map(int, low)), list(map(int, high)), INT64, self.unit)

    def __truediv__(self: B, operand: Operand) -> B:
        low, high = _apply(self, operator.truediv, operand)
        if self.dtype.itemsize < FLOAT64.itemsize and self.dtype.kind == "f":
            # The quotient of a float32 box is a float32 number, so that `b / 3` and `b /= 3`
            # agree; only its container is wider.
            low, high = (np.array(c, self.dtype).tolist() for c in (low, high))
        return self._between(low, high, FLOAT64, self.unit)

    def __iadd__(self: B, operand: Operand) -> B:
        return _replace(self, _moved(self, operator.add, operand))

    def __isub__(self: B, operand: Operand) -> B:
        return _replace(self, _moved(self, operator.sub, operand))

    def __imul__(self: B, operand: Operand) -> B:
        return _replace(self, _moved(self, operator.mul, operand))

    def __ifloordiv__(self: B, operand: Operand) -> B:
        return _write(self, _apply(self, operator.floordiv, operand))

    def __itruediv__(self: B, operand: Operand) -> B:
        return _write(self, _apply(self, operator.truediv, operand))

    def grow(self: B, amt: Union[Number, VecLike]) -> B:
        """Move every face outward, in place.

        Parameters
        ----------
        amt : number or vector
            Distance per axis; a negative one shrinks, and may turn the box inside out.

        Returns
        -------
        Bbox, this one
        """
        return _grow(self, amt)

    def shrink(self: B, amt: Union[Number, VecLike]) -> B:
        """Move every face inward, in place.

        Parameters
        ----------
        amt : number or vector
            Distance per axis, not negative.

        Returns
        -------
        Bbox, this one

        Raises
        ------
        NegativeAmountError
            ``amt`` is negative.
        InvertedBoxError
            The faces would pass each other; the box stays as it was.
        """
        if np.any(np.less(amt, 0)):
            raise NegativeAmountError(f"cannot shrink by {amt}: it must not be negative; use grow")
        return _grow(self, [-x for x in per_axis(amt, self.ndim)], upright=True)

    def adjust(self: B, amt: Union[Number, VecLike]) -> B:
        """Move every face outward, in place; a negative ``amt`` moves inward.

        Raises
        ------
        InvertedBoxError
            The faces would pass each other; the box stays as it was.
        """
        return _grow(self, amt, upright=True)


def _apply(box: BoxCorners, function: Callable[[Any, Any], Any], operand: Operand) -> Lists:
    low, high = box._lists()
    if isinstance(operand, BoxCorners):
        other_low, other_high = operand._lists()
        if len(other_low) != len(low):
            raise LengthMismatchError(f"{box} and {operand} must have the same number of axes")
    else:
        other_low = other_high = per_axis(operand, len(low))
    return list(map(function, low, other_low)), list(map(function, high, other_high))


def _moved(box: B, function: Callable[[Any, Any], Any], operand: Operand) -> B:
    low, high = _apply(box, function, operand)
    return box._between(low, high, _result_dtype(box, operand), box.unit)


def _result_dtype(box: BoxCorners, operand: Operand) -> "np.dtype[Any]":
    own = box.dtype
    if isinstance(operand, (BoxCorners, np.ndarray)):
        other: np.dtype[Any] = operand.dtype
    else:
        is_float = any(isinstance(x, float) for x in per_axis(operand, box.ndim))
        other = FLOAT64 if is_float and own.kind != "f" else own
    if own is other:
        return own
    if own.kind in "iub" and other.kind in "iub" and other.kind != own.kind:
        return INT64  # numpy would make signed and unsigned a float
    return np.promote_types(own, other)


def _replace(box: B, other: BoxCorners) -> B:
    """Give the box new corner vectors; whoever holds the old ones sees no change."""
    box._minpt, box._maxpt = other._minpt, other._maxpt
    return box


def _write(box: B, corners: Lists) -> B:
    """Write into the corner vectors of the box, in their data type."""
    box._minpt[:], box._maxpt[:] = corners
    return box


def _grow(box: B, amt: Union[Number, VecLike], *, upright: bool = False) -> B:
    low, high = _apply(box, operator.sub, amt)[0], _apply(box, operator.add, amt)[1]
    if upright and any(x > y for x, y in zip(low, high, strict=True)):
        raise InvertedBoxError(
            f"cannot move the faces of {box} by {amt}: they would pass each other"
        )
    return _replace(box, box._ordered(low, high, _result_dtype(box, amt), box.unit))
