"""Moving, scaling and growing a box."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import INT48, VOXELS, bboxes, points, vecs

from cloudvolume.exceptions import CloudVolumeError, DataTypeError, DimensionError
from cloudvolume.geometry import Bbox, Vec

BOX = Bbox((0, 2, 4), (4, 8, 16))
FLOATS = Bbox((0.5, 2, 4), (4, 8, 16))
OPERATIONS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "/": operator.truediv,
}
IN_PLACE = {
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "//=": operator.ifloordiv,
    "/=": operator.itruediv,
}

TABLE = [
    (BOX, "+", 1, [1, 3, 5, 5, 9, 17], np.int32),
    (BOX, "+", (1, 2, 3), [1, 4, 7, 5, 10, 19], np.int32),
    (BOX, "+", Vec(1, 2, 3), [1, 4, 7, 5, 10, 19], np.int64),
    (BOX, "+", np.uint64(1), [1, 3, 5, 5, 9, 17], np.int32),
    (BOX, "+", np.array([1, 2, 3], np.uint8), [1, 4, 7, 5, 10, 19], np.int64),
    (BOX, "+", BOX, [0, 4, 8, 8, 16, 32], np.int32),
    (BOX, "+", 0.5, [0.5, 2.5, 4.5, 4.5, 8.5, 16.5], np.float64),
    (BOX, "+", 2**40, [2**40, 2**40 + 2, 2**40 + 4, 2**40 + 4, 2**40 + 8, 2**40 + 16], np.int64),
    (FLOATS, "+", 1, [1.5, 3, 5, 5, 9, 17], np.float32),
    (BOX, "-", BOX.minpt, [0, 0, 0, 4, 6, 12], np.int32),
    (BOX, "-", BOX, [0] * 6, np.int32),
    (BOX, "*", 2, [0, 4, 8, 8, 16, 32], np.int32),
    (BOX, "*", -1, [-4, -8, -16, 0, -2, -4], np.int32),
    (BOX, "*", 2.5, [0, 5, 10, 10, 20, 40], np.float64),
    (BOX, "*", (0.5, 1, 1), [0, 2, 4, 2, 8, 16], np.float64),
    (BOX, "//", 2, [0, 1, 2, 2, 4, 8], np.int64),
    (BOX, "//", (3, 3, 3), [0, 0, 1, 1, 2, 5], np.int64),
    (BOX - 5, "//", 2, [-3, -2, -1, -1, 1, 5], np.int64),
    (FLOATS, "//", 2, [0, 1, 2, 2, 4, 8], np.int64),
    (BOX, "//", 2.5, [0, 0, 1, 1, 3, 6], np.int64),
    (BOX, "/", 8, [0, 0.25, 0.5, 0.5, 1, 2], np.float64),
    (BOX, "/", (1, 2, 4), [0, 1, 1, 4, 4, 4], np.float64),
    (FLOATS, "/", 2.0, [0.25, 1, 2, 2, 4, 8], np.float64),
]


@pytest.mark.parametrize(("box", "sign", "operand", "expected", "dtype"), TABLE)
def test_operators(box, sign, operand, expected, dtype):
    """Numbers, vectors and boxes as operands; results are exact and the box stays as it was."""
    before = box.clone()
    result = OPERATIONS[sign](box, operand)
    assert result.to_list() == expected
    assert result.dtype == dtype
    assert box == before
    changed = box.clone()
    assert IN_PLACE[f"{sign}="](changed, operand) is changed
    if dtype == box.dtype or sign not in ("/", "//"):
        assert changed == result


@given(box=bboxes(), vec=vecs(INT48))
def test_moving_there_and_back(box, vec):
    """Subtraction undoes addition, without rounding."""
    moved = box + vec
    assert moved.minpt.tolist() == (box.minpt + vec).tolist()
    assert moved - vec == box
    assert vec + box == moved == box + tuple(vec.tolist())
    assert moved.size3().tolist() == box.size3().tolist()


@given(box=bboxes(VOXELS), factors=points(st.integers(-(2**50), 2**50).filter(bool)))
def test_division_undoes_multiplication(box, factors):
    """Also where the product needs nearly all the bits."""
    assert box * factors // factors == box


def test_products_never_wrap():
    """What int64 cannot hold is refused."""
    with pytest.raises(DataTypeError, match="do not fit into int64"):
        BOX * 2**62


def test_operands_on_the_left():
    """Sums and products can be written the other way around, with arrays too."""
    assert 1 + BOX == BOX + 1
    assert 2 * BOX == BOX * 2
    assert np.array([1, 2, 3]) + BOX == BOX + (1, 2, 3)
    assert Vec(1, 2, 3) * BOX == BOX * (1, 2, 3)


def test_unit_is_kept():
    """Arithmetic does not turn nanometers into voxels."""
    box = Bbox((0, 0, 0), (4, 4, 4), unit="nm")
    for sign, operation in OPERATIONS.items():
        assert operation(box, 2).unit == "nm", sign


def test_quotients_of_float32_agree():
    """In place and not, the quotient of a float32 box is the same float32 number."""
    box = Bbox((1, 1, 1), (10, 10, 10), dtype=np.float32)
    quotient = box / 3.0
    box /= 3.0
    assert (quotient.dtype, box.dtype) == (np.float64, np.float32)
    assert box == quotient
    assert np.allclose(box.to_list(), [1 / 3] * 3 + [10 / 3] * 3, rtol=0, atol=1e-6)


@pytest.mark.parametrize("sign", ["/=", "//="])
def test_division_in_place_keeps_vectors_and_dtype(sign):
    """Whoever holds a corner sees it change."""
    box = Bbox((0, 2, 4), (4, 8, 15))
    low, high = box.minpt, box.maxpt
    IN_PLACE[sign](box, 2)
    assert box.minpt is low
    assert box.maxpt is high
    assert box.dtype == np.int32
    assert box.to_list() == [0, 1, 2, 2, 4, 7]


@pytest.mark.parametrize("sign", ["+=", "-=", "*="])
def test_other_changes_in_place_leave_vectors_alone(sign):
    """A corner that was kept elsewhere stays where it was."""
    box = BOX.clone()
    low = box.minpt
    IN_PLACE[sign](box, 2)
    assert low.tolist() == [0, 2, 4]


@pytest.mark.parametrize(
    ("operand", "message"),
    [
        pytest.param((1, 2), "one number or 3 are needed", id="short vector"),
        pytest.param(Vec(1, 2, 3, 4), "one number or 3 are needed", id="long vector"),
        pytest.param(Bbox((0, 0), (1, 1)), "same number of axes", id="box of two axes"),
    ],
)
def test_operands_need_all_axes(operand, message):
    """A vector of another length is refused, not paired up."""
    for operation in (*OPERATIONS.values(), *IN_PLACE.values()):
        with pytest.raises(DimensionError, match=message):
            operation(BOX.clone(), operand)


@pytest.mark.parametrize(
    "amount", [1, (1, 1, 1), [1, 1, 1], Vec(1, 1, 1), np.ones(3, int)], ids=repr
)
def test_growing_and_shrinking(amount):
    """All three change the box in place and return it."""
    box = BOX.clone()
    assert box.grow(amount) is box
    assert box == Bbox((-1, 1, 3), (5, 9, 17))
    assert box.shrink(amount) is box
    assert box == BOX
    assert box.adjust(amount) is box
    assert box.adjust(-np.asarray(amount)) is box
    assert box == BOX


def test_growing_by_axis_and_fraction():
    """Axes may differ in sign, and fractions are kept."""
    assert BOX.clone().adjust((1, -2, 3)).to_list() == [-1, 4, 1, 5, 6, 19]
    assert BOX.clone().grow(0.5).to_list() == [-0.5, 1.5, 3.5, 4.5, 8.5, 16.5]
    assert BOX.clone().grow(-3).to_list() == [3, 5, 7, 1, 5, 13]
    assert BOX.clone().shrink(0) == BOX
    assert BOX.clone().shrink(2).to_list() == [2, 4, 6, 2, 6, 14]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda box: box.shrink(3), "would pass each other", id="shrink"),
        pytest.param(lambda box: box.adjust(-3), "would pass each other", id="adjust"),
        pytest.param(lambda box: box.adjust((0, -4, 0)), "would pass each other", id="one axis"),
        pytest.param(lambda box: box.shrink(-1), "must not be negative", id="negative"),
        pytest.param(lambda box: box.shrink((1, -1, 1)), "must not be negative", id="in part"),
    ],
)
def test_faces_do_not_pass_each_other(change, message):
    """What would turn the box inside out is a ``ValueError`` and changes nothing."""
    box = BOX.clone()
    with pytest.raises(ValueError, match=message) as caught:
        change(box)
    assert isinstance(caught.value, CloudVolumeError)
    assert box == BOX
