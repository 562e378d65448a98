"""One scale, checked and frozen."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chunk_sizes, points

from cloudvolume.datasource.precomputed.metadata.scale import (
    Scale,
    checked_dtype,
    checked_scale,
    scale_of,
)
from cloudvolume.exceptions import InvalidInfoError, MissingFieldError
from cloudvolume.geometry import Bbox

ENTRY = {
    "key": "4_4_40",
    "size": [100, 80, 60],
    "resolution": [4, 4, 40],
    "voxel_offset": [-3, 5, 7],
    "chunk_sizes": [[16, 16, 8], [64, 64, 64]],
    "encoding": "RAW",
}


def info_with(**changes) -> dict:
    """A document whose only scale is changed; ``...`` leaves a field out."""
    fields = {**copy.deepcopy(ENTRY), **changes}
    entry = {name: value for name, value in fields.items() if value is not ...}
    return {"num_channels": 2, "data_type": "uint16", "scales": [entry]}


def test_a_scale_knows_its_fields():
    """The first chunk size counts; the encoding is in lower case."""
    scale = scale_of(info_with(), 0)
    assert scale == Scale(
        "4_4_40", (100, 80, 60), (-3, 5, 7), (16, 16, 8), 2, np.dtype("uint16"), "raw"
    )
    assert scale.stop == (97, 85, 67)
    assert scale.bounds == Bbox((-3, 5, 7), (97, 85, 67))
    assert scale.grid_size == (7, 5, 8)


@pytest.mark.parametrize("offset", [..., None])
def test_the_offset_is_optional(offset):
    assert scale_of(info_with(voxel_offset=offset), 0).voxel_offset == (0, 0, 0)
    assert checked_scale(info_with(voxel_offset=offset), 0).voxel_offset == (0, 0, 0)


def test_whole_floats_and_numpy_numbers_are_integers():
    """As some writers store them; exact beyond what a float can hold."""
    scale = scale_of(
        info_with(size=[100.0, np.uint64(2**60 + 1), np.float32(3)], voxel_offset=(0.0, 0, 0)), 0
    )
    assert scale.size == (100, 2**60 + 1, 3)
    assert {type(n) for n in (*scale.size, *scale.voxel_offset)} == {int}


@given(points(st.integers(1, 2**62)), points(st.integers(-(2**62), 0)), chunk_sizes())
def test_the_grid_covers_the_scale(size, offset, chunk_size):
    """With no chunk to spare, in integers of any size."""
    scale = scale_of(info_with(size=size, voxel_offset=offset, chunk_sizes=[chunk_size]), 0)
    for n, extent, chunk in zip(scale.grid_size, size, chunk_size):
        assert (n - 1) * chunk < extent <= n * chunk
    assert scale.bounds.minpt.tolist() == [*offset]
    assert scale.bounds.maxpt.tolist() == [lo + n for lo, n in zip(offset, size)]


def test_an_edited_info_is_seen_at_once():
    """The cache of checked scales never outlives an edit."""
    info = info_with()
    assert scale_of(info, 0).size == (100, 80, 60)
    info["scales"][0]["size"][0] = 1
    info["data_type"] = "float32"
    assert scale_of(info, 0).size == (1, 80, 60)
    assert scale_of(info, 0).dtype == np.float32


_BAD = [
    *((f"{field} missing", {field: ...}, f"lacks '{field}'") for field in ("key", "size")),
    *((f"{field} missing", {field: ...}, f"lacks '{field}'") for field in ("encoding",)),
    ("chunk_sizes missing", {"chunk_sizes": ...}, "lacks 'chunk_sizes'"),
    ("size negative", {"size": [1, -1, 1]}, "size"),
    ("size boolean", {"size": [1, True, 1]}, "size"),
    ("size of 65 bits", {"size": [1, 2**63, 1]}, "size"),
    ("size text", {"size": "111"}, "size"),
    ("size of texts", {"size": ["1", "1", "1"]}, "size"),
    ("size nested", {"size": [[1], [1], [1]]}, "size"),
    ("size infinite", {"size": [math.inf, 1, 1]}, "size"),
    ("offset fractional", {"voxel_offset": [0, 0, 0.5]}, "voxel_offset"),
    ("offset of 65 bits", {"voxel_offset": [0, 0, -(2**63) - 1]}, "voxel_offset"),
    ("end beyond 64 bits", {"size": [2**62] * 3, "voxel_offset": [2**62] * 3}, "ends at"),
    ("chunk zero", {"chunk_sizes": [[0, 1, 1]]}, r"chunk_sizes\[0\]"),
    ("chunk not nested", {"chunk_sizes": [64, 64, 64]}, r"chunk_sizes\[0\]"),
    ("no chunk", {"chunk_sizes": []}, "chunk_sizes"),
    ("chunk an object", {"chunk_sizes": {}}, "chunk_sizes"),
    ("key empty", {"key": ""}, "key"),
    ("key a number", {"key": 4}, "key"),
    ("encoding null", {"encoding": None}, "encoding"),
]


@pytest.mark.parametrize("check", [scale_of, checked_scale])
@pytest.mark.parametrize(("changes", "message"), [pytest.param(*b[1:], id=b[0]) for b in _BAD])
def test_an_impossible_field_is_named(check, changes, message):
    """With the scale that it belongs to."""
    with pytest.raises(InvalidInfoError, match=rf"scales\[0\].*{message}"):
        check(info_with(**changes), 0)


@pytest.mark.parametrize(
    "resolution",
    [..., [0, 4, 4], [-1, 4, 4], [math.nan] * 3, [math.inf] * 3, [4, 4], "444", [True] * 3, None],
    ids=str,
)
def test_an_impossible_resolution_is_refused_when_opened(resolution):
    """Reading voxels needs none, so that a request does not look at it."""
    info = info_with(resolution=resolution)
    with pytest.raises(InvalidInfoError, match=r"scales\[0\].*resolution"):
        checked_scale(info, 0)
    assert scale_of(info, 0).size == (100, 80, 60)


@pytest.mark.parametrize("entry", [None, 5, "scale", []], ids=type)
def test_a_scale_must_be_an_object(entry):
    info = {**info_with(), "scales": [entry]}
    for check in (scale_of, checked_scale):
        with pytest.raises(InvalidInfoError, match=r"scales\[0\] must be an object"):
            check(info, 0)


@pytest.mark.parametrize("n_channels", [0, -1, 1.5, True, "1", None], ids=repr)
def test_impossible_channels_are_named(n_channels):
    with pytest.raises(InvalidInfoError, match="num_channels must be a positive integer"):
        scale_of({**info_with(), "num_channels": n_channels}, 0)


def test_a_missing_field_is_also_a_key_error():
    with pytest.raises(MissingFieldError, match="lacks 'key'") as caught:
        scale_of(info_with(key=...), 0)
    assert isinstance(caught.value, KeyError)


@pytest.mark.parametrize("name", ["uint8", "UINT8", "Float32", ">u2", "bool", np.int16, "int64"])
def test_a_data_type_is_any_that_numpy_has(name):
    """In any case, always in the byte order of this machine."""
    assert checked_dtype(name).isnative
    assert checked_dtype(name).kind in "biuf"


@pytest.mark.parametrize("name", ["uint7", "", None, "object", "complex64", "U4", "M8[s]", 8, []])
def test_a_data_type_of_no_voxel_is_refused(name):
    with pytest.raises(InvalidInfoError, match="data_type must be a name such as"):
        checked_dtype(name)
