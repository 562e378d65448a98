"""What users write in brackets, made concrete."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import voxel_bboxes

from cloudvolume.exceptions import CloudVolumeError, OutOfBoundsError
from cloudvolume.geometry import Bbox, Vec

BOX = Bbox((0, 0, 0), (10, 20, 30))
Y, Z = slice(0, 20, 1), slice(0, 30, 1)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(5, [slice(5, 6, 1), Y, Z], id="number"),
        pytest.param(9.7, [slice(9, 10, 1), Y, Z], id="float"),
        pytest.param(np.uint8(5), [slice(5, 6, 1), Y, Z], id="numpy number"),
        pytest.param(slice(1, 2), [slice(1, 2, 1), Y, Z], id="slice"),
        pytest.param(slice(None), [slice(0, 10, 1), Y, Z], id="full slice"),
        pytest.param(..., [slice(0, 10, 1), Y, Z], id="ellipsis"),
        pytest.param((), [slice(0, 10, 1), Y, Z], id="nothing"),
        pytest.param(np.s_[..., 1], [slice(0, 10, 1), Y, slice(1, 2, 1)], id="ellipsis first"),
        pytest.param(np.s_[1, ...], [slice(1, 2, 1), Y, Z], id="ellipsis last"),
        pytest.param(np.s_[1, ..., 2], [slice(1, 2, 1), Y, slice(2, 3, 1)], id="in the middle"),
        pytest.param(np.s_[1, 2, 3, ...], [slice(n, n + 1, 1) for n in (1, 2, 3)], id="empty one"),
        pytest.param([1, 2], [slice(1, 2, 1), slice(2, 3, 1), Z], id="list"),
        pytest.param(Vec(1, 2, 3), [slice(n, n + 1, 1) for n in (1, 2, 3)], id="vector"),
        pytest.param(np.s_[50, 1], [slice(50, 51, 1), slice(1, 2, 1), Z], id="outside, in a tuple"),
        pytest.param(np.s_[::2, 3:], [slice(0, 10, 2), slice(3, 20, 1), Z], id="step"),
        pytest.param(np.s_[5:2], [slice(5, 2, 1), Y, Z], id="stop below start"),
        pytest.param(Bbox((1, 1, 1), (2, 3, 4)), list(np.s_[1:2:1, 1:3:1, 1:4:1]), id="box"),
        pytest.param(np.s_[:1, :1, :1, :], [slice(0, 1, 1)] * 3, id="full slice too many"),
        pytest.param(np.s_[:1, :1, :1, 3:4], [slice(0, 1, 1)] * 3, id="slice of one too many"),
        pytest.param(np.s_[:1, :1, :1, 3], [slice(0, 1, 1)] * 3, id="number too many"),
        pytest.param(np.s_[:1, :1, ..., :1], [slice(0, 1, 1)] * 3, id="ellipsis of none"),
    ],
)
def test_reify_slices(entries, expected):
    """Every axis gets a slice with start, stop and step, of Python numbers."""
    slices = BOX.reify_slices(entries)
    assert slices == expected
    assert {type(value) for s in slices for value in (s.start, s.stop, s.step)} == {int}


@pytest.mark.parametrize(
    "entries",
    [50, 10, -1, slice(1, 11), slice(-1, 5), slice(40, 50), np.s_[0:1, 0:1, 30:31], BOX + 1],
    ids=repr,
)
def test_bounds(entries):
    """What leaves the box is refused, cropped, or let be."""
    with pytest.raises(OutOfBoundsError, match=r"on axis \d leaves the range 0 to"):
        BOX.reify_slices(entries)
    for entry, high in zip(BOX.reify_slices(entries, autocrop=True), (10, 20, 30), strict=True):
        assert 0 <= entry.start <= entry.stop <= high
    assert len(BOX.reify_slices(entries, bounded=False)) == 3


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        pytest.param(np.s_[..., ...], "at most one Ellipsis", id="two ellipses"),
        pytest.param(np.s_[1:2:-1], "steps must be positive, got -1", id="negative step"),
        pytest.param(np.s_[1:2:0], "steps must be positive, got 0", id="zero step"),
        pytest.param(np.s_[:1, :1, :1, 3:5], "more entries than the 3 axes", id="too many"),
        pytest.param(np.s_[:1, :1, :1, 3:], "more entries than the 3 axes", id="open end too many"),
        pytest.param(None, "an index is a number, a slice or an Ellipsis, got None", id="None"),
        pytest.param(np.s_[None, 1:2], "got None in", id="None among others"),
        pytest.param("a", "got 'a'", id="text"),
        pytest.param(([1, 2], 3), r"got \[1, 2\]", id="list of lists"),
    ],
)
def test_entries_without_a_meaning(entries, message):
    """What is no index is a ``ValueError`` that shows it."""
    with pytest.raises(ValueError, match=message) as caught:
        BOX.reify_slices(entries)
    assert isinstance(caught.value, CloudVolumeError)


def test_float_boxes_keep_fractions():
    """Ends that come from the box are those of the box."""
    assert Bbox((0.5,), (10.25,)).reify_slices(...) == [slice(0.5, 10.25, 1)]


@given(box=voxel_bboxes(), data=st.data())
def test_autocrop_stays_inside(box, data):
    """Cropped slices select what an intersection does."""
    ends = st.none() | st.integers(-400, 400)
    slices = [slice(*sorted_ends(data.draw(ends), data.draw(ends))) for _ in range(3)]
    cropped = Bbox.from_slices(box.reify_slices(slices, autocrop=True))
    assert box.contains_bbox(cropped)
    whole = Bbox.from_slices(box.reify_slices(slices, bounded=False))
    if Bbox.intersects(box, whole) and whole.volume():
        assert cropped == Bbox.intersection(box, whole)


def sorted_ends(start, stop):
    """Put two ends in order, where both are given."""
    return (start, stop) if None in (start, stop) else sorted((start, stop))
