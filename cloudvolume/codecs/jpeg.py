"""The ``jpeg`` encoding: a chunk of uint8 as one picture, grey or RGB.

The pixels in raster order are the voxels with x fastest, then y, then z, and the components of a
pixel are the channels. We write pictures of width x and height y * z; a reader takes any width
and height of the right product. (Neuroglancer Precomputed.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import simplejpeg

from ..exceptions import DecodingError, EncodingError
from .base import Buffer, ChunkCodec, ChunkSpec

__all__ = ["JpegCodec"]

_COLOR_SPACES = {1: "GRAY", 3: "RGB"}
_STORED_COLOR_SPACES = {1: ("Gray",), 3: ("YCbCr", "RGB")}  # CMYK and YCCK have four components
_MAX_SIDE = 65500  # of libjpeg


@dataclass(frozen=True)
class JpegCodec(ChunkCodec):
    """Lossy; ``quality`` is that of libjpeg, 0 to 100, and concerns writers only."""

    encoding: ClassVar[str] = "jpeg"
    content_type: ClassVar[str] = "image/jpeg"

    quality: int = 85

    @classmethod
    def from_scale(cls, scale: Mapping[str, Any]) -> JpegCodec:
        quality = scale.get("jpeg_quality")
        return cls() if quality is None else cls(quality)

    def check(self, spec: ChunkSpec) -> None:
        x, y, z, channels = spec.shape
        if spec.dtype != np.uint8:
            raise EncodingError(f"jpeg holds uint8, got {spec.dtype}")
        if channels not in _COLOR_SPACES:
            raise EncodingError(f"jpeg holds 1 or 3 channels, got {channels}")
        if x > _MAX_SIDE or y * z > _MAX_SIDE:
            raise EncodingError(
                f"jpeg holds pictures of at most {_MAX_SIDE} pixels a side, a chunk of "
                f"{(x, y, z)} makes {x} by {y * z}: choose a smaller chunk_size"
            )
        # Not earlier: a volume with an impossible quality can still be read.
        if self.quality not in range(101):
            raise EncodingError(f"jpeg_quality must be an integer 0 to 100, got {self.quality!r}")

    def encode(self, chunk: np.ndarray) -> bytes:
        self.check(ChunkSpec(chunk.shape, chunk.dtype))
        x, y, z, channels = chunk.shape
        # (x, y, z, c) in Fortran order to rows of pixels, the components of a pixel together
        pixels = np.ascontiguousarray(chunk.transpose(2, 1, 0, 3)).reshape(z * y, x, channels)
        picture: bytes = simplejpeg.encode_jpeg(
            pixels,
            quality=int(self.quality),
            colorspace=_COLOR_SPACES[channels],
            colorsubsampling="Gray" if channels == 1 else "444",
        )
        return picture

    def decode(self, data: Buffer, spec: ChunkSpec) -> np.ndarray:
        x, y, z, channels = spec.shape
        if spec.dtype != np.uint8 or channels not in _COLOR_SPACES:
            raise DecodingError(
                f"jpeg holds uint8 of 1 or 3 channels, not {channels} of {spec.dtype}"
            )
        pixels = _decode_pixels(data, x * y * z, channels)
        return np.asfortranarray(pixels.reshape(z, y, x, channels).transpose(2, 1, 0, 3))


def _decode_pixels(data: Buffer, n_pixels: int, channels: int) -> np.ndarray:
    try:
        height, width, color_space, _ = simplejpeg.decode_jpeg_header(data)
        if height * width != n_pixels:
            raise DecodingError(
                f"jpeg has {width} by {height} pixels, the chunk has {n_pixels} voxels"
            )
        if color_space not in _STORED_COLOR_SPACES[channels]:
            raise DecodingError(f"jpeg is {color_space}, the chunk has {channels} channels")
        pixels: np.ndarray = simplejpeg.decode_jpeg(data, colorspace=_COLOR_SPACES[channels])
    except DecodingError:
        raise
    except (ValueError, TypeError) as err:
        raise DecodingError(f"not a jpeg: {err}") from err
    return pixels
