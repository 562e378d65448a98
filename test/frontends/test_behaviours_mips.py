"""Scales: converting coordinates between them, adding and dropping them, choosing one."""

import numpy as np
import pytest
from reference_layers import assert_same, random_voxels, read_info

from cloudvolume import Bbox, CloudVolume, Vec, exceptions


def _volume(root, *, offset=(7, 0, 0), size=(1024, 1024, 5), max_mip=1, mip=0, **changes):
    """A volume without chunks; factor (2, 2, 1) between scales unless given."""
    arguments = {
        "num_channels": 1,
        "layer_type": "image",
        "data_type": "uint8",
        "encoding": "raw",
        "resolution": [4, 4, 40],
        "chunk_size": [64, 64, 16],
        "factor": (2, 2, 1),
    }
    info = CloudVolume.create_new_info(
        voxel_offset=offset, volume_size=size, max_mip=max_mip, **{**arguments, **changes}
    )
    return CloudVolume(f"{root}/layer", info=info, mip=mip)


# --- coordinates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "mip", "to_mip", "wanted"),
    [
        pytest.param(((35, 0, 1), (1024, 1024, 32)), 0, 3, ((4, 0, 1), (128, 128, 32)), id="down"),
        pytest.param(((4, 0, 1), (128, 128, 32)), 3, 0, ((32, 0, 1), (1024, 1024, 32)), id="up"),
        pytest.param(((3, 5, 7), (11, 13, 17)), 1, 1, ((3, 5, 7), (11, 13, 17)), id="same"),
        pytest.param(((-3, -4, 0), (5, 6, 1)), 0, 1, ((-2, -2, 0), (3, 3, 1)), id="outward"),
        pytest.param(((1, 1, 0), (9, 9, 1)), 0, 2, ((0, 0, 0), (3, 3, 1)), id="step by step"),
        pytest.param(
            ((2**41, 0, 0), (2**41 + 2, 2, 1)),
            0,
            1,
            ((2**40, 0, 0), (2**40 + 1, 1, 1)),
            id="64 bits",
        ),
    ],
)
def test_a_box_moves_between_scales(layer_root, box, mip, to_mip, wanted):
    """The low corner is floored and the high one ceiled at every step."""
    vol = _volume(layer_root, max_mip=3)
    found = vol.bbox_to_mip(Bbox(*box), mip, to_mip)
    assert found == Bbox(*wanted)
    assert vol.meta.bbox_to_mip(Bbox(*box), mip, to_mip) == found


def test_the_box_itself_is_not_changed(layer_root):
    """Converting is not assigning."""
    vol = _volume(layer_root, max_mip=2)
    box = Bbox((8, 8, 0), (16, 16, 5))
    vol.bbox_to_mip(box, 0, 2)
    assert box == Bbox((8, 8, 0), (16, 16, 5))


@pytest.mark.parametrize(
    ("point", "mip", "to_mip", "wanted"),
    [
        pytest.param((35, 9, 4), 0, 3, (4, 1, 4), id="down is floored"),
        pytest.param((4, 1, 4), 3, 0, (32, 8, 4), id="up"),
        pytest.param((-3, -4, 2), 0, 1, (-2, -2, 2), id="negative is floored"),
        pytest.param((5, 6, 7), 2, 2, (5, 6, 7), id="same"),
    ],
)
def test_a_point_moves_between_scales(layer_root, point, mip, to_mip, wanted):
    """Integers come back."""
    found = _volume(layer_root, max_mip=3).point_to_mip(Vec(*point), mip, to_mip)
    assert tuple(int(v) for v in found) == wanted
    assert np.asarray(found).dtype.kind == "i"


