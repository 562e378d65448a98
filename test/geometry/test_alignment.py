"""A box and the grid of chunks."""

import math

import numpy as np
import pytest
from hypothesis import given
from strategies import bboxes, chunk_sizes, points, voxel_bboxes

from cloudvolume.exceptions import AlignmentError, DimensionError
from cloudvolume.geometry import Bbox, Vec

METHODS = ["expand_to_chunk_size", "shrink_to_chunk_size", "round_to_chunk_size"]
TABLE = [
    pytest.param("expand_to_chunk_size", Bbox((0, 0, 0), (10, 20, 30)), 64, 0, [0] * 3 + [64] * 3),
    pytest.param(
        "expand_to_chunk_size", Bbox((0, 0, 0), (10, 20, 30)), 64, 1, [-63] * 3 + [65] * 3
    ),
    pytest.param(
        "shrink_to_chunk_size",
        Bbox((0, 0, 0), (10, 20, 30)),
        (4, 4, 4),
        (0, 0, 0),
        [0, 0, 0, 8, 20, 28],
    ),
    pytest.param(
        "shrink_to_chunk_size",
        Bbox((1, 1, 1), (100, 60, 100)),
        (8, 64, 4),
        (0, 0, 0),
        [8, 64, 4, 8, 64, 4],
        id="collapses on all axes",
    ),
    pytest.param(
        "round_to_chunk_size",
        Bbox((2, 6, 1), (10, 14, 15)),
        (4, 4, 4),
        (0, 0, 0),
        [0, 8, 0, 8, 16, 16],
        id="ties to even",
    ),
    pytest.param(
        "round_to_chunk_size",
        Bbox((2, 6, 1), (10, 14, 15)),
        Vec(4, 4, 4),
        Vec(1, 1, 1),
        [1, 5, 1, 9, 13, 17],
    ),
]


@pytest.mark.parametrize(("method", "box", "chunk_size", "offset", "expected"), TABLE)
def test_table(method, box, chunk_size, offset, expected):
    """Results that other implementations give."""
    result = getattr(box, method)(chunk_size, offset=offset)
    assert result.to_list() == expected
    assert result.dtype == box.dtype


@given(box=bboxes(), chunk_size=chunk_sizes(), offset=points())
def test_expansion(box, chunk_size, offset):
    """Contains the box, is aligned, and is less than a chunk larger on each side."""
    result = box.expand_to_chunk_size(chunk_size, offset)
    assert result.contains_bbox(box)
    assert result.is_chunk_aligned(chunk_size, offset)
    assert (box.minpt - result.minpt < chunk_size).all()
    assert (result.maxpt - box.maxpt < chunk_size).all()
    assert result.expand_to_chunk_size(chunk_size, offset) == result
    assert box.is_chunk_aligned(chunk_size, offset) is (result == box)


@given(box=bboxes(), chunk_size=chunk_sizes(), offset=points())
def test_shrinking(box, chunk_size, offset):
    """Is aligned, and inside the box unless nothing is left."""
    result = box.shrink_to_chunk_size(chunk_size, offset)
    assert result.is_chunk_aligned(chunk_size, offset)
    assert (
        result.minpt.tolist()
        == (-(-(box.minpt - offset) // chunk_size) * chunk_size + offset).tolist()
    )
    assert box.contains_bbox(result) or result.volume() == 0


@given(box=bboxes(), chunk_size=chunk_sizes(), offset=points())
def test_rounding(box, chunk_size, offset):
    """Is aligned, and no face moves by more than half a chunk."""
    result = box.round_to_chunk_size(chunk_size, offset)
    assert result.is_chunk_aligned(chunk_size, offset)
    assert (2 * np.abs(result.minpt - box.minpt) <= chunk_size).all()
    assert (2 * np.abs(result.maxpt - box.maxpt) <= chunk_size).all()


@given(box=voxel_bboxes(), chunk_size=chunk_sizes())
def test_number_of_chunks(box, chunk_size):
    """As many as a grid from the lowest corner has."""
    expected = math.prod(
        len(range(0, e, c)) for e, c in zip(box.size().tolist(), chunk_size, strict=True)
    )
    assert box.num_chunks(chunk_size) == expected
    assert type(box.num_chunks(chunk_size)) is int


@pytest.mark.parametrize("method", METHODS)
def test_unit_and_dtype_are_kept(method):
    """A box in nanometers stays one, and floats stay floats."""
    box = Bbox((0.5, 0, 0), (10.25, 20, 30), unit="nm")
    result = getattr(box, method)((4, 4, 4))
    assert (result.unit, result.dtype) == ("nm", np.float32)
    assert result.is_chunk_aligned(4)


def test_expansion_beyond_int32():
    """A chunk that reaches past int32 is not cut."""
    box = Bbox((0, 0, 0), (2**31 - 1, 1, 1)).expand_to_chunk_size((2**31, 1, 1))
    assert box.to_list() == [0, 0, 0, 2**31, 1, 1]


@pytest.mark.parametrize("method", [*METHODS, "is_chunk_aligned", "num_chunks"])
@pytest.mark.parametrize(
    ("chunk_size", "error", "message"),
    [
        pytest.param((4, 0, 4), AlignmentError, r"must be positive, got \[4, 0, 4\]", id="zero"),
        pytest.param(-1, AlignmentError, "must be positive", id="negative"),
        pytest.param((4, 4), DimensionError, "one number or 3 are needed", id="two axes"),
    ],
)
def test_impossible_chunks(method, chunk_size, error, message):
    """A chunk has a positive size along each axis of the box."""
    with pytest.raises(error, match=message):
        getattr(Bbox((0, 0, 0), (1, 1, 1)), method)(chunk_size)
