"""Single voxels scattered over a volume: each chunk is read once, and only where points lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....config import ReadOptions
from .chunks import ChunkStore
from .rx import download

__all__ = ["download_voxels"]


def download_voxels(chunks: ChunkStore, points: np.ndarray, options: ReadOptions) -> np.ndarray:
    """Read the voxels at some points.

    Parameters
    ----------
    points : np.ndarray of shape (n, 3), int64
        In voxels of the scale; may leave the volume, and repeat.

    Returns
    -------
    np.ndarray of shape (n, channel), in the order of the points
    """
    scale = chunks.scale
    values = np.empty((len(points), scale.n_channels), scale.dtype)
    cells = (points - scale.voxel_offset) // scale.chunk_size
    _, group, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(group.reshape(-1), kind="stable")
    quietly = replace(options, progress=False)

    def read(members: np.ndarray) -> None:
        here = points[members]
        low, high = here.min(axis=0), here.max(axis=0) + 1
        box = download(chunks, tuple(low.tolist()), tuple(high.tolist()), quietly)
        values[members] = box[tuple((here - low).T)]

    groups = np.split(order, np.cumsum(counts)[:-1]) if len(points) else []
    chunks.store.run(read, groups, total=len(groups), progress=options.progress)
    return values
