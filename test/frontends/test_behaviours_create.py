"""Layers come into being: ``from_numpy``, ``create_new_info``, ``info=``, and the constructor."""

import copy
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from reference_layers import (
    assert_same,
    chunk_names,
    directory_of,
    files_of,
    make_info,
    random_voxels,
    read_info,
    write_layer,
)

import cloudvolume
from cloudvolume import Bbox, CloudVolume, Vec, exceptions


def _new_info(**changes) -> dict:
    """A small info document made by ``create_new_info``."""
    arguments = {
        "num_channels": 1,
        "layer_type": "image",
        "data_type": "uint8",
        "encoding": "raw",
        "resolution": [4, 4, 40],
        "voxel_offset": [3, -5, 7],
        "volume_size": [100, 51, 33],
        "chunk_size": [32, 16, 8],
    }
    return CloudVolume.create_new_info(**{**arguments, **changes})


# --- from_numpy -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "dtype", "layer_type"),
    [
        pytest.param((21, 13, 9), "uint8", "image", id="3-d uint8"),
        pytest.param((21, 13, 9), "int8", "image", id="3-d int8"),
        pytest.param((21, 13, 9), "int16", "image", id="3-d int16"),
        pytest.param((21, 13, 9), "int32", "image", id="3-d int32"),
        pytest.param((21, 13, 9), "int64", "image", id="3-d int64"),
        pytest.param((21, 13, 9), "float32", "image", id="3-d float32"),
        pytest.param((21, 13, 9), "float64", "image", id="3-d float64"),
        pytest.param((21, 13, 9), "uint16", "segmentation", id="3-d uint16"),
        pytest.param((21, 13, 9), "uint32", "segmentation", id="3-d uint32"),
        pytest.param((21, 13, 9), "uint64", "segmentation", id="3-d uint64"),
        pytest.param((14, 9, 6, 3), "float32", "image", id="three channels"),
        pytest.param((14, 9, 6, 1), "uint8", "image", id="4-d one channel"),
        pytest.param((14, 9, 6, 2), "uint64", "segmentation", id="two channels of labels"),
    ],
)
def test_from_numpy_gives_back_the_array(layer_root, rng, shape, dtype, layer_type):
    """Shape, type and values return; 3-d means one channel; the type of layer follows the dtype."""
    data = random_voxels(rng, shape, dtype)
    vol = CloudVolume.from_numpy(data, vol_path=f"{layer_root}/layer", chunk_size=(8, 8, 8))
    wanted = data if data.ndim == 4 else data[..., np.newaxis]
    assert vol.layer_type == layer_type
    assert vol.shape == wanted.shape
    assert_same(vol[:, :, :], wanted)
    assert_same(CloudVolume(f"{layer_root}/layer")[:], wanted)


def test_from_numpy_of_bool_is_a_segmentation(file_root):
    """The rule for the layer type counts bool among the labels."""
    data = np.indices((6, 5, 4)).sum(axis=0) % 2 == 0
    vol = CloudVolume.from_numpy(data, vol_path=f"{file_root}/layer", chunk_size=(4, 4, 4))
    assert vol.layer_type == "segmentation"
    np.testing.assert_array_equal(np.asarray(vol[:])[..., 0].astype(bool), data)


def test_from_numpy_honours_its_arguments(layer_root, rng):
    """Resolution, offset, chunk size, type, encoding and number of scales land in the info."""
    data = random_voxels(rng, (20, 18, 6), np.uint8)
    vol = CloudVolume.from_numpy(
        data,
        vol_path=f"{layer_root}/layer",
        resolution=(5, 6, 7),
        voxel_offset=(-4, 8, 2),
        chunk_size=(10, 9, 3),
        layer_type="segmentation",
        max_mip=2,
        encoding="raw",
    )
    assert list(vol.resolution) == [5, 6, 7]
    assert list(vol.voxel_offset) == [-4, 8, 2]
    assert list(vol.chunk_size) == [10, 9, 3]
    assert vol.layer_type == "segmentation"
    assert list(vol.available_mips) == [0, 1, 2]
    assert vol.bounds == Bbox((-4, 8, 2), (16, 26, 8))


