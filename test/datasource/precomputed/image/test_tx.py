"""Writing: chunks are cut, encoded and stored."""

import threading
import uuid
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_layers import chunk_names, random_voxels
from strategies import VOXELS, chunk_sizes, points

from cloudvolume.codecs.jpeg import JpegCodec
from cloudvolume.codecs.raw import RawCodec
from cloudvolume.config import ReadOptions, WriteOptions
from cloudvolume.datasource.precomputed.image.chunks import ChunkStore
from cloudvolume.datasource.precomputed.image.rx import download
from cloudvolume.datasource.precomputed.image.tx import check_aligned, generate_chunks, upload
from cloudvolume.datasource.precomputed.metadata import Scale
from cloudvolume.exceptions import (
    AlignmentError,
    EmptyVolumeException,
    EncodingError,
    StorageError,
    StorageFullError,
    UploadError,
)
from cloudvolume.storage import StorageClient


class Store(StorageClient):
    """A store in memory that writes down what is put, and is full for some keys."""

    def __init__(self, full=()) -> None:
        super().__init__(f"mem://{uuid.uuid4().hex}/layer")
        self.full = set(full)
        self.puts: dict = {}
        self._lock = threading.Lock()

    def put(self, key, content, **options):
        if key in self.full:
            raise StorageFullError(28, f"no space for {key}")
        with self._lock:
            self.puts[key] = options
        super().put(key, content, **options)


def scale_for(size, chunk_size, offset=(0, 0, 0), channels=1, dtype="uint8", encoding="raw"):
    return Scale("k", size, offset, chunk_size, channels, np.dtype(dtype), encoding)


def write(store, scale, image, start, channels=None, codec=None, **options):
    channels = channels or slice(0, scale.n_channels)
    chunks = ChunkStore(store, scale, codec or RawCodec())
    upload(chunks, image, start=start, channels=channels, options=WriteOptions(**options))


def read(store, scale, **options):
    options = ReadOptions(**options)
    chunks = ChunkStore(store, scale, RawCodec())
    return download(chunks, scale.voxel_offset, scale.stop, options)


def test_an_aligned_write_stores_each_chunk_once(rng):
    """Under its name, with the headers of the layer, without reading anything."""
    image = random_voxels(rng, (10, 9, 8, 2), "uint16")
    scale = scale_for((10, 9, 8), (4, 4, 4), (-3, 0, 7), 2, "uint16")
    store = Store()
    write(store, scale, image, (-3, 0, 7), cache_control="no-cache", compress_level=3)
    names = chunk_names((10, 9, 8), (4, 4, 4), (-3, 0, 7))
    assert sorted(store.puts) == sorted(f"k/{name}" for name in names)
    assert store.puts[f"k/{names[0]}"] == {
        "content_type": "application/octet-stream",
        "compress": "gzip",
        "compress_level": 3,
        "cache_control": "no-cache",
    }
    np.testing.assert_array_equal(read(store, scale), image)


@given(st.data())
def test_a_part_is_changed_and_nothing_else(data):
    """Some voxels of some channels, anywhere."""
    shape = (*(data.draw(st.integers(1, 9)) for _ in range(3)), data.draw(st.integers(1, 3)))
    offset = data.draw(points(VOXELS))
    scale = scale_for(shape[:3], data.draw(chunk_sizes(6)), offset, shape[3], "int32")
    before = random_voxels(np.random.default_rng(1), shape, "int32")
    store = Store()
    write(store, scale, before, offset)
    low = [data.draw(st.integers(0, n - 1)) for n in shape]
    high = [data.draw(st.integers(lo + 1, n)) for lo, n in zip(low, shape)]
    box = tuple(map(slice, low, high))
    part = random_voxels(np.random.default_rng(2), before[box].shape, "int32")
    start = tuple(o + lo for o, lo in zip(offset, low))
    write(store, scale, part, start, box[3], non_aligned_writes=True)
    wanted = before.copy()
    wanted[box] = part
    np.testing.assert_array_equal(read(store, scale), wanted)


def test_what_lies_outside_is_left_out(rng):
    image = random_voxels(rng, (8, 8, 8, 1), "uint8")
    scale = scale_for((4, 4, 4), (4, 4, 4))
    store = Store()
    write(store, scale, image, (-2, -2, -2))
    assert list(store.puts) == ["k/0-4_0-4_0-4"]
    np.testing.assert_array_equal(read(store, scale), image[2:6, 2:6, 2:6])


@pytest.mark.parametrize(
    ("options", "rest"),
    [
        pytest.param({"fill_missing": True, "background_color": 9}, 9, id="missing"),
        pytest.param({"overwrite_partial_chunks": True, "background_color": 9}, 9, id="overwrite"),
        pytest.param({}, None, id="neither"),
    ],
)
def test_the_rest_of_a_chunk_that_is_missing(options, rest):
    """Is background, or an error that leaves the store as it was."""
    scale = scale_for((4, 4, 4), (4, 4, 4))
    store = Store()
    image = np.ones((1, 1, 1, 1), np.uint8)
    if rest is None:
        with pytest.raises(EmptyVolumeException, match="k/0-4_0-4_0-4"):
            write(store, scale, image, (0, 0, 0), non_aligned_writes=True, **options)
        assert not store.puts
        return
    write(store, scale, image, (0, 0, 0), non_aligned_writes=True, **options)
    found = read(store, scale)
    assert found[0, 0, 0] == 1
    assert (found.ravel()[1:] == rest).all()


