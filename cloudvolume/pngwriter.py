"""A PNG encoder for pictures of slices, on the standard library alone.

A file is an eight-byte signature and chunks, all numbers big-endian::

    4  length of the data        8  signature  89 'PNG' 0D 0A 1A 0A
    4  name                         IHDR       width 4, height 4, bits 1, colour type 1,
    n  data                                    compression 1, filter 1, interlace 1 (all 0)
    4  CRC-32 of name and data      IDAT       zlib stream: per row a filter byte 0 and the pixels
                                    IEND       no data
"""

import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from .exceptions import EncodingError

__all__ = ["encode_png_picture"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GRAY, _RGBA = 0, 6
_COMPRESS_LEVEL = 6


def encode_png_picture(picture: "npt.NDArray[Any]") -> bytes:
    """Encode a picture losslessly.

    Parameters
    ----------
    picture : array of shape (height, width), uint8 or uint16; or (height, width, 4), uint8
        Gray values, or red, green, blue and opacity.

    Raises
    ------
    EncodingError
        The array is of another shape or data type, or has no pixels.
    """
    is_gray = picture.ndim == 2 and picture.dtype in (np.uint8, np.uint16)
    is_rgba = picture.ndim == 3 and picture.shape[2] == 4 and picture.dtype == np.uint8
    if not (is_gray or is_rgba) or not picture.size:
        raise EncodingError(
            f"a picture is gray (uint8 or uint16) or RGBA (uint8) and has pixels, "
            f"got {picture.dtype} of shape {picture.shape}"
        )
    height, width = picture.shape[:2]
    bits = 8 * picture.dtype.itemsize
    pixels = np.ascontiguousarray(picture, dtype=picture.dtype.newbyteorder(">"))
    rows = pixels.view(np.uint8).reshape(height, -1)
    filtered = np.zeros((height, rows.shape[1] + 1), dtype=np.uint8)
    filtered[:, 1:] = rows
    header = struct.pack(">IIBBBBB", width, height, bits, _GRAY if is_gray else _RGBA, 0, 0, 0)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(filtered.tobytes(), _COMPRESS_LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
