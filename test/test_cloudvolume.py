"""The front door: which parameters it has, and where it leads."""

import inspect
import uuid
import warnings
from pathlib import Path

import numpy as np
import pytest

from cloudvolume import CloudVolume, exceptions, paths, register_plugin
from cloudvolume import cloudvolume as facade
from cloudvolume.config import is_interactive
from cloudvolume.frontends import CloudVolumePrecomputed

# Name and default, in the order of the documentation; the first 20 may be positional since 1.11.
PARAMETERS = {
    "cloudpath": inspect.Parameter.empty,
    "mip": 0,
    "bounded": True,
    "autocrop": False,
    "fill_missing": False,
    "cache": False,
    "compress_cache": None,
    "cdn_cache": True,
    "progress": None,
    "info": None,
    "provenance": None,
    "compress": None,
    "compress_level": None,
    "non_aligned_writes": False,
    "parallel": 1,
    "delete_black_uploads": False,
    "background_color": 0,
    "green_threads": False,
    "use_https": False,
    "max_redirects": 10,
    "overwrite_partial_chunks": False,
    "mesh_dir": None,
    "skel_dir": None,
    "agglomerate": False,
    "secrets": None,
    "spatial_index_db": None,
    "lru_bytes": 0,
    "cache_locking": True,
    "lru_encoding": "same",
    "timestamp": None,
    "codec_threads": 1,
}

FROM_NUMPY = {
    "arr": inspect.Parameter.empty,
    "vol_path": None,
    "resolution": (4, 4, 40),
    "voxel_offset": (0, 0, 0),
    "chunk_size": (128, 128, 64),
    "layer_type": None,
    "max_mip": 0,
    "encoding": "raw",
    "compress": None,
    "progress": False,
    "encoding_level": None,
    "encoding_effort": None,
}

NEW_INFO = {
    **dict.fromkeys(
        [
            "num_channels",
            "layer_type",
            "data_type",
            "encoding",
            "resolution",
            "voxel_offset",
            "volume_size",
        ],
        inspect.Parameter.empty,
    ),
    "mesh": None,
    "skeletons": None,
    "chunk_size": (64, 64, 64),
    "compressed_segmentation_block_size": (8, 8, 8),
    "max_mip": 0,
    "factor": (2, 2, 1),
    "redirect": None,
    "encoding_level": None,
    "encoding_effort": None,
}


@pytest.fixture
def path() -> str:
    """A layer in memory."""
    path = f"mem://{uuid.uuid4().hex}/dataset/layer"
    CloudVolume.from_numpy(np.zeros((4, 4, 4), np.uint8), vol_path=path)
    return path


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        pytest.param(CloudVolume, PARAMETERS, id="CloudVolume"),
        pytest.param(CloudVolume.from_numpy, FROM_NUMPY, id="from_numpy"),
        pytest.param(CloudVolume.create_new_info, NEW_INFO, id="create_new_info"),
        pytest.param(CloudVolumePrecomputed.create_new_info, NEW_INFO, id="of a volume"),
    ],
)
def test_parameters_have_their_documented_order_and_defaults(function, wanted):
    """Scripts of many years pass them by position."""
    found = {name: p.default for name, p in inspect.signature(function).parameters.items()}
    assert list(found.items()) == list(wanted.items())


def test_every_parameter_is_documented():
    for function in (CloudVolume, CloudVolume.from_numpy, CloudVolume.create_new_info):
        documentation = inspect.getdoc(function)
        for name in inspect.signature(function).parameters:
            assert name in documentation, f"{function}: {name}"


def test_an_unknown_keyword_is_a_type_error(path):
    with pytest.raises(TypeError, match="fil_missing"):
        CloudVolume(path, fil_missing=True)


def test_progress_is_for_people(path, monkeypatch):
    """By default only at a prompt; otherwise as asked for."""
    assert CloudVolume(path).progress is is_interactive() is False
    monkeypatch.setattr("sys.ps1", ">>> ", raising=False)
    assert CloudVolume(path).progress is True
    assert CloudVolume(path, progress=False).progress is False


# --- parameters without effect ----------------------------------------------------------------

IGNORED = {
    "cache": True,
    "compress_cache": "gzip",
    "parallel": True,
    "green_threads": True,
    "agglomerate": True,
    "timestamp": 5,
    "secrets": {"token": "hidden-value"},
    "spatial_index_db": "sqlite:///a.db",
    "lru_bytes": 1000,
    "lru_encoding": "raw",
    "cache_locking": False,
    "codec_threads": 4,
}


def test_what_is_not_honoured_is_said_once_by_name(path, monkeypatch):
    """One warning, at the line of the caller, that does not give away secrets."""
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    with pytest.warns(UserWarning, match="do not honour") as caught:
        CloudVolume(path, **IGNORED)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert all(name in message for name in IGNORED)
    assert "hidden-value" not in message


