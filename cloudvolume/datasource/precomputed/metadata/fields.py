"""What the info of a layer says, under the names that users know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np

from ....geometry import Bbox, Vec
from .info import DEFAULT_CSEG_BLOCK_SIZE
from .scale import Scale, scale_of

__all__ = ["InfoFields"]


class InfoFields:
    """The properties of whatever has an ``info``, which may be edited at any time."""

    info: dict[str, Any]

    @property
    def scales(self) -> list[dict[str, Any]]:
        """``info["scales"]``, live."""
        return self.info["scales"]

    @scales.setter
    def scales(self, value: list[dict[str, Any]]) -> None:
        self.info["scales"] = value

    @property
    def mesh(self) -> Optional[str]:
        """The mesh directory, relative to the layer; None if there is none."""
        return self.info.get("mesh") or None

    @property
    def skeletons(self) -> Optional[str]:
        """The skeleton directory, relative to the layer; None if there is none."""
        return self.info.get("skeletons") or None

    @property
    def available_mips(self) -> range:
        """The indices of the scales."""
        return range(len(self.scales))

    @property
    def available_resolutions(self) -> list[list[float]]:
        """The resolution of each scale in nm."""
        return [list(scale["resolution"]) for scale in self.scales]

    @property
    def layer_type(self) -> str:
        """``image`` or ``segmentation``."""
        return self.info["type"]

    @property
    def data_type(self) -> str:
        """The name of the dtype."""
        return self.dtype.name

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the voxels."""
        return scale_of(self.info, 0).dtype

    @property
    def num_channels(self) -> int:
        """Values per voxel."""
        return int(self.info["num_channels"])

    @property
    def keys(self) -> list[str]:
        """The key of each scale."""
        return [scale["key"] for scale in self.scales]

    # one scale

    def at(self, mip: int) -> Scale:
        """The scale as it stands now, checked and frozen."""
        return scale_of(self.info, mip)

    def scale(self, mip: int) -> dict[str, Any]:
        """``info["scales"][mip]``, live."""
        return self.scales[mip]

    def shape(self, mip: int) -> tuple[int, int, int, int]:
        """Voxels along x, y, z, and channels."""
        scale = self.at(mip)
        return (*scale.size, scale.n_channels)

    def ndim(self, mip: int) -> int:
        """Always 4."""
        return len(self.shape(mip))

    def volume_size(self, mip: int) -> Vec:
        """Voxels along x, y, z."""
        return Vec(*self.at(mip).size)

    def voxels(self, mip: int) -> int:
        """Voxels in all."""
        x, y, z = self.at(mip).size
        return x * y * z

    def encoding(self, mip: int, encoding: Optional[str] = None) -> str:
        """The encoding of a scale; with a second argument, set it first (not committed)."""
        scale = self.scales[mip]
        if encoding is not None:
            scale["encoding"] = encoding.lower()
            if scale["encoding"] == "compressed_segmentation":
                scale.setdefault(
                    "compressed_segmentation_block_size", list(DEFAULT_CSEG_BLOCK_SIZE)
                )
        return scale["encoding"]

    def sharding(self, mip: int) -> Optional[dict[str, Any]]:
        """The sharding specification of a scale, None if it is not sharded."""
        return self.scales[mip].get("sharding")

    def compressed_segmentation_block_size(self, mip: int) -> Optional[Sequence[int]]:
        """The block size of a scale, None if it has none."""
        return self.scales[mip].get("compressed_segmentation_block_size")

    def voxel_offset(self, mip: int) -> Vec:
        """The lowest corner, in voxels of the scale."""
        return Vec(*self.at(mip).voxel_offset)

    def resolution(self, mip: int) -> Vec:
        """Nanometres per voxel, x y z; floats if any of them is one."""
        return Vec(*self.scales[mip]["resolution"])

    def downsample_ratio(self, mip: int) -> Vec:
        """Resolution relative to scale 0."""
        return self.resolution(mip) / self.resolution(0)

    def chunk_size(self, mip: int) -> Vec:
        """Voxels of a chunk along x, y, z."""
        return Vec(*self.at(mip).chunk_size)

    def key(self, mip: int) -> str:
        """The directory of the chunks, relative to the layer."""
        return self.scales[mip]["key"]

    def bounds(self, mip: int) -> Bbox:
        """Half-open, in voxels of the scale."""
        return self.at(mip).bounds

    def bbox(self, mip: int) -> Bbox:
        """The bounds with the channels as a fourth axis."""
        scale = self.at(mip)
        return Bbox((*scale.voxel_offset, 0), (*scale.stop, scale.n_channels))
