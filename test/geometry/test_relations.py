"""How boxes lie to points and to other boxes."""

import numpy as np
import pytest
from hypothesis import given
from strategies import bboxes, points, voxel_bboxes

from cloudvolume.exceptions import CloudVolumeError, DimensionError
from cloudvolume.geometry import Bbox, Vec

BOX = Bbox((0, 0, 0), (10, 10, 10))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(BOX, True, id="itself"),
        pytest.param(BOX + 1, True, id="shifted up"),
        pytest.param(BOX - 1, True, id="shifted down"),
        pytest.param(Bbox((5, -5, 0), (15, 5, 10)), True, id="crossing"),
        pytest.param(Bbox((3, 3, 3), (4, 4, 4)), True, id="inside"),
        pytest.param(Bbox((10, 0, 0), (20, 10, 10)), False, id="touching a face"),
        pytest.param(Bbox((10, 10, 10), (20, 20, 20)), False, id="touching a corner"),
        pytest.param(Bbox((-30, -30, -30), (-40, -40, -40)), False, id="far away"),
    ],
)
def test_intersects(other, expected):
    """Boxes intersect if they share volume; touching is not enough, but it is an overlap."""
    assert Bbox.intersects(BOX, other) is expected
    assert Bbox.intersects(other, BOX) is expected
    touching = Bbox.intersects(BOX.clone().grow(1), other)
    assert BOX.overlaps_bbox(other) is touching
    assert other.overlaps_bbox(BOX) is touching


def test_intersection():
    """What both have, or the box of zeros."""
    other = Bbox((5, 5, 5), (15, 15, 15))
    shared = Bbox((5, 5, 5), (10, 10, 10))
    assert Bbox.intersection(BOX, other) == Bbox.intersection(other, BOX) == shared
    other.minpt = Vec(11, 11, 11)
    assert Bbox.intersection(BOX, other) == Bbox((0, 0, 0), (0, 0, 0))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param(np.int64, np.int32, np.int32, id="integers are int32"),
        pytest.param(np.float32, np.float32, np.float32, id="float32 stays"),
        pytest.param(np.float64, np.int32, np.float64, id="a float wins"),
    ],
)
def test_dtype_of_an_intersection(a, b, expected):
    """Fractions are kept."""
    first = Bbox((0, 0, 0), (4, 4, 4), dtype=a)
    second = Bbox((1, 1, 1), (3, 3, 3), dtype=b)
    assert Bbox.intersection(first, second).dtype == expected


def test_intersection_keeps_fractions_unit_and_large_numbers():
    """Nothing is cut off, wrapped or forgotten."""
    box = Bbox((0.5, 0, 0), (10.25, 20, 30))
    assert Bbox.intersection(box, box) == box
    far = Bbox((2**40, 0, 0), (2**40 + 5, 5, 5), unit="nm")
    assert Bbox.intersection(far, far) == far


@given(a=voxel_bboxes(), b=voxel_bboxes())
def test_intersection_is_what_slices_select(a, b):
    """A voxel is in the intersection if it is in both boxes."""
    low = np.minimum(a.minpt, b.minpt)
    painted = np.zeros(np.maximum(a.maxpt, b.maxpt) - low, dtype=np.uint8)
    painted[(a - low).to_slices()] += 1
    painted[(b - low).to_slices()] += 1
    shared = Bbox.intersection(a, b)
    assert np.count_nonzero(painted == 2) == shared.volume()
    assert Bbox.intersects(a, b) is (shared.volume() > 0)
    if shared.volume():
        assert (painted[(shared - low).to_slices()] == 2).all()


