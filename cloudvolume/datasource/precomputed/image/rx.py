"""Reading: plan, fetch, decode, paint. One chunk's whole way runs in one worker."""

from __future__ import annotations

import math
import sys
import threading
from itertools import product
from typing import Optional

import numpy as np

from ....codecs import ChunkSpec
from ....codecs.raw import wrong_length
from ....compression import decompress
from ....config import ReadOptions
from ....exceptions import DecodingError, EmptyFileException, EmptyVolumeException
from ....memory import check_allocation, keep_freed_memory
from ....storage import ObjectReader
from ..metadata.scale import Int3
from .chunks import ChunkStore
from .paint import background_value, contiguous_bytes, paint
from .plan import ChunkAccess, is_inside, plan_chunks

__all__ = ["download", "read_chunk"]

# What is read at once from a raw file: small enough to be still in the processor's cache when it
# is painted (measured on 64³ chunks: as fast as mapping the file, whose truncation by a careless
# writer would kill the process).
_SLAB_NBYTES = 1 << 20
_LITTLE_ENDIAN = sys.byteorder == "little"
_local = threading.local()


def download(chunks: ChunkStore, start: Int3, stop: Int3, options: ReadOptions) -> np.ndarray:
    """Read the box from ``start`` to ``stop``, which may leave the volume.

    Returns
    -------
    np.ndarray of shape (x, y, z, channel), Fortran order
        Voxels outside the volume, and with ``fill_missing`` those of missing chunks, are background.

    Raises
    ------
    EmptyVolumeException
        A chunk is missing and ``fill_missing`` is off.
    EmptyFileException, DecodingError
        A chunk is damaged; the message names the object.
    OversizeRequestError
        The box does not fit into memory.
    """
    scale = chunks.scale
    shape = (*(hi - lo for lo, hi in zip(start, stop)), scale.n_channels)
    nbytes = scale.dtype.itemsize * math.prod(shape)
    check_allocation(nbytes, f"a cutout of {shape} {scale.dtype}")
    keep_freed_memory()
    image = np.empty(shape, scale.dtype, order="F")
    if not is_inside(scale, start, stop):
        image[...] = background_value(options.background_color, scale.dtype)
    plan = plan_chunks(scale, start, stop)
    reader = _ChunkReader(chunks, options)
    chunks.store.run(
        lambda access: reader.paint_into(image[access.outside], access),
        plan,
        total=plan.n_chunks,
        progress=options.progress,
    )
    return image


def read_chunk(chunks: ChunkStore, access: ChunkAccess, options: ReadOptions) -> np.ndarray:
    """Read one whole chunk into an array of its own, background if it is missing and may be."""
    spec = chunks.spec(access)
    chunk = np.empty(spec.shape, spec.dtype, order="F")
    whole = access._replace(inside=tuple(slice(0, n) for n in access.shape))
    _ChunkReader(chunks, options).paint_into(chunk, whole)
    return chunk


class _ChunkReader:
    """Fetches, decodes and paints single chunks; shared by all workers of a read."""

    def __init__(self, chunks: ChunkStore, options: ReadOptions) -> None:
        self._chunks = chunks
        self._store = chunks.store
        self._codec = chunks.codec
        self._options = options
        # bool is left out, because not every byte is one
        self._in_parts = (
            chunks.codec.is_bare_voxels
            and chunks.store.has_random_access
            and chunks.scale.dtype != np.bool_
        )

    def paint_into(self, target: np.ndarray, access: ChunkAccess) -> None:
        """Bring the wanted part of a chunk into ``target``, which has its shape."""
        spec = self._chunks.spec(access)
        try:
            if self._in_parts:
                found = self._paint_from_file(target, access, spec)
            else:
                data = self._store.get(access.key, max_nbytes=self._codec.max_encoded_nbytes(spec))
                found = self._paint_decoded(target, access, spec, data)
        except DecodingError as err:
            url = self._store.url(access.key)
            if url in str(err):
                raise
            raise type(err)(f"{url}: {err}") from err
        if not found:
            self._paint_missing(target, access)

    def _paint_decoded(
        self, target: np.ndarray, access: ChunkAccess, spec: ChunkSpec, data
    ) -> bool:
        if data is None:
            return False
        if len(data) == 0:
            raise EmptyFileException(
                f"{self._store.url(access.key)} holds zero bytes; delete the object if its voxels "
                "are to count as missing"
            )
        paint(target, self._codec.decode(data, spec)[access.inside])
        return True

    def _paint_from_file(self, target: np.ndarray, access: ChunkAccess, spec: ChunkSpec) -> bool:
        reader = self._store.open(access.key)
        if reader is None:
            return False
        with reader:
            if reader.content_encoding or reader.size == 0:
                data = decompress(
                    reader.read(),
                    reader.content_encoding,
                    self._store.url(access.key),
                    max_nbytes=self._codec.max_encoded_nbytes(spec),
                )
                return self._paint_decoded(target, access, spec, data)
            if reader.size != spec.nbytes:
                raise DecodingError(wrong_length(spec, reader.size))
            _paint_raw(reader, target, access, spec)
        return True

    def _paint_missing(self, target: np.ndarray, access: ChunkAccess) -> None:
        if not self._options.fill_missing:
            raise EmptyVolumeException(
                f"{self._store.url(access.key)} does not exist; pass fill_missing=True to read "
                "missing chunks as background"
            )
        target[...] = background_value(self._options.background_color, target.dtype)


def _paint_raw(
    reader: ObjectReader, target: np.ndarray, access: ChunkAccess, spec: ChunkSpec
) -> None:
    """Read only the planes that are wanted, straight into place where memory allows."""
    x, y, z, n_channels = spec.shape
    in_x, in_y, in_z = access.inside
    row = x * spec.dtype.itemsize
    plane = row * y
    whole_planes = (in_x.stop - in_x.start, in_y.stop - in_y.start) == (x, y)
    for channel in range(n_channels):
        layer = target[..., channel]
        offset = (channel * z + in_z.start) * plane
        memory = contiguous_bytes(layer) if whole_planes and _LITTLE_ENDIAN else None
        if memory is not None:
            reader.readinto(memory, offset)
        elif plane > _SLAB_NBYTES:
            step = max(_SLAB_NBYTES // row, 1)
            for k, j in product(range(layer.shape[2]), range(0, layer.shape[1], step)):
                part = layer[:, j : j + step, k]
                place = offset + k * plane + (in_y.start + j) * row
                slab = _read_array(reader, place, spec.dtype, (x, part.shape[1]))
                paint(part, slab[in_x])
        else:
            step = max(_SLAB_NBYTES // plane, 1)
            for k in range(0, layer.shape[2], step):
                part = layer[..., k : k + step]
                slab = _read_array(reader, offset + k * plane, spec.dtype, (x, y, part.shape[2]))
                paint(part, slab[in_x, in_y])


def _read_array(reader: ObjectReader, offset: int, dtype: np.dtype, shape: tuple) -> np.ndarray:
    """Little-endian voxels in Fortran order from a file, in a buffer that the thread uses again."""
    nbytes = dtype.itemsize * math.prod(shape)
    buffer: Optional[bytearray] = getattr(_local, "buffer", None)
    if buffer is None or len(buffer) < nbytes:
        buffer = _local.buffer = bytearray(max(nbytes, _SLAB_NBYTES))
    view = memoryview(buffer)[:nbytes]
    reader.readinto(view, offset)
    return np.frombuffer(view, dtype.newbyteorder("<")).reshape(shape, order="F")