def test_from_numpy_without_a_path_uses_tmp_image():
    """The default is a random directory directly under /tmp/image, the same for the process."""
    data = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    vol = CloudVolume.from_numpy(data, max_mip=1)
    try:
        assert re.fullmatch(r"file:///tmp/image/\w{6}", vol.cloudpath)
        assert_same(vol[:, :, :], data[..., np.newaxis])
        again = CloudVolume.from_numpy(data + 1)
        assert again.cloudpath == vol.cloudpath
        assert_same(again[:], data[..., np.newaxis] + 1)
    finally:
        shutil.rmtree(directory_of(vol.cloudpath))


@pytest.mark.parametrize(
    ("compress", "suffix"),
    [
        pytest.param(None, ".gz", id="default is gzip for raw"),
        pytest.param(True, ".gz", id="true is gzip"),
        pytest.param("gzip", ".gz", id="gzip"),
        pytest.param("br", ".br", id="brotli"),
        pytest.param(False, "", id="off"),
        pytest.param("", "", id="empty string is off"),
    ],
)
def test_from_numpy_writes_info_provenance_and_one_object_per_chunk(
    file_root, rng, compress, suffix
):
    """Nothing else lies in the directory, and the suffix tells the compression."""
    data = random_voxels(rng, (20, 9, 5), np.uint16)
    CloudVolume.from_numpy(
        data,
        vol_path=f"{file_root}/layer",
        resolution=(2, 2, 3),
        voxel_offset=(1, -20, 0),
        chunk_size=(8, 8, 8),
        compress=compress,
    )
    chunks = [f"2_2_3/{n}{suffix}" for n in chunk_names((20, 9, 5), (8, 8, 8), (1, -20, 0))]
    assert sorted(files_of(f"{file_root}/layer")) == sorted(["info", "provenance", *chunks])


def test_from_numpy_writes_bare_raw_chunks_in_fortran_order(file_root, rng):
    """Without compression a file is the little-endian voxels, x fastest, channel slowest."""
    data = random_voxels(rng, (5, 4, 3, 2), np.uint32)
    CloudVolume.from_numpy(
        data,
        vol_path=f"{file_root}/layer",
        resolution=(1, 1, 1),
        chunk_size=(4, 4, 4),
        compress=False,
    )
    files = files_of(f"{file_root}/layer")
    assert files["1_1_1/0-4_0-4_0-3"] == data[:4].astype("<u4").tobytes(order="F")
    assert files["1_1_1/4-5_0-4_0-3"] == data[4:].astype("<u4").tobytes(order="F")


def test_from_numpy_records_itself_in_the_provenance(layer_root):
    """One processing entry with method and date; the other fields stay empty."""
    data = np.ones((4, 4, 4), np.uint8)
    CloudVolume.from_numpy(data, vol_path=f"{layer_root}/layer")
    provenance = CloudVolume(f"{layer_root}/layer").provenance
    assert len(provenance.processing) == 1
    assert set(provenance.processing[0]) == {"method", "date"}
    assert provenance.processing[0]["method"] == "from_numpy"
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d", provenance.processing[0]["date"])
    assert provenance.sources == []
    assert provenance.owners == []
    assert provenance.description == ""


@pytest.mark.parametrize("order", ["C", "F"])
def test_from_numpy_takes_any_memory_order(layer_root, rng, order):
    """Memory order, strides and read-only flags of the input do not matter."""
    data = np.array(random_voxels(rng, (9, 8, 7), np.int32), order=order)
    view = np.repeat(data, 2, axis=1)[:, ::-2]
    view.flags.writeable = False
    vol = CloudVolume.from_numpy(view, vol_path=f"{layer_root}/layer", chunk_size=(4, 4, 4))
    assert_same(vol[:], view[..., np.newaxis])


