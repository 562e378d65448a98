"""Reading: the ways from a file to its place."""

import gzip
import tracemalloc
import uuid

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_layers import chunk_grid, random_voxels

from cloudvolume.codecs.raw import RawCodec
from cloudvolume.config import ReadOptions
from cloudvolume.datasource.precomputed.image import rx
from cloudvolume.datasource.precomputed.image.chunks import ChunkStore
from cloudvolume.datasource.precomputed.image.plan import plan_chunks
from cloudvolume.datasource.precomputed.image.rx import download, read_chunk
from cloudvolume.datasource.precomputed.metadata import Scale
from cloudvolume.exceptions import (
    DecodingError,
    EmptyFileException,
    EmptyVolumeException,
    OversizeRequestError,
)
from cloudvolume.storage import ObjectReader, StorageClient

OPTIONS = ReadOptions()


class CountingReader(ObjectReader):
    """Bytes in memory that write down what is read of them."""

    content_encoding = ""

    def __init__(self, data: bytes, log: list) -> None:
        self._data, self._log, self.size = data, log, len(data)

    def read(self):
        self._log.append((0, self.size))
        return self._data

    def readinto(self, buffer, offset):
        self._log.append((offset, len(buffer)))
        assert 0 <= offset <= offset + len(buffer) <= self.size
        buffer[:] = self._data[offset : offset + len(buffer)]

    def close(self):
        self._log.append("closed")


class CountingStore(StorageClient):
    """A store in memory with random access."""

    has_random_access = True

    def __init__(self) -> None:
        super().__init__(f"mem://{uuid.uuid4().hex}/layer")
        self.log: list = []

    def open(self, key):
        data = self.get(key)
        return None if data is None else CountingReader(bytes(data), self.log)

    @property
    def reads(self) -> list:
        return [entry for entry in self.log if entry != "closed"]


def scale_of(data: np.ndarray, chunk_size, offset=(0, 0, 0)) -> Scale:
    return Scale("k", data.shape[:3], offset, chunk_size, data.shape[3], data.dtype, "raw")


def raw(store, scale) -> ChunkStore:
    return ChunkStore(store, scale, RawCodec())


def fill(store, data: np.ndarray, chunk_size, offset=(0, 0, 0)) -> Scale:
    """Store an array as raw chunks."""
    little = data.astype(data.dtype.newbyteorder("<"))
    for name, box in chunk_grid(data.shape[:3], chunk_size, offset):
        store.put(f"k/{name}", little[box].tobytes(order="F"))
    return scale_of(data, chunk_size, offset)


@st.composite
def boxes(draw, shape):
    """Slices of at least one voxel."""
    low = [draw(st.integers(0, n - 1)) for n in shape[:3]]
    return low, [draw(st.integers(lo + 1, n)) for lo, n in zip(low, shape)]


@pytest.mark.parametrize("slab_nbytes", [1, 100, 1 << 20], ids=["rows", "few rows", "all at once"])
@given(data=st.data())
def test_whatever_the_slab_a_read_is_a_slice(data, slab_nbytes):
    """Files are read by rows, planes and blocks of planes; the voxels are the same."""
    dtype = data.draw(st.sampled_from(["uint8", "uint16", "float64"]))
    shape = (*(data.draw(st.integers(1, 14)) for _ in range(3)), data.draw(st.integers(1, 3)))
    voxels = random_voxels(np.random.default_rng(0), shape, dtype)
    store = CountingStore()
    scale = fill(store, voxels, data.draw(st.tuples(*[st.integers(3, 16)] * 3)))
    low, high = data.draw(boxes(shape))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rx, "_SLAB_NBYTES", slab_nbytes)
        patch.setattr(rx, "_local", type("Local", (), {})())
        found = download(raw(store, scale), tuple(low), tuple(high), OPTIONS)
    np.testing.assert_array_equal(found, voxels[tuple(map(slice, low, high))])
    assert found.flags.f_contiguous
    assert store.log.count("closed") == len(plan_chunks(scale, tuple(low), tuple(high)))


