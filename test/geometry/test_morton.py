"""The compressed Morton code."""

import numpy as np
import pytest
from hypothesis import given
from strategies import chunk_sizes, grids_and_gridpoints, voxel_bboxes

from cloudvolume.exceptions import CloudVolumeError, OutOfBoundsError
from cloudvolume.geometry import (
    Bbox,
    Vec,
    compressed_morton_code,
    gridpoints,
    morton_code_to_bbox,
    morton_code_to_gridpt,
)

TABLE = [
    ((3, 3, 3), (0, 0, 0), 0),
    ((3, 3, 3), (1, 0, 0), 1),
    ((3, 3, 3), (2, 0, 0), 8),
    ((3, 3, 3), (2, 2, 0), 24),
    ((3, 3, 3), (2, 2, 1), 28),
    ((2, 3, 1), (1, 2, 0), 5),
    ((4, 4, 1), (3, 3, 0), 15),
    ((8, 8, 2), (5, 5, 0), 0b1100011),
    ((6, 4, 3), (5, 2, 1), 85),
    ((6, 4, 3), (5, 3, 2), 115),
    ((3, 1, 1), (2, 0, 0), 2),
    ((1, 1, 1), (0, 0, 0), 0),
    ((2**21, 2**21, 2**22), (2**21 - 1, 2**21 - 1, 2**22 - 1), 2**64 - 1),
]


@pytest.mark.parametrize(("grid", "position", "code"), TABLE)
def test_known_codes(grid, position, code):
    """Codes that other implementations wrote, and back."""
    for gridpt in (position, Vec(*position), np.array(position, dtype=np.uint32)):
        result = compressed_morton_code(gridpt, grid)
        assert type(result) is np.uint64
        assert result == code
    assert morton_code_to_gridpt(code, grid).tolist() == list(position)
    assert morton_code_to_gridpt(np.uint64(code), Vec(*grid)).tolist() == list(position)


@given(drawn=grids_and_gridpoints())
def test_codes_and_positions_are_one_to_one(drawn):
    """A position goes to a code and back; many at once give what each gives alone."""
    grid, positions = drawn
    codes = compressed_morton_code(positions, grid)
    assert codes.dtype == np.uint64
    assert codes.tolist() == [int(compressed_morton_code(gridpt, grid)) for gridpt in positions]
    assert len(set(codes.tolist())) == len(set(positions))
    back = morton_code_to_gridpt(codes, grid)
    assert back.dtype == np.int64
    assert back.tolist() == [list(gridpt) for gridpt in positions]


@given(volume=voxel_bboxes(), chunk_size=chunk_sizes(16))
def test_codes_give_back_the_boxes_of_chunks(volume, chunk_size):
    """The code of each chunk of a volume leads to the box of the chunk."""
    positions = list(gridpoints(volume, volume, chunk_size))
    grid = np.max(positions, axis=0) + 1
    for position, code in zip(positions, compressed_morton_code(positions, grid), strict=True):
        expected = Bbox.from_delta(volume.minpt + position * chunk_size, chunk_size)
        assert morton_code_to_bbox(code, volume, chunk_size) == expected


@pytest.mark.parametrize("none", [[], np.zeros((0, 3), dtype=int)], ids=["list", "array"])
def test_no_positions(none):
    """No position, no code."""
    codes = compressed_morton_code(none, (3, 3, 3))
    assert codes.shape == (0,)
    assert codes.dtype == np.uint32


@pytest.mark.parametrize(
    ("gridpt", "grid", "error", "message"),
    [
        pytest.param((3, 0, 0), (3, 3, 3), OutOfBoundsError, "position 3 is outside", id="beyond"),
        pytest.param((0, -1, 0), (3, 3, 3), OutOfBoundsError, "position -1", id="negative"),
        pytest.param([(0, 0, 0), (0, 0, 5)], (3, 3, 3), OutOfBoundsError, "position 5", id="many"),
        pytest.param((1, 1), (3, 3, 3), CloudVolumeError, "each of 3 axes", id="too few axes"),
        pytest.param((1.5, 0, 0), (3, 3, 3), CloudVolumeError, "are integers", id="fraction"),
        pytest.param((0, 0, 0), (3, 0, 3), CloudVolumeError, "at least one chunk", id="no chunks"),
        pytest.param(
            (0, 0, 0),
            (2**22, 2**22, 2**22),
            CloudVolumeError,
            "66 bits, more than 64",
            id="66 bits",
        ),
    ],
)
def test_positions_without_a_code(gridpt, grid, error, message):
    """What has no code is a ``ValueError``."""
    with pytest.raises(error, match=message) as caught:
        compressed_morton_code(gridpt, grid)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        pytest.param(64, "codes have 6 bits", id="too many bits"),
        pytest.param(-1, "codes have 6 bits", id="negative"),
        pytest.param(63, "position 3 is outside the grid", id="a gap in the numbering"),
        pytest.param([0, 2**64 - 1], "codes have 6 bits", id="one of many"),
    ],
)
def test_codes_without_a_position(code, message):
    """A code that no chunk has is an error, not another chunk."""
    with pytest.raises(OutOfBoundsError, match=message):
        morton_code_to_gridpt(code, (3, 3, 3))
