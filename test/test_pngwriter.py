"""The PNG encoder for pictures."""

import io
import struct
import zlib

import numpy as np
import pytest

from cloudvolume.exceptions import EncodingError
from cloudvolume.pngwriter import encode_png_picture


def decode(data):
    """Read what the encoder writes, chunk by chunk, with every checksum."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, position = {}, 8
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        name, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        assert struct.unpack_from(">I", data, position + 8 + length)[0] == zlib.crc32(name + body)
        chunks[name] = body
        position += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, bits, color, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [0, 0, 0]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    assert not rows[:, 0].any()
    pixels = np.ascontiguousarray(rows[:, 1:]).view(f">u{bits // 8}")
    return pixels.reshape((height, width, 4) if color == 6 else (height, width))


PICTURES = [
    pytest.param(np.arange(6, dtype=np.uint8).reshape(2, 3), id="8-bit gray"),
    pytest.param(np.arange(6, dtype=np.uint16).reshape(2, 3) * 10000, id="16-bit gray"),
    pytest.param(np.arange(6, dtype=">u2").reshape(2, 3) * 10000, id="big-endian"),
    pytest.param(np.arange(6, dtype=np.uint8).reshape(2, 3).T, id="Fortran order"),
    pytest.param(np.arange(24, dtype=np.uint8).reshape(2, 3, 4), id="RGBA"),
    pytest.param(np.arange(48, dtype=np.uint8).reshape(4, 3, 4)[::2], id="not contiguous"),
    pytest.param(np.full((1, 1), 255, np.uint8), id="one pixel"),
]


@pytest.mark.parametrize("picture", PICTURES)
def test_pixels_survive(picture):
    """The pixels of the file are those of the picture."""
    np.testing.assert_array_equal(decode(encode_png_picture(picture)), picture)


@pytest.mark.parametrize("picture", PICTURES)
def test_pillow_reads_it(picture):
    """So finds another decoder."""
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(encode_png_picture(picture)))
    image.verify()
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(encode_png_picture(picture)))
    np.testing.assert_array_equal(np.asarray(image), picture)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(np.zeros((2, 3), np.float32), id="floats"),
        pytest.param(np.zeros((2, 3), np.uint32), id="uint32"),
        pytest.param(np.zeros((2, 3, 3), np.uint8), id="three channels"),
        pytest.param(np.zeros((2, 3, 4), np.uint16), id="16-bit RGBA"),
        pytest.param(np.zeros(3, np.uint8), id="one axis"),
        pytest.param(np.zeros((0, 3), np.uint8), id="no pixels"),
    ],
)
def test_other_arrays_are_refused(picture):
    """What is no picture is an `EncodingError` that says what it got."""
    with pytest.raises(EncodingError, match=f"got {picture.dtype} of shape"):
        encode_png_picture(picture)