@pytest.mark.parametrize(
    ("low", "high", "reads"),
    [
        pytest.param((0, 0, 0), (8, 8, 8), [(0, 1024), (1024, 1024)], id="a chunk: each channel"),
        pytest.param((0, 0, 2), (8, 8, 5), [(256, 384), (1280, 384)], id="whole planes"),
        pytest.param((3, 0, 0), (5, 8, 1), [(0, 128), (1024, 128)], id="part of a plane"),
        pytest.param((3, 2, 7), (5, 3, 8), [(896, 128), (1920, 128)], id="part of the last plane"),
    ],
)
def test_only_the_wanted_planes_are_read(low, high, reads, rng):
    """One read for each channel, of nothing but the planes that hold the box."""
    voxels = random_voxels(rng, (8, 8, 8, 2), "uint16")
    store = CountingStore()
    scale = fill(store, voxels, (8, 8, 8))
    found = download(raw(store, scale), low, high, OPTIONS)
    np.testing.assert_array_equal(found, voxels[tuple(map(slice, low, high))])
    assert store.reads == reads


def test_large_planes_are_read_by_rows(rng):
    """Only the rows of the box, and no more at once than a slab."""
    voxels = random_voxels(rng, (2048, 1500, 2, 1), "uint8")
    store = CountingStore()
    scale = fill(store, voxels, (2048, 1500, 2))
    found = download(raw(store, scale), (5, 100, 0), (2000, 1400, 2), OPTIONS)
    np.testing.assert_array_equal(found, voxels[5:2000, 100:1400])
    assert store.reads[0] == (100 * 2048, 1 << 20)
    assert sum(n for _, n in store.reads) == 2 * 1300 * 2048
    assert max(n for _, n in store.reads) <= 1 << 20


def test_whole_chunks_go_straight_into_place(rng, monkeypatch):
    """No buffer is made in between."""
    voxels = random_voxels(rng, (16, 16, 24, 1), "uint32")
    store = CountingStore()
    scale = fill(store, voxels, (16, 16, 8))
    monkeypatch.setattr(rx, "_read_array", None)
    found = download(raw(store, scale), (0, 0, 0), (16, 16, 24), OPTIONS)
    np.testing.assert_array_equal(found, voxels)


@pytest.mark.parametrize("part", [np.s_[:, :, :], np.s_[10:1900, 10:1900, :]], ids=["all", "part"])
def test_a_read_holds_little_but_its_output(file_root, rng, part):
    """At most a slab or a chunk for each file in flight, even if planes are large; nor after it."""
    voxels = random_voxels(rng, (2000, 2000, 6, 1), "uint8")
    store = StorageClient(f"{file_root}/layer")
    scale = fill(store, voxels, (2000, 2000, 3))
    wanted = voxels[part]
    low = tuple(s.start or 0 for s in part)
    high = tuple(lo + n for lo, n in zip(low, wanted.shape))
    tracemalloc.start()
    found = download(raw(store, scale), low, high, OPTIONS)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(found, wanted)
    assert peak < found.nbytes + (store.n_threads + 1) * (2 << 20)
    assert held < found.nbytes + (2 << 20)


@pytest.mark.parametrize("fill_missing", [True, False])
def test_a_missing_chunk(fill_missing, rng):
    """Is background if it may be, and else named."""
    voxels = random_voxels(rng, (8, 8, 8, 2), "int16")
    for store in (CountingStore(), StorageClient(f"mem://{uuid.uuid4().hex}/layer")):
        scale = fill(store, voxels, (4, 8, 8))
        store.delete("k/4-8_0-8_0-8")
        arguments = (raw(store, scale), (0, 0, 0), (8, 8, 8))
        if not fill_missing:
            with pytest.raises(EmptyVolumeException, match="k/4-8_0-8_0-8 .* fill_missing=True"):
                download(*arguments, OPTIONS)
            continue
        found = download(*arguments, ReadOptions(fill_missing=True, background_color=-5))
        np.testing.assert_array_equal(found[:4], voxels[:4])
        assert (found[4:] == -5).all()


