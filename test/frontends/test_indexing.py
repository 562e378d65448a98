"""What stands between the brackets. Pure."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudvolume import Bbox
from cloudvolume.exceptions import (
    CloudVolumeError,
    InvalidArgumentError,
    OutOfBoundsError,
    SubvoxelVolumeError,
)
from cloudvolume.frontends.indexing import Selection, is_coordinates, parse_index

LOW, HIGH, N_CHANNELS = (-5, 10, 2**40), (20, 40, 2**40 + 100), 3
Z = 2**40
FULL = (slice(-5, 20, 1), slice(10, 40, 1), slice(Z, Z + 100, 1), slice(0, 3, 1))


def parse(index, **options) -> Selection:
    return parse_index(index, LOW, HIGH, N_CHANNELS, **{"bounded": True, **options})


def slices_of(selection: Selection) -> tuple:
    ends = zip(selection.start, selection.stop, selection.steps)
    return (*(slice(*end) for end in ends), selection.channels)


@pytest.mark.parametrize(
    ("index", "wanted"),
    [
        pytest.param(np.s_[:], FULL, id="one colon"),
        pytest.param((), FULL, id="nothing"),
        pytest.param(..., FULL, id="Ellipsis"),
        pytest.param(np.s_[:, :, :, :], FULL, id="all colons"),
        pytest.param(np.s_[..., :], FULL, id="Ellipsis and channels"),
        pytest.param(3, (slice(3, 4, 1), *FULL[1:]), id="a plane"),
        pytest.param(-3, (slice(-3, -2, 1), *FULL[1:]), id="a negative coordinate"),
        pytest.param(np.s_[-5:-2], (slice(-5, -2, 1), *FULL[1:]), id="negative ends"),
        pytest.param(np.s_[..., 1], (*FULL[:3], slice(1, 2, 1)), id="one channel"),
        pytest.param(np.s_[..., Z + 2, 1:3], (*FULL[:2], slice(Z + 2, Z + 3, 1), slice(1, 3, 1)), id="z, c"),
        pytest.param(np.s_[:, ..., 2], (*FULL[:3], slice(2, 3, 1)), id="Ellipsis in the middle"),
        pytest.param(np.s_[0, 11, Z + 1, 2], tuple(slice(n, n + 1, 1) for n in (0, 11, Z + 1, 2)), id="four"),
        pytest.param(np.s_[::2, 12::3], (slice(-5, 20, 2), slice(12, 40, 3), *FULL[2:]), id="steps"),
        pytest.param(np.s_[..., ::2], (*FULL[:3], slice(0, 3, 2)), id="step of channels"),
        pytest.param(np.s_[1.9:3.9], (slice(1, 3, 1), *FULL[1:]), id="fractions"),
        pytest.param(2.9, (slice(2, 3, 1), *FULL[1:]), id="a fraction"),
        pytest.param(np.uint8(7), (slice(7, 8, 1), *FULL[1:]), id="a numpy number"),
        pytest.param(np.s_[np.int8(-2) : np.float32(5)], (slice(-2, 5, 1), *FULL[1:]), id="numpy ends"),
        pytest.param(np.s_[:, :, :, :, :], FULL, id="a colon too many"),
        pytest.param(np.s_[:, :, :, :, 0:1], FULL, id="one more of one"),
        pytest.param(Bbox((0, 11, Z), (2, 13, Z + 4)), (slice(0, 2, 1), slice(11, 13, 1), slice(Z, Z + 4, 1), FULL[3]), id="Bbox"),
        pytest.param(np.s_[-5:20, 10:40, Z : Z + 100, 0:3], FULL, id="exactly the bounds"),
    ],
)  # fmt: skip
def test_an_index_is_a_box_with_channels(index, wanted):
    """In absolute coordinates, of any size; ints keep their axis."""
    selection = parse(index)
    assert slices_of(selection) == wanted
    assert {type(n) for n in (*selection.start, *selection.stop, *selection.steps)} == {int}
    assert selection.bbox == Bbox(selection.start, selection.stop)
    assert selection.has_steps == any(s.step != 1 for s in wanted)


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        pytest.param((..., ...), InvalidArgumentError, "Ellipsis", id="two Ellipses"),
        pytest.param(np.s_[:, :, :, :, 0:2], InvalidArgumentError, "axes|entries|indices", id="five axes"),
        pytest.param(np.s_[::0], InvalidArgumentError, "at least 1|positive|step", id="step 0"),
        pytest.param(np.s_[::-1], InvalidArgumentError, "at least 1|positive|step", id="step -1"),
        pytest.param(np.s_[..., ::-1], InvalidArgumentError, "at least 1|positive|step", id="channel step -1"),
        pytest.param(np.s_[-6:5], OutOfBoundsError, "x from -6 to 5 .* -5 to 20", id="begins before"),
        pytest.param(np.s_[:, :41], OutOfBoundsError, "y from 10 to 41 .* 10 to 40", id="ends beyond"),
        pytest.param(np.s_[:, :, 5], OutOfBoundsError, "z from 5 to 6", id="far outside"),
        pytest.param(20, OutOfBoundsError, "x from 20 to 21", id="the voxel after the last"),
        pytest.param(np.s_[..., 0:4], OutOfBoundsError, "c from 0 to 4 .* 0 to 3", id="channel slice"),
        pytest.param(np.s_[3:3], SubvoxelVolumeError, "x from 3 to 3", id="empty"),
        pytest.param(np.s_[5:3], SubvoxelVolumeError, "x from 5 to 3", id="turned round"),
        pytest.param(np.s_[..., 1:1], SubvoxelVolumeError, "c from 1 to 1", id="no channel"),
    ],
)  # fmt: skip
def test_an_impossible_index_is_refused(index, error, message):
    """The message names the axis, what was asked for, and what there is."""
    with pytest.raises(error, match=message):
        parse(index)


_NO_NUMBERS = ["1", [1, 2], {}, 1j, math.nan, math.inf]


@pytest.mark.parametrize(
    "entry", [None, *_NO_NUMBERS, *(slice(n, 5) for n in _NO_NUMBERS)], ids=repr
)
def test_what_is_no_number_is_no_index(entry):
    """Always one of our own errors, or Python's for a comparison that makes no sense."""
    with pytest.raises((CloudVolumeError, TypeError), match="."):
        parse((entry,))


