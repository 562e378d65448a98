"""A wrong call is an error with a type, and a message that names field, value and way out."""

import copy
import json
import math
import re
import tracemalloc

import numpy as np
import pytest
from reference_layers import directory_of, make_info, random_voxels, write_info, write_layer

from cloudvolume import Bbox, CloudVolume, exceptions

SHAPE = (60, 40, 20)
OFFSET = (100, 200, 300)
CHUNK = (16, 8, 4)


@pytest.fixture
def vol(layer_root, rng):
    """A layer from (100, 200, 300) to (160, 240, 320)."""
    path = f"{layer_root}/layer"
    CloudVolume.from_numpy(
        random_voxels(rng, SHAPE, np.uint8),
        vol_path=path,
        resolution=(1, 1, 1),
        voxel_offset=OFFSET,
        chunk_size=CHUNK,
    )
    return CloudVolume(path)


def _info(**scale) -> dict:
    info = make_info(np.zeros((8, 8, 8, 1), np.uint8), (0, 0, 0), (4, 4, 4))
    info["scales"][0].update(scale)
    return info


# --- alignment --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "aligned"),
    [
        pytest.param(
            Bbox((117, 208, 304), (132, 216, 308)),
            Bbox((116, 208, 304), (132, 216, 308)),
            id="start",
        ),
        pytest.param(
            Bbox((116, 208, 304), (131, 216, 308)),
            Bbox((116, 208, 304), (132, 216, 308)),
            id="stop",
        ),
        pytest.param(
            Bbox((148, 232, 316), (159, 240, 320)),
            Bbox((148, 232, 316), (160, 240, 320)),
            id="at the end",
        ),
    ],
)
def test_alignment_errors_name_the_nearest_aligned_box_and_the_flag(vol, box, aligned):
    """What was asked, what would be aligned, and which flag allows it anyway."""
    with pytest.raises(exceptions.AlignmentError, match="non_aligned_writes") as caught:
        vol[box] = np.zeros((*box.size3(), 1), np.uint8)
    numbers = {int(n) for n in re.findall(r"\d+", str(caught.value))}
    assert {int(n) for n in box.to_list()} <= numbers
    assert {int(n) for n in aligned.to_list()} <= numbers


def test_a_shape_error_names_both_shapes(vol):
    """The shape of the array and that of the box."""
    with pytest.raises(exceptions.AlignmentError, match="(?s)(15.*16|16.*15)"):
        vol[100:116, 200:208, 300:304] = np.zeros((15, 8, 4, 1), np.uint8)


def test_a_dtype_error_names_both_types(vol):
    """The type of the array and that of the layer."""
    with pytest.raises(ValueError, match="(?s)(float64.*uint8|uint8.*float64)"):
        vol[:] = np.zeros(vol.shape)


def test_a_bounds_error_names_box_and_bounds(vol):
    """Both are needed to see what is wrong."""
    with pytest.raises(exceptions.OutOfBoundsError, match="170") as caught:
        vol[110:170, 200:210, 300:310]
    numbers = {int(n) for n in re.findall(r"\d+", str(caught.value))}
    assert {100, 160, 110, 170} <= numbers


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("not a box", id="text"),
        pytest.param(None, id="None"),
        pytest.param({"a": 1}, id="dict"),
        pytest.param(object(), id="object"),
        pytest.param(np.s_["a":"b"], id="slice of text"),
        pytest.param((1, 2, 3, 0, 5, 6, 7), id="seven numbers"),
        pytest.param(np.s_[math.nan :, :, :], id="slice from NaN"),
        pytest.param(np.s_[math.inf], id="infinite number"),
    ],
)
def test_a_key_of_the_wrong_kind_is_refused(vol, key):
    """A clear ``TypeError`` or ``ValueError`` from the border, not from deep inside."""
    with pytest.raises((TypeError, ValueError, NotImplementedError, OverflowError), match=r"\w"):
        vol[key]