@pytest.mark.parametrize(
    ("payload", "error", "message"),
    [
        pytest.param(b"", EmptyFileException, "zero bytes", id="empty"),
        pytest.param(b"\0" * 511, DecodingError, "takes 512 bytes, got 511", id="short"),
        pytest.param(b"\0" * 513, DecodingError, "takes 512 bytes, got 513", id="long"),
    ],
)
@pytest.mark.parametrize("random_access", [True, False])
def test_a_damaged_chunk_is_named(payload, error, message, random_access):
    """Even if missing chunks may be background, and the damage is outside the box."""
    store = CountingStore()
    store.has_random_access = random_access
    store.put("k/0-8_0-8_0-8", payload)
    scale = scale_of(np.zeros((8, 8, 8, 1), np.uint8), (8, 8, 8))
    with pytest.raises(error, match=f"mem://.*layer/k/0-8_0-8_0-8.*{message}") as caught:
        download(raw(store, scale), (0, 0, 0), (1, 1, 1), ReadOptions(fill_missing=True))
    assert str(caught.value).count("mem://") == 1


def test_a_compressed_file_is_unpacked_and_no_further_than_the_chunk(file_root, rng):
    """By the suffix on disk; a bomb is stopped."""
    voxels = random_voxels(rng, (8, 8, 8, 1), "uint8")
    store = StorageClient(f"{file_root}/layer")
    scale = scale_of(voxels, (8, 8, 8))
    store.put("k/0-8_0-8_0-8", voxels.tobytes(order="F"), compress="gzip")
    box = ((0, 0, 0), (8, 8, 8))
    np.testing.assert_array_equal(download(raw(store, scale), *box, OPTIONS), voxels)
    store.put("k/0-8_0-8_0-8", b"\0" * (1 << 24), compress="gzip")
    with pytest.raises(DecodingError, match="k/0-8_0-8_0-8"):
        download(raw(store, scale), *box, OPTIONS)
    assert len(gzip.compress(b"\0" * (1 << 24))) < 1 << 15


def test_outside_the_volume_is_background(rng):
    """On all sides, in every channel; the inside is read."""
    voxels = random_voxels(rng, (6, 5, 4, 2), "float32")
    store = CountingStore()
    scale = fill(store, voxels, (4, 4, 4), (10, -3, 2))
    found = download(raw(store, scale), (8, -5, 0), (18, 4, 8), ReadOptions(background_color=1.5))
    wanted = np.pad(voxels, [(2, 2), (2, 2), (2, 2), (0, 0)], constant_values=1.5)
    np.testing.assert_array_equal(found, wanted)


def test_what_cannot_be_held_is_refused_at_once():
    """With the bytes that it would take, in integers of any size."""
    scale = Scale("k", (2**40,) * 3, (0, 0, 0), (64,) * 3, 1, np.dtype("uint64"), "raw")
    with pytest.raises(OversizeRequestError, match=str(8 * 2**120)):
        download(raw(CountingStore(), scale), (0, 0, 0), (2**40,) * 3, OPTIONS)


def test_a_whole_chunk_is_read_for_changing(rng):
    """Whatever part of it the access wants."""
    voxels = random_voxels(rng, (10, 10, 10, 2), "uint16")
    store = CountingStore()
    scale = fill(store, voxels, (8, 8, 8))
    (access,) = plan_chunks(scale, (8, 8, 9), (9, 9, 10))
    chunk = read_chunk(raw(store, scale), access, OPTIONS)
    np.testing.assert_array_equal(chunk, voxels[8:, 8:, 8:])
    assert chunk.flags.f_contiguous
    assert chunk.flags.writeable
