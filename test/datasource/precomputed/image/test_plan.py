"""Which chunks a request touches. Pure arithmetic."""

import itertools
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import VOXELS, chunk_sizes, points, voxel_bboxes

from cloudvolume.datasource.precomputed.image.plan import align, is_aligned, plan_chunks
from cloudvolume.datasource.precomputed.metadata import Scale
from cloudvolume.geometry import Bbox, chunknames

BIG = st.integers(-(2**61), 2**61)


def scales(offsets=VOXELS, max_size=60):
    """Scales with their corner anywhere, and chunks that rarely divide them."""
    return st.builds(
        lambda size, offset, chunk: Scale(
            "4_4_40", size, offset, chunk, 1, np.dtype("uint8"), "raw"
        ),
        points(st.integers(0, max_size)),
        points(offsets),
        chunk_sizes(max_size=20),
    )


def corners(bbox):
    return tuple(bbox.minpt.tolist()), tuple(bbox.maxpt.tolist())


@st.composite
def boxes_near(draw, scale, margin=30):
    """A box that may lie within, across, or outside the bounds."""
    start, stop = [], []
    for low, high in zip(scale.voxel_offset, scale.stop):
        a = draw(st.integers(low - margin, high + margin))
        start.append(a)
        stop.append(a + draw(st.integers(0, margin)))
    return tuple(start), tuple(stop)


@given(scales(), st.data())
def test_each_voxel_is_planned_once(scale, data):
    """Painting a plan touches every in-bounds voxel of the request once, and no other."""
    start, stop = data.draw(boxes_near(scale))
    shape = [hi - lo for lo, hi in zip(start, stop)]
    painted = np.zeros(shape, dtype=int)
    for access in plan_chunks(scale, start, stop):
        painted[access.outside] += np.ones(access.shape, dtype=int)[access.inside]
    expected = np.zeros(shape, dtype=int)
    inside = tuple(
        slice(max(first - lo, 0), max(min(end, hi) - lo, 0))
        for lo, hi, first, end in zip(start, stop, scale.voxel_offset, scale.stop)
    )
    expected[inside] = 1
    np.testing.assert_array_equal(painted, expected)


@given(scales(BIG), st.data())
def test_a_chunk_is_where_its_name_says(scale, data):
    """Name, shape and place agree, in integers of any size, x fastest."""
    start, stop = data.draw(boxes_near(scale))
    found = []
    for access in plan_chunks(scale, start, stop):
        folder, _, name = access.key.partition("/")
        box = Bbox.from_filename(name)
        low = [a + b for a, b in zip(start, access.start)]
        assert folder == scale.key
        assert box.minpt.tolist() == low
        assert box.maxpt.tolist() == [lo + n for lo, n in zip(low, access.shape)]
        assert all((lo - o) % n == 0 for lo, o, n in zip(low, scale.voxel_offset, scale.chunk_size))
        assert access.is_whole == all(
            a <= lo and lo + n <= b for a, b, lo, n in zip(start, stop, low, access.shape)
        )
        found.append(tuple(reversed(low)))
    assert found == sorted(set(found))


@given(scales())
def test_the_names_are_those_of_the_grid(scale):
    """Of the whole volume, as `chunknames` lists them."""
    plan = plan_chunks(scale, scale.voxel_offset, scale.stop)
    names = chunknames(scale.bounds, scale.bounds, scale.key, scale.chunk_size)
    assert list(plan.keys()) == list(names)
    assert len(plan) == math.prod(scale.grid_size)


@given(scales(), st.data())
def test_align_is_the_box_of_whole_chunks(scale, data):
    """The same as expanding to the grid and clamping; nothing smaller is aligned."""
    start, stop = data.draw(boxes_near(scale))
    low, high = align(scale, start, stop)
    box = Bbox(start, stop).expand_to_chunk_size(scale.chunk_size, offset=scale.voxel_offset)
    clamped = [
        tuple(
            min(max(v, first), end) for v, first, end in zip(corner, scale.voxel_offset, scale.stop)
        )
        for corner in corners(box)
    ]
    if min(hi - lo for lo, hi in zip(start, stop)) > 0:
        assert [low, high] == clamped
    if all(lo < hi for lo, hi in zip(low, high)):
        assert align(scale, low, high) == (low, high)
        assert is_aligned(scale, low, high)
    assert is_aligned(scale, start, stop) == ((low, high) == (start, stop))


@given(scales(max_size=40), voxel_bboxes(max_size=30))
def test_aligned_boxes_have_whole_chunks_only(scale, box):
    start, stop = align(scale, *corners(box))
    assert all(access.is_whole for access in plan_chunks(scale, start, stop))


def test_a_plan_can_be_walked_twice():
    scale = Scale("k", (10, 10, 10), (0, 0, 0), (4, 4, 4), 1, np.dtype("u1"), "raw")
    plan = plan_chunks(scale, (1, 1, 1), (9, 9, 9))
    assert list(plan) == list(plan)
    assert len(list(plan.keys())) == len(plan) == 27


@pytest.mark.parametrize(
    "box", [((5, 5, 5), (5, 9, 9)), ((-9, 0, 0), (0, 9, 9)), ((10,) * 3, (20,) * 3)]
)
def test_nothing_inside_is_an_empty_plan(box):
    """Empty boxes and boxes outside touch no chunk."""
    scale = Scale("k", (10, 10, 10), (0, 0, 0), (4, 4, 4), 1, np.dtype("u1"), "raw")
    assert (len(plan_chunks(scale, *box)), list(plan_chunks(scale, *box))) == (0, [])


def test_a_petavoxel_is_planned_at_once():
    """The chunks are counted, and made as they are drawn: a plan is small."""
    size = (2**20, 2**20, 2**15)
    scale = Scale("k", size, (-5, 0, 7), (64, 64, 64), 1, np.dtype("u1"), "raw")
    tracemalloc.start()
    plan = plan_chunks(scale, scale.voxel_offset, scale.stop)
    first = list(itertools.islice(plan, 3))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(plan) == plan.n_chunks == 2**37
    assert [access.key for access in first][1] == "k/59-123_0-64_7-71"
    assert peak < 32 << 20


def test_more_chunks_than_len_can_say():
    """The whole of the 64-bit integers, one voxel a chunk; walking begins at once."""
    scale = Scale("k", (2**62,) * 3, (-(2**61),) * 3, (1, 1, 1), 1, np.dtype("u1"), "raw")
    plan = plan_chunks(scale, scale.voxel_offset, scale.stop)
    assert plan.n_chunks == 2**186
    low = -(2**61)
    assert next(plan.keys()) == "k/" + "_".join([f"{low}-{low + 1}"] * 3)
