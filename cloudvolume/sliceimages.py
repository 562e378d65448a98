"""Slices of an array as a directory of pictures."""

import os
from collections.abc import Iterable
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from .exceptions import DimensionError, EncodingError, MissingDependencyError, UnknownAxisError
from .filesystem import PathLike, mkdir
from .geometry import Bbox
from .pngwriter import encode_png_picture

__all__ = ["save_images"]

Array = npt.NDArray[Any]

_AXES = {"x": 0, "y": 1, "z": 2}


def save_images(
    image: Array,
    directory: Optional[PathLike] = None,
    axis: str = "z",
    channel: Optional[int] = None,
    global_norm: bool = True,
    image_format: str = "PNG",
    progress: bool = True,
) -> str:
    """Write the slices of an array as pictures, one file per slice and channel.

    Parameters
    ----------
    image : array of shape (x, y), (x, y, z) or (x, y, z, channel)
        uint8 and uint16 become gray values of 8 and 16 bits, booleans black and white, floats
        8-bit gray from their minimum to their maximum (what is not finite counts as 0). Other
        integers become colours: their lowest three bytes are red, green and blue.
    directory : path, optional
        Created if need be; ``./saved_images/default/default/0/<shape as a box>`` by default.
    axis : {'z', 'y', 'x'}, optional
        The axis along which to slice. Pictures along z have x to the right and y downward,
        those along y have z and x, those along x have z and y.
    channel : int, optional
        Write only this channel.
    global_norm : bool, optional
        Take the minimum and maximum of floats from the whole array, not from each slice.
    image_format : str, optional
        ``PNG``, or any format that Pillow writes, if Pillow is installed.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    str
        The absolute path of the directory. Files are named ``00000.png`` and so on, with the
        channel in front (``0-00000.png``) if there are more than one.

    Raises
    ------
    DimensionError
        The array does not have two to four axes.
    UnknownAxisError
        ``axis`` is none of x, y, z; a ``KeyError``.
    MissingDependencyError
        The format is not PNG and Pillow is not installed.
    """
    if axis not in _AXES:
        raise UnknownAxisError(f"axis must be 'x', 'y' or 'z', got {axis!r}")
    encode = _encoder(image_format)
    image = np.asarray(image)
    if directory is None:
        bounds = Bbox((0,) * min(image.ndim, 3), image.shape).to_filename()
        directory = os.path.join("saved_images", "default", "default", "0", bounds)
    image = _four_axes(image)
    limits = _limits(image) if global_norm and image.dtype.kind == "f" else None
    if channel is not None:
        image = image[..., channel : channel + 1] if channel >= 0 else image[..., [channel]]
    path = mkdir(directory)
    n_channels = image.shape[3]
    for index in _with_bar(range(image.shape[_AXES[axis]]), progress):
        for number in range(n_channels):
            picture = _picture(image[..., number], axis, index)
            prefix = f"{number}-" if n_channels > 1 else ""
            name = f"{prefix}{index:05d}.{image_format.lower()}"
            with open(os.path.join(path, name), "wb") as file:
                file.write(encode(_pixels(picture, limits)))
    return path


def _four_axes(image: Array) -> Array:
    if not 2 <= image.ndim <= 4:
        raise DimensionError(
            f"pictures are made of arrays of 2 to 4 axes (x, y, z, channel), got shape {image.shape}"
        )
    return image.reshape(image.shape + (1,) * (4 - image.ndim))


def _picture(volume: Array, axis: str, index: int) -> Array:
    """Cut a slice out, as rows and columns."""
    cut: Array = np.take(volume, index, axis=_AXES[axis])
    return cut.T if axis == "z" else cut


def _pixels(picture: Array, limits: Optional[tuple[float, float]]) -> Array:
    """Turn values into gray values or colours."""
    dtype = picture.dtype
    if dtype in (np.uint8, np.uint16):
        return picture
    if dtype.kind == "b":
        return picture.astype(np.uint8) * np.uint8(255)
    if dtype.kind == "f":
        low, high = limits or _limits(picture)
        if low == high:
            return np.zeros(picture.shape, dtype=np.uint8)
        return ((_finite(picture) - low) / (high - low) * 255).astype(np.uint8)
    if dtype.kind not in "iu":
        raise EncodingError(f"no pictures of {dtype}; convert to integers or floats first")
    colors = np.ascontiguousarray(picture.astype("<u4")) | np.uint32(0xFF000000)
    return colors.astype("<u4").view(np.uint8).reshape(*picture.shape, 4)


def _finite(values: Array) -> "npt.NDArray[np.float64]":
    return np.where(np.isfinite(values), values, 0).astype(np.float64)


def _limits(values: Array) -> tuple[float, float]:
    finite = _finite(values)
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _with_bar(indices: Iterable[int], progress: bool) -> Iterable[int]:
    if not progress:
        return indices
    from tqdm import tqdm  # slow to import, and needed here only

    return tqdm(indices, desc="Saving images")  # type: ignore[no-any-return]


def _encoder(image_format: str) -> Any:
    """Return a function from pixels to the bytes of a file."""
    if image_format.upper() == "PNG":
        return encode_png_picture
    try:
        from PIL import Image  # optional
    except ImportError as err:
        raise MissingDependencyError(
            f"{image_format!r} pictures need: pip install pillow; without it use 'PNG'"
        ) from err
    import io

    def encode(pixels: Array) -> bytes:
        buffer = io.BytesIO()
        try:
            Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, format=image_format)
        except (KeyError, OSError, TypeError, ValueError) as err:
            raise EncodingError(
                f"{image_format!r} cannot hold {pixels.dtype} pixels of shape {pixels.shape}: {err}"
            ) from err
        return buffer.getvalue()

    return encode
