"""Damaged chunks raise and name the object: an error is never data, whatever the flags say."""

import gzip
import tracemalloc
import zlib

import numpy as np
import pytest
import simplejpeg
from reference_layers import assert_same, directory_of, files_of, make_info, write_info

from cloudvolume import CloudVolume
from cloudvolume.exceptions import DecodingError, DecompressionError, EmptyFileException

SIZE = (12, 10, 8)
CHUNK = (12, 5, 8)
GOOD = "0-12_5-10_0-8"
BAD = "0-12_0-5_0-8"
NBYTES = 12 * 5 * 8 * 2

filled = pytest.mark.parametrize("fill_missing", [False, True], ids=["plain", "fill_missing"])


def _voxels(channels=1, dtype=np.uint16) -> np.ndarray:
    """Smooth values in one chunk's shape."""
    x, y, z, c = np.indices((12, 5, 8, channels))
    return (3 * x + 5 * y + 7 * z + 40 * c).astype(dtype)


def _layer(root, name, payload, *, encoding="raw", channels=1, dtype=np.uint16) -> str:
    """Two chunks: one as it should be, one with ``payload`` under the file ``name``."""
    path = f"{root}/layer"
    info = make_info(np.zeros((*SIZE, channels), dtype), (0, 0, 0), CHUNK, encoding=encoding)
    write_info(path, info)
    folder = directory_of(path) / "1_1_1"
    folder.mkdir()
    voxels = _voxels(channels, dtype)
    good = voxels.tobytes(order="F") if encoding == "raw" else _jpeg(voxels)
    (folder / GOOD).write_bytes(good)
    (folder / name).write_bytes(payload)
    return path


def _jpeg(voxels: np.ndarray, height=None, colorspace=None) -> bytes:
    """The chunk as one picture, width x and height y·z unless another height is asked for."""
    channels = voxels.shape[3]
    pixels = voxels.reshape(-1, channels, order="F")
    height = voxels.shape[1] * voxels.shape[2] if height is None else height
    picture = np.ascontiguousarray(pixels.reshape(height, -1, channels))
    colorspace = colorspace or {1: "GRAY", 3: "RGB"}[channels]
    return simplejpeg.encode_jpeg(picture, 95, colorspace, "444")


