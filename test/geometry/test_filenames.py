"""Boxes as the names of chunk files."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import bboxes, float_bboxes

from cloudvolume.exceptions import CloudVolumeError
from cloudvolume.geometry import Bbox

SUFFIXES = ["", ".gz", ".br", ".zstd"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("prefix", ["", "8_8_40/", "a/b-1/", "name_", "/"])
@given(box=bboxes())
def test_integers_round_trip(prefix, suffix, box):
    """The name of an integer box gives it back, whatever stands around it."""
    assert Bbox.from_filename(prefix + box.to_filename() + suffix) == box


@given(box=float_bboxes())
def test_floats_round_trip(box):
    """So does that of a float box, to the last bit, without exponents."""
    name = box.to_filename()
    assert "e" not in name
    assert Bbox.from_filename(name, dtype=np.float32) == box


@given(box=float_bboxes(), precision=st.integers(1, 6))
def test_precision_rounds(box, precision):
    """Rounded names are within half a unit of the last decimal."""
    other = Bbox.from_filename(box.to_filename(precision), dtype=np.float64)
    assert np.allclose(other.to_list(), box.to_list(), rtol=0, atol=0.5001 * 10.0**-precision)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", ["0-512_0-512_0-16", "0.0-512.0_0.0-512.0_0.0-16.0"])
def test_stored_names(name, suffix):
    """Names as they are stored, integers in int64."""
    box = Bbox.from_filename(name + suffix)
    assert box == Bbox((0, 0, 0), (512, 512, 16))
    assert box.dtype == np.int64


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("-5--1_-9-512_0-16", Bbox((-5, -9, 0), (-1, 512, 16)), id="negative"),
        pytest.param("-1.9-5.9_0-5_0-5", Bbox((-1, 0, 0), (5, 5, 5)), id="decimals cut off"),
        pytest.param(
            "0-9007199254740993.0_0-5_0-5", Bbox((0, 0, 0), (2**53 + 1, 5, 5)), id="exact"
        ),
    ],
)
def test_parsing(name, expected):
    """Signs and decimals."""
    assert Bbox.from_filename(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "gibberish",
        "",
        "0-512_0-512",
        "0-512_0-512_0-16.lol",
        "0-512_0-512_0-16.gzip",
        "0-512_0-512_0-16.brotli",
        "0-512_0-512_0-16.na",
        "0-512_0-512_0-16/x",
        "0-512_0-512_0-16\n",
        "0-512_0-512_0-16.gz.gz",
        "x-512_0-512_0-16",
        "0-x_0-512_0-16",
        "0-512_x-512_0-16",
        "0-512_0-x_0-16",
        "0-512_0-512_x-16",
        "0-512_0-512_0-x",
        "0-512_0-512_0-16.",
        "0-512_0-512_0-1e5",
        "0-512_0-512_0-\u0661\u0666",
    ],
)
def test_other_names(name):
    """What does not end in a box is a ``ValueError`` that shows it."""
    with pytest.raises(ValueError, match="no bounding box in") as caught:
        Bbox.from_filename(name)
    assert isinstance(caught.value, CloudVolumeError)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize(
    ("box", "precision", "expected"),
    [
        pytest.param(Bbox([0, 2, 4], [1, 3, 5]), None, "0-1_2-3_4-5", id="none"),
        pytest.param(Bbox([0, 2, 4], [1, 3, 5]), 0, "0-1_2-3_4-5", id="zero"),
        pytest.param(Bbox([0, 2, 4], [1, 3, 5]), 1, "0.0-1.0_2.0-3.0_4.0-5.0", id="one"),
        pytest.param(
            Bbox([1.1, 3.2, 5.49], [2, 4, 6.1239]),
            3,
            "1.100-2.000_3.200-4.000_5.490-6.124",
            id="three",
        ),
        pytest.param(Bbox([0.5, 0], [1.1, 2]), None, "0.5-1.1_0.0-2.0", id="floats"),
        pytest.param(Bbox([0, 0], [1e-7, 1e20]), None, "0.0-0.0000001_0.0-100000000000000000000.0"),
        pytest.param(Bbox([-5, -5, 0, 2], [-1, 1, 2, 3]), None, "-5--1_-5-1_0-2_2-3", id="4 axes"),
    ],
)
def test_formatting(box, precision, expected):
    """Corners per axis, joined."""
    assert box.to_filename(precision) == expected
