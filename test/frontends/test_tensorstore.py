"""TensorStore as the second opinion: each reads what the other wrote."""

import itertools

import numpy as np
import pytest
import tensorstore as ts
from reference_layers import assert_same, directory_of, files_of, random_voxels, read_info

from cloudvolume import Bbox, CloudVolume

DTYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "float32"]

# size, offset and chunk of volumes on which a mistake in the grid shows
GRIDS = [
    pytest.param((32, 16, 8), (0, 0, 0), (16, 16, 8), id="aligned"),
    pytest.param((27, 21, 11), (5, -3, 7), (16, 16, 8), id="ragged, offset"),
    pytest.param((27, 21, 11), (-40, -16, -11), (10, 7, 3), id="negative offset"),
    pytest.param((9, 7, 5), (100, 0, -1), (64, 64, 64), id="chunk larger than volume"),
    pytest.param((13, 1, 1), (0, 9, 9), (4, 1, 1), id="a line"),
    pytest.param((1, 1, 1), (5, -3, 7), (4, 4, 4), id="one voxel"),
]
grids = pytest.mark.parametrize(("size", "offset", "chunk"), GRIDS)


def _open(cloudpath: str, scale: int = 0) -> ts.TensorStore:
    """TensorStore's view of a layer that exists."""
    return ts.open(
        {
            "driver": "neuroglancer_precomputed",
            "kvstore": {"driver": "file", "path": f"{directory_of(cloudpath)}/"},
            "scale_index": scale,
        },
        read=True,
    ).result()


def _create(cloudpath: str, data: np.ndarray, offset, chunk, *, resolution=(8, 8, 30), **scale):
    """Let TensorStore write a layer."""
    store = ts.open(
        {
            "driver": "neuroglancer_precomputed",
            "kvstore": {"driver": "file", "path": f"{directory_of(cloudpath)}/"},
            "multiscale_metadata": {
                "type": "image",
                "data_type": data.dtype.name,
                "num_channels": data.shape[3],
            },
            "scale_metadata": {
                "size": list(data.shape[:3]),
                "voxel_offset": list(offset),
                "chunk_size": list(chunk),
                "resolution": list(resolution),
                "encoding": "raw",
                **scale,
            },
        },
        create=True,
        open=True,
    ).result()
    store[ts.d["x", "y", "z"].translate_to[0, 0, 0]].write(data).result()
    return store


def _ours(cloudpath: str, data: np.ndarray, offset, chunk, **options) -> CloudVolume:
    return CloudVolume.from_numpy(
        data,
        vol_path=cloudpath,
        resolution=(8, 8, 30),
        voxel_offset=offset,
        chunk_size=chunk,
        compress=False,
        **options,
    )


def _assert_seen_alike(cloudpath: str, data: np.ndarray, offset) -> None:
    """TensorStore finds the same voxels at the same coordinates."""
    store = _open(cloudpath)
    assert store.domain.origin == (*offset, 0)
    assert store.shape == data.shape
    assert_same(store.read().result(), data)


# --- we write, TensorStore reads --------------------------------------------------------------


@grids
@pytest.mark.parametrize("dtype", DTYPES)
def test_our_raw_volumes_are_read_by_tensorstore(file_root, rng, dtype, size, offset, chunk):
    """Every data type of the format on every grid."""
    data = random_voxels(rng, (*size, 1), dtype)
    path = f"{file_root}/ours"
    _ours(path, data, offset, chunk)
    _assert_seen_alike(path, data, offset)