def test_a_layer_can_be_removed_and_made_again(file_root, rng):
    """Nothing of a removed directory is remembered by the process."""
    path = f"{file_root}/layer"
    first = random_voxels(rng, (12, 8, 4), np.uint8)
    CloudVolume.from_numpy(first, vol_path=path, chunk_size=(4, 4, 4), compress="gzip")[:]
    shutil.rmtree(directory_of(path))
    second = random_voxels(rng, (5, 9, 3), np.uint64)
    CloudVolume.from_numpy(second, vol_path=path, chunk_size=(4, 8, 4), compress=False)
    vol = CloudVolume(path)
    assert_same(vol[:], second[..., np.newaxis])
    shutil.rmtree(directory_of(path))
    with pytest.raises(exceptions.InfoUnavailableError, match="layer"):
        CloudVolume(path)


# --- create_new_info --------------------------------------------------------------------------


def test_a_new_info_has_the_documented_form():
    """Every value is a plain JSON type, lists where the format wants arrays."""
    info = _new_info(chunk_size=(32, 16, 8), resolution=(4, 4, 40), data_type=np.uint16)
    assert info == {
        "num_channels": 1,
        "type": "image",
        "data_type": "uint16",
        "scales": [
            {
                "encoding": "raw",
                "chunk_sizes": [[32, 16, 8]],
                "key": "4_4_40",
                "resolution": [4, 4, 40],
                "voxel_offset": [3, -5, 7],
                "size": [100, 51, 33],
            }
        ],
    }
    assert json.loads(json.dumps(info)) == info


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        pytest.param({"mesh": "meshes_x"}, {"mesh": "meshes_x"}, id="mesh named"),
        pytest.param({"mesh": True}, {"mesh": "mesh"}, id="mesh by default"),
        pytest.param({"skeletons": "skels"}, {"skeletons": "skels"}, id="skeletons named"),
        pytest.param({"skeletons": True}, {"skeletons": "skeletons"}, id="skeletons by default"),
        pytest.param({"redirect": "gs://b/d/l"}, {"redirect": "gs://b/d/l"}, id="redirect"),
        pytest.param({"mesh": "", "skeletons": None}, {}, id="nothing"),
    ],
)
def test_optional_members_are_stored_when_asked_for(arguments, wanted):
    """Falsy leaves the key out, a str is kept, other truthy values give the usual name."""
    info = _new_info(**arguments)
    optional = {k: info[k] for k in ("mesh", "skeletons", "redirect") if k in info}
    assert optional == wanted


@pytest.mark.parametrize(
    ("resolution", "resolutions", "keys"),
    [
        pytest.param(
            [4.5, 4.5, 40],
            [[4.5, 4.5, 40.0], [9.0, 9.0, 40.0], [18.0, 18.0, 40.0], [36.0, 36.0, 40.0]],
            ["4.5_4.5_40.0", "9.0_9.0_40.0", "18.0_18.0_40.0", "36.0_36.0_40.0"],
            id="a fraction makes all floats",
        ),
        pytest.param(
            [4, 4, 40],
            [[4, 4, 40], [8, 8, 40], [16, 16, 40], [32, 32, 40]],
            ["4_4_40", "8_8_40", "16_16_40", "32_32_40"],
            id="ints stay ints",
        ),
        pytest.param(
            [4.0, 4.0, 40.0],
            [[4.0, 4.0, 40.0], [8.0, 8.0, 40.0], [16.0, 16.0, 40.0], [32.0, 32.0, 40.0]],
            ["4.0_4.0_40.0", "8.0_8.0_40.0", "16.0_16.0_40.0", "32.0_32.0_40.0"],
            id="whole floats stay floats",
        ),
    ],
)
@pytest.mark.parametrize(
    "factor", [(2, 2, 1), [2, 2, 1], Vec(2, 2, 1)], ids=["tuple", "list", "Vec"]
)
def test_lower_scales_multiply_the_resolution(resolution, resolutions, keys, factor):
    """Mip m has factor ** m times the resolution, and its key says so, type included."""
    info = _new_info(resolution=resolution, max_mip=3, factor=factor)
    assert [s["resolution"] for s in info["scales"]] == resolutions
    assert [[type(r) for r in s["resolution"]] for s in info["scales"]] == [
        [type(r) for r in res] for res in resolutions
    ]
    assert [s["key"] for s in info["scales"]] == keys