@pytest.mark.parametrize(
    ("other", "distance", "expected"),
    [
        pytest.param(Bbox((8, 5, 5), (9, 7, 7)), 0, False, id="inside"),
        pytest.param(Bbox((8, 5, 5), (9, 7, 7)), 1, True, id="high face one away"),
        pytest.param(Bbox((0, 5, 5), (5, 7, 7)), 0, True, id="low faces together"),
        pytest.param(Bbox((11, 5, 5), (15, 7, 7)), 1, False, id="low face near a high one"),
        pytest.param(Bbox((50, 50, 50), (60, 60, 60)), 10, False, id="far away"),
    ],
)
def test_near_edge(other, distance, expected):
    """Low faces are compared with low ones, high with high."""
    assert Bbox.near_edge(BOX, other, distance) is expected


@given(a=bboxes(), b=bboxes(), c=bboxes())
def test_expand_is_the_smallest_around_all(a, b, c):
    """The result contains every box and touches one of them on each face."""
    around = Bbox.expand(a, b, c)
    assert all(around.contains_bbox(box) for box in (a, b, c))
    assert around.minpt.tolist() == np.min([a.minpt, b.minpt, c.minpt], axis=0).tolist()
    assert around.maxpt.tolist() == np.max([a.maxpt, b.maxpt, c.maxpt], axis=0).tolist()
    assert Bbox.expand(a) == a


def test_expand_keeps_fractions_and_unit():
    """The data type holds all corners, the unit is that of the first box."""
    around = Bbox.expand(Bbox((0, 0, 0), (1, 1, 1), unit="nm"), Bbox((0.5, 0, 0), (1.5, 1, 1)))
    assert around == Bbox((0, 0, 0), (1.5, 1, 1), unit="nm")


def test_expand_of_nothing():
    """There is no smallest box around no boxes."""
    with pytest.raises(CloudVolumeError, match="at least one box"):
        Bbox.expand()


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param(Bbox((-8, 5, 5), (15, 7, 7)), Bbox((0, 5, 5), (10, 7, 7)), id="crossing"),
        pytest.param(Bbox((-8, 5, 5), (-5, 7, 7)), Bbox((0, 5, 5), (0, 7, 7)), id="outside"),
        pytest.param(Bbox((0.5, 5, 5), (15, 7, 7)), Bbox((0.5, 5, 5), (10, 7, 7)), id="fraction"),
    ],
)
def test_clamp(box, expected):
    """Both corners are moved into the other box."""
    assert Bbox.clamp(box, BOX) == expected


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        pytest.param((0, 0, 0), True, id="low corner"),
        pytest.param((10, 10, 10), True, id="high corner"),
        pytest.param(Vec(5, 5, 5), True, id="vector"),
        pytest.param([0, 5, 11], False, id="above"),
        pytest.param((-0.5, 5, 5), False, id="below"),
        pytest.param((5, 5, float("nan")), False, id="not a number"),
    ],
)
def test_contains(point, expected):
    """Faces belong to the box."""
    assert BOX.contains(point) is expected


@given(box=bboxes(), point=points())
def test_contains_agrees_with_contains_bbox(box, point):
    """A point is a box without extent."""
    assert box.contains(point) is box.contains_bbox(Bbox(point, point))


@given(a=bboxes(), b=bboxes())
def test_contains_bbox(a, b):
    """A box contains another if and only if clamping leaves the other as it is."""
    assert a.contains_bbox(a)
    assert a.contains_bbox(b) is (Bbox.clamp(b, a) == b)
    around = Bbox.expand(a, b)
    assert around.contains_bbox(a)
    assert around.overlaps_bbox(b)


@pytest.mark.parametrize(
    "relation",
    [
        Bbox.intersection,
        Bbox.intersects,
        Bbox.near_edge,
        Bbox.expand,
        Bbox.clamp,
        Bbox.contains_bbox,
        Bbox.overlaps_bbox,
    ],
)
def test_axes_must_agree(relation):
    """A box of two axes has no place in one of three."""
    with pytest.raises(DimensionError, match="has 3 axes and .* has 2"):
        relation(BOX, Bbox((0, 0), (1, 1)))


def test_point_must_have_all_axes():
    """So has a point."""
    with pytest.raises(DimensionError, match="has 3 axes, the point .* has 4"):
        BOX.contains((1, 1, 1, 1))
