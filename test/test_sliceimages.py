"""Slices of an array as a directory of pictures."""

import os
import sys

import numpy as np
import pytest

from cloudvolume.exceptions import CloudVolumeError, EncodingError, MissingDependencyError
from cloudvolume.sliceimages import save_images

Image = pytest.importorskip("PIL.Image")

RAMP = np.arange(24).reshape(2, 3, 4, order="F")


@pytest.fixture
def save(tmp_path):
    """Save an array and read the pictures back, by name."""

    def save(image, **options):
        directory = save_images(image, tmp_path / "out", progress=False, **options)
        assert directory == str(tmp_path / "out")
        return {name: read(os.path.join(directory, name)) for name in sorted(os.listdir(directory))}

    return save


def read(path):
    """Decode a picture."""
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize(
    ("axis", "count", "layout"),
    [
        pytest.param("z", 4, lambda a, i: a[:, :, i].T, id="z: rows are y, columns x"),
        pytest.param("y", 3, lambda a, i: a[:, i, :], id="y: rows are x, columns z"),
        pytest.param("x", 2, lambda a, i: a[i, :, :], id="x: rows are y, columns z"),
    ],
)
def test_layout(save, axis, count, layout):
    """One picture per index along the axis, named by five digits."""
    array = RAMP.astype(np.uint8)
    pictures = save(array, axis=axis)
    assert list(pictures) == [f"{index:05d}.png" for index in range(count)]
    for index, picture in enumerate(pictures.values()):
        np.testing.assert_array_equal(picture, layout(array, index))


def test_fifty_slices(save):
    """Names sort in the order of the slices."""
    assert list(save(np.zeros((50, 50, 50), np.uint8)))[:2] == ["00000.png", "00001.png"]


def colors(values):
    """Lowest three bytes as red, green, blue, and full opacity."""
    return [[value & 255, value >> 8 & 255, value >> 16 & 255, 255] for value in values]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(np.uint8([0, 7, 255]), [0, 7, 255], id="uint8"),
        pytest.param(np.uint16([0, 1000, 65535]), [0, 1000, 65535], id="uint16"),
        pytest.param(np.array([True, False, True]), [255, 0, 255], id="bool"),
        pytest.param(np.float32([0, 5, 10]), [0, 127, 255], id="float32"),
        pytest.param(np.float64([-1, 0, 1]), [0, 127, 255], id="float64"),
        pytest.param(np.float16([0, 1, 2]), [0, 127, 255], id="float16"),
        pytest.param(np.float32([np.inf, -np.inf, 10]), [0, 0, 255], id="infinity is zero"),
        pytest.param(np.float32([np.nan, 5, 10]), [0, 127, 255], id="so is NaN"),
        pytest.param(np.float32([3, 3, 3]), [0, 0, 0], id="constant"),
        pytest.param(np.float32([-3e38, 0, 3e38]), [0, 127, 255], id="range beyond float32"),
        pytest.param(np.uint32([0, 5, 2**32 - 1]), colors([0, 5, 2**32 - 1]), id="uint32"),
        pytest.param(np.uint64([0, 2**33 + 5, 70000]), colors([0, 5, 70000]), id="uint64"),
        pytest.param(np.int16([-1, 0, 1]), colors([2**32 - 1, 0, 1]), id="int16"),
        pytest.param(np.array([1, 2, 3], ">u4"), colors([1, 2, 3]), id="big-endian"),
    ],
)
def test_pixels(save, values, expected):
    """Values become gray or colour by their data type."""
    (picture,) = save(values.reshape(3, 1, 1)).values()
    assert picture[0].tolist() == expected


@pytest.mark.parametrize(("global_norm", "darkest"), [(True, [0, 66, 133, 199]), (False, [0] * 4)])
def test_normalisation(save, global_norm, darkest):
    """Floats span the whole array, or each slice by itself."""
    pictures = save(RAMP.astype(np.float32), global_norm=global_norm)
    assert [int(picture.min()) for picture in pictures.values()] == darkest


def test_channels(save):
    """Channels stand in front of the index, unless only one is kept."""
    both = np.stack([RAMP, RAMP + 100], axis=-1).astype(np.uint8)
    pictures = save(both)
    assert list(pictures) == [f"{c}-{z:05d}.png" for c in range(2) for z in range(4)]
    np.testing.assert_array_equal(pictures["1-00002.png"], both[:, :, 2, 1].T)


@pytest.mark.parametrize("channel", [1, -1])
def test_one_channel(save, channel):
    """A channel may be picked, from either end."""
    both = np.stack([RAMP, RAMP + 100], axis=-1).astype(np.uint8)
    pictures = save(both, channel=channel)
    assert list(pictures) == [f"{z:05d}.png" for z in range(4)]
    np.testing.assert_array_equal(pictures["00003.png"], both[:, :, 3, 1].T)


def test_two_axes(save):
    """A plane is one picture."""
    ((name, picture),) = save(RAMP[:, :, 0].astype(np.uint8)).items()
    assert name == "00000.png"
    np.testing.assert_array_equal(picture, RAMP[:, :, 0].T)


def test_default_directory(tmp_path, monkeypatch):
    """Without a directory the shape names it, under the working directory."""
    monkeypatch.chdir(tmp_path)
    directory = save_images(RAMP.astype(np.uint8), progress=False)
    assert directory == os.path.join(
        os.getcwd(), "saved_images", "default", "default", "0", "0-2_0-3_0-4"
    )
    assert len(os.listdir(directory)) == 4


def test_progress_bar(tmp_path, capsys):
    """The bar is drawn on standard error."""
    save_images(np.zeros((2, 2, 2), np.uint8), tmp_path, progress=True)
    captured = capsys.readouterr()
    assert "Saving images" in captured.err
    assert not captured.out


def test_other_formats_through_pillow(save):
    """Any format of Pillow, with its name as the extension."""
    pictures = save(RAMP.astype(np.uint8), image_format="BMP")
    assert list(pictures) == [f"{z:05d}.bmp" for z in range(4)]
    np.testing.assert_array_equal(pictures["00001.bmp"], RAMP[:, :, 1].T)


def test_without_pillow(save, monkeypatch):
    """PNG needs no package; other formats say what to install."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingDependencyError, match="'JPEG' pictures need: pip install pillow"):
        save_images(RAMP.astype(np.uint8), image_format="JPEG")


@pytest.mark.parametrize(
    ("image", "options", "error", "message"),
    [
        pytest.param(RAMP, {"axis": "q"}, KeyError, "axis must be .* got 'q'", id="axis"),
        pytest.param(RAMP[0, 0], {}, CloudVolumeError, "arrays of 2 to 4 axes", id="one axis"),
        pytest.param(RAMP[None, None], {}, CloudVolumeError, "arrays of 2 to 4 axes", id="five"),
        pytest.param(RAMP.astype(complex), {}, EncodingError, "no pictures of complex", id="dtype"),
        pytest.param(
            RAMP.astype(np.uint32),
            {"image_format": "JPEG"},
            EncodingError,
            "'JPEG' cannot",
            id="RGBA",
        ),
        pytest.param(
            RAMP.astype(np.uint8), {"image_format": "nope"}, EncodingError, "'nope'", id="format"
        ),
    ],
)
def test_refusals(save, image, options, error, message):
    """What cannot be pictured is refused with one of our errors."""
    with pytest.raises(error, match=message) as caught:
        save(image, **options)
    assert isinstance(caught.value, CloudVolumeError)