def test_lower_scales_floor_the_offset_and_ceil_the_size():
    """Always from mip 0, never from the scale before."""
    info = _new_info(
        voxel_offset=[3, -5, 7], volume_size=[100, 51, 33], max_mip=3, factor=(2, 2, 2)
    )
    assert [s["voxel_offset"] for s in info["scales"]] == [
        [3, -5, 7],
        [1, -3, 3],
        [0, -2, 1],
        [0, -1, 0],
    ]
    assert [s["size"] for s in info["scales"]] == [
        [100, 51, 33],
        [50, 26, 17],
        [25, 13, 9],
        [13, 7, 5],
    ]


def test_the_default_chunk_is_64_cubed():
    """``create_new_info`` has its own default chunk size."""
    info = CloudVolume.create_new_info(
        num_channels=1,
        layer_type="image",
        data_type="uint8",
        encoding="raw",
        resolution=[1, 1, 1],
        voxel_offset=[0, 0, 0],
        volume_size=[9, 9, 9],
    )
    assert info["scales"][0]["chunk_sizes"] == [[64, 64, 64]]


def test_every_scale_of_compressed_segmentation_has_a_block_size():
    """The block size is stored on all scales for that encoding and on none for others."""
    info = _new_info(
        encoding="compressed_segmentation",
        data_type="uint64",
        layer_type="segmentation",
        compressed_segmentation_block_size=(4, 4, 2),
        max_mip=2,
    )
    assert [list(s["compressed_segmentation_block_size"]) for s in info["scales"]] == [
        [4, 4, 2]
    ] * 3
    assert not any("compressed_segmentation_block_size" in s for s in _new_info()["scales"])


def test_a_new_info_is_committed_and_opened(layer_root):
    """``commit_info`` makes the layer; what is opened there is the same document."""
    info = _new_info(max_mip=1)
    vol = CloudVolume(f"{layer_root}/layer", info=info)
    vol.commit_info()
    opened = CloudVolume(f"{layer_root}/layer", mip=0)
    assert opened.info == info
    assert list(opened.available_mips) == [0, 1]


def test_numpy_numbers_in_the_arguments_become_json():
    """Sizes that came out of numpy can be written to disk."""
    info = _new_info(
        num_channels=np.int64(2),
        resolution=np.array([4, 4, 40]),
        voxel_offset=np.array([1, 2, 3], dtype=np.int32),
        volume_size=Vec(9, 8, 7),
        chunk_size=np.array([4, 4, 4]),
        max_mip=1,
    )
    scale = info["scales"][0]
    assert json.loads(json.dumps(info)) == info
    assert scale["key"] == "4_4_40"
    assert scale["voxel_offset"] == [1, 2, 3]


# --- the constructor --------------------------------------------------------------------------


def test_a_layer_with_info_and_no_chunks_opens(layer_root):
    """Opening looks at the metadata only."""
    CloudVolume(f"{layer_root}/layer", info=_new_info()).commit_info()
    assert CloudVolume(f"{layer_root}/layer", mip=0).shape == (100, 51, 33, 1)


def test_a_passed_info_needs_no_file_and_is_not_copied(layer_root):
    """``info=`` is the very object the volume works on, and nothing is written."""
    info = _new_info()
    vol = CloudVolume(f"{layer_root}/elsewhere", info=info)
    assert vol.info is info
    assert vol.bounds == Bbox((3, -5, 7), (103, 46, 40))
    with pytest.raises(exceptions.InfoUnavailableError, match="elsewhere"):
        CloudVolume(f"{layer_root}/elsewhere")