@pytest.mark.parametrize(
    "value", ["text", None, {}, object()], ids=["text", "None", "dict", "object"]
)
def test_a_value_of_the_wrong_kind_is_refused(vol, value):
    """Nothing is written by it."""
    before = np.array(vol[:])
    with pytest.raises((TypeError, ValueError), match=r"\w"):
        vol[:] = value
    np.testing.assert_array_equal(vol[:], before)


# --- construction -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cloudpath",
    [
        pytest.param("", id="empty"),
        pytest.param("s4://bucket/dataset/layer", id="unknown scheme"),
        pytest.param("gs:////", id="no bucket"),
        pytest.param("gs://gs://bucket/layer", id="two protocols"),
        pytest.param("gs://graphene://https://host/layer", id="protocol before format"),
        pytest.param("gs://bucket//layer", id="empty dataset"),
    ],
)
def test_a_bad_cloudpath_is_refused(cloudpath, blocked_connections):
    """``UnsupportedProtocolError`` shows the text and asks nobody else."""
    with pytest.raises(exceptions.UnsupportedProtocolError, match=re.escape(cloudpath) or r"\w"):
        CloudVolume(cloudpath)
    assert blocked_connections == []


@pytest.mark.parametrize("cloudpath", [None, 5, b"file:///x/y"], ids=["None", "number", "bytes"])
def test_a_cloudpath_that_is_no_text_is_refused(cloudpath):
    """A path is a str (or a path object)."""
    with pytest.raises((TypeError, exceptions.UnsupportedProtocolError), match=r"\w"):
        CloudVolume(cloudpath)


def test_an_unknown_keyword_is_a_type_error(layer_root):
    """As for every Python function; the name is in the message."""
    with pytest.raises(TypeError, match="fill_missin"):
        CloudVolume(f"{layer_root}/layer", info=_info(), fill_missin=True)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [pytest.param("parallel", -1, id="parallel")],
)
def test_a_keyword_of_an_impossible_value_is_refused(layer_root, keyword, value):
    """The message names the keyword and the value."""
    with pytest.raises(ValueError, match=f"(?i){keyword}.*{value}|{value}.*{keyword}"):
        CloudVolume(f"{layer_root}/layer", info=_info(), **{keyword: value})


@pytest.mark.parametrize("value", [0, -2])
def test_parallel_must_be_positive_when_assigned(vol, value):
    """No processes at all cannot read anything."""
    with pytest.raises(ValueError, match=f"parallel.*{value}|{value}.*parallel"):
        vol.parallel = value
    assert vol.parallel == 1


@pytest.mark.parametrize("name", ["mipp", "boundedd", "fil_missing"])
def test_a_misspelt_property_does_not_exist(vol, name):
    """Reading it is an ``AttributeError`` with the name."""
    with pytest.raises(AttributeError, match=name):
        getattr(vol, name)


@pytest.mark.parametrize(
    ("arr", "error", "message"),
    [
        pytest.param(np.zeros((4, 4)), exceptions.DimensionError, r"\(4, 4\)", id="2-d"),
        pytest.param(
            np.zeros((4, 4, 4, 1, 1)), exceptions.DimensionError, r"\(4, 4, 4, 1, 1\)", id="5-d"
        ),
        pytest.param(np.zeros((4, 4, 4), np.complex64), ValueError, "complex64", id="complex"),
        pytest.param(np.zeros((4, 4, 4), "U3"), ValueError, "U3|str", id="text"),
        pytest.param(np.zeros((4, 4, 4), object), ValueError, "object", id="objects"),
    ],
)
def test_from_numpy_refuses_what_it_cannot_store(file_root, arr, error, message):
    """Rank and type are checked before anything is created."""
    with pytest.raises(error, match=message):
        CloudVolume.from_numpy(arr, vol_path=f"{file_root}/layer")
    assert not directory_of(f"{file_root}/layer").exists()


# --- malformed metadata -----------------------------------------------------------------------


def _without(*path):
    def change(info):
        *parents, last = path
        for step in parents:
            info = info[step]
        del info[last]

    return change


def _with(value, *path):
    def change(info):
        *parents, last = path
        for step in parents:
            info = info[step]
        info[last] = value

    return change


