"""Writing: plan, cut, encode, store. One chunk's whole way runs in one worker."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np

from ....config import ReadOptions, WriteOptions
from ....exceptions import (
    AlignmentError,
    EncodingError,
    InvalidKeyError,
    StorageError,
    UploadError,
)
from ....geometry import Bbox, Vec
from ....memory import keep_freed_memory
from ..common import should_compress
from ..metadata.scale import Int3, Scale
from .chunks import ChunkStore
from .paint import background_value, is_background, paint
from .plan import ChunkAccess, align, is_aligned, plan_chunks
from .rx import read_chunk

__all__ = ["check_aligned", "generate_chunks", "upload"]


def upload(
    chunks: ChunkStore,
    image: np.ndarray,
    *,
    start: Int3,
    channels: slice,
    options: WriteOptions,
) -> None:
    """Write an array at ``start``; what of it lies outside the volume is left out.

    Chunks that the array covers only in part are read, changed and stored again, under a lock
    that holds off other writers of parts.

    Parameters
    ----------
    image : np.ndarray of shape (x, y, z, channel)
        In the dtype of the volume, any memory order and byte order.
    channels : slice
        The channels of the volume that ``image`` holds.

    Raises
    ------
    UploadError
        Some chunks could not be stored. Chunks in flight were finished, no others begun.
    EmptyVolumeException, DecodingError
        A chunk at the border of the array could not be read; it is as it was.
    """
    keep_freed_memory()
    stop = tuple(lo + n for lo, n in zip(start, image.shape))
    plan = plan_chunks(chunks.scale, start, stop)
    writer = _ChunkWriter(chunks, image, channels, options)
    stored = itertools.count()
    failed: list[tuple[str, Exception]] = []

    def write(access: ChunkAccess) -> None:
        try:
            writer.write(access)
        except Exception as err:
            failed.append((access.key, err))
            raise
        next(stored)

    try:
        chunks.store.run(write, plan, total=plan.n_chunks, progress=options.progress)
    except InvalidKeyError:
        raise
    except StorageError as err:
        if plan.n_chunks == 1:
            raise
        raise _upload_error(err, failed, next(stored), plan.n_chunks) from err


def _upload_error(
    err: StorageError, failed: list[tuple[str, Exception]], n_stored: int, n_chunks: int
) -> UploadError:
    names = ", ".join(key for key, _ in failed[:10]) + (", …" if len(failed) > 10 else "")
    return UploadError(
        err.errno,
        f"of {n_chunks} chunks {n_stored} were stored, {len(failed)} failed and "
        f"{n_chunks - n_stored - len(failed)} were not begun; run the write again once the cause "
        f"is gone: {err}; failed: {names}",
        failed,
    )


def check_aligned(scale: Scale, mip: int, start: Int3, stop: Int3) -> None:
    """Refuse a box that is not made of whole chunks.

    Raises
    ------
    AlignmentError
        The message names the nearest box of whole chunks.
    """
    if not is_aligned(scale, start, stop):
        low, high = align(scale, start, stop)
        raise AlignmentError(
            f"{Bbox(start, stop)} at mip {mip} is not aligned to chunks of {scale.chunk_size} from "
            f"{scale.voxel_offset}; nearest aligned is {Bbox(low, high)}, or pass "
            "non_aligned_writes=True to write parts of chunks"
        )


def generate_chunks(
    meta: Any, img: np.ndarray, offset: Any, mip: int
) -> Iterator[tuple[Vec, Vec, Vec, Vec]]:
    """The chunks of an image that lies at ``offset``, x fastest.

    Yields
    ------
    startpt, endpt, spt, ept : Vec
        Corners of the chunk in the image, then in the volume.

    Raises
    ------
    AlignmentError
        The image does not begin on the chunk grid.
    """
    scale = meta.at(mip)
    start = tuple(int(o) for o in offset)
    if any((lo - first) % n for lo, first, n in zip(start, scale.voxel_offset, scale.chunk_size)):
        raise AlignmentError(
            f"an image at {start} does not begin on the grid of chunks of {scale.chunk_size} from "
            f"{scale.voxel_offset}"
        )
    # A volume of just this image, so that chunks beyond the real volume count as well.
    canvas = scale._replace(voxel_offset=start, size=tuple(img.shape[:3]))
    for access in plan_chunks(canvas, start, canvas.stop):
        low = Vec(*access.start)
        high = low + Vec(*access.shape)
        yield low, high, low + start, high + start


class _ChunkWriter:
    """Cuts, encodes and stores single chunks; shared by all workers of a write."""

    def __init__(
        self, chunks: ChunkStore, image: np.ndarray, channels: slice, options: WriteOptions
    ) -> None:
        self._chunks = chunks
        self._store = chunks.store
        self._codec = chunks.codec
        self._image = image
        self._channels = channels
        self._all_channels = image.shape[3] == chunks.scale.n_channels
        self._options = options
        self._compress = should_compress(chunks.codec.encoding, options.compress)
        if options.delete_black_uploads or options.overwrite_partial_chunks:
            self._background = background_value(options.background_color, chunks.scale.dtype)

    def write(self, access: ChunkAccess) -> None:
        """Store one chunk, whole or changed in part."""
        part = self._image[access.outside]
        with self._store.lock(access.key) if self._options.non_aligned_writes else nullcontext():
            if access.is_whole and self._all_channels:
                self._put(access.key, part)
            else:
                chunk = self._canvas(access)
                paint(chunk[(*access.inside, self._channels)], part)
                self._put(access.key, chunk)

    def _canvas(self, access: ChunkAccess) -> np.ndarray:
        """What the rest of a chunk holds that is written in part."""
        if self._options.overwrite_partial_chunks:
            spec = self._chunks.spec(access)
            return np.full(spec.shape, self._background, spec.dtype, order="F")
        options = ReadOptions(self._options.fill_missing, self._options.background_color)
        return read_chunk(self._chunks, access, options)

    def _put(self, key: str, chunk: np.ndarray) -> None:
        if self._options.delete_black_uploads and is_background(chunk, self._background):
            self._store.delete(key)
            return
        try:
            data = self._codec.encode(chunk)
        except EncodingError as err:
            raise type(err)(f"{self._store.url(key)}: {err}") from err
        self._store.put(
            key,
            data,
            content_type=self._codec.content_type,
            compress=self._compress,
            compress_level=self._options.compress_level,
            cache_control=self._options.cache_control,
        )