def test_a_sparse_info_serves_coordinate_maths(layer_root):
    """Optional members may be absent or empty when nothing is read."""
    info = make_info(np.zeros((8, 8, 8, 1), np.uint8), (1, 2, 3), (4, 4, 4))
    info["mesh"] = ""
    vol = CloudVolume(f"{layer_root}/maths", info=info)
    assert vol.bounds == Bbox((1, 2, 3), (9, 10, 11))
    assert list(vol.available_mips) == [0]


def test_the_constructor_returns_another_class(layer_root):
    """``CloudVolume`` is a factory; documented, and outside code checks the name."""
    vol = CloudVolume(f"{layer_root}/layer", info=_new_info())
    assert type(vol).__name__ == "CloudVolumePrecomputed"
    assert not isinstance(vol, CloudVolume)
    assert type(vol).__name__ in repr(vol) or "layer" in repr(vol)


def test_the_documented_positional_order_holds(layer_root):
    """cloudpath, mip, bounded, autocrop, fill_missing come first, in this order."""
    CloudVolume(f"{layer_root}/layer", info=_new_info(max_mip=1)).commit_info()
    vol = CloudVolume(f"{layer_root}/layer", 1, False, True, True)
    assert (vol.mip, vol.bounded, vol.autocrop, vol.fill_missing) == (1, False, True, True)


@pytest.mark.parametrize(
    ("mip", "wanted"),
    [
        pytest.param(0, 0, id="finest"),
        pytest.param(2, 2, id="index"),
        pytest.param(-1, 2, id="negative counts from the end"),
        pytest.param([8, 8, 40], 1, id="resolution as list"),
        pytest.param((16, 16, 40), 2, id="resolution as tuple"),
        pytest.param(np.array([4, 4, 40]), 0, id="resolution as array"),
        pytest.param(np.int64(1), 1, id="numpy int"),
        pytest.param(1.9, 1, id="float is truncated"),
    ],
)
def test_mip_is_an_index_or_a_resolution(layer_root, mip, wanted):
    """At construction and by assignment alike."""
    info = _new_info(max_mip=2)
    assert CloudVolume(f"{layer_root}/layer", info=info, mip=mip).mip == wanted
    vol = CloudVolume(f"{layer_root}/layer", info=info)
    vol.mip = mip
    assert vol.mip == wanted
    assert isinstance(vol.mip, int)


def test_a_bare_path_is_a_local_layer(file_root, rng, monkeypatch):
    """A path without a scheme, absolute or relative, is a ``file://`` layer."""
    data = random_voxels(rng, (7, 6, 5, 1), np.uint8)
    cloudpath = write_layer(directory_of(f"{file_root}/layer"), data)
    directory = directory_of(cloudpath)
    vol = CloudVolume(str(directory))
    assert vol.cloudpath == cloudpath
    assert_same(vol[:], data)
    monkeypatch.chdir(directory.parent.parent)
    relative = CloudVolume(f"file://{directory.parent.name}/{directory.name}")
    assert relative.cloudpath == cloudpath


@pytest.mark.parametrize("decorated", ["{}/", "precomputed://{}"], ids=["trailing slash", "format"])
def test_slash_and_format_do_not_show_in_the_cloudpath(layer_root, decorated):
    """``vol.cloudpath`` has neither a trailing slash nor a format prefix."""
    path = f"{layer_root}/layer"
    CloudVolume(path, info=_new_info()).commit_info()
    vol = CloudVolume(decorated.format(path))
    assert vol.cloudpath == path
    assert vol.shape == (100, 51, 33, 1)


def test_local_layers_need_no_network(layer_root, rng, blocked_connections):
    """No connection, name look-up or credential request for ``file://`` and ``mem://``."""
    data = random_voxels(rng, (6, 6, 6), np.uint8)
    vol = CloudVolume.from_numpy(data, vol_path=f"{layer_root}/layer")
    CloudVolume(vol.cloudpath)[:]
    assert blocked_connections == []


