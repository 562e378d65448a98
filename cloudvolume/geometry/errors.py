"""Arguments that the geometry refuses, with the builtins that callers have always caught."""

from cloudvolume.exceptions import CloudVolumeError, DimensionError

__all__ = [
    "GeometryError",
    "InvertedBoxError",
    "LengthMismatchError",
    "NegativeAmountError",
    "UnsupportedBoxError",
]


class GeometryError(CloudVolumeError, ValueError):
    """An argument from which no vector, box or grid can be made."""


class InvertedBoxError(GeometryError):
    """The faces of a box would pass each other."""


class NegativeAmountError(GeometryError, AssertionError):
    """A distance is negative where only a positive one has a meaning."""


class LengthMismatchError(DimensionError, AssertionError):
    """Two vectors of different length were paired."""


class UnsupportedBoxError(CloudVolumeError, NotImplementedError):
    """A box cannot be made of a value of this type."""