_SCALE = ("scales", 0)

_malformed = [
    pytest.param(_with([8, -8, 8], *_SCALE, "size"), "size.*-8", id="negative size"),
    pytest.param(_with([8, 8], *_SCALE, "size"), "size", id="size of two"),
    pytest.param(_with([8, 8, 8.5], *_SCALE, "size"), "size.*8.5", id="fractional size"),
    pytest.param(_with("888", *_SCALE, "size"), "size", id="size is text"),
    pytest.param(_with(None, *_SCALE, "size"), "size", id="size is null"),
    pytest.param(_with([8, 8, True], *_SCALE, "size"), "size", id="size is true"),
    pytest.param(_with([[4, 0, 4]], *_SCALE, "chunk_sizes"), "chunk_size.*0", id="zero chunk"),
    pytest.param(
        _with([[4, -4, 4]], *_SCALE, "chunk_sizes"), "chunk_size.*-4", id="negative chunk"
    ),
    pytest.param(_with([[4, 4]], *_SCALE, "chunk_sizes"), "chunk_size", id="chunk of two"),
    pytest.param(_with([4, 4, 4], *_SCALE, "chunk_sizes"), "chunk_size", id="chunk not in a list"),
    pytest.param(_with([], *_SCALE, "chunk_sizes"), "chunk_size", id="no chunk"),
    pytest.param(_with([[4, 4, "4"]], *_SCALE, "chunk_sizes"), "chunk_size", id="chunk with text"),
    pytest.param(_with([1, math.nan, 1], *_SCALE, "resolution"), "resolution", id="NaN resolution"),
    pytest.param(
        _with([1, math.inf, 1], *_SCALE, "resolution"), "resolution", id="infinite resolution"
    ),
    pytest.param(_with([1, 0, 1], *_SCALE, "resolution"), "resolution", id="zero resolution"),
    pytest.param(
        _with([1, -4, 1], *_SCALE, "resolution"), "resolution.*-4", id="negative resolution"
    ),
    pytest.param(_with([1, 1], *_SCALE, "resolution"), "resolution", id="resolution of two"),
    pytest.param(_with("4x4x40", *_SCALE, "resolution"), "resolution", id="resolution is text"),
    pytest.param(
        _with([0, 0.5, 0], *_SCALE, "voxel_offset"), "voxel_offset", id="fractional offset"
    ),
    pytest.param(_with([0, 0], *_SCALE, "voxel_offset"), "voxel_offset", id="offset of two"),
    pytest.param(_with(5, *_SCALE, "key"), "key", id="key is a number"),
    pytest.param(_with(7, *_SCALE, "encoding"), "encoding", id="encoding is a number"),
    pytest.param(_without(*_SCALE, "size"), "size", id="no size"),
    pytest.param(_without(*_SCALE, "resolution"), "resolution", id="no resolution"),
    pytest.param(_without(*_SCALE, "chunk_sizes"), "chunk_sizes", id="no chunk sizes"),
    pytest.param(_without(*_SCALE, "encoding"), "encoding", id="no encoding"),
    pytest.param(_without(*_SCALE, "key"), "key", id="no key"),
    pytest.param(_without("scales"), "scales", id="no scales"),
    pytest.param(_without("data_type"), "data_type", id="no data type"),
    pytest.param(_without("num_channels"), "num_channels", id="no channels"),
    pytest.param(_with([], "scales"), "scales", id="empty scales"),
    pytest.param(_with({}, "scales"), "scales", id="scales is an object"),
    pytest.param(_with("many", "scales"), "scales", id="scales is text"),
    pytest.param(_with([5], "scales"), "scale", id="a scale is a number"),
    pytest.param(_with("uint7", "data_type"), "data_type.*uint7", id="unknown data type"),
    pytest.param(_with("object", "data_type"), "data_type.*object", id="object data type"),
    pytest.param(_with("U16", "data_type"), "data_type.*U16", id="text data type"),
    pytest.param(_with(8, "data_type"), "data_type", id="data type is a number"),
    pytest.param(_with(0, "num_channels"), "num_channels.*0", id="zero channels"),
    pytest.param(_with(-1, "num_channels"), "num_channels.*-1", id="negative channels"),
    pytest.param(_with(1.5, "num_channels"), "num_channels.*1.5", id="fractional channels"),
    pytest.param(_with("1", "num_channels"), "num_channels", id="channels is text"),
]


