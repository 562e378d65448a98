"""The encoding ``jpeg``."""

import io

import numpy as np
import pytest
from codec_kit import ChunkCodecTests, spec_of
from PIL import Image

from cloudvolume.codecs import ChunkSpec, get_codec
from cloudvolume.codecs.jpeg import JpegCodec
from cloudvolume.exceptions import DecodingError, EncodingError

MODES = {1: "L", 3: "RGB", 4: "CMYK"}


def ramp(shape) -> np.ndarray:
    """A chunk so smooth that jpeg changes it little, with every axis and channel different."""
    x, y, z, channel = np.indices(shape)
    return np.asfortranarray((2 * x + 3 * y + y * z + 40 * channel + 10).astype(np.uint8))


def pixels_of(chunk: np.ndarray, width: int) -> np.ndarray:
    """The voxels, x fastest, as rows of a picture."""
    return chunk.reshape(-1, chunk.shape[3], order="F").reshape(-1, width, chunk.shape[3])


def picture(chunk: np.ndarray, width: int, **options) -> bytes:
    """A chunk as Pillow writes it."""
    pixels = pixels_of(chunk, width)
    file = io.BytesIO()
    image = Image.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels)
    image.save(file, "JPEG", **{"quality": 100, "subsampling": 0, **options})
    return file.getvalue()


class TestJpegCodec(ChunkCodecTests):
    codec = JpegCodec()
    kinds = (("uint8", 1), ("uint8", 3))
    refused = (
        *(("uint8", 2), ("uint8", 4), ("uint8", 5)),
        *(("uint16", 1), ("int8", 1), ("bool", 1), ("float32", 3), ("uint64", 1)),
    )
    atol = 12

    def make_chunk(self, rng, shape, dtype):
        return ramp(shape)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("width", [1, 6, 8, 48, 16, 192])
def test_a_picture_may_have_any_width(width, channels):
    """Pixels in raster order are voxels with x fastest; components are channels."""
    chunk = ramp((6, 8, 4, channels))
    decoded = JpegCodec().decode(picture(chunk, width), spec_of(chunk))
    np.testing.assert_allclose(decoded, chunk, atol=12)
    assert decoded.flags.f_contiguous


def test_we_write_rows_of_x():
    """Pillow, which knows nothing of chunks, sees x to the right, and y and z downward."""
    chunk = ramp((6, 8, 4, 3))
    seen = np.asarray(Image.open(io.BytesIO(JpegCodec().encode(chunk))))
    assert seen.shape == (32, 6, 3)
    np.testing.assert_allclose(seen, pixels_of(chunk, 6), atol=12)


def test_channels_keep_apart():
    """Three flat channels come back flat, each with its own value."""
    chunk = np.empty((16, 16, 2, 3), np.uint8)
    chunk[...] = (200, 90, 30)
    decoded = JpegCodec(100).decode(JpegCodec(100).encode(chunk), spec_of(chunk))
    np.testing.assert_allclose(decoded, chunk, atol=2)


@pytest.mark.parametrize(
    ("channels", "options"),
    [
        pytest.param(1, {"progressive": True}, id="progressive gray"),
        pytest.param(3, {"progressive": True}, id="progressive"),
        pytest.param(1, {"optimize": True}, id="optimised"),
        pytest.param(3, {"keep_rgb": True}, id="RGB without conversion"),
        pytest.param(3, {"restart_marker_blocks": 1}, id="restart markers"),
        pytest.param(3, {"comment": b"with a comment"}, id="comment"),
    ],
)
def test_other_kinds_of_jpeg_are_read(channels, options):
    """Whatever libjpeg writes with the right components."""
    chunk = ramp((8, 8, 8, channels))
    decoded = JpegCodec().decode(picture(chunk, 8, **options), spec_of(chunk))
    np.testing.assert_allclose(decoded, chunk, atol=12)


@pytest.mark.parametrize(
    ("stored", "wanted", "message"),
    [
        pytest.param(1, 3, "Gray, the chunk has 3 channels", id="gray for colour"),
        pytest.param(3, 1, "YCbCr, the chunk has 1 channels", id="colour for gray"),
        pytest.param(4, 3, "CMYK, the chunk has 3 channels", id="CMYK for colour"),
        pytest.param(4, 1, "CMYK, the chunk has 1 channels", id="CMYK for gray"),
    ],
)
def test_another_number_of_components_is_refused(stored, wanted, message):
    """Four inks are not three colours, and gray is not repeated."""
    pixels = pixels_of(ramp((8, 8, 2, stored)), 8)
    file = io.BytesIO()
    Image.frombytes(MODES[stored], (8, 16), pixels.tobytes()).save(file, "JPEG")
    with pytest.raises(DecodingError, match=message):
        JpegCodec().decode(file.getvalue(), ChunkSpec((8, 8, 2, wanted), np.dtype("uint8")))


