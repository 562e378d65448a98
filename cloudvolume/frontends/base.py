"""Properties of a volume that only pass on to one of its parts, as tables."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

__all__ = ["LayerProperties", "forward"]

# What the metadata tells of a scale: ``vol.NAME`` at the current mip, ``vol.mip_NAME(mip)`` at any.
_PER_MIP = {
    "ndim": "Axes, always 4,",
    "shape": "Voxels along x, y, z, and channels",
    "volume_size": "Voxels along x, y, z",
    "encoding": "The encoding of the chunks",
    "compressed_segmentation_block_size": "The block size, or None,",
    "voxel_offset": "The lowest corner in voxels",
    "resolution": "Nanometres per voxel",
    "chunk_size": "Voxels of a chunk along x, y, z",
    "downsample_ratio": "Resolution relative to mip 0",
    "key": "The directory of the chunks",
    "bounds": "The half-open box of all voxels",
}


def forward(path: str, doc: str, *, assignable: bool = False) -> property:
    """A property that is an attribute of a part, such as ``"image.bounded"``."""
    part, _, name = path.partition(".")

    def assign(self: Any, value: Any) -> None:
        setattr(getattr(self, part), name, value)

    return property(attrgetter(path), assign if assignable else None, None, doc)


def _at_current_mip(name: str, doc: str) -> property:
    def get(self: Any) -> Any:
        return getattr(self.meta, name)(self.mip)

    return property(get, None, None, f"{doc} at the current mip.")


def _at_any_mip(name: str, doc: str) -> Any:
    def get(self: Any, mip: int) -> Any:
        return getattr(self.meta, name)(mip)

    get.__name__ = f"mip_{name}"
    get.__doc__ = f"{doc} at ``mip``, a list index; IndexError if there is no such scale."
    return get


class LayerProperties:
    """What a volume with the parts ``config``, ``meta`` and ``image`` says of them."""

    bounded = forward("image.bounded", "Refuse requests that leave the bounds.", assignable=True)
    autocrop = forward("image.autocrop", "Cut requests to the bounds.", assignable=True)
    fill_missing = forward(
        "image.fill_missing", "Read missing chunks as background.", assignable=True
    )
    non_aligned_writes = forward(
        "image.non_aligned_writes", "Allow writing parts of chunks.", assignable=True
    )
    overwrite_partial_chunks = forward(
        "image.overwrite_partial_chunks",
        "Put background around the written part of a chunk instead of reading it.",
        assignable=True,
    )
    delete_black_uploads = forward(
        "image.delete_black_uploads",
        "Delete chunks that are all background instead of storing them.",
        assignable=True,
    )
    background_color = forward(
        "image.background_color", "What missing voxels are.", assignable=True
    )

    parallel = forward("config.parallel", "Worker processes, at least 1.", assignable=True)
    cdn_cache = forward("config.cdn_cache", "Cache-Control of uploaded chunks.", assignable=True)
    compress = forward("config.compress", "Compression of uploaded chunks.", assignable=True)
    green_threads = forward("config.green", "Use gevent.", assignable=True)

    info = forward("meta.info", "The info document, live.", assignable=True)
    provenance = forward("meta.provenance", "Who made the layer, and how.", assignable=True)
    scales = forward("meta.scales", '``info["scales"]``, live.', assignable=True)
    available_mips = forward("meta.available_mips", "The indices of the scales.")
    available_resolutions = forward("meta.available_resolutions", "Each scale's nm per voxel.")
    dataset_name = forward("meta.dataset", "The last but one component of the path.")
    layer = forward("meta.layer", "The last component of the path.")
    basepath = forward("meta.basepath", "The path of the dataset, without protocol.")
    layerpath = forward("meta.layerpath", "The path of the layer, without protocol.")
    base_cloudpath = forward("meta.base_cloudpath", "The cloudpath of the dataset.")
    cloudpath = forward("meta.cloudpath", "The cloudpath of the layer.")
    layer_cloudpath = forward("meta.cloudpath", "The cloudpath of the layer.")
    info_cloudpath = forward("meta.infopath", "The cloudpath of the info file.")
    num_channels = forward("meta.num_channels", "Values per voxel.")
    layer_type = forward("meta.layer_type", "``image`` or ``segmentation``.")
    dtype = forward("meta.dtype", "The dtype of the voxels.")
    data_type = forward("meta.data_type", "The name of the dtype.")

    mip_scale = _at_any_mip("scale", "The live entry of the info")

    @property
    def mip(self) -> int:
        """The current scale; assign an index or a resolution in nm."""
        return self.config.mip

    @mip.setter
    def mip(self, value: Any) -> None:
        self.config.mip = self.meta.to_mip(value)

    @property
    def scale(self) -> dict[str, Any]:
        """The entry of ``info["scales"]`` at the current mip, live."""
        return self.meta.scale(self.mip)

    @scale.setter
    def scale(self, value: dict[str, Any]) -> None:
        self.meta.scales[self.mip] = value

    @property
    def progress(self) -> bool:
        """Show progress bars."""
        return self.config.progress

    @progress.setter
    def progress(self, value: Any) -> None:
        self.config.progress = bool(value)


for _name, _doc in _PER_MIP.items():
    setattr(LayerProperties, _name, _at_current_mip(_name, _doc))
    setattr(LayerProperties, f"mip_{_name}", _at_any_mip(_name, _doc))

LayerProperties.underlying = LayerProperties.chunk_size
LayerProperties.mip_underlying = LayerProperties.mip_chunk_size
