"""The chunks of one scale: where they lie, what they hold, how they are encoded."""

from __future__ import annotations

from dataclasses import dataclass

from ....codecs import ChunkCodec, ChunkSpec
from ....storage import StorageClient
from ..metadata.scale import Scale
from .plan import ChunkAccess

__all__ = ["ChunkStore"]


@dataclass(frozen=True)
class ChunkStore:
    """What a request needs to know to fetch and store chunks.

    Parameters
    ----------
    store : object with the verbs of `StorageClient`
    scale : Scale
    codec : ChunkCodec
    """

    store: StorageClient
    scale: Scale
    codec: ChunkCodec

    def spec(self, access: ChunkAccess) -> ChunkSpec:
        """What a chunk must turn out to be."""
        return ChunkSpec((*access.shape, self.scale.n_channels), self.scale.dtype)