@pytest.mark.parametrize("name", IGNORED)
def test_only_what_was_asked_for_is_named(path, name, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    with pytest.warns(UserWarning, match=f"do not honour {name};"):
        CloudVolume(path, **{name: IGNORED[name]})


def test_defaults_are_not_warned_of(path):
    """However they are spelled."""
    given = {name: PARAMETERS[name] for name in IGNORED}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CloudVolume(path)
        CloudVolume(path, **given)
        CloudVolume(path, parallel=False, cache=None, lru_bytes=False, agglomerate=0)


# --- formats ----------------------------------------------------------------------------------


@pytest.fixture
def formats(monkeypatch):
    """The table of formats, restored afterwards."""
    monkeypatch.setattr(facade, "_FORMATS", dict(facade._FORMATS))
    monkeypatch.setattr(paths, "ALLOWED_FORMATS", list(paths.ALLOWED_FORMATS))
    return facade._FORMATS


def test_a_plugin_gets_every_parameter_by_keyword(formats):
    """With the defaults, and opens the paths of its format in any case."""
    register_plugin("BOSS", lambda **parameters: parameters)
    found = CloudVolume("boss://https://example.com/a/b/c", 3, fill_missing=True, info={})
    assert found.keys() == PARAMETERS.keys()
    assert found["cloudpath"] == "boss://https://example.com/a/b/c"
    assert (found["mip"], found["fill_missing"], found["info"]) == (3, True, {})
    assert found["progress"] is False
    assert found["max_redirects"] == 10


def test_a_plugin_may_bring_a_format_of_its_own(formats):
    """With a protocol behind it, as the built-in ones have."""
    register_plugin("Knossos", lambda **parameters: parameters["cloudpath"])
    assert CloudVolume("knossos://file:///data/a/b") == "knossos://file:///data/a/b"
    assert CloudVolume("knossos://gs://bucket/a/b") == "knossos://gs://bucket/a/b"


def test_a_plugin_may_replace_a_format(formats, path):
    register_plugin("precomputed", lambda **parameters: "mine")
    assert CloudVolume(path) == "mine"


def test_a_plugin_may_be_named_and_loaded_on_first_use(formats):
    formats["boss"] = "builtins:dict"
    assert CloudVolume("boss://https://example.com/a/b/c")["mip"] == 0
    assert formats["boss"] is dict


def test_a_format_without_plugin_names_those_that_there_are():
    with pytest.raises(
        exceptions.UnsupportedFormatError, match="format 'n5'; there is precomputed"
    ):
        CloudVolume("n5://file:///a/b")


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_of_the_file_system(tmp_path, kind):
    CloudVolume.from_numpy(np.ones((4, 4, 4), np.uint8), vol_path=kind(tmp_path / "layer"))
    vol = CloudVolume(kind(tmp_path / "layer"))
    assert isinstance(vol, CloudVolumePrecomputed)
    assert vol.cloudpath == f"file://{tmp_path}/layer"


# --- from_numpy -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "layer_type"),
    [
        *((dtype, "segmentation") for dtype in ("bool", "uint16", "uint32", "uint64")),
        *((dtype, "image") for dtype in ("uint8", "int8", "int64", "float32", "float64")),
    ],
)
def test_the_layer_type_follows_the_dtype(path, dtype, layer_type):
    vol = CloudVolume.from_numpy(np.zeros((2, 2, 2), dtype), vol_path=path)
    assert (vol.layer_type, vol.dtype) == (layer_type, np.dtype(dtype))


def test_an_array_says_when_it_was_stored(path):
    """One entry, also if something else was stored there before."""
    for _ in range(2):
        vol = CloudVolume.from_numpy(np.zeros((2, 2, 2), np.uint8), vol_path=path)
    (entry,) = CloudVolume(path).provenance.processing[-1:]
    assert entry["method"] == "from_numpy"
    assert entry["date"].endswith(" UTC")
    assert vol.bounded


@pytest.mark.parametrize(
    ("arr", "error", "message"),
    [
        pytest.param(np.zeros((2, 2)), exceptions.DimensionError, r"2 of shape \(2, 2\)", id="2-d"),
        pytest.param(np.zeros((1,) * 5), exceptions.DimensionError, "got 5", id="5-d"),
        pytest.param(
            np.zeros((2, 2, 2), complex), exceptions.DataTypeError, "complex", id="complex"
        ),
        pytest.param(np.zeros((2, 2, 2), "U1"), exceptions.DataTypeError, "<U1", id="text"),
    ],
)
def test_what_is_no_volume_is_refused(path, arr, error, message):
    """Before anything is stored."""
    before = CloudVolume(path).info
    with pytest.raises(error, match=message):
        CloudVolume.from_numpy(arr, vol_path=path)
    assert CloudVolume(path).info == before


def test_without_a_path_a_process_uses_one_of_its_own():
    assert facade._DEFAULT_PATH.startswith("file:///tmp/image/")
