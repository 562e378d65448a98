"""The info document, built and edited."""

import copy
import json
import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chunk_sizes, points

from cloudvolume.datasource.precomputed.metadata.info import (
    check_encodings,
    check_info,
    create_info,
    make_scale,
    put_scale,
)
from cloudvolume.exceptions import DataTypeError, InvalidInfoError, MissingFieldError

sizes = points(st.integers(0, 2**40))
offsets = points(st.integers(-(2**40), 2**40))
factors = points(st.sampled_from([1, 2, 4, 8]))
resolutions = points(st.integers(1, 1000) | st.floats(0.01, 1e4))


def new_info(**changes) -> dict:
    """A small document of two scales."""
    arguments = {
        "num_channels": 1,
        "layer_type": "image",
        "data_type": "uint8",
        "encoding": "raw",
        "resolution": (4, 4, 40),
        "voxel_offset": (-3, 5, 7),
        "volume_size": (100, 80, 60),
        "max_mip": 1,
    }
    return create_info(**{**arguments, **changes})


@given(sizes, offsets, resolutions, factors, st.integers(0, 4))
def test_every_scale_covers_the_base(size, offset, resolution, factor, max_mip):
    """Exactly, in nanometres, at any size; and by less than one coarse voxel too much."""
    info = new_info(
        resolution=resolution,
        voxel_offset=offset,
        volume_size=size,
        max_mip=max_mip,
        factor=factor,
    )
    check_info(info)
    assert len(info["scales"]) == max_mip + 1
    for mip, scale in enumerate(info["scales"]):
        for axis in range(3):
            f = factor[axis] ** mip
            low, n = scale["voxel_offset"][axis], scale["size"][axis]
            assert f * low <= offset[axis] < f * (low + 1)
            assert f * n >= size[axis] > f * (n - 1)
            assert scale["resolution"][axis] == resolution[axis] * f


@given(resolutions)
def test_the_key_is_the_resolution(resolution):
    """All integers or all floats, as JSON prints them."""
    scale = new_info(resolution=resolution)["scales"][0]
    assert len({type(n) for n in scale["resolution"]}) == 1
    assert scale["key"] == "_".join(map(json.dumps, scale["resolution"]))
    assert [float(text) for text in scale["key"].split("_")] == scale["resolution"]


def test_a_new_info_is_json():
    """Whatever kind of numbers the arguments were."""
    info = new_info(
        num_channels=np.uint8(3),
        data_type=np.float32,
        resolution=np.array([4, 4, 40], np.int16),
        voxel_offset=np.array([1.0, 2, 3]),
        volume_size=np.array([2**40, 1, 1]),
        chunk_size=[np.int64(8)] * 3,
        factor=np.array([2, 2, 1]),
    )
    assert json.loads(json.dumps(info)) == info
    assert info["data_type"] == "float32"
    assert info["scales"][1]["size"] == [2**39, 1, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"volume_size": (8.5, 8, 8)}, r"volume_size .*8\.5", id="fractional size"),
        pytest.param({"volume_size": (8, 8)}, "volume_size", id="size of two"),
        pytest.param({"volume_size": (-1, 8, 8)}, "volume_size", id="negative size"),
        pytest.param({"volume_size": (math.nan, 8, 8)}, "volume_size", id="NaN size"),
        pytest.param({"volume_size": (math.inf, 8, 8)}, "volume_size", id="infinite size"),
        pytest.param({"volume_size": (2**63, 8, 8)}, "volume_size", id="size of 64 bits"),
        pytest.param({"voxel_offset": (0.5, 0, 0)}, "voxel_offset", id="fractional offset"),
        pytest.param({"voxel_offset": None}, "voxel_offset", id="no offset"),
        pytest.param({"chunk_size": (64, 64, 0)}, "chunk_size", id="zero chunk"),
        pytest.param({"chunk_size": 64}, "chunk_size", id="one number for a chunk"),
        pytest.param({"factor": (0, 2, 1)}, "factor", id="zero factor"),
        pytest.param({"factor": (1.5, 2, 1)}, "factor", id="fractional factor"),
        pytest.param({"factor": (-2, 2, 1)}, "factor", id="negative factor"),
        pytest.param({"factor": (2, 2)}, "factor", id="factor of two"),
        pytest.param({"num_channels": 0}, "num_channels", id="no channels"),
        pytest.param({"num_channels": 1.5}, "num_channels", id="fractional channels"),
        pytest.param({"resolution": (0, 4, 4)}, "resolution", id="zero resolution"),
        pytest.param({"resolution": (math.nan, 4, 4)}, "resolution", id="NaN resolution"),
        pytest.param({"data_type": "complex64"}, "data_type.*complex64", id="complex"),
        pytest.param({"data_type": None}, "data_type", id="no data type"),
        pytest.param({"encoding": ""}, "encoding", id="no encoding"),
        pytest.param({"max_mip": -1}, "scales", id="no scales"),
    ],
)
def test_an_impossible_argument_is_named(changes, message):
    """Nothing is cut off or rounded to make it fit."""
    with pytest.raises(InvalidInfoError, match=message):
        new_info(**changes)


