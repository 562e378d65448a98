"""The ``raw`` encoding: bare little-endian voxels, x fastest, then y, z, and channel slowest.

Element ``(x, y, z, c)`` of a chunk of ``n = sx * sy * sz`` voxels lies at byte
``itemsize * (x + sx * (y + sy * z) + n * c)``; there is no header. (Neuroglancer Precomputed.)
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..exceptions import DecodingError, EncodingError
from .base import Buffer, ChunkCodec, ChunkSpec

__all__ = ["RawCodec", "wrong_length"]


@dataclass(frozen=True)
class RawCodec(ChunkCodec):
    """Stores voxels as they are; needs no third-party package."""

    encoding: ClassVar[str] = "raw"
    default_compression: ClassVar[str] = "gzip"
    is_bare_voxels: ClassVar[bool] = True

    def max_encoded_nbytes(self, spec: ChunkSpec) -> int:
        return spec.nbytes

    def encode(self, chunk: np.ndarray) -> bytes:
        if chunk.dtype.kind not in "biuf":
            raise EncodingError(f"raw holds booleans, integers and floats, got {chunk.dtype}")
        return chunk.astype(chunk.dtype.newbyteorder("<"), copy=False).tobytes(order="F")

    def decode(self, data: Buffer, spec: ChunkSpec) -> np.ndarray:
        if len(data) != spec.nbytes:
            raise DecodingError(wrong_length(spec, len(data)))
        if spec.dtype == np.bool_ and (np.frombuffer(data, np.uint8) > 1).any():
            raise DecodingError("raw chunk of bool holds bytes other than 0 and 1")
        return np.frombuffer(data, spec.dtype.newbyteorder("<")).reshape(spec.shape, order="F")


def wrong_length(spec: ChunkSpec, nbytes: int) -> str:
    """What to say of raw bytes that are not as many as their chunk takes."""
    return f"raw chunk {spec.shape} of {spec.dtype} takes {spec.nbytes} bytes, got {nbytes}"
