"""Single voxels scattered over a volume: each chunk is read once, and only where points lie."""

from __future__ import annotations

import numpy as np

from ....codecs import ChunkCodec
from ....config import ReadOptions
from ....storage import StorageClient
from ..metadata.scale import Scale
from .rx import download

__all__ = ["download_voxels"]


def download_voxels(
    store: StorageClient,
    scale: Scale,
    codec: ChunkCodec,
    points: np.ndarray,
    options: ReadOptions,
) -> np.ndarray:
    """Read the voxels at some points.

    Parameters
    ----------
    points : np.ndarray of shape (n, 3), int64
        In voxels of the scale; may leave the volume, and repeat.

    Returns
    -------
    np.ndarray of shape (n, channel), in the order of the points
    """
    values = np.empty((len(points), scale.n_channels), scale.dtype)
    chunks = (points - scale.voxel_offset) // scale.chunk_size
    _, group, counts = np.unique(chunks, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(group.reshape(-1), kind="stable")

    def read(members: np.ndarray) -> None:
        here = points[members]
        low, high = here.min(axis=0), here.max(axis=0) + 1
        start, stop = tuple(low.tolist()), tuple(high.tolist())
        # One chunk, so this reads inline; several groups share the threads of the caller.
        box = download(
            store,
            scale,
            codec,
            start,
            stop,
            ReadOptions(options.fill_missing, options.background_color),
        )
        values[members] = box[tuple((here - low).T)]

    groups = np.split(order, np.cumsum(counts)[:-1]) if len(points) else []
    store.run(read, groups, total=len(groups), progress=options.progress)
    return values
