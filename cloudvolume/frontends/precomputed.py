"""Volumes in Neuroglancer Precomputed format."""

from __future__ import annotations

import numbers
import os
from collections.abc import Sequence
from typing import Any, Optional, Union

import numpy as np

from .. import paths
from ..config import SharedConfiguration
from ..datasource.precomputed.image import PrecomputedImageSource
from ..datasource.precomputed.metadata import PrecomputedMetadata
from ..exceptions import (
    AlignmentError,
    DataTypeError,
    DimensionError,
    InvalidArgumentError,
    OutOfBoundsError,
)
from ..geometry import Bbox, Vec
from ..provenance import DataLayerProvenance
from ..volumecutout import VolumeCutout
from ..warning import warn_caller
from .base import LayerProperties
from .describe import describe, describe_briefly
from .indexing import Selection, as_coordinates, is_coordinates, parse_index
from .newinfo import create_new_info

__all__ = ["CloudVolumePrecomputed", "create_precomputed"]

# Parameters of the constructor that change nothing here, with the value that asks for nothing.
_NOT_HONOURED = {
    "cache": False,
    "compress_cache": None,
    "parallel": 1,
    "green_threads": False,
    "agglomerate": False,
    "timestamp": None,
    "secrets": None,
    "spatial_index_db": None,
    "lru_bytes": 0,
    "lru_encoding": "same",
    "cache_locking": True,
    "codec_threads": 1,
}


def create_precomputed(cloudpath: str, **parameters: Any) -> CloudVolumePrecomputed:
    """Open a volume; the parameters are those of `CloudVolume`, all of them."""
    path = paths.strict_extract(cloudpath)
    if parameters["use_https"]:
        path = paths.to_https_protocol(path)
    config = SharedConfiguration(
        cdn_cache=parameters["cdn_cache"],
        compress=parameters["compress"],
        compress_level=parameters["compress_level"],
        green=parameters["green_threads"],
        mip=parameters["mip"],
        parallel=parameters["parallel"],
        progress=bool(parameters["progress"]),
        secrets=parameters["secrets"],
        spatial_index_db=parameters["spatial_index_db"],
        cache_locking=parameters["cache_locking"],
        codec_threads=parameters["codec_threads"],
    )
    _warn_of_ignored({**parameters, "parallel": config.parallel})
    meta = PrecomputedMetadata(
        paths.to_cloudpath(path),
        config,
        info=parameters["info"],
        provenance=parameters["provenance"],
        max_redirects=parameters["max_redirects"],
        use_https=parameters["use_https"],
    )
    for name, directory in (("mesh", "mesh_dir"), ("skeletons", "skel_dir")):
        if parameters[directory]:
            meta.info[name] = parameters[directory]
    image = PrecomputedImageSource(
        config,
        meta,
        autocrop=parameters["autocrop"],
        bounded=parameters["bounded"],
        non_aligned_writes=parameters["non_aligned_writes"],
        fill_missing=parameters["fill_missing"],
        delete_black_uploads=parameters["delete_black_uploads"],
        background_color=parameters["background_color"],
        overwrite_partial_chunks=parameters["overwrite_partial_chunks"],
    )
    return CloudVolumePrecomputed(meta, None, config, image, mip=parameters["mip"])


