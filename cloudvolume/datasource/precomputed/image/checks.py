"""What a request must be before it is planned: inside the bounds, of the right type and shape."""

from __future__ import annotations

import numpy as np

from ....exceptions import AlignmentError, DataTypeError, OutOfBoundsError
from ....geometry import Bbox
from ..metadata.scale import Int3, Scale

__all__ = ["as_4d", "check_all_channels", "check_dtype", "check_inside", "corners", "crop"]


def corners(bbox: Bbox) -> tuple[Int3, Int3]:
    """The corners as Python integers; fractions are cut off."""
    return (
        tuple(int(v) for v in bbox.minpt.tolist()[:3]),
        tuple(int(v) for v in bbox.maxpt.tolist()[:3]),
    )


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
    if not all(
        first <= lo and hi <= end
        for lo, hi, first, end in zip(start, stop, scale.voxel_offset, scale.stop)
    ):
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
