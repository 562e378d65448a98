"""Putting chunks into cutouts."""

from __future__ import annotations

from typing import Union

import numpy as np

from ....exceptions import DataTypeError

__all__ = ["background_value", "contiguous_bytes", "is_background", "paint"]


def paint(target: np.ndarray, part: np.ndarray) -> None:
    """Copy ``part`` over ``target``; both have the same shape."""
    target[...] = part


def background_value(color: Union[int, float], dtype: np.dtype) -> np.generic:
    """The background color as a voxel.

    Raises
    ------
    DataTypeError
        The data type cannot hold the color.
    """
    try:
        return dtype.type(int(color) if dtype.kind in "biu" else float(color))
    except (OverflowError, TypeError, ValueError) as err:
        raise DataTypeError(f"background_color {color!r} is no voxel of {dtype}: {err}") from err


def is_background(chunk: np.ndarray, background: np.generic) -> bool:
    """Tell whether every voxel is background; not-a-number equals itself here."""
    if background != background:
        return bool(np.isnan(chunk).all())
    # The first voxel decides for almost every chunk, without looking at the others.
    return bool(chunk.flat[0] == background and (chunk == background).all())


def contiguous_bytes(part: np.ndarray) -> Union[memoryview, None]:
    """The memory of an array as bytes, if it is one Fortran-ordered piece; else None."""
    if not part.flags.f_contiguous or part.size == 0:
        return None
    return memoryview(part.reshape(-1, order="F").view(np.uint8))
