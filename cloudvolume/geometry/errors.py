"""Arguments that are refused, with the builtins that callers have always caught."""

from cloudvolume.exceptions import CloudVolumeError, DimensionError

__all__ = [
    "InvalidArgumentError",
    "InvertedBoxError",
    "LengthMismatchError",
    "NegativeAmountError",
    "UnknownAxisError",
    "UnsupportedBoxError",
]


class InvalidArgumentError(CloudVolumeError, ValueError):
    """An argument is outside of what the function takes."""


class InvertedBoxError(InvalidArgumentError):
    """The faces of a box would pass each other."""


class NegativeAmountError(InvalidArgumentError, AssertionError):
    """A distance is negative where only a positive one has a meaning."""


class LengthMismatchError(DimensionError, AssertionError):
    """Two vectors of different length were paired."""


class UnknownAxisError(InvalidArgumentError, KeyError):
    """An axis is not one of x, y and z."""

    __str__ = Exception.__str__  # KeyError would show the repr of the message


class UnsupportedBoxError(CloudVolumeError, NotImplementedError):
    """A box cannot be made of a value of this type."""