def test_global_slices_at_mip_0_are_the_same(layer_root):
    """Full slices become the bounds; a box stays itself."""
    vol = _volume(layer_root)
    box = Bbox((100, 100, 1), (500, 512, 2))
    assert Bbox.from_slices(vol.slices_from_global_coords(box)) == box
    assert Bbox.from_slices(vol.slices_to_global_coords(box)) == box
    everything = Bbox.from_slices(vol.slices_from_global_coords(np.s_[:, :, :]))
    assert everything == Bbox((7, 0, 0), (1031, 1024, 5))


def test_global_slices_follow_the_current_mip(layer_root):
    """At mip 1 global coordinates are halved, local ones doubled, along x and y only."""
    vol = _volume(layer_root, mip=1)
    box = Bbox((100, 100, 1), (500, 512, 2))
    local, absolute = vol.slices_from_global_coords(box), vol.slices_to_global_coords(box)
    assert isinstance(local, tuple)
    assert Bbox.from_slices(local) == Bbox((50, 50, 1), (250, 256, 2))
    assert Bbox.from_slices(absolute) == Bbox((200, 200, 1), (1000, 1024, 2))
    assert vol.slices_from_global_coords(box.to_slices()) == local


# --- choosing a scale -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mip",
    [
        pytest.param(2, id="too high"),
        pytest.param(-3, id="too low"),
        pytest.param([5, 5, 40], id="resolution that is not there"),
        pytest.param("1", id="text"),
    ],
)
def test_an_unknown_scale_is_refused_and_the_old_one_stays(layer_root, mip):
    """The error lists what there is, at construction, by assignment and in ``download``."""
    vol = _volume(layer_root, mip=1)
    with pytest.raises(exceptions.ScaleUnavailableError, match="(?s)4.*4.*40") as caught:
        vol.mip = mip
    assert isinstance(caught.value, IndexError)
    assert vol.mip == 1
    with pytest.raises(exceptions.ScaleUnavailableError, match="(?s)4.*4.*40"):
        CloudVolume(vol.cloudpath, info=vol.info, mip=mip)
    with pytest.raises(exceptions.ScaleUnavailableError, match="(?s)4.*4.*40"):
        vol.download(np.s_[8:9, 0:1, 0:1], mip=mip)


def test_an_appended_scale_is_usable_without_commit(layer_root):
    """``vol.info['scales']`` is live, and odd members in a scale do no harm."""
    vol = _volume(layer_root, max_mip=0)
    scale = {
        **vol.scale,
        "key": "8_8_40",
        "resolution": [8, 8, 40],
        "volume_size": "odd",
        "x": None,
    }
    vol.info["scales"].append(scale)
    vol.mip = 1
    assert vol.key == "8_8_40"
    assert len(vol.available_mips) == 2
    vol.commit_info()
    assert len(CloudVolume(vol.cloudpath).available_mips) == 2


# --- add_scale and reset_scales ---------------------------------------------------------------


def test_add_scale_derives_from_scale_0(layer_root):
    """Resolution times factor, offset floored, size ceiled; the new scale is returned."""
    vol = _volume(layer_root, offset=(7, -3, 1), size=(101, 64, 5), max_mip=0)
    scale = vol.add_scale((4, 4, 2))
    assert scale is vol.info["scales"][1]
    assert scale["key"] == "16_16_80"
    assert scale["resolution"] == [16, 16, 80]
    assert scale["voxel_offset"] == [1, -1, 0]
    assert scale["size"] == [26, 16, 3]
    assert scale["encoding"] == "raw"
    assert [type(v) for v in scale["size"] + scale["voxel_offset"]] == [int] * 6
    vol.mip = 1
    assert vol.bounds == Bbox((1, -1, 0), (27, 15, 3))


@pytest.mark.parametrize(
    ("chunk_size", "wanted"),
    [
        pytest.param([64, 64, 16], [64, 64, 16], id="64 stays, 16 is its own closest"),
        pytest.param([128, 240, 224], [64, 60, 56], id="divisors closest to 64"),
        pytest.param([73, 1, 512], [73, 1, 64], id="prime, one, large"),
    ],
)
def test_the_chunk_of_an_added_scale_is_near_64(layer_root, chunk_size, wanted):
    """By default the divisor of scale 0's chunk size closest to 64, on each axis."""
    vol = _volume(layer_root, max_mip=0, chunk_size=chunk_size)
    assert vol.add_scale((2, 2, 1))["chunk_sizes"] == [wanted]