@pytest.mark.parametrize(("change", "message"), _malformed)
def test_a_malformed_info_is_refused_when_opened(file_root, change, message):
    """``InfoError``, a ``ValueError``, naming the field and where it is, before any voxel is read."""
    info = _info()
    change(info)
    write_info(f"{file_root}/layer", info)
    with pytest.raises(exceptions.InvalidInfoError, match=f"(?s){message}") as caught:
        CloudVolume(f"{file_root}/layer")
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(("change", "message"), _malformed)
def test_a_malformed_info_is_refused_when_passed(file_root, change, message):
    """The same checks for ``info=``."""
    info = _info()
    change(info)
    with pytest.raises(exceptions.InvalidInfoError, match=f"(?s){message}"):
        CloudVolume(f"{file_root}/layer", info=info)


@pytest.mark.parametrize(
    "name", ["scales", "data_type", "num_channels"], ids=lambda name: f"no {name}"
)
def test_a_missing_field_is_also_a_key_error(file_root, name):
    """``MissingFieldError`` for callers that look things up."""
    info = _info()
    del info[name]
    write_info(f"{file_root}/layer", info)
    with pytest.raises(exceptions.MissingFieldError, match=name) as caught:
        CloudVolume(f"{file_root}/layer")
    assert isinstance(caught.value, KeyError)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[]", id="list"),
        pytest.param('"info"', id="text"),
        pytest.param("null", id="null"),
        pytest.param("17", id="number"),
        pytest.param('{"scales": [', id="cut"),
        pytest.param("<html></html>", id="not JSON"),
        pytest.param("", id="empty"),
        pytest.param("[" * 100_000, id="bottomless"),
    ],
)
def test_a_document_that_is_no_object_is_refused(file_root, text):
    """Whatever lies at ``info``, the error is typed and names the layer or the file."""
    write_info(f"{file_root}/layer", text)
    with pytest.raises((exceptions.InfoError, exceptions.EmptyFileException), match="info|layer"):
        CloudVolume(f"{file_root}/layer")


def test_bytes_that_are_no_text_are_refused(file_root):
    """An info file that is not UTF-8."""
    write_info(f"{file_root}/layer", "{}")
    (directory_of(f"{file_root}/layer") / "info").write_bytes(b"\xff\xfe\x00{}")
    with pytest.raises(exceptions.InfoError, match="info|layer"):
        CloudVolume(f"{file_root}/layer")


@pytest.mark.parametrize("info", [[], "text", 5], ids=["list", "text", "number"])
def test_a_passed_info_that_is_no_dict_is_refused(file_root, info):
    """The same when it comes from the caller."""
    with pytest.raises((exceptions.InfoError, TypeError), match="info"):
        CloudVolume(f"{file_root}/layer", info=info)


def test_a_malformed_second_scale_is_named(file_root):
    """The message says which of the scales it is."""
    info = _info()
    info["scales"].append({**copy.deepcopy(info["scales"][0]), "key": "coarse", "size": [4, 4, -4]})
    write_info(f"{file_root}/layer", info)
    with pytest.raises(exceptions.InvalidInfoError, match="(?s)(coarse|1).*size.*-4"):
        CloudVolume(f"{file_root}/layer")