def test_unbounded_goes_anywhere():
    selection = parse(np.s_[-100:100, 0, 5], bounded=False)
    assert (selection.start, selection.stop) == ((-100, 0, 5), (100, 1, 6))


def test_writing_nothing_is_allowed_where_asked_for():
    assert parse(np.s_[3:3], allow_empty=True).start[0] == parse(np.s_[3:4]).start[0]


def test_a_channel_beyond_the_end_is_left_to_the_caller():
    """Reading it gives an axis of length zero; writing it is an error."""
    assert parse(np.s_[..., 7]).channels == slice(7, 8, 1)


def axis_indices(size):
    """Ints and slices that stay inside an axis from zero, and hold a voxel."""

    def to_slice(ends):
        start, stop = sorted(ends[:2])
        open_ends, step = ends[2], ends[3]
        stop += start == stop
        return slice(
            None if open_ends & 1 else start, None if open_ends & 2 else min(stop, size), step
        )

    ends = st.tuples(
        st.integers(0, size - 1),
        st.integers(1, size),
        st.integers(0, 3),
        st.sampled_from([None, 1, 2, 3]),
    )
    return st.integers(0, size - 1) | ends.map(to_slice)


@given(data=st.data())
def test_from_zero_an_index_is_that_of_numpy(data):
    """Apart from ints, which keep their axis."""
    shape = tuple(data.draw(st.integers(1, 6)) for _ in range(4))
    n_before = data.draw(st.integers(0, 4))
    index = [data.draw(axis_indices(n)) for n in shape[:n_before]]
    if data.draw(st.booleans()):
        n_after = data.draw(st.integers(0, 4 - n_before))
        index += [..., *(data.draw(axis_indices(n)) for n in shape[4 - n_after :])]
    array = np.arange(math.prod(shape)).reshape(shape)
    selection = parse_index(tuple(index), (0, 0, 0), shape[:3], shape[3], bounded=True)
    kept = tuple(slice(i, i + 1) if isinstance(i, int) else i for i in index)
    np.testing.assert_array_equal(array[slices_of(selection)], array[kept])


@pytest.mark.parametrize(
    ("index", "wanted"),
    [
        pytest.param(([1], [2], [3]), True, id="lists"),
        pytest.param((np.arange(3), (1, 2, 3), [4, 5, 6]), True, id="mixed"),
        pytest.param(([1], [2]), False, id="two"),
        pytest.param([[1], [2], [3]], False, id="a list of lists"),
        pytest.param((1, 2, 3), False, id="numbers"),
        pytest.param(([1], [2], 3), False, id="one number"),
        pytest.param((np.zeros((2, 2)),) * 3, False, id="tables"),
        pytest.param(np.s_[0:1, 0:1, 0:1], False, id="slices"),
        pytest.param(Bbox((0, 0, 0), (1, 1, 1)), False, id="Bbox"),
    ],
)
def test_three_sequences_are_coordinates(index, wanted):
    assert is_coordinates(index) is wanted
