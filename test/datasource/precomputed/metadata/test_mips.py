"""Coordinates from scale to scale, against fractions."""

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import points

from cloudvolume.datasource.precomputed.metadata.mips import convert_box, convert_point, find_mip
from cloudvolume.exceptions import ScaleUnavailableError

resolutions = points(st.integers(1, 2**20) | st.floats(1e-3, 1e6))
coordinates = points(st.integers(-(2**62), 2**62) | st.floats(-1e15, 1e15))
pyramids = st.lists(resolutions, min_size=1, max_size=5).map(
    lambda rows: {"scales": [{"resolution": list(row)} for row in rows]}
)


def ratio(info, mip, to_mip, axis) -> Fraction:
    source, target = (info["scales"][m]["resolution"][axis] for m in (mip, to_mip))
    return Fraction(source) / Fraction(target)


@given(pyramids, coordinates, st.data())
def test_a_point_goes_to_the_voxel_that_holds_it(info, point, data):
    """Exactly, whatever the size of the numbers."""
    mip, to_mip = (data.draw(st.integers(0, len(info["scales"]) - 1)) for _ in range(2))
    found = convert_point(info, point, mip, to_mip)
    for axis in range(3):
        exact = Fraction(point[axis]) * ratio(info, mip, to_mip, axis)
        assert found[axis] == floor(exact)
        assert type(found[axis]) is int


@given(pyramids, points(st.integers(-(2**62), 2**62)), points(st.integers(0, 2**40)), st.data())
def test_a_box_is_covered_step_by_step(info, start, size, data):
    """Down by floors and up by ceilings, one scale after the other."""
    mip, to_mip = (data.draw(st.integers(0, len(info["scales"]) - 1)) for _ in range(2))
    stop = [lo + n for lo, n in zip(start, size)]
    low, high = convert_box(info, start, stop, mip, to_mip)
    way = list(range(mip, to_mip, 1 if to_mip > mip else -1)) + [to_mip]
    for axis in range(3):
        a, b = Fraction(start[axis]), Fraction(stop[axis])
        for here, there in zip(way, way[1:]):
            r = ratio(info, here, there, axis)
            a, b = Fraction(floor(a * r)), Fraction(ceil(b * r))
        assert (low[axis], high[axis]) == (a, b)


def test_numpy_numbers_are_exact_too():
    """Not by way of a float."""
    info = {"scales": [{"resolution": [np.int64(4), 4, 40]}, {"resolution": [2, 2, 40]}]}
    point = np.array([2**61 + 1, 1, -1])
    assert convert_point(info, point, 0, 1) == [2**62 + 2, 2, -1]


PYRAMID = {"scales": [{"resolution": r} for r in ([4, 4, 40], [8.0, 8.0, 40.0], (16, 16, 40))]}


@pytest.mark.parametrize(
    ("mip", "wanted"),
    [
        *((0, 0), (2, 2), (-1, 2), (-3, 0), (np.uint8(1), 1), (1.0, 1)),
        ([4, 4, 40], 0),
        ((8, 8, 40), 1),
        ([16.0, 16.0, 40.0], 2),
        (np.array([8, 8, 40]), 1),
    ],
    ids=str,
)
def test_a_scale_is_found_by_index_and_resolution(mip, wanted):
    assert find_mip(PYRAMID, mip) == wanted


@pytest.mark.parametrize(
    "mip",
    [
        *(3, -4, 2**70, float("nan"), float("inf"), -float("inf"), None),
        *([4, 4], [4, 4, 40, 1], [], [5, 5, 5], "0", "4_4_40", np.array(1), {4, 40}),
    ],
    ids=repr,
)
def test_an_unknown_scale_names_those_that_there_are(mip):
    with pytest.raises(ScaleUnavailableError, match=r"mips 0 to 2 .* \[4, 4, 40\], \[8.0, 8.0"):
        find_mip(PYRAMID, mip)