def test_an_unknown_encoding_spoils_only_its_own_scale(file_root, rng):
    """The layer opens and other scales read; using that scale names the encoding."""
    data = random_voxels(rng, (8, 8, 8, 1), np.uint8)
    path = write_layer(directory_of(f"{file_root}/layer"), data)
    info = json.loads((directory_of(path) / "info").read_text())
    other = {"key": "2_2_2", "resolution": [2, 2, 2], "encoding": "holographic"}
    info["scales"].append({**info["scales"][0], **other})
    write_info(path, info)
    vol = CloudVolume(path, fill_missing=True)
    np.testing.assert_array_equal(vol[:], data)
    (directory_of(path) / "2_2_2").mkdir()
    (directory_of(path) / "2_2_2" / "0-8_0-8_0-8").write_bytes(b"?")
    vol.mip = 1
    assert vol.encoding == "holographic"
    with pytest.raises(exceptions.UnsupportedEncodingError, match="holographic"):
        vol[:]
    with pytest.raises(exceptions.UnsupportedEncodingError, match="holographic"):
        vol[:] = 0


def test_refresh_checks_what_it_reads(vol):
    """A bad info that arrives later does not replace the good one."""
    good = copy.deepcopy(vol.info)
    other = CloudVolume(vol.cloudpath)
    if vol.cloudpath.startswith("file://"):
        bad = copy.deepcopy(good)
        bad["scales"][0]["size"] = [1, 2]
        write_info(vol.cloudpath, bad)
        with pytest.raises(exceptions.InvalidInfoError, match="size"):
            other.refresh_info()
    assert other.info == good
    assert other[100, 200, 300].shape == (1, 1, 1, 1)


def test_changes_in_memory_are_checked_when_used(vol):
    """``vol.info`` stays assignable; nonsense in it is found by the next request."""
    vol.scale["chunk_sizes"] = [[0, 8, 8]]
    with pytest.raises(exceptions.InvalidInfoError, match="chunk_size"):
        vol[:]


# --- outsize requests -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "dtype", "needed"),
    [
        pytest.param([2**20, 2**20, 2**20], "uint8", 2**60, id="2**60 bytes"),
        pytest.param([2**30, 2**30, 2**30], "uint64", 2**93, id="beyond 64 bits"),
        pytest.param([2**62, 1, 1], "uint32", 2**64, id="one long axis"),
    ],
)
@pytest.mark.parametrize("fill_missing", [False, True], ids=["plain", "fill_missing"])
def test_an_absurd_read_is_refused_before_anything_is_allocated(
    layer_root, size, dtype, needed, fill_missing
):
    """The message says how many bytes it would take; memory is not touched."""
    info = _info(size=size, chunk_sizes=[[64, 64, 64]])
    info["data_type"] = dtype
    vol = CloudVolume(f"{layer_root}/huge", info=info, fill_missing=fill_missing)
    assert vol.shape == (*size, 1)
    assert vol.bounds.volume() == math.prod(size)
    tracemalloc.start()
    try:
        with pytest.raises(exceptions.OversizeRequestError, match=f"{needed}|{needed:,}") as caught:
            vol[:]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * 2**20
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, MemoryError)


def test_a_small_read_of_an_absurd_volume_works(layer_root):
    """The size of the volume alone is no obstacle."""
    info = _info(size=[2**40, 2**40, 2**40], chunk_sizes=[[8, 8, 8]], voxel_offset=[-(2**39)] * 3)
    vol = CloudVolume(f"{layer_root}/huge", info=info, fill_missing=True)
    x = 2**38
    vol[x : x + 8, x : x + 8, x : x + 8] = 5
    cutout = vol[x - 1 : x + 9, x : x + 8, x : x + 8]
    assert cutout[1:9].min() == 5
    assert cutout[0].max() == cutout[9].max() == 0


def test_a_chunk_too_large_to_hold_is_refused(file_root):
    """One voxel of a chunk that says it has 2**60 bytes does not allocate them."""
    path = write_layer(directory_of(f"{file_root}/layer"), np.ones((4, 4, 4, 1), np.uint8))
    info = json.loads((directory_of(path) / "info").read_text())
    info["scales"][0].update(size=[2**20] * 3, chunk_sizes=[[2**20] * 3])
    write_info(path, info)
    name = "_".join([f"0-{2**20}"] * 3)
    (directory_of(path) / "1_1_1" / name).write_bytes(b"\1" * 64)
    with pytest.raises((exceptions.OversizeRequestError, exceptions.DecodingError), match=r"\d"):
        CloudVolume(path)[0, 0, 0]
