"""Putting chunks into cutouts."""

import numpy as np
import pytest

from cloudvolume.datasource.precomputed.image.paint import (
    background_value,
    contiguous_bytes,
    is_background,
    paint,
)


def test_paint_copies(rng):
    """Into the place, whatever the memory order of either; the source stays apart."""
    part = rng.integers(0, 255, (3, 4, 5, 2), np.uint8)
    image = np.zeros((9, 9, 9, 2), np.uint8, order="F")
    paint(image[2:5, 3:7, 1:6], part)
    np.testing.assert_array_equal(image[2:5, 3:7, 1:6], part)
    assert np.count_nonzero(image) == np.count_nonzero(part)
    assert not np.shares_memory(image, part)


def test_paint_converts_the_byte_order():
    image = np.zeros((2, 1, 1, 1), np.uint16)
    paint(image, np.array([1, 258], ">u2").reshape(image.shape))
    assert image.ravel().tolist() == [1, 258]


@pytest.mark.parametrize(
    ("color", "dtype", "wanted"),
    [
        (0, "uint8", 0),
        (255, "uint8", 255),
        (7.9, "uint16", 7),
        (-1, "int8", -1),
        (2**64 - 1, "uint64", 2**64 - 1),
        (1.5, "float32", 1.5),
        (3, "float64", 3.0),
        (True, "bool", True),
    ],
)
def test_the_background_is_a_voxel(color, dtype, wanted):
    """Of the dtype of the volume, exact."""
    value = background_value(color, np.dtype(dtype))
    assert (value.dtype, value.item()) == (dtype, wanted)


def test_the_background_may_be_no_number():
    assert np.isnan(background_value(float("nan"), np.dtype("float32")))


@pytest.mark.parametrize(
    ("color", "dtype"), [(256, "uint8"), (-1, "uint64"), (float("nan"), "int8")]
)
def test_a_background_that_does_not_fit_is_refused(color, dtype):
    """It never wraps around."""
    with pytest.raises((ValueError, OverflowError), match="."):
        background_value(color, np.dtype(dtype))


@pytest.mark.parametrize("dtype", ["uint8", "uint64", "float32"])
def test_a_chunk_is_background_only_as_a_whole(dtype):
    """The first voxel alone does not decide."""
    chunk = np.full((4, 3, 2, 2), 7, dtype, order="F")
    seven = np.dtype(dtype).type(7)
    assert is_background(chunk, seven)
    assert not is_background(chunk, np.dtype(dtype).type(0))
    for place in ((0, 0, 0, 0), (3, 2, 1, 1)):
        spoilt = chunk.copy()
        spoilt[place] = 8
        assert not is_background(spoilt, seven)


def test_nan_is_background_of_nan():
    """And of nothing else; zero is zero with either sign."""
    nan = np.float32("nan")
    chunk = np.full((2, 2, 2, 1), nan)
    assert is_background(chunk, nan)
    assert not is_background(chunk, np.float32(0))
    chunk[1, 1, 1] = 0
    assert not is_background(chunk, nan)
    assert is_background(np.full((2, 2, 2, 1), -0.0), np.float64(0))


@pytest.mark.parametrize(
    ("place", "whole"),
    [
        pytest.param(np.s_[:, :, :, 0], True, id="a channel"),
        pytest.param(np.s_[:, :, 1:3, 1], True, id="some planes"),
        pytest.param(np.s_[:, 1:3, 2, 0], True, id="some rows of a plane"),
        pytest.param(np.s_[:], True, id="everything"),
        pytest.param(np.s_[:, 1:3, 1:3, 0], False, id="some rows of planes"),
        pytest.param(np.s_[1:, :, :, 0], False, id="short rows"),
        pytest.param(np.s_[::-1], False, id="backward"),
        pytest.param(np.s_[:0], False, id="nothing"),
    ],
)
def test_memory_in_one_piece_is_given_as_bytes(place, whole):
    """What is written there stands in the array."""
    image = np.zeros((4, 3, 5, 2), np.uint32, order="F")
    part = image[place]
    memory = contiguous_bytes(part)
    assert (memory is not None) == whole
    if memory is not None:
        assert len(memory) == part.nbytes
        memory[:] = b"\1\0\0\0" * part.size
        assert (part == 1).all()
        assert image.sum() == part.size