@pytest.mark.parametrize("factor", [(3, 3, 1), (2, 6, 1)])
def test_an_odd_factor_is_warned_of(factor):
    """At the place of the call, and only if it is used."""
    with pytest.warns(UserWarning, match=re.escape(str(factor))):
        new_info(factor=factor)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        new_info(factor=factor, max_mip=0)


@pytest.mark.parametrize(
    ("encoding", "options", "wanted"),
    [
        ("raw", {"encoding_level": 5, "encoding_effort": 5}, {}),
        ("jpeg", {"encoding_level": 90, "encoding_effort": 5}, {"jpeg_quality": 90}),
        ("png", {"encoding_level": 0}, {"png_level": 0}),
        ("fpzip", {"encoding_level": 12}, {"fpzip_precision": 12}),
        (
            "jxl",
            {"encoding_level": 100, "encoding_effort": 7},
            {"jxl_quality": 100, "jxl_effort": 7},
        ),
        (
            "compressed_segmentation",
            {"block_size": (4, 4, 2)},
            {"compressed_segmentation_block_size": [4, 4, 2]},
        ),
    ],
)
def test_the_parameters_of_an_encoding(encoding, options, wanted):
    """Each stands under its own name, and only where its encoding is."""
    base = {"resolution": [4, 4, 40], "size": [8, 8, 8]}
    scale = make_scale(base, (1, 1, 1), encoding=encoding, chunk_size=(4, 4, 4), **options)
    plain = {"encoding", "chunk_sizes", "key", "resolution", "voxel_offset", "size"}
    assert {name: scale[name] for name in scale.keys() - plain} == wanted
    assert scale["voxel_offset"] == [0, 0, 0]


@given(sizes, offsets, factors, chunk_sizes())
def test_an_added_scale_is_as_a_created_one(size, offset, factor, chunk_size):
    """``put_scale`` and ``create_info`` agree."""
    arguments = {"voxel_offset": offset, "volume_size": size, "chunk_size": chunk_size}
    whole = new_info(**arguments, factor=factor)
    info = new_info(**arguments, max_mip=0)
    scale = put_scale(info, factor, chunk_size=chunk_size)
    assert scale == whole["scales"][1]
    assert scale in info["scales"]
    assert len(info["scales"]) == (1 if factor == (1, 1, 1) else 2)


@pytest.mark.parametrize("factor", [(0.4, 1, 1), (0, 2, 2), (-1, 1, 1), (math.nan, 1, 1), (2, 2)])
def test_a_scale_finer_than_the_base_is_refused(factor):
    """It would otherwise take the place of the base."""
    info = new_info()
    before = copy.deepcopy(info)
    with pytest.raises(InvalidInfoError, match="factor"):
        put_scale(info, factor)
    assert info == before


def test_a_factor_is_rounded():
    """That is what comes of dividing measured resolutions."""
    info = new_info(max_mip=0)
    assert put_scale(info, (1.999, 2.1, 0.9))["resolution"] == [8, 8, 40]


@pytest.mark.parametrize("name", ["type", "data_type", "num_channels", "scales"])
def test_a_missing_field_is_named(name):
    info = new_info()
    del info[name]
    with pytest.raises(MissingFieldError, match=f"lacks '{name}'"):
        check_info(info)


@pytest.mark.parametrize("document", [None, [], "info", 5, [new_info()]], ids=type)
def test_what_is_no_object_is_no_info(document):
    with pytest.raises(InvalidInfoError, match=f"object, got {type(document).__name__}"):
        check_info(document)


def test_a_long_value_is_shortened_in_the_message():
    info = {**new_info(), "scales": {"many": "x" * 1000}}
    with pytest.raises(InvalidInfoError, match=r"scales must be a non-empty list, got .{,80}$"):
        check_info(info)


def test_every_scale_is_checked():
    """Not only the one that is opened."""
    info = new_info()
    info["scales"][1]["size"][2] = -1
    with pytest.raises(InvalidInfoError, match=r"scales\[1\]\.size"):
        check_info(info)


def test_unknown_fields_are_fine():
    info = new_info()
    info["mine"] = info["scales"][0]["mine"] = {"a": [2**63 + 1]}
    check_info(info)


@pytest.mark.parametrize(
    ("dtype", "block_size", "error", "message"),
    [
        pytest.param("uint64", None, MissingFieldError, r"scales\[0\].*block_size", id="no block"),
        pytest.param("uint8", (8, 8, 8), DataTypeError, "data_type is 'uint8'", id="dtype"),
    ],
)
def test_compressed_segmentation_is_checked_before_it_is_stored(dtype, block_size, error, message):
    info = new_info(data_type=dtype, encoding="compressed_segmentation")
    for scale in info["scales"]:
        if block_size is None:
            del scale["compressed_segmentation_block_size"]
    check_info(info)
    with pytest.raises(error, match=message):
        check_encodings(info)
