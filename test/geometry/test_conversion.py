"""Making a box of something else, and something else of a box."""

import json

import numpy as np
import pytest
from hypothesis import given
from strategies import bboxes, float_bboxes, vecs, voxel_bboxes

from cloudvolume.exceptions import CloudVolumeError, OutOfBoundsError
from cloudvolume.geometry import Bbox, Vec

CONTEXT = Bbox((0, 0, 0), (9, 9, 9))

CREATED = [
    pytest.param(np.s_[1:2, 3:4, 5:6], None, Bbox((1, 3, 5), (2, 4, 6)), id="slices"),
    pytest.param(list(np.s_[1:2, 3:4, 5:6]), None, Bbox((1, 3, 5), (2, 4, 6)), id="list of slices"),
    pytest.param(np.s_[1:2, 3], CONTEXT, Bbox((1, 3, 0), (2, 4, 9)), id="fewer slices"),
    pytest.param([1, 2, 3], CONTEXT, Bbox((1, 2, 3), (2, 3, 4)), id="three numbers"),
    pytest.param(slice(1, 2), CONTEXT, Bbox((1, 0, 0), (2, 9, 9)), id="bare slice"),
    pytest.param(slice(1, 2), None, Bbox((1,), (2,)), id="bare slice alone"),
    pytest.param([1, 2, 3, 4, 5, 6], None, Bbox((1, 2, 3), (4, 5, 6)), id="six numbers"),
    pytest.param((1, 2, 3, 4, 5, 6), CONTEXT, Bbox((1, 2, 3), (4, 5, 6)), id="six with context"),
    pytest.param(Vec(1, 2, 3), None, Bbox((0, 0, 0), (1, 2, 3)), id="vector"),
    pytest.param("a/1-2_3-4_5-6.gz", None, Bbox((1, 3, 5), (2, 4, 6)), id="file name"),
    pytest.param({"minpt": [0, 0], "maxpt": [1, 1]}, None, Bbox((0, 0), (1, 1)), id="dict"),
]


@pytest.mark.parametrize(("obj", "context", "expected"), CREATED)
def test_create(obj, context, expected):
    """Whatever describes a box makes one."""
    assert Bbox.create(obj, context) == expected


def test_create_returns_a_box_itself():
    """A box is not copied."""
    assert Bbox.create(CONTEXT, Bbox((0, 0, 0), (20, 20, 20)), bounded=True) is CONTEXT


@pytest.mark.parametrize(
    "obj",
    [5, None, ..., np.array([1, 2, 3, 4, 5, 6]), object(), 1.5],
    ids=lambda obj: type(obj).__name__,
)
def test_create_refuses_other_types(obj):
    """What is no description of a box is a ``NotImplementedError``."""
    with pytest.raises(NotImplementedError, match="cannot make a bounding box") as caught:
        Bbox.create(obj)
    assert isinstance(caught.value, CloudVolumeError)


@pytest.mark.parametrize(
    "obj",
    [
        Bbox((5, 5, 5), (19, 9, 9)),
        np.s_[5:19, 5:9, 5:9],
        "5-19_5-9_5-9",
        [5, 5, 5, 19, 9, 9],
    ],
    ids=["box", "slices", "file name", "numbers"],
)
def test_create_in_a_context(obj):
    """A context bounds what it is given, crops it, or lets it be."""
    assert Bbox.create(obj, CONTEXT) == Bbox((5, 5, 5), (19, 9, 9))
    assert Bbox.create(obj, CONTEXT, autocrop=True) == Bbox((5, 5, 5), (9, 9, 9))
    assert Bbox.create(obj, CONTEXT, bounded=True, autocrop=True) == Bbox((5, 5, 5), (9, 9, 9))
    with pytest.raises(OutOfBoundsError, match=r"19"):
        Bbox.create(obj, CONTEXT, bounded=True)


def test_create_bounds_numbers():
    """A number beyond the context is caught, too."""
    with pytest.raises(OutOfBoundsError, match="is not inside"):
        Bbox.create([1, 2, 30], CONTEXT, bounded=True)


@pytest.mark.parametrize(
    ("slices", "expected"),
    [
        pytest.param(np.s_[1:10, 1:10, 1:10], Bbox((1, 1, 1), (10, 10, 10)), id="plain"),
        pytest.param(np.s_[1:10, 10:1, 1:10], Bbox((1, 10, 1), (10, 10, 10)), id="stop below"),
        pytest.param(np.s_[1:10:1, 10:1:1, 1:10:1], Bbox((1, 10, 1), (10, 10, 10)), id="step 1"),
        pytest.param(np.s_[-1:1, 0 : 2**40], Bbox((-1, 0), (1, 2**40)), id="large"),
        pytest.param(np.s_[0.5:1, 0:2], Bbox((0.5, 0), (1, 2)), id="fractions"),
    ],
)
def test_from_slices(slices, expected):
    """A slice that stops before it starts is empty and stays at its start."""
    assert Bbox.from_slices(slices) == expected


def test_from_slices_with_a_context():
    """Missing ends and the unit come from the context."""
    context = Bbox((0, 0, 0), (9, 9, 9), unit="nm")
    assert Bbox.from_slices(np.s_[:, 2:], context) == Bbox((0, 2, 0), (9, 9, 9), unit="nm")
    assert Bbox.from_slices(np.s_[..., 1:2], context) == Bbox((0, 0, 1), (9, 9, 2), unit="nm")
    with pytest.raises(OutOfBoundsError, match="on axis 1 leaves the range 0 to 9"):
        Bbox.from_slices(np.s_[:, 2:10], context, bounded=True)


