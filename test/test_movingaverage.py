"""The moving average."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudvolume.exceptions import CloudVolumeError
from cloudvolume.movingaverage import moving_average

TEN = np.arange(10.0)
TABLE = [
    pytest.param(TEN, 2, "symmetric", [0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5], id="2"),
    pytest.param(TEN, 3, "symmetric", [1 / 3, 1 / 3, 1, 2, 3, 4, 5, 6, 7, 8], id="3"),
    pytest.param(TEN, 4, "symmetric", [0.75, 0.5, 0.75, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5], id="4"),
    pytest.param(TEN, 20, "symmetric", [4.5] * 10, id="longer than the rows"),
    pytest.param(TEN, 3, "edge", [0, 1 / 3, 1, 2, 3, 4, 5, 6, 7, 8], id="edge"),
    pytest.param(TEN, 4, "reflect", [1.5, 1, 1, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5], id="reflect"),
    pytest.param(
        TEN.reshape(5, 2),
        3,
        "symmetric",
        [[2 / 3, 5 / 3], [2 / 3, 5 / 3], [2, 3], [4, 5], [6, 7]],
        id="two columns",
    ),
    pytest.param([1, 2, 3], 3, "symmetric", [4 / 3, 4 / 3, 2], id="list of integers"),
]


@pytest.mark.parametrize(("rows", "n", "mode", "expected"), TABLE)
def test_averages(rows, n, mode, expected):
    """Averages that other implementations give."""
    np.testing.assert_allclose(moving_average(rows, n, mode=mode), expected)


@pytest.mark.parametrize(("rows", "n"), [(TEN, 1), (np.zeros((0, 3)), 5)], ids=["n is 1", "empty"])
def test_nothing_to_average(rows, n):
    """The input is the result."""
    assert moving_average(rows, n) is rows


@given(value=st.floats(-1e6, 1e6), length=st.integers(1, 20), n=st.integers(1, 30))
def test_a_constant_stays(value, length, n):
    """The average of equal values is that value."""
    rows = np.full((length, 2), value)
    np.testing.assert_allclose(moving_average(rows, n), rows)


@pytest.mark.parametrize("n", [0, -3])
def test_window_has_rows(n):
    """A window without rows is a ``ValueError``."""
    with pytest.raises(ValueError, match=f"at least 1 row, got {n}") as caught:
        moving_average(TEN, n)
    assert isinstance(caught.value, CloudVolumeError)


def test_unknown_mode():
    """The modes are those of numpy.pad."""
    with pytest.raises(ValueError, match="'foo'"):
        moving_average(TEN, 3, mode="foo")
