"""The voxels of a volume: bounds, alignment and permissions, then a plan is carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Optional, Union

import numpy as np

from ....codecs import get_codec
from ....config import ReadOptions, SharedConfiguration, WriteOptions
from ....exceptions import (
    InvalidArgumentError,
    ReadOnlyException,
    SubvoxelVolumeError,
    UnsupportedFormatError,
)
from ....geometry import Bbox, Vec
from ....memory import check_allocation
from ....storage import StorageClient
from ....volumecutout import VolumeCutout
from ..common import cdn_cache_control
from ..metadata import PrecomputedMetadata, Scale
from ..metadata.scale import Int3
from .checks import as_4d, as_start, check_all_channels, check_dtype, check_inside, corners, crop
from .chunks import ChunkStore
from .plan import ChunkPlan, plan_chunks
from .points import download_voxels
from .rx import download
from .tx import check_aligned, upload

__all__ = ["PrecomputedImageSource"]

_KEY_NBYTES = 400  # a key in a list and a dict, generously


class PrecomputedImageSource:
    """Reads and writes boxes of an unsharded volume.

    The flags can be assigned at any time; a request uses them as they stand when it begins.

    Parameters
    ----------
    config : SharedConfiguration
    meta : PrecomputedMetadata
    cache : object with the verbs of `StorageClient`, optional
        Where chunks are read and written; that of ``meta`` by default.
    autocrop : bool
        Cut requests to the bounds.
    bounded : bool
        Refuse requests that leave the bounds.
    non_aligned_writes : bool
        Allow writes that cover chunks only in part; these are read, changed and stored again.
    fill_missing : bool
        Read missing chunks as background.
    delete_black_uploads : bool
        Delete chunks that are all background instead of storing them.
    background_color : int or float
    readonly : bool
        Refuse to write and delete.
    overwrite_partial_chunks : bool
        With ``non_aligned_writes``, put background around the written part instead of reading.
    """

    def __init__(  # noqa: PLR0913 the documented order of a public class
        self,
        config: SharedConfiguration,
        meta: PrecomputedMetadata,
        cache: Optional[StorageClient] = None,
        autocrop: bool = False,
        bounded: bool = True,
        non_aligned_writes: bool = False,
        fill_missing: bool = False,
        delete_black_uploads: bool = False,
        background_color: Union[int, float] = 0,
        readonly: bool = False,
        overwrite_partial_chunks: bool = False,
    ) -> None:
        self.config = config
        self.meta = meta
        self._cache = cache
        self.autocrop = bool(autocrop)
        self.bounded = bool(bounded)
        self.non_aligned_writes = bool(non_aligned_writes)
        self.fill_missing = bool(fill_missing)
        self.delete_black_uploads = bool(delete_black_uploads)
        self.background_color = background_color
        self._readonly = bool(readonly) or None
        self.overwrite_partial_chunks = bool(overwrite_partial_chunks)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.meta.cloudpath!r})"

    @property
    def readonly(self) -> bool:
        """Refuse to write and delete; unless assigned, true where a redirect was followed."""
        followed = self.meta.redirected_from is not None
        return followed if self._readonly is None else self._readonly

    @readonly.setter
    def readonly(self, value: bool) -> None:
        self._readonly = bool(value)

    @property
    def cache(self) -> StorageClient:
        """Where chunks are read and written."""
        return self._cache or self.meta.cache

    def download(
        self,
        bbox: Bbox,
        mip: Any,
        parallel: int = 1,
        *,
        progress: Union[None, bool, str] = None,
    ) -> VolumeCutout:
        """Read a box.

        Parameters
        ----------
        bbox : Bbox
            In voxels of ``mip``.
        mip : int or (x, y, z) resolution in nm
        parallel : int
            Worker processes. The result does not depend on it.
        progress : bool or str, optional
            Show a bar; as the volume has it by default.

        Returns
        -------
        VolumeCutout of shape (x, y, z, channel), Fortran order, dtype of the layer

        Raises
        ------
        OutOfBoundsError
            ``bbox`` leaves the bounds and the source is ``bounded``.
        SubvoxelVolumeError
            ``bbox`` holds less than one voxel.
        EmptyVolumeException
            A chunk is missing and ``fill_missing`` is off.
        """
        mip = self.meta.to_mip(mip)
        chunks = self._chunks(mip)
        scale = chunks.scale
        start, stop = corners(bbox)
        if self.autocrop:
            start, stop = crop(scale, start, stop)
        elif self.bounded:
            check_inside(scale, mip, start, stop)
        if any(lo >= hi for lo, hi in zip(start, stop)):
            raise SubvoxelVolumeError(
                f"{bbox} at mip {mip} holds less than one voxel of {scale.bounds}"
            )
        options = self._read_options(self.config.progress if progress is None else progress)
        image = download(chunks, start, stop, options)
        return VolumeCutout.from_volume(self.meta, mip, image, Bbox(start, stop))

    def download_voxels(self, points: Any, mip: Any) -> np.ndarray:
        """Read single voxels; each chunk that holds some of them is read once.

        Parameters
        ----------
        points : array-like of shape (n, 3), int
            In voxels of ``mip``; fractions are cut off.
        mip : int or (x, y, z) resolution in nm

        Returns
        -------
        np.ndarray of shape (n, channel), in the order of the points

        Raises
        ------
        OutOfBoundsError
            A point leaves the bounds and the source is ``bounded``.
        EmptyVolumeException
            A chunk is missing and ``fill_missing`` is off.
        """
        mip = self.meta.to_mip(mip)
        chunks = self._chunks(mip)
        points = np.asarray(points).astype(np.int64, copy=False).reshape(-1, 3)
        if self.bounded and len(points):
            low, high = points.min(axis=0).tolist(), (points.max(axis=0) + 1).tolist()
            check_inside(chunks.scale, mip, low, high)
        options = self._read_options(self.config.progress)
        return download_voxels(chunks, points, options)

    def upload(
        self,
        image: np.ndarray,
        offset: Sequence[int],
        mip: Any,
        parallel: int = 1,
        *,
        channels: Optional[slice] = None,
        progress: Union[None, bool, str] = None,
    ) -> None:
        """Write an array.

        Parameters
        ----------
        image : np.ndarray of shape (x, y, z, channel) or, for one channel, (x, y, z)
            In the dtype of the volume; any memory order.
        offset : (x, y, z)
            Where it begins, in voxels of ``mip``.
        mip : int or (x, y, z) resolution in nm
        parallel : int
            Worker processes. What is stored does not depend on it.
        channels : slice, optional
            The channels that ``image`` holds; all by default.
        progress : bool or str, optional

        Raises
        ------
        ReadOnlyException
            The source is read-only or the scale locked.
        OutOfBoundsError
            The array leaves the bounds and the source is ``bounded``.
        DataTypeError
            The array is not of the dtype of the volume.
        AlignmentError
            The array has the wrong shape, or covers chunks in part without ``non_aligned_writes``.
        UploadError
            Some chunks could not be stored.
        """
        mip = self.meta.to_mip(mip)
        chunks = self._chunks(mip)
        scale = chunks.scale
        self._check_writable(mip)
        image = np.asarray(image)
        channels = channels or slice(0, scale.n_channels)
        image = as_4d(image, scale, channels)
        start = as_start(offset)
        stop = tuple(lo + n for lo, n in zip(start, image.shape))
        if self.bounded:
            check_inside(scale, mip, start, stop)
        if self.autocrop:
            low, high = crop(scale, start, stop)
            image = image[
                tuple(slice(lo - s, max(hi - s, 0)) for lo, hi, s in zip(low, high, start))
            ]
            start, stop = low, high
        check_dtype(image, scale)
        if image.size == 0:
            return
        options = self._write_options(progress)
        if not options.non_aligned_writes:
            check_aligned(scale, mip, start, stop)
            check_all_channels(image, scale)
        upload(chunks, image, start=start, channels=channels, options=options)

    def exists(self, bbox: Any, mip: Any = None) -> dict[str, bool]:
        """Tell which chunks that touch a box are stored.

        Parameters
        ----------
        bbox : Bbox or slices
            In voxels of ``mip``.
        mip : int or (x, y, z) resolution in nm, optional

        Returns
        -------
        dict of key to bool, in the order of the chunk grid, x fastest

        Raises
        ------
        OutOfBoundsError
        """
        mip, scale, start, stop = self._stored_box(bbox, mip)
        return self.cache.exists(_listed(plan_chunks(scale, start, stop)))

    def delete(self, bbox: Any, mip: Any = None) -> None:
        """Delete the chunks of a box; those that do not exist are fine.

        Raises
        ------
        ReadOnlyException, OutOfBoundsError
        AlignmentError
            The box covers chunks in part.
        """
        mip, scale, start, stop = self._stored_box(bbox, mip)
        self._check_writable(mip)
        check_aligned(scale, mip, start, stop)
        self.cache.delete(_listed(plan_chunks(scale, start, stop)))

    def delete_all(self, mip: Any) -> None:
        """Delete every object under the key of a scale."""
        mip = self.meta.to_mip(mip)
        self._check_writable(mip)
        self.cache.delete(self.cache.list(f"{self.meta.key(mip)}/"))

    def has_data(self, mip: Any = None) -> bool:
        """Tell whether anything is stored under the key of a scale."""
        mip = self.meta.to_mip(self.config.mip if mip is None else mip)
        return self.cache.has_any(f"{self.meta.key(mip)}/")

    def grid_size(self, mip: Any = None) -> Vec:
        """Chunks along x, y and z."""
        mip = self.meta.to_mip(self.config.mip if mip is None else mip)
        return Vec(*self.meta.at(mip).grid_size, dtype=np.int64)

    def is_sharded(self, mip: int) -> bool:
        """Tell whether the chunks of a scale lie in shards."""
        return self.meta.sharding(mip) is not None

    def check_bounded(self, bbox: Bbox, mip: int) -> None:
        """Refuse a box that leaves the bounds, if the source is ``bounded``.

        Raises
        ------
        OutOfBoundsError
        """
        if self.bounded:
            check_inside(self.meta.at(mip), mip, *corners(bbox))

    def _scale(self, mip: int) -> Scale:
        if self.is_sharded(mip):
            raise UnsupportedFormatError(
                f"mip {mip} of {self.meta.cloudpath} is sharded, which this version cannot read or write"
            )
        return self.meta.at(mip)

    def _chunks(self, mip: int) -> ChunkStore:
        return ChunkStore(self.cache, self._scale(mip), get_codec(self.meta.scale(mip)))

    def _stored_box(self, bbox: Any, mip: Any) -> tuple[int, Scale, Int3, Int3]:
        mip = self.meta.to_mip(self.config.mip if mip is None else mip)
        scale = self._scale(mip)
        start, stop = corners(Bbox.create(bbox, scale.bounds))
        check_inside(scale, mip, start, stop)
        return mip, scale, start, stop

    def _check_writable(self, mip: int) -> None:
        if self.readonly:
            hint = (
                "it was reached by a redirect; open the target itself"
                if self.meta.redirected_from
                else "set image.readonly = False to write to it"
            )
            raise ReadOnlyException(f"{self.meta.cloudpath} is read-only: {hint}")
        if mip in self.meta.locked_mips():
            raise ReadOnlyException(
                f"mip {mip} of {self.meta.cloudpath} is locked; vol.meta.unlock_mips({mip}) unlocks it"
            )

    def _read_options(self, progress: Union[bool, str]) -> ReadOptions:
        return ReadOptions(
            self.fill_missing, self.background_color, _label(progress, "Downloading")
        )

    def _write_options(self, progress: Union[None, bool, str]) -> WriteOptions:
        options = WriteOptions(
            compress=self.config.compress,
            compress_level=self.config.compress_level,
            cache_control=cdn_cache_control(self.config.cdn_cache),
            non_aligned_writes=self.non_aligned_writes,
            overwrite_partial_chunks=self.overwrite_partial_chunks,
            delete_black_uploads=self.delete_black_uploads,
            fill_missing=self.fill_missing,
            background_color=self.background_color,
        )
        if options.overwrite_partial_chunks and not options.non_aligned_writes:
            raise InvalidArgumentError(
                "overwrite_partial_chunks=True needs non_aligned_writes=True"
            )
        progress = self.config.progress if progress is None else progress
        return replace(options, progress=_label(progress, "Uploading"))


def _listed(plan: ChunkPlan) -> Iterator[str]:
    """The keys of a plan, of which a list must be held in memory."""
    check_allocation(plan.n_chunks * _KEY_NBYTES, f"a list of {plan.n_chunks} chunks")
    return plan.keys()


def _label(progress: Union[bool, str], label: str) -> Union[bool, str]:
    return label if progress is True else progress