@pytest.mark.parametrize(
    ("channels", "dtype"), [(2, "uint8"), (4, "uint8"), (1, "uint16"), (3, "float32")]
)
def test_a_volume_that_jpeg_cannot_hold_is_refused(channels, dtype):
    """Before the picture is looked at."""
    data = JpegCodec().encode(ramp((4, 4, 4, 1)))
    with pytest.raises(DecodingError, match=f"not {channels} of {dtype}"):
        JpegCodec().decode(data, ChunkSpec((4, 4, 4, channels), np.dtype(dtype)))


def test_the_size_is_checked_before_the_pixels_are_made():
    """A header that promises a giant picture costs nothing."""
    data = bytearray(JpegCodec().encode(ramp((16, 4, 4, 1))))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = b"\xff\xdc\xff\xdc"
    with pytest.raises(DecodingError, match="65500 by 65500 pixels, the chunk has 256 voxels"):
        JpegCodec().decode(data, ChunkSpec((16, 4, 4, 1), np.dtype("uint8")))


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_a_truncated_picture_of_pillow_is_refused(options):
    """No length short of the whole is filled up with gray."""
    chunk = ramp((8, 8, 4, 3))
    data = picture(chunk, 8, quality=60, **options)
    for length in range(0, len(data), 3):
        with pytest.raises(DecodingError, match="not a jpeg|pixels|jpeg is"):
            JpegCodec().decode(data[:length], spec_of(chunk))


@pytest.mark.parametrize("shape", [(65501, 1, 1, 1), (1, 65501, 1, 1), (2, 300, 300, 1)])
def test_a_chunk_beyond_the_format_is_refused(shape):
    """The message says what to change."""
    with pytest.raises(EncodingError, match=r"at most 65500 .* choose a smaller chunk_size"):
        JpegCodec().encode(np.zeros(shape, np.uint8))


def test_the_largest_sides_are_written():
    chunk = ramp((65500, 1, 1, 1))
    assert JpegCodec().decode(JpegCodec().encode(chunk), spec_of(chunk)).shape == chunk.shape


@pytest.mark.parametrize(
    ("scale", "quality"),
    [
        pytest.param({}, 85, id="none"),
        pytest.param({"jpeg_quality": None}, 85, id="null"),
        pytest.param({"jpeg_quality": 0}, 0, id="worst"),
        pytest.param({"jpeg_quality": 100}, 100, id="best"),
        pytest.param({"jpeg_quality": 62.0}, 62, id="a whole float"),
    ],
)
def test_the_quality_is_that_of_the_scale(scale, quality):
    """The bytes are those that the quality gives."""
    chunk = ramp((16, 16, 4, 1))
    codec = get_codec({"encoding": "jpeg", **scale})
    assert codec.quality == quality
    assert codec.encode(chunk) == JpegCodec(quality).encode(chunk)


def test_a_higher_quality_takes_more_and_changes_less(rng):
    chunk = rng.integers(0, 255, (16, 16, 16, 1), np.uint8)
    written = [JpegCodec(quality).encode(chunk) for quality in (10, 50, 95)]
    errors = [
        np.abs(JpegCodec().decode(data, spec_of(chunk)) - chunk.astype(float)).mean()
        for data in written
    ]
    assert sorted(map(len, written)) == [*map(len, written)]
    assert sorted(errors, reverse=True) == errors


@pytest.mark.parametrize("quality", [-1, 101, 85.5, "high"])
def test_an_impossible_quality_concerns_writers_only(quality):
    """Reading works; writing says what is wrong."""
    chunk = ramp((8, 8, 8, 1))
    codec = get_codec({"encoding": "jpeg", "jpeg_quality": quality})
    assert codec.decode(JpegCodec().encode(chunk), spec_of(chunk)).shape == chunk.shape
    with pytest.raises(EncodingError, match=rf"jpeg_quality .* 0 to 100, got {quality!r}"):
        codec.encode(chunk)


def test_jpeg_is_not_compressed_again():
    assert JpegCodec().default_compression is None
    assert JpegCodec().content_type == "image/jpeg"
