"""Arrays to bytes: one module per encoding, found by name."""

from .base import ChunkCodec, ChunkSpec
from .registry import ENCODINGS, get_codec

__all__ = ["ENCODINGS", "ChunkCodec", "ChunkSpec", "get_codec"]