def test_add_scale_takes_encoding_and_chunk_size(layer_root):
    """What is given wins over what is derived."""
    vol = _volume(layer_root, max_mip=0)
    scale = vol.add_scale(Vec(2, 2, 1), encoding="jpeg", chunk_size=(32, 32, 8))
    assert scale["encoding"] == "jpeg"
    assert scale["chunk_sizes"] == [[32, 32, 8]]


def test_a_scale_of_the_same_resolution_is_replaced_in_place(layer_root):
    """Adding twice does not add twice."""
    vol = _volume(layer_root, max_mip=2)
    vol.add_scale((2, 2, 1), chunk_size=(8, 8, 8))
    assert [s["key"] for s in vol.scales] == ["4_4_40", "8_8_40", "16_16_40"]
    assert vol.scales[1]["chunk_sizes"] == [[8, 8, 8]]


def test_added_float_resolutions_stay_floats(layer_root):
    """4.5 doubled is 9.0, and the key says so."""
    vol = _volume(layer_root, max_mip=0, resolution=[4.5, 4.5, 40])
    scale = vol.add_scale((2, 2, 1))
    assert scale["resolution"] == [9.0, 9.0, 40.0]
    assert scale["key"] == "9.0_9.0_40.0"


def test_an_added_segmentation_scale_has_a_block_size(layer_root):
    """It is copied from scale 0, or 8 cubed when the encoding changes to it."""
    name = "compressed_segmentation"
    vol = _volume(
        layer_root,
        max_mip=0,
        data_type="uint64",
        encoding=name,
        compressed_segmentation_block_size=(4, 4, 4),
    )
    assert list(vol.add_scale((2, 2, 1))[f"{name}_block_size"]) == [4, 4, 4]
    vol = _volume(layer_root, max_mip=0, data_type="uint64")
    assert list(vol.add_scale((2, 2, 1), encoding=name)[f"{name}_block_size"]) == [8, 8, 8]


def test_add_scale_into_another_info(layer_root):
    """``info=`` is changed instead of the volume's."""
    vol = _volume(layer_root, max_mip=0)
    other = _volume(layer_root, max_mip=0, size=(10, 10, 10)).info
    scale = vol.add_scale((2, 2, 1), info=other)
    assert len(vol.scales) == 1
    assert other["scales"][1] is scale


@pytest.mark.filterwarnings("ignore")  # a factor of 3 is worth a warning
def test_a_factor_of_three_is_allowed(layer_root):
    """It is rounded to integers and, at most, warned about."""
    vol = _volume(layer_root, max_mip=0, size=(100, 100, 5))
    assert vol.add_scale((3, 3, 1))["size"] == [34, 34, 5]


def test_add_scale_does_not_commit_and_reset_scales_does(file_root):
    """Adding is for many scales and one commit; resetting on the volume commits, on meta not."""
    vol = _volume(file_root, max_mip=0)
    vol.commit_info()
    vol.add_scale((2, 2, 1))
    assert len(read_info(vol.cloudpath)["scales"]) == 1
    vol.commit_info()
    assert len(read_info(vol.cloudpath)["scales"]) == 2
    vol.meta.reset_scales()
    assert len(vol.scales) == 1
    assert len(read_info(vol.cloudpath)["scales"]) == 2
    vol.refresh_info()
    assert len(vol.scales) == 2
    vol.reset_scales()
    assert len(vol.scales) == 1
    assert len(read_info(vol.cloudpath)["scales"]) == 1


