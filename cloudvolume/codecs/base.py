"""What an encoding is: four members, no I/O, arrays as (x, y, z, channel) in Fortran order."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Optional, Union

import numpy as np

__all__ = ["Buffer", "ChunkCodec", "ChunkSpec"]

Buffer = Union[bytes, bytearray, memoryview]


class ChunkSpec(NamedTuple):
    """What a chunk must turn out to be."""

    shape: tuple[int, int, int, int]
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        """Bytes of the decoded chunk."""
        return math.prod(self.shape) * self.dtype.itemsize


class ChunkCodec(ABC):
    """Turns a chunk into bytes and back.

    Instances are cheap, hold the encoding's parameters and never change.
    """

    encoding: ClassVar[str]
    content_type: ClassVar[str] = "application/octet-stream"
    default_compression: ClassVar[Optional[str]] = None
    """Compression of the stored object when the user names none."""
    is_bare_voxels: ClassVar[bool] = False
    """True if the bytes are the little-endian voxels themselves, so that parts can be read."""

    @classmethod
    def from_scale(cls, scale: Mapping[str, Any]) -> ChunkCodec:
        """The codec with the parameters that an entry of ``info["scales"]`` gives."""
        return cls()

    def check(self, spec: ChunkSpec) -> None:  # noqa: B027 some encodings hold anything
        """Refuse chunks that the encoding cannot hold.

        Raises
        ------
        EncodingError
        """

    def max_encoded_nbytes(self, spec: ChunkSpec) -> int:
        """The most bytes that such a chunk takes: what decompression may give."""
        return 2 * spec.nbytes + (64 << 10)

    @abstractmethod
    def encode(self, chunk: np.ndarray) -> Buffer:
        """Encode a chunk of shape (x, y, z, channel).

        Raises
        ------
        EncodingError
            The encoding cannot hold such an array.
        """

    @abstractmethod
    def decode(self, data: Buffer, spec: ChunkSpec) -> np.ndarray:
        """Decode bytes into an array of shape and dtype as in ``spec``, Fortran order.

        Raises
        ------
        DecodingError
            The bytes are not such a chunk.
        """