@pytest.mark.parametrize(
    ("slices", "message"),
    [
        pytest.param(np.s_[1:10:-1, 1:10, 1:10], "has no steps, got a step of -1", id="step -1"),
        pytest.param(np.s_[1:10:2, 1:10, 1:10], "has no steps, got a step of 2", id="step 2"),
        pytest.param(np.s_[:10, 1:10, 1:10], "needs a start and a stop", id="no start"),
        pytest.param(np.s_[1:, 1:10, 1:10], "needs a start and a stop", id="no stop"),
        pytest.param(np.s_[1, 1:10, 1:10], "expected slices, got 1", id="number"),
    ],
)
def test_from_slices_refuses(slices, message):
    """A box has no steps and needs both ends."""
    with pytest.raises(ValueError, match=message):
        Bbox.from_slices(slices)


@given(box=bboxes())
def test_slices_round_trip(box):
    """Slices of a box make the box, and hold Python integers."""
    slices = box.to_slices()
    assert type(slices) is tuple
    assert {type(end) for entry in slices for end in (entry.start, entry.stop)} == {int}
    assert Bbox.from_slices(slices) == box


def test_slices_of_floats_are_integers():
    """Fractions are cut off."""
    assert Bbox((0.5, 0), (10.9, 2)).to_slices() == np.s_[0:10, 0:2]


@given(box=voxel_bboxes())
def test_slices_select_the_box(box):
    """What the slices select has the size of the box."""
    shifted = box - box.minpt
    assert np.zeros(tuple(box.size3()))[shifted.to_slices()].shape == tuple(box.size3())


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(Bbox.from_delta((1, 2, 3), (1, 1, 1)), Bbox((1, 2, 3), (2, 3, 4)), id="delta"),
        pytest.param(Bbox.from_delta((1, 2, 3), 5), Bbox((1, 2, 3), (6, 7, 8)), id="number"),
        pytest.param(
            Bbox.from_delta(Vec(1, 2, 3), (1, 1.5, 1)), Bbox((1, 2, 3), (2, 3.5, 4)), id="fraction"
        ),
        pytest.param(
            Bbox.from_delta(np.uint8([250, 0, 0]), np.uint8([10, 1, 1])),
            Bbox((250, 0, 0), (260, 1, 1)),
            id="narrow arrays",
        ),
        pytest.param(Bbox.from_delta((1, 2), (-1, 1)), Bbox((0, 2), (1, 3)), id="backward"),
        pytest.param(Bbox.from_vec((1, 2, 3)), Bbox((0, 0, 0), (1, 2, 3)), id="vector"),
        pytest.param(Bbox.from_vec(Vec(1, 2, 3, 4)), Bbox((0, 0, 0), (1, 2, 3)), id="long vector"),
        pytest.param(
            Bbox.from_vec((1, 2.5, 3), dtype=float), Bbox((0, 0, 0), (1, 2.5, 3)), id="float vector"
        ),
        pytest.param(Bbox.from_list([1, 2, 3, 4]), Bbox((1, 2), (3, 4)), id="list"),
        pytest.param(
            Bbox.from_points([[1, 2, 3], [4, 5, 6]]), Bbox((1, 2, 3), (5, 6, 7)), id="points"
        ),
        pytest.param(
            Bbox.from_points(np.array([[1, 2, 3], [4.5, 5, 6]])),
            Bbox((1, 2, 3), (5, 6, 7)),
            id="float points",
        ),
        pytest.param(
            Bbox.from_points(np.uint8([[255, 0]])), Bbox((255, 0), (256, 1)), id="narrow points"
        ),
    ],
)
def test_other_ways_to_make_a_box(made, expected):
    """Each gives the box it says."""
    assert made == expected


def test_int64_where_promised():
    """Vectors, points and file names give int64."""
    for box in (Bbox.from_vec((1, 2, 3)), Bbox.from_points([[1, 2]]), Bbox.create("0-1_0-1_0-1")):
        assert box.dtype == np.int64


@given(vec=vecs())
def test_points_are_inside_their_box(vec):
    """The box ends one voxel after the highest point, exactly."""
    box = Bbox.from_points([vec.tolist(), [0, 0, 0]])
    assert box.contains_bbox(Bbox.from_delta(vec, 1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: Bbox.from_points(np.zeros((0, 3))), r"N > 0, got \(0, 3\)", id="none"),
        pytest.param(lambda: Bbox.from_points([1, 2, 3]), r"got \(3,\)", id="one axis"),
        pytest.param(lambda: Bbox.from_list([1, 2, 3]), "two corners", id="odd list"),
        pytest.param(lambda: Bbox.from_delta((1, 2), (1, 2, 3)), "one number or 2", id="lengths"),
    ],
)
def test_descriptions_without_a_box(make, message):
    """What has no box is a ``ValueError``."""
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert isinstance(caught.value, CloudVolumeError)


@given(box=bboxes() | float_bboxes())
def test_round_trips(box):
    """JSON, dict and list give back the box and its data type."""
    for other in (Bbox.deserialize(box.serialize()), Bbox.from_dict(box.to_dict())):
        assert (other, other.dtype) == (box, box.dtype)
    assert Bbox.from_list(box.to_list()) == box
    assert json.loads(box.serialize()) == box.to_dict()


def test_dict():
    """Plain values, and float32 where the data type is missing."""
    assert Bbox((0, 0, 0), (9, 9, 2)).to_dict() == {
        "minpt": [0, 0, 0],
        "maxpt": [9, 9, 2],
        "dtype": "int32",
    }
    assert Bbox.from_dict({"minpt": [0, 0], "maxpt": [1, 1]}).dtype == np.float32