def test_an_added_scale_is_written_and_read(layer_root, rng):
    """Its chunks lie under its own key with its own offset; scale 0 is untouched."""
    fine = random_voxels(rng, (20, 18, 6, 1), np.uint8)
    vol = CloudVolume.from_numpy(
        fine, vol_path=f"{layer_root}/layer", voxel_offset=(4, 2, 0), chunk_size=(8, 8, 6)
    )
    vol.add_scale((2, 2, 1))
    vol.commit_info()
    vol = CloudVolume(vol.cloudpath, mip=1)
    coarse = random_voxels(rng, (10, 9, 6, 1), np.uint8)
    vol[2:12, 1:10, 0:6] = coarse
    assert_same(vol[:], coarse)
    assert all(name.startswith("8_8_40/") for name in vol.exists(vol.bounds))
    vol.mip = 0
    assert_same(vol[:], fine)


# --- metadata on its own ----------------------------------------------------------------------


def test_meta_answers_for_each_scale(layer_root):
    """``vol.meta`` has the same facts with the mip as an argument."""
    vol = _volume(layer_root, max_mip=1)
    meta = vol.meta
    assert meta.shape(1) == (512, 512, 5, 1)
    assert list(meta.volume_size(1)) == [512, 512, 5]
    assert list(meta.voxel_offset(1)) == [3, 0, 0]
    assert list(meta.resolution(1)) == [8, 8, 40]
    assert list(meta.downsample_ratio(1)) == [2.0, 2.0, 1.0]
    assert list(meta.chunk_size(0)) == [64, 64, 16]
    assert meta.key(1) == "8_8_40"
    assert meta.encoding(0) == "raw"
    assert meta.bounds(1) == Bbox((3, 0, 0), (515, 512, 5))
    assert meta.bbox(1) == Bbox((3, 0, 0, 0), (515, 512, 5, 1))
    assert meta.to_mip([8, 8, 40]) == 1
    assert meta.scale(0) is vol.info["scales"][0]
    assert list(meta.available_mips) == [0, 1]
    assert meta.mesh is None
    assert meta.skeletons is None


@pytest.mark.parametrize(
    ("mip", "wanted"),
    [pytest.param(None, [17, 16, 1], id="current"), pytest.param(1, [8, 8, 1], id="given")],
)
def test_grid_size_is_chunks_per_axis(layer_root, mip, wanted):
    """The ceiling of size over chunk size, as int64."""
    vol = _volume(layer_root, size=(1025, 1024, 5), max_mip=1)
    vol.scales[1]["chunk_sizes"] = [[65, 64, 16]]
    found = np.asarray(vol.image.grid_size(mip))
    assert found.tolist() == wanted
    assert found.dtype == np.int64


def test_has_data_tells_whether_a_scale_holds_objects(layer_root):
    """By index or resolution; an unknown scale is an error."""
    data = np.ones((8, 8, 8), np.uint8)
    vol = CloudVolume.from_numpy(data, vol_path=f"{layer_root}/layer", resolution=(1, 1, 1))
    vol.add_scale((2, 2, 1))
    assert vol.image.has_data(0) is True
    assert vol.image.has_data(1) is False
    assert vol.image.has_data([1, 1, 1]) is True
    assert vol.image.has_data([2, 2, 1]) is False
    assert vol.image.has_data() is True
    with pytest.raises(exceptions.ScaleUnavailableError, match="2"):
        vol.image.has_data(2)
    vol.delete(vol.bounds)
    assert vol.image.has_data(0) is False


def test_has_data_is_not_fooled_by_a_similar_key(file_root):
    """Objects of ``1_1_10`` are not objects of ``1_1_1``."""
    data = np.ones((4, 4, 4), np.uint8)
    vol = CloudVolume.from_numpy(data, vol_path=f"{file_root}/layer", resolution=(1, 1, 10))
    vol.info["scales"].append({**vol.scale, "key": "1_1_1", "resolution": [1, 1, 1]})
    assert vol.image.has_data(0) is True
    assert vol.image.has_data(1) is False