def test_nothing_is_printed_unless_asked_for(layer_root, rng, capfd):
    """Progress output is off outside an interactive interpreter."""
    data = random_voxels(rng, (16, 16, 16), np.uint8)
    vol = CloudVolume.from_numpy(data, vol_path=f"{layer_root}/layer", chunk_size=(4, 4, 4))
    assert vol.progress is False
    vol[:]
    vol.exists(vol.bounds)
    vol.delete(vol.bounds)
    assert capfd.readouterr() == ("", "")


def test_import_is_quiet_and_exports_the_names():
    """The documented names come from the package root, without a word on either stream."""
    code = (
        "import cloudvolume; from cloudvolume import "
        "CloudVolume, Bbox, Vec, VolumeCutout, exceptions, DataLayerProvenance, "
        "EmptyVolumeException, AlignmentError, register_plugin; "
        "assert isinstance(cloudvolume.__version__, str)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=Path(cloudvolume.__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# --- properties -------------------------------------------------------------------------------


def test_the_properties_describe_the_current_scale(layer_root):
    """Each documented property has its documented type and value at mip 1."""
    vol = CloudVolume(f"{layer_root}/layer", info=_new_info(max_mip=1), mip=1)
    scale = vol.info["scales"][1]
    assert vol.scale is scale
    assert vol.scales is vol.info["scales"]
    assert vol.ndim == 4
    assert vol.shape == (50, 26, 33, 1)
    assert isinstance(vol.shape, tuple)
    assert np.zeros(shape=vol.shape, dtype=vol.dtype).shape == (50, 26, 33, 1)
    assert isinstance(vol.volume_size, Vec)
    assert list(vol.volume_size) == [50, 26, 33]
    assert vol.num_channels == 1
    assert vol.layer_type == "image"
    assert vol.dtype == np.dtype("uint8")
    assert isinstance(vol.dtype, np.dtype)
    assert vol.data_type == "uint8"
    assert vol.encoding == "raw"
    assert vol.compressed_segmentation_block_size is None
    assert isinstance(vol.voxel_offset, Vec)
    assert list(vol.voxel_offset) == [1, -3, 7]
    assert list(vol.resolution) == [8, 8, 40]
    assert list(vol.chunk_size) == list(vol.underlying) == scale["chunk_sizes"][0]
    assert list(vol.downsample_ratio) == [2.0, 2.0, 1.0]
    assert vol.key == "8_8_40"
    assert vol.bounds == Bbox((1, -3, 7), (51, 23, 40))
    assert [list(r) for r in vol.available_resolutions] == [[4, 4, 40], [8, 8, 40]]
    assert list(vol.available_mips) == [0, 1]


def test_a_float_resolution_gives_a_float_vector(layer_root):
    """``resolution`` is a float ``Vec`` as soon as one component is a float."""
    info = _new_info(resolution=[4.5, 4.5, 40])
    vol = CloudVolume(f"{layer_root}/layer", info=info)
    assert vol.resolution.dtype.kind == "f"
    assert list(vol.resolution) == [4.5, 4.5, 40.0]


def test_the_paths_describe_the_layer(layer_root):
    """Dataset, layer and the joined forms, with and without the protocol."""
    vol = CloudVolume(f"{layer_root}/layer", info=_new_info())
    bare = layer_root.partition("://")[2]
    assert vol.dataset_name == "dataset"
    assert vol.layer == "layer"
    assert vol.basepath == bare
    assert vol.layerpath == f"{bare}/layer"
    assert vol.base_cloudpath == layer_root
    assert vol.cloudpath == vol.layer_cloudpath == f"{layer_root}/layer"
    assert vol.info_cloudpath == f"{layer_root}/layer/info"


_PER_MIP = (
    "bounds",
    "chunk_size",
    "compressed_segmentation_block_size",
    "encoding",
    "key",
    "ndim",
    "resolution",
    "scale",
    "shape",
    "underlying",
    "volume_size",
    "voxel_offset",
)


@pytest.mark.parametrize("mip", [0, 1, -1])
def test_mip_functions_agree_with_the_properties(layer_root, mip):
    """``mip_X(mip)`` is ``X`` after ``vol.mip = mip``."""
    vol = CloudVolume(f"{layer_root}/layer", info=_new_info(max_mip=1))
    by_function = {name: getattr(vol, f"mip_{name}")(mip) for name in _PER_MIP}
    vol.mip = mip
    for name in _PER_MIP:
        assert np.all(by_function[name] == getattr(vol, name)), name


def test_mip_functions_are_plain_list_indices(layer_root):
    """Out of range is an ``IndexError``."""
    vol = CloudVolume(f"{layer_root}/layer", info=_new_info())
    with pytest.raises(IndexError, match=r"\d|range"):
        vol.mip_shape(1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("bounded", False, id="bounded"),
        pytest.param("autocrop", True, id="autocrop"),
        pytest.param("fill_missing", True, id="fill_missing"),
        pytest.param("non_aligned_writes", True, id="non_aligned_writes"),
        pytest.param("delete_black_uploads", True, id="delete_black_uploads"),
        pytest.param("background_color", 3, id="background_color"),
        pytest.param("overwrite_partial_chunks", True, id="overwrite_partial_chunks"),
    ],
)
def test_flags_are_shared_with_the_image_source(layer_root, name, value):
    """A flag set by keyword, on the volume or on ``vol.image`` is one and the same."""
    path, info = f"{layer_root}/layer", _new_info()
    assert getattr(CloudVolume(path, info=info, **{name: value}), name) == value
    vol = CloudVolume(path, info=info)
    assert getattr(vol, name) != value
    setattr(vol, name, value)
    assert getattr(vol.image, name) == value
    setattr(vol.image, name, 0)
    assert getattr(vol, name) == 0


