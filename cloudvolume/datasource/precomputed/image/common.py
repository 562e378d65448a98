"""Names that other packages import from here; their homes are elsewhere."""

from __future__ import annotations

import numpy as np

from ....geometry import Bbox, chunknames, gridpoints
from .paint import paint

__all__ = ["chunknames", "gridpoints", "shade"]


def shade(dest_img: np.ndarray, dest_bbox: Bbox, src_img: np.ndarray, src_bbox: Bbox) -> None:
    """Copy the voxels that two images share, each image lying at its box."""
    if not Bbox.intersects(dest_bbox, src_bbox):
        return
    shared = Bbox.intersection(dest_bbox, src_bbox)
    target = dest_img[(shared - dest_bbox.minpt).to_slices()]
    part = src_img[(shared - src_bbox.minpt).to_slices()]
    while part.ndim < target.ndim:
        part = part[..., np.newaxis]
    paint(target, part)
