"""Small tools for things that can be iterated over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudvolume.exceptions import CloudVolumeError
from cloudvolume.geometry import Bbox
from cloudvolume.iteration import duplicates, first, nvl, scatter, sip, toiter, totalfn

ZERO_D = np.array(5)
BOX = Bbox((0,), (1,))


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        pytest.param((None, 2, 3), 2, id="first that is not None"),
        pytest.param((0, 2), 0, id="zero counts"),
        pytest.param((None, None), None, id="only None"),
        pytest.param((), None, id="nothing"),
    ],
)
def test_nvl(args, expected):
    """The first argument that is not None."""
    assert nvl(*args) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([1, 2], 1, id="list"),
        pytest.param({1}, 1, id="set"),
        pytest.param({"a": 1}, "a", id="dict"),
        pytest.param((x for x in (3, 4)), 3, id="generator"),
        pytest.param(np.array([4, 5]), 4, id="array"),
        pytest.param([], None, id="empty list"),
        pytest.param(iter(()), None, id="empty iterator"),
    ],
)
def test_first(items, expected):
    """The first element or None."""
    assert first(items) == expected


@pytest.mark.parametrize(
    ("obj", "iterable"),
    [
        pytest.param(5, False, id="number"),
        pytest.param(None, False, id="None"),
        pytest.param("abc", False, id="str"),
        pytest.param(b"abc", False, id="bytes"),
        pytest.param({"a": 1}, False, id="dict"),
        pytest.param(ZERO_D, False, id="array without axes"),
        pytest.param(BOX, False, id="box"),
        pytest.param([5], True, id="list"),
        pytest.param((1, 2), True, id="tuple"),
        pytest.param({1, 2}, True, id="set"),
        pytest.param(range(3), True, id="range"),
    ],
)
def test_toiter(obj, iterable):
    """A single thing is wrapped, a collection returned itself."""
    result, answer = toiter(obj, is_iter=True)
    assert answer is iterable
    if iterable:
        assert result is obj
        assert toiter(obj) is obj
    else:
        assert len(result) == 1
        assert result[0] is obj
        assert toiter(obj)[0] is obj


@given(items=st.lists(st.integers()), n=st.integers(1, 10))
def test_sip(items, n):
    """Lists of ``n`` that make up the whole, and only the last one is shorter."""
    lists = list(sip(iter(items), n))
    assert [x for part in lists for x in part] == items
    assert all(len(part) == n for part in lists[:-1])
    assert all(lists)


def test_sip_is_lazy():
    """No more is taken than was asked for."""
    source = iter(range(10))
    assert next(sip(source, 3)) == [0, 1, 2]
    assert next(source) == 3


@given(items=st.lists(st.integers()), n=st.integers(1, 10))
def test_scatter(items, n):
    """``n`` parts, of which each element is in one, and sizes differ by one at most."""
    parts = list(scatter(items, n))
    assert len(parts) == n
    assert sorted(x for part in parts for x in part) == sorted(items)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert parts[0] == items[::n]


@pytest.mark.parametrize("function", [sip, scatter])
@pytest.mark.parametrize("n", [0, -1])
def test_parts_have_a_size(function, n):
    """Parts of nothing would never end."""
    with pytest.raises(CloudVolumeError, match=f"n must be at least 1, got {n}"):
        function([1, 2], n)


def test_duplicates():
    """What occurs more than once."""
    assert duplicates([1, 1, 2, 3, 3, 3]) == {1, 3}
    assert duplicates("") == set()


@pytest.mark.parametrize(
    ("iterator", "total", "expected"),
    [
        pytest.param([1, 2], None, 2, id="length"),
        pytest.param([1, 2], 7, 7, id="given"),
        pytest.param([1, 2], 0, 0, id="zero given"),
        pytest.param(iter([1]), None, None, id="unknown"),
    ],
)
def test_totalfn(iterator, total, expected):
    """What was given, else the length, else None."""
    assert totalfn(iterator, total) == expected
