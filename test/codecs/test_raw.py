"""The encoding ``raw``."""

import sys

import numpy as np
import pytest
from codec_kit import ChunkCodecTests

from cloudvolume.codecs import ChunkSpec
from cloudvolume.codecs.raw import RawCodec
from cloudvolume.exceptions import DecodingError

DTYPES = [
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "int8",
    "int16",
    "int32",
    "int64",
    "float32",
    "float64",
]


class TestRawCodec(ChunkCodecTests):
    codec = RawCodec()
    kinds = tuple((dtype, channels) for dtype in DTYPES for channels in (1, 3))
    refused = (("complex64", 1), ("object", 1), ("U4", 1), ("datetime64[s]", 2))

    @pytest.mark.skipif(sys.byteorder != "little", reason="a copy is made there")
    def test_nothing_is_copied(self, rng):
        """A decoded chunk is a view of the bytes."""
        chunk = self._small(rng)
        data = bytearray(self.codec.encode(chunk))
        decoded = self.codec.decode(data, ChunkSpec(chunk.shape, chunk.dtype))
        data[0] ^= 0xFF
        assert decoded.flat[0] != chunk.flat[0]


def test_the_bytes_are_those_of_the_format():
    """x is fastest, then y, z, and the channel slowest; little-endian, no header."""
    chunk = np.array([[[[1, 5], [3, 7]]], [[[2, 6], [4, 8]]]], np.uint16)
    assert chunk.shape == (2, 1, 2, 2)
    data = bytes.fromhex("0100 0200 0300 0400 0500 0600 0700 0800")
    assert RawCodec().encode(chunk) == data
    np.testing.assert_array_equal(
        RawCodec().decode(data, ChunkSpec(chunk.shape, chunk.dtype)), chunk
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "takes 24 bytes, got 0", id="nothing"),
        pytest.param(b"\0" * 23, "takes 24 bytes, got 23", id="one byte short"),
        pytest.param(b"\0" * 25, "takes 24 bytes, got 25", id="one byte over"),
    ],
)
def test_wrong_length_is_refused(data, message):
    """A truncated or padded object is an error, never a guess."""
    with pytest.raises(DecodingError, match=message):
        RawCodec().decode(data, ChunkSpec((2, 3, 4, 1), np.dtype("uint8")))


def test_booleans_are_bytes():
    """As numpy writes them."""
    chunk = np.array([True, False, True]).reshape(3, 1, 1, 1)
    assert RawCodec().encode(chunk) == b"\1\0\1"


def test_decompression_may_give_exactly_the_chunk():
    """The length is known beforehand, and raw chunks are worth compressing."""
    assert RawCodec().max_encoded_nbytes(ChunkSpec((3, 5, 7, 2), np.dtype("uint64"))) == 1680
    assert RawCodec().default_compression == "gzip"
    assert RawCodec().content_type == "application/octet-stream"