def _flip(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 0xFF
    return bytes(changed)


RAW = _voxels().tobytes(order="F")
GZ = gzip.compress(RAW, 6, mtime=0)

_damaged = [
    pytest.param(BAD, RAW[:-1], DecodingError, id="raw one byte short"),
    pytest.param(BAD, RAW[: NBYTES // 2], DecodingError, id="raw half"),
    pytest.param(BAD, RAW[:1], DecodingError, id="raw one byte"),
    pytest.param(BAD, RAW + b"\0", DecodingError, id="raw one byte long"),
    pytest.param(BAD, RAW * 2, DecodingError, id="raw twice"),
    pytest.param(BAD, GZ, DecodingError, id="gzip without its suffix"),
    pytest.param(f"{BAD}.gz", GZ[:-1], DecompressionError, id="gzip one byte short"),
    pytest.param(f"{BAD}.gz", GZ[: len(GZ) // 2], DecompressionError, id="gzip half"),
    pytest.param(f"{BAD}.gz", GZ[:10], DecompressionError, id="gzip header only"),
    pytest.param(f"{BAD}.gz", GZ[:3], DecompressionError, id="gzip three bytes"),
    pytest.param(f"{BAD}.gz", GZ + b"garbage", DecompressionError, id="garbage after gzip"),
    pytest.param(f"{BAD}.gz", GZ + GZ[:9], DecompressionError, id="half a member after gzip"),
    pytest.param(f"{BAD}.gz", GZ + GZ, DecodingError, id="gzip twice"),
    pytest.param(f"{BAD}.gz", _flip(GZ, -6), DecompressionError, id="gzip wrong checksum"),
    pytest.param(f"{BAD}.gz", _flip(GZ, -2), DecompressionError, id="gzip wrong length"),
    pytest.param(f"{BAD}.gz", _flip(GZ, 0), DecompressionError, id="gzip wrong magic"),
    pytest.param(f"{BAD}.gz", RAW, DecompressionError, id="bare bytes under .gz"),
    pytest.param(f"{BAD}.gz", zlib.compress(RAW), DecompressionError, id="zlib under .gz"),
    pytest.param(f"{BAD}.gz", gzip.compress(RAW[:-2]), DecodingError, id="gzip of short raw"),
    pytest.param(f"{BAD}.gz", gzip.compress(RAW + b"\0\0"), DecodingError, id="gzip of long raw"),
    pytest.param(f"{BAD}.gz", gzip.compress(b""), DecodingError, id="gzip of nothing"),
    pytest.param(f"{BAD}.br", RAW, DecompressionError, id="bare bytes under .br"),
    pytest.param(f"{BAD}.br", b"\x06", DecodingError, id="brotli of nothing"),
    pytest.param(BAD, b"", EmptyFileException, id="empty file"),
    pytest.param(f"{BAD}.gz", b"", (EmptyFileException, DecompressionError), id="empty .gz"),
    pytest.param(f"{BAD}.br", b"", (EmptyFileException, DecompressionError), id="empty .br"),
]


@filled
@pytest.mark.parametrize(("name", "payload", "error"), _damaged)
def test_a_damaged_raw_chunk_is_an_error(file_root, name, payload, error, fill_missing):
    """The error names the object; ``fill_missing`` is for absence only."""
    vol = CloudVolume(_layer(file_root, name, payload), fill_missing=fill_missing)
    with pytest.raises(error, match=BAD):
        vol[:]
    with pytest.raises(error, match=BAD):
        vol[3, 2, 1]


@filled
@pytest.mark.parametrize(("name", "payload", "error"), _damaged)
def test_the_other_chunks_stay_readable(file_root, name, payload, error, fill_missing):
    """Damage is found only where it is."""
    vol = CloudVolume(_layer(file_root, name, payload), fill_missing=fill_missing)
    assert_same(vol[:, 5:10, :], _voxels())


@filled
@pytest.mark.parametrize(("name", "payload", "error"), _damaged)
def test_a_damaged_border_chunk_is_not_written_over(file_root, name, payload, error, fill_missing):
    """A non-aligned write that would have to keep unreadable voxels raises and changes nothing."""
    path = _layer(file_root, name, payload)
    before = files_of(path)
    vol = CloudVolume(path, fill_missing=fill_missing, non_aligned_writes=True, compress=False)
    with pytest.raises(error, match=BAD):
        vol[1:5, 1:4, 1:5] = 9
    assert files_of(path) == before


@pytest.mark.parametrize("name", [BAD, f"{BAD}.gz"], ids=["bare", "gzip"])
def test_a_damaged_chunk_can_be_replaced(file_root, name):
    """A whole-chunk write does not read what it replaces, and heals the layer."""
    path = _layer(file_root, name, b"damaged")
    vol = CloudVolume(path)
    vol[:, 0:5, :] = _voxels() + 1
    wanted = np.concatenate([_voxels() + 1, _voxels()], axis=1)
    assert_same(CloudVolume(path)[:], wanted.astype(np.uint16))


@filled
@pytest.mark.parametrize("megabytes", [1, 64])
def test_a_gzip_bomb_is_stopped_at_the_declared_size(file_root, megabytes, fill_missing):
    """Decompression ends where the chunk must end; the rest is never unpacked."""
    bomb = gzip.compress(bytes(megabytes << 20), 9)
    vol = CloudVolume(_layer(file_root, f"{BAD}.gz", bomb), fill_missing=fill_missing)
    tracemalloc.start()
    try:
        with pytest.raises(DecodingError, match=BAD):
            vol[:, 0:5, :]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20 + 2 * len(bomb)


# --- jpeg -------------------------------------------------------------------------------------

GRAY = _jpeg(_voxels(1, np.uint8))
RGB = _jpeg(_voxels(3, np.uint8))

_damaged_jpeg = [
    pytest.param(1, GRAY[: len(GRAY) // 2], DecodingError, id="grey half"),
    pytest.param(1, GRAY[:-8], DecodingError, id="grey without its end"),
    pytest.param(1, GRAY[:20], DecodingError, id="grey header only"),
    pytest.param(1, GRAY[:2], DecodingError, id="two bytes"),
    pytest.param(3, RGB[: len(RGB) // 2], DecodingError, id="colour half"),
    pytest.param(1, b"\x89PNG\r\n\x1a\n" + bytes(100), DecodingError, id="not a jpeg"),
    pytest.param(1, bytes(480), DecodingError, id="raw zeros"),
    pytest.param(1, _jpeg(_voxels(1, np.uint8)[:, :, :7]), DecodingError, id="too low"),
    pytest.param(1, _jpeg(np.zeros((13, 5, 8, 1), np.uint8)), DecodingError, id="too wide"),
    pytest.param(1, _jpeg(np.zeros((24, 5, 8, 1), np.uint8)), DecodingError, id="twice the voxels"),
    pytest.param(1, RGB, DecodingError, id="colour for one channel"),
    pytest.param(3, GRAY, DecodingError, id="grey for three channels"),
    pytest.param(1, b"", EmptyFileException, id="empty file"),
]


@filled
@pytest.mark.parametrize(("channels", "payload", "error"), _damaged_jpeg)
def test_a_damaged_jpeg_chunk_is_an_error(file_root, channels, payload, error, fill_missing):
    """A cut picture is not a grey picture, and the wrong number of pixels is no chunk."""
    path = _layer(file_root, BAD, payload, encoding="jpeg", channels=channels, dtype=np.uint8)
    vol = CloudVolume(path, fill_missing=fill_missing)
    with pytest.raises(error, match=BAD):
        vol[:]
    with pytest.raises(error, match=BAD):
        vol[3, 2, 1]
    assert vol[:, 5:10, :].shape == (12, 5, 8, channels)


@pytest.mark.parametrize("height", [40, 8, 1, 480, 60], ids=lambda h: f"{h} rows")
@pytest.mark.parametrize("channels", [1, 3])
def test_a_jpeg_may_be_of_any_width(file_root, height, channels):
    """Only width times height counts: pixels follow one another from the top."""
    voxels = np.full((12, 5, 8, channels), 10, np.uint8)
    voxels += np.arange(channels, dtype=np.uint8) * 80
    voxels[:, :, 4:] += 60
    payload = _jpeg(voxels, height)
    path = _layer(file_root, BAD, payload, encoding="jpeg", channels=channels, dtype=np.uint8)
    found = CloudVolume(path)[:, 0:5, :]
    picture = simplejpeg.decode_jpeg(payload, {1: "GRAY", 3: "RGB"}[channels])
    wanted = picture.reshape(-1, channels).reshape((12, 5, 8, channels), order="F")
    assert_same(found, wanted)


def test_a_jpeg_under_gz_is_unpacked_first(file_root):
    """Encoding and compression are two layers; both are undone."""
    path = _layer(
        file_root, f"{BAD}.gz", gzip.compress(GRAY), encoding="jpeg", channels=1, dtype=np.uint8
    )
    wanted = simplejpeg.decode_jpeg(GRAY, "GRAY").ravel().reshape((12, 5, 8, 1), order="F")
    assert_same(CloudVolume(path)[:, 0:5, :], wanted)
