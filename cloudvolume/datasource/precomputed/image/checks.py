"""What a request must be before it is planned: inside the bounds, of the right type and shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....exceptions import (
    AlignmentError,
    DataTypeError,
    InvalidArgumentError,
    OutOfBoundsError,
)
from ....geometry import Bbox
from ..metadata.scale import Int3, Scale
from .plan import is_inside

__all__ = [
    "as_4d",
    "as_start",
    "check_all_channels",
    "check_dtype",
    "check_inside",
    "corners",
    "crop",
]


def corners(bbox: Bbox) -> tuple[Int3, Int3]:
    """The corners as Python integers; fractions are cut off.

    Raises
    ------
    InvalidArgumentError
        It is not a Bbox of finite corners with x, y and z.
    """
    try:
        start, stop = bbox.minpt.tolist()[:3], bbox.maxpt.tolist()[:3]
        (x, y, z), (end_x, end_y, end_z) = map(int, start), map(int, stop)
    except (AttributeError, OverflowError, ValueError) as err:
        raise InvalidArgumentError(
            f"a box of voxels is a Bbox with x, y and z, got {bbox!r}: {err}"
        ) from err
    return (x, y, z), (end_x, end_y, end_z)


def as_start(offset: Sequence[float]) -> Int3:
    """Three whole coordinates as Python integers.

    Raises
    ------
    InvalidArgumentError
    """
    array = np.asarray(offset)
    if array.shape != (3,) or array.dtype.kind not in "iuf" or (array != np.trunc(array)).any():
        raise InvalidArgumentError(f"an offset is three whole coordinates, got {offset!r}")
    x, y, z = (int(value) for value in array.tolist())
    return (x, y, z)


def crop(scale: Scale, start: Int3, stop: Int3) -> tuple[Int3, Int3]:
    """Cut a box to the bounds; what is disjoint from them ends before it begins."""
    return (
        tuple(max(lo, first) for lo, first in zip(start, scale.voxel_offset)),
        tuple(min(hi, end) for hi, end in zip(stop, scale.stop)),
    )


def check_inside(scale: Scale, mip: int, start: Int3, stop: Int3) -> None:
    """Refuse a box that leaves the bounds.

    Raises
    ------
    OutOfBoundsError
    """
    if not is_inside(scale, start, stop):
        raise OutOfBoundsError(
            f"{Bbox(start, stop)} at mip {mip} leaves the bounds {scale.bounds}; ask for less, or "
            "use bounded=False to read background outside, with autocrop=True to cut requests"
        )


def check_dtype(image: np.ndarray, scale: Scale) -> None:
    """Refuse an array of another data type than the volume's; byte order does not matter.

    Raises
    ------
    DataTypeError
    """
    if image.dtype.newbyteorder("=") != scale.dtype:
        raise DataTypeError(
            f"cannot write {image.dtype} to a volume of {scale.dtype}; convert it first, "
            f"for instance with image.astype({scale.dtype.name!r})"
        )


def as_4d(image: np.ndarray, scale: Scale, channels: slice) -> np.ndarray:
    """The array with a channel axis.

    Raises
    ------
    AlignmentError
        It does not hold the channels.
    """
    n_channels = channels.stop - channels.start
    if image.ndim == 3 and n_channels == 1:
        image = image[..., np.newaxis]
    if image.ndim != 4 or image.shape[3] != n_channels:
        raise AlignmentError(
            f"an array of shape {image.shape} does not hold (x, y, z, channel) with "
            f"{n_channels} of the {scale.n_channels} channels"
        )
    return image


def check_all_channels(image: np.ndarray, scale: Scale) -> None:
    """Refuse an array of some of the channels, which are parts of chunks.

    Raises
    ------
    AlignmentError
    """
    if image.shape[3] != scale.n_channels:
        raise AlignmentError(
            f"{image.shape[3]} of {scale.n_channels} channels are parts of chunks; pass "
            "non_aligned_writes=True to change them and leave the others as they are"
        )