def test_background_is_deleted_if_asked_for():
    """Also what was there before."""
    scale = scale_for((8, 4, 4), (4, 4, 4))
    store = Store()
    image = np.full((8, 4, 4, 1), 7, np.uint8)
    write(store, scale, image, (0, 0, 0))
    image[4:] = 8
    write(store, scale, image, (0, 0, 0), delete_black_uploads=True, background_color=7)
    assert list(store.list()) == ["k/4-8_0-4_0-4"]


def test_a_full_store_is_told_once_with_every_chunk_that_failed():
    """Running the write again, once there is space, completes it."""
    scale = scale_for((64, 4, 4), (4, 4, 4))
    image = np.ones((64, 4, 4, 1), np.uint8)
    full = {f"k/{4 * i}-{4 * i + 4}_0-4_0-4" for i in range(16)}
    store = Store(full)
    with pytest.raises(UploadError, match="of 16 chunks .*failed.*again.*no space for k/"):
        write(store, scale, image, (0, 0, 0))
    store.full.clear()
    write(store, scale, image, (0, 0, 0))
    assert (read(store, scale) == 1).all()


def test_a_single_chunk_fails_with_the_error_of_the_store():
    scale = scale_for((4, 4, 4), (4, 4, 4))
    store = Store({"k/0-4_0-4_0-4"})
    with pytest.raises(StorageFullError, match="no space") as caught:
        write(store, scale, np.ones((4, 4, 4, 1), np.uint8), (0, 0, 0))
    assert isinstance(caught.value, StorageError)
    assert not isinstance(caught.value, UploadError)


def test_what_the_encoding_cannot_hold_names_the_chunk():
    scale = scale_for((4, 4, 4), (4, 4, 4), dtype="uint16", encoding="jpeg")
    with pytest.raises(EncodingError, match="mem://.*/k/0-4_0-4_0-4: jpeg holds uint8, got uint16"):
        write(Store(), scale, np.ones((4, 4, 4, 1), np.uint16), (0, 0, 0), codec=JpegCodec())


@pytest.mark.parametrize(
    ("start", "stop", "nearest"),
    [
        pytest.param((0, 0, 0), (10, 10, 10), None, id="the volume"),
        pytest.param((4, 8, 0), (8, 10, 4), None, id="chunks, one of them short"),
        pytest.param((1, 0, 0), (4, 4, 4), r"0, *0, *0\],\[4, *4, *4", id="begins late"),
        pytest.param((8, 0, 0), (9, 4, 4), r"8, *0, *0\],\[10, *4, *4", id="ends early"),
        pytest.param((0, 0, 0), (12, 4, 4), r"0, *0, *0\],\[10, *4, *4", id="beyond the volume"),
    ],
)
def test_alignment(start, stop, nearest):
    """The message says which box would do."""
    scale = scale_for((10, 10, 10), (4, 4, 4))
    if nearest is None:
        check_aligned(scale, 0, start, stop)
        return
    with pytest.raises(AlignmentError, match=f"mip 3 .*{nearest}.*non_aligned_writes=True"):
        check_aligned(scale, 3, start, stop)


@given(points(st.integers(1, 30)), chunk_sizes(12), points(VOXELS), points(st.integers(-2, 2)))
def test_generate_chunks_tiles_the_image(shape, chunk_size, offset, cell):
    """From any point of the grid, also beyond the volume, x fastest."""
    scale = scale_for((5, 5, 5), chunk_size, offset)
    meta = SimpleNamespace(at=lambda mip: scale)
    begin = tuple(o + c * n for o, c, n in zip(offset, cell, chunk_size))
    covered = np.zeros(shape, int)
    places = []
    for low, high, start, stop in generate_chunks(meta, np.zeros(shape), begin, 0):
        covered[tuple(map(slice, low, high))] += 1
        assert (start - low).tolist() == (stop - high).tolist() == list(begin)
        assert all((s - o) % n == 0 for s, o, n in zip(start, offset, chunk_size))
        places.append(tuple(low[::-1]))
    assert (covered == 1).all()
    assert places == sorted(places)


def test_generate_chunks_begins_on_the_grid():
    meta = SimpleNamespace(at=lambda mip: scale_for((50, 50, 50), (4, 4, 4), (1, 1, 1)))
    with pytest.raises(AlignmentError, match=r"\(2, 1, 1\) does not begin on the grid"):
        list(generate_chunks(meta, np.zeros((4, 4, 4)), (2, 1, 1), 0))