@pytest.mark.parametrize("compress", ["", None, True, False, "gzip", "br"])
def test_compress_keeps_what_was_passed(layer_root, rng, compress):
    """``vol.compress`` is the raw value, and the chunk reads back equal."""
    path = f"{layer_root}/layer"
    CloudVolume(path, info=_new_info(data_type="uint16", voxel_offset=[0, 0, 0])).commit_info()
    vol = CloudVolume(path, compress=compress)
    assert vol.compress == compress
    data = random_voxels(rng, (64, 32, 8, 1), np.uint16)
    vol[0:64, 0:32, 0:8] = data
    assert_same(vol[0:64, 0:32, 0:8], data)


def test_progress_and_parallel_are_normalised(layer_root):
    """``progress`` is a bool; ``parallel`` an int, False meaning one."""
    vol = CloudVolume(f"{layer_root}/layer", info=_new_info())
    vol.progress = 1
    assert vol.progress is True
    vol.parallel = False
    assert vol.parallel == 1
    vol.parallel = True
    assert vol.parallel >= 1


# --- the info as a live object ----------------------------------------------------------------


def test_changes_of_the_info_take_effect_at_once(layer_root, rng):
    """Reads and writes follow ``vol.info`` as it stands, without commit."""
    vol = CloudVolume(f"{layer_root}/layer", info=_new_info(voxel_offset=[0, 0, 0]))
    vol.info["data_type"] = "int16"
    vol.info["num_channels"] = 2
    vol.info["scales"][0]["chunk_sizes"] = [[7, 11, 13]]
    assert vol.dtype == np.dtype("int16")
    assert vol.shape == (100, 51, 33, 2)
    data = random_voxels(rng, (100, 51, 33, 2), np.int16)
    vol[:] = data
    assert_same(vol[:], data)
    assert f"{vol.key}/0-7_0-11_0-13" in vol.exists(vol.bounds)