@pytest.mark.parametrize("channels", [2, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint64", "float32"])
def test_our_channels_are_read_by_tensorstore(file_root, rng, dtype, channels):
    """Channels come one after another in a raw chunk."""
    data = random_voxels(rng, (27, 21, 11, channels), dtype)
    path = f"{file_root}/ours"
    _ours(path, data, (5, -3, 7), (16, 16, 8), layer_type="image")
    _assert_seen_alike(path, data, (5, -3, 7))


@grids
@pytest.mark.parametrize("channels", [1, 3])
def test_our_jpeg_is_decoded_alike(file_root, rng, channels, size, offset, chunk):
    """The decoded pixels are equal, not merely close: same layout, same library."""
    x, y, z, c = np.indices((*size, channels))
    noise = rng.integers(0, 12, (*size, channels))
    data = (3 * x + 4 * y + 2 * z + 50 * c + noise).clip(0, 255).astype(np.uint8)
    path = f"{file_root}/ours"
    vol = _ours(path, data, offset, chunk, encoding="jpeg")
    _assert_seen_alike(path, np.asarray(vol[:]), offset)


def test_our_partial_writes_are_read_by_tensorstore(file_root, rng):
    """Aligned and non-aligned writes into an existing volume."""
    data = random_voxels(rng, (27, 21, 11, 2), np.uint16)
    path = f"{file_root}/ours"
    vol = _ours(path, data, (5, -3, 7), (16, 16, 8))
    vol = CloudVolume(path, compress=False, non_aligned_writes=True)
    for box in (Bbox((5, -3, 7), (21, 13, 15)), Bbox((9, -1, 8), (30, 18, 17))):
        new = random_voxels(rng, (*box.size3(), 2), np.uint16)
        vol[box] = new
        data[(box - (5, -3, 7)).to_slices()] = new
    _assert_seen_alike(path, data, (5, -3, 7))


def test_our_scales_are_read_by_tensorstore(file_root, rng):
    """Each scale that ``add_scale`` made is at its own place."""
    path = f"{file_root}/ours"
    vol = _ours(path, random_voxels(rng, (27, 21, 11), np.uint8), (5, -3, 7), (16, 16, 8))
    for mip, factor in enumerate([(2, 2, 1), (4, 4, 2)], start=1):
        vol.add_scale(factor)
        vol.commit_info()
        vol.mip = mip
        vol.compress = False
        vol[:] = random_voxels(rng, vol.shape, np.uint8)
    for mip in range(3):
        vol.mip = mip
        store = _open(path, mip)
        assert store.domain.origin == (*vol.voxel_offset, 0)
        assert_same(store.read().result(), np.asarray(vol[:]))


def test_a_missing_chunk_of_ours_is_zero_for_tensorstore(file_root, rng):
    """A deleted black chunk reads as 0 there and with ``fill_missing`` here."""
    data = random_voxels(rng, (32, 16, 8, 1), np.uint8)
    data[:16] = 0
    path = f"{file_root}/ours"
    _ours(path, data, (0, 0, 0), (16, 16, 8))
    vol = CloudVolume(path, compress=False, delete_black_uploads=True, fill_missing=True)
    vol[:] = data
    assert sum("_" in name for name in files_of(path)) == 1
    _assert_seen_alike(path, data, (0, 0, 0))
    assert_same(vol[:], data)


# --- TensorStore writes, we read --------------------------------------------------------------


@grids
@pytest.mark.parametrize("dtype", DTYPES)
def test_tensorstores_raw_volumes_are_read_by_us(file_root, rng, dtype, size, offset, chunk):
    """Whole, and as boxes; TensorStore does not store chunks of zeros."""
    data = random_voxels(rng, (*size, 1), dtype)
    path = f"{file_root}/theirs"
    _create(path, data, offset, chunk)
    vol = CloudVolume(path, fill_missing=True)
    assert vol.bounds == Bbox.from_delta(offset, size)
    assert_same(vol[:], data)
    low = np.array(size) // 3
    inside = tuple(slice(a, b) for a, b in zip(low, size, strict=True))
    assert_same(vol[Bbox(low + offset, np.add(offset, size))], data[inside])


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_tensorstores_channels_are_read_by_us(file_root, rng, channels):
    """The same interleaving, or rather none."""
    data = random_voxels(rng, (27, 21, 11, channels), np.uint16)
    path = f"{file_root}/theirs"
    _create(path, data, (5, -3, 7), (16, 16, 8))
    vol = CloudVolume(path, fill_missing=True)
    assert_same(vol[:], data)
    assert_same(vol[10, 4, 9], data[5:6, 7:8, 2:3])


@grids
@pytest.mark.parametrize(("channels", "quality"), [(1, 75), (3, 95)], ids=["grey", "colour"])
def test_tensorstores_jpeg_is_decoded_alike(file_root, rng, channels, quality, size, offset, chunk):
    """What TensorStore makes of its own chunks is what we make of them."""
    data = rng.integers(1, 256, (*size, channels), dtype=np.uint8)
    path = f"{file_root}/theirs"
    store = _create(path, data, offset, chunk, encoding="jpeg", jpeg_quality=quality)
    assert_same(CloudVolume(path, fill_missing=True)[:], store.read().result())


def test_zero_chunks_that_tensorstore_left_out_are_filled(file_root):
    """Absent there means 0; without ``fill_missing`` it would be an error here."""
    data = np.zeros((32, 32, 8, 1), np.uint32)
    data[20, 3, 2] = 2**32 - 1
    path = f"{file_root}/theirs"
    _create(path, data, (0, 0, 0), (16, 16, 8))
    assert sum("-" in name for name in files_of(path)) == 1
    assert_same(CloudVolume(path, fill_missing=True)[:], data)


def test_we_write_into_tensorstores_volume(file_root, rng):
    """Its info keeps every member through a commit of ours, and both see the new voxels."""
    data = random_voxels(rng, (27, 21, 11, 1), np.int16)
    path = f"{file_root}/theirs"
    _create(path, data, (5, -3, 7), (16, 16, 8))
    before = read_info(path)
    vol = CloudVolume(path, compress=False, non_aligned_writes=True, fill_missing=True)
    vol.commit_info()
    assert read_info(path) == before
    vol[6:30, -2:17, 8:17] = 11
    data[1:25, 1:20, 1:10] = 11
    assert_same(vol[:], data)
    _assert_seen_alike(path, data, (5, -3, 7))


def test_both_write_the_same_files(file_root, rng):
    """Chunk for chunk the same names and the same bytes, x fastest, y, z, channel."""
    data = random_voxels(rng, (27, 21, 11, 3), np.uint16)
    data[data == 0] = 1
    ours, theirs = f"{file_root}/ours", f"{file_root}/theirs"
    _ours(ours, data, (5, -3, 7), (16, 16, 8), layer_type="image")
    _create(theirs, data, (5, -3, 7), (16, 16, 8))
    chunks = [
        {name: body for name, body in files_of(path).items() if name.count("_") > 2}
        for path in (ours, theirs)
    ]
    assert len(chunks[0]) == len(list(itertools.product(range(2), repeat=3)))
    assert chunks[0] == chunks[1]
