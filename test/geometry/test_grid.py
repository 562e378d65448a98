"""Walks over grids and the chunks that a box touches."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from strategies import chunk_sizes, voxel_bboxes

from cloudvolume.exceptions import CloudVolumeError
from cloudvolume.geometry import (
    Bbox,
    Vec,
    chunknames,
    divisors,
    find_closest_divisor,
    gridpoints,
    xyzrange,
)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        pytest.param(((0, 0, 0),), [], id="nothing"),
        pytest.param(((1, 0, 0),), [], id="nothing along y"),
        pytest.param(((1, 1, 1),), [(0, 0, 0)], id="one"),
        pytest.param(((2, 1, 1), (3, 2, 2)), [(2, 1, 1)], id="one, not at the origin"),
        pytest.param(((2, 2, 1), (2, 2, 2)), [], id="end at the start"),
        pytest.param(
            ((2, 1, 1), (5, 2, 2), (2, 1, 1)), [(2, 1, 1), (4, 1, 1)], id="end between strides"
        ),
        pytest.param(((2, 2),), [(0, 0), (1, 0), (0, 1), (1, 1)], id="two axes"),
        pytest.param(((2.5, 1, 1),), [(0, 0, 0), (1, 0, 0), (2, 0, 0)], id="float end"),
        pytest.param(
            ((-3, 0, 0), (3, 1, 1), 3), [(-3, 0, 0), (0, 0, 0)], id="one stride for all axes"
        ),
        pytest.param((Vec(2, 1, 1, dtype=np.uint8),), [(0, 0, 0), (1, 0, 0)], id="unsigned"),
        pytest.param(((2**40, 0, 0), (2**40 + 1, 1, 1)), [(2**40, 0, 0)], id="beyond 32 bits"),
    ],
)
def test_xyzrange(args, expected):
    """The points from the start, stride by stride, before the end."""
    assert [tuple(point.tolist()) for point in xyzrange(*args)] == expected


def test_xyzrange_goes_along_x_first():
    """Eight distinct vectors, x fastest, z slowest."""
    points = list(xyzrange((2, 2, 2)))
    assert all(type(point) is Vec for point in points)
    expected = [(x, y, z) for z in range(2) for y in range(2) for x in range(2)]
    assert np.array(points).tolist() == [list(point) for point in expected]


def test_xyzrange_with_float_strides():
    """Strides may be fractions; the vectors are then floats."""
    points = list(xyzrange((0, 0, 0), (2, 2, 1), (0.5, 0.5, 0.5)))
    assert len(points) == 32
    assert {point.dtype for point in points} == {np.dtype(np.float64)}
    assert points[1].tolist() == [0.5, 0, 0]
    assert points[4].tolist() == [0, 0.5, 0]


@pytest.mark.parametrize("stride", [(0, 1, 1), (1, -1, 1)])
def test_xyzrange_refuses_strides_that_never_arrive(stride):
    """A stride that is not positive is an error, not an endless walk."""
    with pytest.raises(CloudVolumeError, match="strides must be positive"):
        xyzrange((0, 0, 0), (3, 3, 3), stride)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 35, 36, 128, 258])
def test_divisors(n):
    """Every divisor once, as an integer."""
    found = sorted(divisors(n))
    assert found == [i for i in range(1, n + 1) if n % i == 0]
    assert {type(divisor) for divisor in found} == {int}


@pytest.mark.parametrize("n", [0, -4])
def test_divisors_of_what_has_no_list(n):
    """Zero has endlessly many divisors."""
    with pytest.raises(CloudVolumeError, match="only positive integers"):
        list(divisors(n))


@pytest.mark.parametrize(
    ("size", "closest"), [(128, 64), (240, 60), (224, 56), (73, 73), (100, 50), (1, 1)]
)
def test_find_closest_divisor(size, closest):
    """The divisor nearest to 64."""
    assert find_closest_divisor((size, 73, size), (64, 64, 64)) == [closest, 73, closest]


VOLUME = Bbox((1, 1, 1), (17, 18, 19))
NAMES = [
    pytest.param(
        Bbox((3, 3, 3), (20, 9, 9)), ["1-9_1-9_1-9", "9-17_1-9_1-9"], id="unaligned, leaving"
    ),
    pytest.param(
        Bbox((16, 17, 18), (17, 18, 19)), ["9-17_17-18_17-19"], id="clipped at the far corner"
    ),
    pytest.param(Bbox((1, 1, 1), (2, 10, 2)), ["1-9_1-9_1-9", "1-9_9-17_1-9"], id="two along y"),
    pytest.param(Bbox((5, 5, 5), (5, 9, 9)), [], id="flat"),
    pytest.param(Bbox((-9, -9, -9), (1, 1, 1)), [], id="touching from outside"),
    pytest.param(Bbox((50, 50, 50), (60, 60, 60)), [], id="far away"),
]


@pytest.mark.parametrize(("bbox", "expected"), NAMES)
def test_chunknames(bbox, expected):
    """The chunks that hold the box, counted from the corner of the volume and cut at its end."""
    names = chunknames(bbox, VOLUME, "8_8_8", (8, 8, 8), protocol="file")
    assert list(names) == [f"8_8_8/{name}" for name in expected]
    assert len(names) == len(expected)
    assert list(names) == list(names), "can be walked again"


def test_chunknames_of_negative_coordinates():
    """A minus sign is part of the number."""
    volume = Bbox((-8, -8, 0), (0, 0, 4))
    assert list(chunknames(volume, volume, "1_1_1", 8)) == ["1_1_1/-8-0_-8-0_0-4"]


@given(bbox=voxel_bboxes(), volume=voxel_bboxes(), chunk_size=chunk_sizes())
def test_chunks_are_those_that_overlap(bbox, volume, chunk_size):
    """A chunk is named if and only if it shares a voxel with the box, x fastest."""
    axes = [
        [(x, min(x + size, hi)) for x in range(lo, hi, size)]
        for lo, hi, size in zip(*volume._lists(), chunk_size, strict=True)
    ]
    chunks = [
        Bbox(*zip(*reversed(corners), strict=True))
        for corners in itertools.product(*reversed(axes))
    ]
    touched = [chunk for chunk in chunks if Bbox.intersects(chunk, bbox)]
    names = chunknames(bbox, volume, "key", chunk_size)
    assert list(names) == [f"key/{chunk.to_filename()}" for chunk in touched]
    positions = gridpoints(bbox, volume, chunk_size)
    expected = [((chunk.minpt - volume.minpt) // chunk_size).tolist() for chunk in touched]
    assert [position.tolist() for position in positions] == expected
    assert len(positions) == len(names) == len(touched)


def test_gridpoints_can_be_walked_again():
    """The vectors are new ones each time."""
    positions = gridpoints(VOLUME, VOLUME, Vec(8, 8, 8))
    first, again = list(positions), list(positions)
    first[0].x = 100
    assert again[0].tolist() == [0, 0, 0]
    assert len(again) == 2 * 3 * 3
    assert again[0].dtype == np.int64


@pytest.mark.parametrize("function", [gridpoints, lambda b, v, c: chunknames(b, v, "key", c)])
def test_chunk_size_must_be_positive(function):
    """A chunk has at least one voxel."""
    with pytest.raises(CloudVolumeError, match=r"chunk_size must be positive, got \[8, 0, 8\]"):
        function(VOLUME, VOLUME, (8, 0, 8))
