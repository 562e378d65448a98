"""`Vec` and the element-wise helpers."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import INT48, vecs

from cloudvolume.exceptions import CloudVolumeError, DataTypeError, OutOfBoundsError
from cloudvolume.geometry import Vec, check_bounds, clamp, floating, map2, max2, min2


@pytest.mark.parametrize(
    ("args", "dtype", "expected"),
    [
        pytest.param((1, 2, 3), None, np.int64, id="integers"),
        pytest.param((1.5, 2, 3), None, np.float64, id="one float"),
        pytest.param((np.float32(1.5), 2), None, np.float64, id="numpy float"),
        pytest.param((np.uint8(1), 2), None, np.int64, id="numpy integer"),
        pytest.param((True, False), None, np.int64, id="booleans"),
        pytest.param((), None, np.int64, id="empty"),
        pytest.param((1, 2, 3), np.float32, np.float32, id="asked for float32"),
        pytest.param((1.5, 2), int, np.int64, id="asked for integers"),
        pytest.param((2**40, 1), np.int32, np.int64, id="int32 is too narrow"),
    ],
)
def test_dtype_follows_from_the_components(args, dtype, expected):
    """Integers stay integers, a float makes all of them floats, and a request is honoured."""
    vec = Vec(*args, dtype=dtype)
    assert vec.dtype == expected
    assert vec.tolist() == np.array(args, dtype=expected).tolist()


@pytest.mark.parametrize(
    ("args", "error", "message"),
    [
        pytest.param((2**63, 1), DataTypeError, "do not fit into int64", id="beyond int64"),
        pytest.param(((1, 2, 3),), CloudVolumeError, "must be numbers", id="a tuple"),
    ],
)
def test_components_that_no_vector_can_hold(args, error, message):
    """What cannot be held exactly is refused, never wrapped or cut."""
    with pytest.raises(error, match=message):
        Vec(*args)


@pytest.mark.parametrize("names", ["xyzw", "rgba"])
def test_components_have_names(names):
    """The first four components can be read and written by name, as Python numbers."""
    vec = Vec(10, 11, 12, 13)
    for index, name in enumerate(names):
        assert getattr(vec, name) == 10 + index
        assert type(getattr(vec, name)) is int
        setattr(vec, name, -index)
    assert vec.tolist() == [0, -1, -2, -3]


def test_missing_component_is_an_index_error():
    """A vector of three has no ``w``, neither to read nor to write."""
    vec = Vec(1, 2, 3)
    with pytest.raises(IndexError, match="out of bounds"):
        _ = vec.w
    with pytest.raises(IndexError, match="out of bounds"):
        vec.a = 5


def test_arithmetic_gives_vectors():
    """Arithmetic, comparison and slicing are those of numpy."""
    half = Vec(2, 4, 8) / 2
    assert type(half) is Vec
    assert half.dtype == np.float64
    assert np.array_equal(half, Vec(1, 2, 4))
    assert (Vec(1, 2, 3) == Vec(1, 0, 3)).tolist() == [True, False, True]
    assert type(Vec(1, 2, 3)[:2]) is Vec
    assert np.ones(Vec(2, 3, 4)).shape == (2, 3, 4)


@pytest.mark.parametrize(
    ("vec", "text"),
    [
        pytest.param(Vec(1, 2, 3), "Vec(1,2,3, dtype=int64)", id="integers"),
        pytest.param(Vec(1.5, 2), "Vec(1.5,2.0, dtype=float64)", id="floats"),
        pytest.param(Vec(), "Vec(, dtype=int64)", id="empty"),
        pytest.param(Vec(1, 2)[:, None], "Vec([[1],\n     [2]])", id="two axes"),
        pytest.param(Vec(1, 2)[0, ...], "Vec(1)", id="no axis"),
    ],
)
def test_repr(vec, text):
    """The representation names components and data type, whatever the shape."""
    assert repr(vec) == text


@pytest.mark.parametrize(
    ("vec", "expected"),
    [
        pytest.param(Vec(1, 2, 3), 123, id="digits"),
        pytest.param(Vec(-1, 2, 3), -123, id="leading minus"),
        pytest.param(Vec(1.0, 2.0, 3.0), 123, id="whole floats"),
    ],
)
def test_hash_joins_the_digits(vec, expected):
    """Where the digits make a number, the hash is that of release 1."""
    assert hash(vec) == expected


@pytest.mark.parametrize(
    "vec",
    [
        pytest.param(Vec(1, -2, 3), id="inner minus"),
        pytest.param(Vec(1.5, 2, 3), id="fraction"),
        pytest.param(Vec(float("nan"), float("inf"), -float("inf")), id="not finite"),
        pytest.param(Vec(), id="empty"),
        pytest.param(Vec(1, 2)[:, None], id="two axes"),
        pytest.param(Vec(1, 2)[0, ...], id="no axis"),
        pytest.param(Vec(1, 2).astype(complex), id="complex"),
        pytest.param(Vec(1, 2) == Vec(1, 2), id="booleans"),
    ],
)
def test_hash_never_fails(vec):
    """Every vector has a hash."""
    assert hash(vec) == hash(vec.copy())


@given(vec=vecs(st.integers(-(2**24), 2**24)))
def test_equal_vectors_have_equal_hashes(vec):
    """The data type makes no difference to the hash of equal values."""
    assert hash(vec) == hash(vec.astype(np.float32)) == hash(vec.astype(np.int32))


@given(a=vecs(INT48), b=vecs(INT48))
def test_products_are_exact(a, b):
    """Products of integers neither wrap nor round."""
    left, right = a.tolist(), b.tolist()
    assert a.dot(b) == sum(x * y for x, y in zip(left, right, strict=True))
    assert a.dot(right) == a.dot(b)
    assert a.length2() == sum(x * x for x in left)
    assert a.rectVolume() == left[0] * left[1] * left[2]


def test_dot_with_a_matrix():
    """Anything but two vectors is left to numpy."""
    assert Vec(1, 2).dot(np.eye(2)).tolist() == [1, 2]


def test_dot_of_unequal_lengths():
    """Vectors of different length have no dot product; an ``AssertionError`` as ever."""
    with pytest.raises(AssertionError, match="same length"):
        Vec(1, 2).dot((1, 2, 3))


def test_length_and_null():
    """The length is Euclidean, and null means within the rounding of float32."""
    assert Vec(3, 4).length() == 5
    assert Vec(0, 0, 0).null()
    assert Vec(1e-7, 0, 0).null()
    assert not Vec(1e-5, 0, 0).null()


def test_clone_shares_nothing():
    """A clone is a vector of its own."""
    vec = Vec(1, 2, 3)
    other = vec.clone()
    other.x = 10
    assert type(other) is Vec
    assert vec.x == 1


@given(vec=vecs())
def test_copies(vec):
    """Pickle and copy give an equal vector of the same class and data type."""
    for other in (pickle.loads(pickle.dumps(vec)), copy.copy(vec), copy.deepcopy(vec)):
        assert type(other) is Vec
        assert other.dtype == vec.dtype
        assert other.tolist() == vec.tolist()
        assert not np.shares_memory(other, vec)


@pytest.mark.parametrize(
    ("val", "low", "high", "expected"),
    [
        pytest.param(Vec(1, 2, 3), Vec(2, 2, 2), Vec(2, 3, 2), Vec(2, 2, 2), id="vectors"),
        pytest.param((1, 2, 3), (2, 2, 2), (2, 3, 2), Vec(2, 2, 2), id="tuples"),
        pytest.param((0.5, 9.0), (0, 0), (1, 1), Vec(0.5, 1.0), id="floats"),
    ],
)
def test_clamp_of_vectors(val, low, high, expected):
    """Each component is moved into its range."""
    assert Vec.clamp(val, low, high).tolist() == expected.tolist()


def test_clamp():
    """A value stays if it is inside, else becomes the nearer end."""
    assert [clamp(x, 1, 3) for x in (0, 1, 2.5, 3, 4)] == [1, 1, 2.5, 3, 3]


@pytest.mark.parametrize("value", [1, 2, 3])
def test_check_bounds_returns_the_value(value):
    """Both ends are inside."""
    assert check_bounds(value, 1, 3) == value


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param((0, 1, 3), "^0 is outside the inclusive range 1 to 3", id="below"),
        pytest.param((4, 1, 3, 2), "^4 on axis 2 is outside", id="above, with the axis"),
        pytest.param((float("nan"), 1, 3), "nan is outside", id="not a number"),
    ],
)
def test_check_bounds_refuses(args, message):
    """A value outside the range is an `OutOfBoundsError` that names it."""
    with pytest.raises(OutOfBoundsError, match=message):
        check_bounds(*args)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        pytest.param(Vec(1, 5), Vec(3, 2), Vec, id="two vectors"),
        pytest.param([1, 5], Vec(3, 2), Vec, id="list and vector"),
        pytest.param(np.array([1, 5]), (3, 2), np.ndarray, id="array and tuple"),
        pytest.param([1, 5], [3, 2], np.ndarray, id="lists"),
    ],
)
def test_pairwise_functions(a, b, kind):
    """The result is a vector if either argument is one."""
    for function, expected in ((min2, [1, 2]), (max2, [3, 5])):
        result = function(a, b)
        assert type(result) is kind
        assert result.tolist() == expected
    assert map2(lambda x, y: x - y, a, b).tolist() == [-2, 3]


def test_min2_keeps_the_dtype_of_the_first():
    """The data type is that of the first argument."""
    assert min2(Vec(1, 2, dtype=np.int32), (3.0, 1.0)).dtype == np.int32
    assert max2(Vec(1, 2, dtype=np.float32), Vec(3, 1)).dtype == np.float32


@pytest.mark.parametrize("function", [min2, max2, lambda a, b: map2(min, a, b)])
def test_pairwise_functions_need_equal_lengths(function):
    """Vectors of different length are an ``AssertionError`` and ours."""
    with pytest.raises(AssertionError, match=r"\[1, 2\] of 2 and \[1, 2, 3\] of 3") as caught:
        function((1, 2), (1, 2, 3))
    assert isinstance(caught.value, CloudVolumeError)


def test_floating():
    """Python floats count, and numpy's float64, which is one."""
    assert floating([1, 2.0])
    assert floating([np.float64(1)])
    assert not floating([1, np.int64(2), np.float32(3)])
    assert not floating([])
