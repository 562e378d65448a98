"""What a request must be before it is planned."""

import numpy as np
import pytest
from hypothesis import given
from strategies import voxel_bboxes

from cloudvolume.datasource.precomputed.image.checks import (
    as_4d,
    check_all_channels,
    check_dtype,
    check_inside,
    corners,
    crop,
)
from cloudvolume.datasource.precomputed.metadata import Scale
from cloudvolume.exceptions import AlignmentError, DataTypeError, OutOfBoundsError
from cloudvolume.geometry import Bbox

SCALE = Scale("k", (10, 20, 30), (-5, 0, 7), (4, 4, 4), 3, np.dtype("uint16"), "raw")


def test_corners_are_python_integers():
    """Of any dtype, without the channels, fractions cut off."""
    for box in (Bbox((1, 2, 3), (4, 5, 6)), Bbox((1.9, 2, 3), (4.9, 5, 6), dtype=np.float32)):
        assert corners(box) == ((1, 2, 3), (4, 5, 6))
    big = 2**62 + 1
    start, stop = corners(Bbox((big, 0, 0, 0), (big + 1, 1, 1, 4)))
    assert (start, stop) == ((big, 0, 0), (big + 1, 1, 1))
    assert {type(v) for v in start + stop} == {int}


@given(voxel_bboxes(max_size=60))
def test_cropping_is_clamping(box):
    """What is left lies inside; what does not meet the bounds is left with nothing."""
    start, stop = crop(SCALE, *corners(box))
    if Bbox.intersects(box, SCALE.bounds):
        assert Bbox(start, stop) == Bbox.intersection(box, SCALE.bounds)
        check_inside(SCALE, 0, start, stop)
    else:
        assert any(lo >= hi for lo, hi in zip(start, stop))


@given(voxel_bboxes(max_size=60))
def test_inside_is_contained(box):
    if SCALE.bounds.contains_bbox(box):
        check_inside(SCALE, 0, *corners(box))
        return
    with pytest.raises(OutOfBoundsError, match=r"mip 4 leaves the bounds .*bounded=False"):
        check_inside(SCALE, 4, *corners(box))


@pytest.mark.parametrize("dtype", ["<u2", ">u2", "=u2"])
def test_any_byte_order_is_of_the_dtype(dtype):
    check_dtype(np.zeros(1, dtype), SCALE)


@pytest.mark.parametrize("dtype", ["int16", "uint8", "float32", "bool", "object"])
def test_another_dtype_is_named_with_a_way_out(dtype):
    with pytest.raises(DataTypeError, match=rf"{dtype} .*uint16.*astype\('uint16'\)"):
        check_dtype(np.zeros(1, dtype), SCALE)


@pytest.mark.parametrize(
    ("shape", "channels", "wanted"),
    [
        pytest.param((2, 3, 4), slice(1, 2), (2, 3, 4, 1), id="an axis is added"),
        pytest.param((2, 3, 4, 1), slice(0, 1), (2, 3, 4, 1), id="one channel"),
        pytest.param((2, 3, 4, 3), slice(0, 3), (2, 3, 4, 3), id="all channels"),
        pytest.param((2, 3, 4), slice(0, 3), None, id="no axis for three"),
        pytest.param((2, 3, 4, 2), slice(0, 3), None, id="two of three"),
        pytest.param((2, 3), slice(0, 1), None, id="a plane"),
        pytest.param((2, 3, 4, 1, 1), slice(0, 1), None, id="five axes"),
    ],
)
def test_the_channel_axis(shape, channels, wanted):
    image = np.zeros(shape, np.uint16)
    if wanted is None:
        with pytest.raises(AlignmentError, match="does not hold"):
            as_4d(image, SCALE, channels)
        return
    assert as_4d(image, SCALE, channels).shape == wanted
    assert np.shares_memory(as_4d(image, SCALE, channels), image)


def test_some_channels_are_parts_of_chunks():
    check_all_channels(np.zeros((1, 1, 1, 3)), SCALE)
    with pytest.raises(AlignmentError, match="2 of 3 channels .*non_aligned_writes=True"):
        check_all_channels(np.zeros((1, 1, 1, 2)), SCALE)