class CloudVolumePrecomputed(LayerProperties):
    """A volume whose voxels are read and written as ``vol[x0:x1, y0:y1, z0:z1]``.

    Made by `CloudVolume`. Coordinates are voxels of the current mip, counted from 0 and not from
    ``voxel_offset``; results are always arrays of (x, y, z, channel).

    Parameters
    ----------
    meta : PrecomputedMetadata
    cache : object with the verbs of `StorageClient`, optional
        Where chunks are read and written; that of ``meta`` by default.
    config : SharedConfiguration
    image : PrecomputedImageSource
    mesh, skeleton : optional
        Sources of meshes and skeletons.
    mip : int or (x, y, z) resolution in nm
    """

    def __init__(  # noqa: PLR0913 the documented order of a public class
        self,
        meta: PrecomputedMetadata,
        cache: Any,
        config: SharedConfiguration,
        image: Optional[PrecomputedImageSource] = None,
        mesh: Any = None,
        skeleton: Any = None,
        mip: Any = 0,
    ) -> None:
        self.meta = meta
        self.cache = cache
        self.config = config
        self.image = image or PrecomputedImageSource(config, meta, cache)
        self.mesh = mesh
        self.skeleton = skeleton
        self.pid = os.getpid()
        self.mip = mip
        meta.check_for_placeholder_scale(self.mip)

    def __repr__(self) -> str:
        return describe_briefly(self.meta, self.mip)

    def __str__(self) -> str:
        return describe(self.meta, self.mip)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, pid=os.getpid())

    create_new_info = staticmethod(create_new_info)

    # ---- metadata

    def refresh_info(self) -> dict[str, Any]:
        """Fetch the info again, dropping changes that were not committed."""
        return self.meta.refresh_info()

    def commit_info(self) -> None:
        """Check and store the info.

        Raises
        ------
        InvalidInfoError
            It could not be read again; nothing is stored.
        """
        self.meta.commit_info()

    def refresh_provenance(self) -> DataLayerProvenance:
        """Fetch the provenance again, dropping changes that were not committed."""
        return self.meta.refresh_provenance()

    def commit_provenance(self) -> None:
        """Check and store the provenance."""
        self.meta.commit_provenance()

    def reset_scales(self) -> None:
        """Forget all scales but the first, and commit the info."""
        self.meta.reset_scales()
        self.meta.commit_info()

    def add_scale(
        self,
        factor: Sequence[float],
        encoding: Optional[str] = None,
        chunk_size: Optional[Sequence[int]] = None,
        info: Optional[dict[str, Any]] = None,
        encoding_level: Optional[int] = None,
    ) -> dict[str, Any]:
        """Add a scale ``factor`` times coarser than mip 0 to the info; not committed.

        A scale of the same resolution is replaced.

        Returns
        -------
        dict
            The new entry of ``info["scales"]``.
        """
        return self.meta.add_scale(factor, encoding, chunk_size, info, encoding_level)

    def point_to_mip(self, pt: Sequence[float], mip: Any, to_mip: Any) -> Vec:
        """The voxel of scale ``to_mip`` that holds a point given in voxels of ``mip``."""
        return self.meta.point_to_mip(pt, mip, to_mip)

    def bbox_to_mip(self, bbox: Any, mip: Any, to_mip: Any) -> Bbox:
        """The box of scale ``to_mip`` that covers a box given in voxels of ``mip``."""
        return self.meta.bbox_to_mip(bbox, mip, to_mip)

    def slices_to_global_coords(self, slices: Any) -> tuple[slice, ...]:
        """Slices of the current mip as slices of mip 0."""
        return self.bbox_to_mip(slices, self.mip, 0).to_slices()

    def slices_from_global_coords(self, slices: Any) -> tuple[slice, ...]:
        """Slices of mip 0 as slices of the current mip."""
        return self.bbox_to_mip(slices, 0, self.mip).to_slices()

    # ---- voxels

    def download(self, bbox: Any, mip: Any = None, parallel: Optional[int] = None) -> VolumeCutout:
        """Read a box into a new array.

        Parameters
        ----------
        bbox : Bbox, slices, six ints, dict, Vec or chunk file name
            Half-open, in voxels of ``mip``, or a Bbox in physical units.
        mip : int or (x, y, z) resolution in nm, optional
            The current one by default.
        parallel : int, optional
            Worker processes; as the volume has it by default.

        Returns
        -------
        VolumeCutout of shape (x, y, z, channel), Fortran order, dtype of the layer

        Raises
        ------
        OutOfBoundsError
            ``bbox`` leaves the bounds, and the volume is ``bounded`` and not ``autocrop``.
        SubvoxelVolumeError
            ``bbox`` holds less than one voxel.
        EmptyVolumeException
            A chunk is missing and ``fill_missing`` is off.
        """
        mip = self.mip if mip is None else self.meta.to_mip(mip)
        parallel = self.parallel if parallel is None else parallel
        return self.image.download(self._bbox(bbox, mip), mip, parallel=parallel)

    def exists(self, bbox_or_slices: Any) -> dict[str, bool]:
        """Tell which chunks of the current mip that touch a box are stored.

        Returns
        -------
        dict of ``"key/chunk name"`` to bool
        """
        return self.image.exists(self._bbox(bbox_or_slices, self.mip), self.mip)

    def delete(self, bbox_or_slices: Any) -> None:
        """Delete the chunks of a box of the current mip, which must be made of whole chunks."""
        self.image.delete(self._bbox(bbox_or_slices, self.mip), self.mip)

    def coordinate_indexing(self, slices: Any) -> np.ndarray:
        """Read single voxels of the current mip.

        Parameters
        ----------
        slices : (xs, ys, zs)
            Three sequences of coordinates, equally long.

        Returns
        -------
        np.ndarray of shape (n,)
            The first channel, in the order of the points.

        Raises
        ------
        DimensionError
            The sequences differ in length.
        OutOfBoundsError, EmptyVolumeException
        """
        axes = [as_coordinates(axis) for axis in slices]
        if len({len(axis) for axis in axes}) != 1:
            lengths = ", ".join(str(len(axis)) for axis in axes)
            raise DimensionError(f"x, y and z must be equally many coordinates, got {lengths}")
        return self.image.download_voxels(np.stack(axes, axis=1), self.mip)[:, 0]

    def __getitem__(self, index: Any) -> Union[VolumeCutout, np.ndarray]:
        if is_coordinates(index):
            return self.coordinate_indexing(index)
        selection = self._select(index, bounded=self.bounded)
        cutout = self.image.download(selection.bbox, self.mip, parallel=self.parallel)
        if selection.has_steps or selection.channels != slice(0, self.num_channels, 1):
            steps = (slice(None, None, step) for step in selection.steps)
            channels = selection.channels
            # numpy would count negative ones from the end; there are none before the first
            channels = slice(max(channels.start, 0), max(channels.stop, 0), channels.step)
            cutout = cutout[(*steps, channels)]
        return cutout

    def __setitem__(self, index: Any, value: Any) -> None:
        selection = self._select(index, bounded=self.bounded, allow_empty=True)
        if selection.has_steps:
            raise InvalidArgumentError(
                f"cannot write every n-th voxel, got {index!r}; write the whole box"
            )
        shape, channels = self._written_shape(selection)
        try:
            image = np.asanyarray(value)
        except ValueError as err:
            raise AlignmentError(f"cannot write what is no array: {err}") from err
        if image.ndim == 0:
            image = np.broadcast_to(_as_voxel(value, self.dtype), shape)
        elif image.shape not in (shape, shape[:3] if shape[3] == 1 else shape):
            raise AlignmentError(
                f"cannot write an array of shape {image.shape} to {selection.bbox}: that takes {shape}"
            )
        if 0 not in shape:
            self.image.upload(
                image, selection.start, self.mip, parallel=self.parallel, channels=channels
            )

    def _select(self, index: Any, **options: Any) -> Selection:
        scale = self.meta.at(self.mip)
        if isinstance(index, Bbox):
            index = self._in_voxels(index, self.mip)
        return parse_index(index, scale.voxel_offset, scale.stop, scale.n_channels, **options)

    def _written_shape(self, selection: Selection) -> tuple[tuple[int, ...], slice]:
        channels = slice(selection.channels.start, selection.channels.stop)
        if not 0 <= channels.start <= channels.stop <= self.num_channels:
            raise OutOfBoundsError(
                f"channels {channels.start} to {channels.stop} leave the volume's 0 to {self.num_channels}"
            )
        x, y, z = (max(hi - lo, 0) for lo, hi in zip(selection.start, selection.stop))
        return (x, y, z, channels.stop - channels.start), channels

    def _bbox(self, box: Any, mip: int) -> Bbox:
        """Whatever may stand for a box, in voxels."""
        parts = box if isinstance(box, (tuple, list)) else (box,)
        if any(isinstance(part, slice) or part is Ellipsis for part in parts):
            scale = self.meta.at(mip)
            selection = parse_index(
                box, scale.voxel_offset, scale.stop, scale.n_channels, bounded=False
            )
            if selection.has_steps or selection.channels != slice(0, scale.n_channels, 1):
                raise InvalidArgumentError(
                    f"a box has neither steps nor single channels, got {box!r}; index the volume "
                    "with it, as in vol[...]"
                )
            return selection.bbox
        return self._in_voxels(Bbox.create(box, self.meta.bounds(mip)), mip)

    def _in_voxels(self, bbox: Bbox, mip: int) -> Bbox:
        return bbox.convert_units("vx", self.meta.resolution(mip)) if bbox.is_physical else bbox


