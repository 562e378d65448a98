"""The state of a `Bbox`: construction, corners, measures, equality, copies."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from strategies import INT48, bboxes, float_bboxes, points

from cloudvolume.exceptions import DataTypeError
from cloudvolume.geometry import Bbox, Vec


@pytest.mark.parametrize(
    ("a", "b", "dtype", "expected"),
    [
        pytest.param((0, 0, 0), (1, 2, 3), None, np.int32, id="integers"),
        pytest.param((0, 0, 0), (1, 2.5, 3), None, np.float32, id="one float"),
        pytest.param(Vec(0, 0, 0), Vec(1, 2, 3), None, np.int32, id="int64 vectors"),
        pytest.param(np.zeros(3, np.float32), (1, 2, 3), None, np.float32, id="float32 array"),
        pytest.param((np.float32(0.5), 0, 0), (1, 2, 3), None, np.float32, id="numpy floats"),
        pytest.param((np.int64(0), 0, 0), (1, 2, 3), None, np.int32, id="numpy integers"),
        pytest.param((0, 0, 0), (2**31 - 1, 1, 1), None, np.int32, id="last of int32"),
        pytest.param((0, 0, 0), (2**31, 1, 1), None, np.int64, id="beyond int32"),
        pytest.param((-(2**31) - 1, 0, 0), (1, 1, 1), None, np.int64, id="below int32"),
        pytest.param((0, 0, 0), (1, 2, 3), np.int64, np.int64, id="asked for int64"),
        pytest.param((0, 0, 0), (1, 2, 3), "float64", np.float64, id="asked by name"),
        pytest.param((0, 0, 0), (1.9, 2, 3), int, np.int64, id="fractions cut off"),
        pytest.param([0] * 20, [1] * 20, None, np.int32, id="many axes"),
        pytest.param((), (), None, np.int32, id="no axis"),
    ],
)
def test_dtype(a, b, dtype, expected):
    """int32, int64 where the integers need it, float32 with a float, or what was asked for."""
    box = Bbox(a, b, dtype=dtype)
    assert box.dtype == box.minpt.dtype == box.maxpt.dtype == expected
    assert box.to_list() == np.array([*a, *b], dtype=expected).tolist()


@pytest.mark.parametrize(
    ("a", "b", "dtype", "message"),
    [
        pytest.param((0, 0, 0), (2**63, 1, 1), None, "do not fit into int64", id="beyond int64"),
        pytest.param((0, 0, 0), (2**31, 1, 1), np.int32, "does not fit into int32", id="int32"),
        pytest.param((-1, 0, 0), (1, 1, 1), np.uint8, "does not fit into uint8", id="negative"),
    ],
)
def test_integers_never_wrap(a, b, dtype, message):
    """What the data type cannot hold is refused."""
    with pytest.raises(DataTypeError, match=message):
        Bbox(a, b, dtype=dtype)


@given(a=points(INT48), b=points(INT48))
def test_corners_are_put_in_order(a, b):
    """Swapped components make the same box, with exact coordinates."""
    box = Bbox(a, b)
    assert box.minpt.tolist() == list(map(min, a, b))
    assert box.maxpt.tolist() == list(map(max, a, b))
    assert box == Bbox(b, a) == Bbox(Vec(*a), Vec(*b)) == Bbox(list(a), np.array(b))


def test_the_shorter_corner_decides():
    """Components without a partner are left out."""
    assert Bbox([0, 0, 0], [9, 9, 9, 1]) == Bbox((0, 0, 0), (9, 9, 9))
    assert Bbox((0, 0), (9, 9)).ndim == 2
    assert Bbox((0, 0, 0, 0), (9, 9, 9, 1)).ndim == 4


def test_corners_are_assignable():
    """Corners are vectors of the box: assigned, or changed in place by component."""
    box = Bbox((0, 0, 0), (10, 20, 30))
    corner = Vec(5, 5, 5)
    box.minpt = corner
    assert box.minpt is corner
    box.maxpt = (40, 50, 60)
    assert type(box.maxpt) is Vec
    box.maxpt.z = 70
    assert box.to_list() == [5, 5, 5, 40, 50, 70]
    assert box.dtype == np.int64
    box.minpt = (0.5, 0, 0)
    assert box.dtype == np.float64


def test_only_documented_attributes():
    """A misspelt attribute is an error."""
    box = Bbox((0, 0, 0), (1, 1, 1))
    with pytest.raises(AttributeError, match="min_pt"):
        box.min_pt = (1, 1, 1)


def test_measures():
    """Extents, exact and as Python numbers."""
    box = Bbox((-1, 0, 5), (9, 20, 35))
    assert (box.dx, box.dy, box.dz) == (10, 20, 30)
    assert {type(extent) for extent in (box.dx, box.dy, box.dz)} == {int}
    assert type(box.size()) is Vec
    assert box.size().tolist() == box.size3().tolist() == [10, 20, 30]
    assert box.center().tolist() == [4, 10, 20]
    assert Bbox((0, 0, 0), (1, 1, 2)).center().tolist() == [0.5, 0.5, 1.0]
    assert Bbox((0, 0, 0, 0), (4, 5, 6, 7)).size3().tolist() == [4, 5, 6]
    assert np.ones(box.size3()).shape == (10, 20, 30)


def test_extents_may_exceed_int32():
    """The extent of a box of int32 may need more."""
    box = Bbox((-(2**31), 0, 0), (2**31 - 1, 1, 1))
    assert box.dtype == np.int32
    assert box.size().tolist() == [2**32 - 1, 1, 1]


@pytest.mark.parametrize(
    ("maxpt", "dtype", "volume"),
    [
        pytest.param((2000, 2000, 2000), None, 8_000_000_000, id="beyond 32 bits"),
        pytest.param((2000, 2000, 2000), np.float32, 8_000_000_000, id="float32"),
        pytest.param(
            (5824000, 4928000, 448000), None, 5824000 * 4928000 * 448000, id="beyond 63 bits"
        ),
        pytest.param((9, 9, 9, 5), None, 729, id="three of four axes"),
        pytest.param((9, 9), None, 81, id="two axes"),
    ],
)
def test_volume_is_exact(maxpt, dtype, volume):
    """The volume does not overflow, and is an integer for integers."""
    box = Bbox([0] * len(maxpt), maxpt, dtype=dtype)
    assert box.volume() == volume
    assert type(box.volume()) is (int if dtype is None else float)


@pytest.mark.parametrize(
    ("box", "valid", "subvoxel", "empty"),
    [
        pytest.param(Bbox((0, 0, 0), (1, 1, 1)), True, False, False, id="a voxel"),
        pytest.param(
            Bbox((0, 0, 0), (1, 1, 1), dtype=np.float32), True, False, False, id="float voxel"
        ),
        pytest.param(Bbox((1, 1, 1), (1, 1, 1)), True, True, True, id="a point"),
        pytest.param(Bbox((0, 0, 0), (0.9, 1.0, 1.0)), True, True, False, id="part of a voxel"),
    ],
)
def test_small_boxes(box, valid, subvoxel, empty):
    """Less than a voxel is not yet nothing."""
    assert (box.valid(), box.subvoxel(), box.empty()) == (valid, subvoxel, empty)


def test_a_box_turned_inside_out():
    """Corners moved past each other leave a box that is not valid, whatever its volume."""
    box = Bbox((0, 0, 0), (1, 1, 1), dtype=np.float32)
    box.maxpt[:] *= -1
    box.maxpt.z = 20
    assert not box.volume() < 1
    assert not box.valid()
    assert box.subvoxel()
    assert box.empty()
    assert box.clone().to_list() == box.to_list()


def test_unit():
    """Voxels unless stated; part of equality; assignable."""
    box = Bbox((0, 0, 0), (1, 1, 1))
    assert (box.unit, box.is_physical) == ("vx", False)
    other = Bbox((0, 0, 0), (1, 1, 1), unit="nm")
    assert other.is_physical
    assert box != other
    box.unit = "nm"
    assert box == other


@pytest.mark.parametrize(
    ("box", "text"),
    [
        pytest.param(
            Bbox((0, 0, 0), (10, 20, 30)),
            "Bbox([0, 0, 0],[10, 20, 30], dtype=np.int32, unit='vx')",
            id="integers",
        ),
        pytest.param(
            Bbox((0.5, 0), (1, 2), unit="nm"),
            "Bbox([0.5, 0.0],[1.0, 2.0], dtype=np.float32, unit='nm')",
            id="floats",
        ),
    ],
)
def test_repr(box, text):
    """The representation is the expression that makes the box."""
    assert repr(box) == text
    assert eval(text) == box  # our own text


@pytest.mark.parametrize(
    "other",
    [None, 5, "0-1_0-1_0-1", (0, 0), Vec(0, 0, 0), np.zeros(3), object()],
    ids=lambda other: type(other).__name__,
)
def test_no_box_equals_anything_else(other):
    """Comparison with another type is a plain False, from either side."""
    box = Bbox((0, 0, 0), (0, 0, 0))
    assert (box == other) is False
    assert (other == box) is False
    assert (box != other) is True
    assert (other != box) is True


def test_equality_is_exact():
    """Data types make no difference, a last bit does, and so does the number of axes."""
    box = Bbox((0, 0, 0), (2**53 + 1, 1, 1))
    assert box != Bbox((0, 0, 0), (2**53 + 1, 1, 1), dtype=np.float64)
    assert box == Bbox((0, 0, 0), (2**53 + 1, 1, 1), dtype=np.uint64)
    assert Bbox((0, 0), (1, 1)) != Bbox((0, 0, 0), (1, 1, 1))


@given(box=float_bboxes())
def test_equal_boxes_have_equal_hashes(box):
    """Any box may be a key, and finds itself in any data type."""
    wider = box.astype(np.float64)
    assert box == wider
    assert {box: "found"}[wider] == "found"


def test_integer_and_float_boxes_are_one_key():
    """Equal coordinates have one hash, negative or not."""
    box = Bbox((-5, 0, 3), (10, 20, 30))
    assert len({box, box.astype(np.float32), box.astype(np.int64), box.clone()}) == 1


@given(box=bboxes())
def test_copies(box):
    """Clone, copy and pickle give an equal box that shares nothing."""
    box.unit = "nm"
    copies = [box.clone(), copy.copy(box), copy.deepcopy(box), pickle.loads(pickle.dumps(box))]
    for other in copies:
        assert type(other) is Bbox
        assert type(other.minpt) is Vec
        assert (other, other.dtype) == (box, box.dtype)
        other.minpt[:] -= 1
        assert other != box


def test_corners_do_not_share_memory_with_the_arguments():
    """The box copies what it is made of."""
    corner = Vec(0, 0, 0)
    box = Bbox(corner, (9, 9, 9), dtype=corner.dtype)
    corner.x = 5
    box.maxpt.x = 7
    assert box.to_list() == [0, 0, 0, 7, 9, 9]


def test_subclasses_stay_what_they_are():
    """Results of methods have the class of the box."""

    class Region(Bbox):
        """A box with a name of its own."""

    region = Region((0, 0, 0), (9, 9, 9))
    for other in (region + 1, region.clone(), region.astype(float), region.transpose()):
        assert type(other) is Region
    assert type(Region.create((slice(0, 1), slice(0, 1), slice(0, 1)))) is Region