def test_a_changed_encoding_takes_effect_at_once(layer_root):
    """Writing after ``vol.scale['encoding'] = 'jpeg'`` stores and reads jpeg."""
    vol = CloudVolume(f"{layer_root}/layer", info=_new_info(voxel_offset=[0, 0, 0]))
    vol.scale["encoding"] = "jpeg"
    assert vol.encoding == "jpeg"
    vol[:] = np.full(vol.shape, 255, np.uint8)
    assert_same(vol[:], np.full(vol.shape, 255, np.uint8))
    vol.scale["encoding"] = "raw"
    with pytest.raises(exceptions.DecodingError, match="0-32_0-16_0-8"):
        vol[0:32, 0:16, 0:8]


def test_unknown_members_and_big_integers_survive(layer_root):
    """What we do not know is kept, on every level, with all 64 bits."""
    info = _new_info()
    info["x_note"] = {"ids": [2**63 + 1, -(2**62) - 1, 2**53 + 1], "nothing": None, "é": "ü"}
    info["scales"][0]["volume_size"] = [1, 2, 3]
    info["scales"][0]["hidden"] = True
    wanted = copy.deepcopy(info)
    CloudVolume(f"{layer_root}/layer", info=info).commit_info()
    vol = CloudVolume(f"{layer_root}/layer")
    assert vol.info == wanted
    vol.info["y"] = 2**64 - 1
    vol.commit_info()
    assert vol.refresh_info() == {**wanted, "y": 2**64 - 1}
    assert vol.info == {**wanted, "y": 2**64 - 1}


def test_the_info_file_is_sorted_and_indented(file_root):
    """JSON with sorted keys, an indent of two, stored without compression."""
    CloudVolume(f"{file_root}/layer", info=_new_info(mesh="m"), compress="gzip").commit_info()
    files = files_of(f"{file_root}/layer")
    assert list(files) == ["info"]
    wanted = json.dumps(_new_info(mesh="m"), sort_keys=True, indent=2, separators=(",", ": "))
    assert files["info"].decode().rstrip("\n") == wanted


def test_two_objects_see_each_others_commits(layer_root):
    """``refresh_info`` reads the source again."""
    one = CloudVolume(f"{layer_root}/layer", info=_new_info())
    one.commit_info()
    other = CloudVolume(f"{layer_root}/layer")
    one.info["z"] = [1]
    one.commit_info()
    assert "z" not in other.info
    assert other.refresh_info()["z"] == [1]
    assert other.info["z"] == [1]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        pytest.param(
            {"encoding": "compressed_segmentation"}, KeyError, "block_size", id="no block size"
        ),
        pytest.param(
            {
                "encoding": "compressed_segmentation",
                "compressed_segmentation_block_size": [8, 8, 8],
            },
            ValueError,
            "uint8",
            id="wrong data type",
        ),
    ],
)
def test_commit_refuses_an_unusable_segmentation_encoding(file_root, change, error, message):
    """compressed_segmentation needs a block size and uint32 or uint64; nothing is written."""
    info = _new_info(max_mip=1)
    vol = CloudVolume(f"{file_root}/layer", info=info)
    info["scales"][1].update(change)
    with pytest.raises(error, match=message):
        vol.commit_info()
    assert not (directory_of(f"{file_root}/layer") / "info").exists()


def test_a_minimal_info_opens(file_root, rng):
    """``@type`` and ``voxel_offset`` are optional; the offset is then zero."""
    data = random_voxels(rng, (9, 8, 7, 1), np.uint16)
    path = write_layer(directory_of(f"{file_root}/layer"), data, chunk_size=(4, 4, 4))
    info = read_info(path)
    del info["scales"][0]["voxel_offset"]
    directory_of(path).joinpath("info").write_text(json.dumps(info))
    vol = CloudVolume(path)
    assert list(vol.voxel_offset) == [0, 0, 0]
    assert_same(vol[:], data)