def _as_voxel(value: Any, dtype: np.dtype) -> np.ndarray:
    """A number in the dtype of the volume, unchanged in value.

    Raises
    ------
    DataTypeError
        The dtype cannot hold it.
    """
    number = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    try:
        if not isinstance(number, numbers.Number):
            raise TypeError(f"{number!r} is not a number")
        with np.errstate(over="ignore"):
            voxel = np.array(number, dtype)
    except (OverflowError, TypeError, ValueError) as err:
        raise DataTypeError(f"cannot write {value!r} to a volume of {dtype}: {err}") from err
    changed = (
        not np.isfinite(voxel) and np.isfinite(number) if dtype.kind == "f" else voxel != number
    )
    if changed:
        raise DataTypeError(f"cannot write {value!r} to a volume of {dtype} without changing it")
    return voxel


def _differ(value: Any, nothing: Any) -> bool:
    """True if a value asks for something; of 1 and True, the latter asks for all cores."""
    if value is nothing or not (value or nothing):
        return False
    return value is True or value != nothing


def _warn_of_ignored(parameters: dict[str, Any]) -> None:
    names = [n for n, nothing in _NOT_HONOURED.items() if _differ(parameters[n], nothing)]
    if names:
        warn_caller(
            f"precomputed volumes do not honour {', '.join(names)}; the volume behaves as without"
        )
