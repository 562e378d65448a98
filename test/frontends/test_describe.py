"""A volume in words."""

import pytest

from cloudvolume import CloudVolume
from cloudvolume.datasource.precomputed.metadata import PrecomputedMetadata, create_info
from cloudvolume.frontends.describe import describe, describe_briefly


@pytest.fixture
def meta() -> PrecomputedMetadata:
    info = create_info(
        2, "segmentation", "uint32", "raw", (4.5, 4.25, 40), (-5, 0, 2**40), (100, 80, 60),
        chunk_size=(64, 64, 8), max_mip=1,
    )  # fmt: skip
    return PrecomputedMetadata("mem://nowhere/layer", info=info)


def test_repr_is_short(meta):
    """Where it is, what it holds, and the current mip."""
    assert describe_briefly(meta, 1) == (
        "CloudVolume('mem://nowhere/layer', mip=1)\n"
        "  segmentation of uint32, shape (50, 40, 60, 2), raw chunks of (64, 64, 8)\n"
        "  9, 8.5, 40 nm per voxel, bounds -3:47 0:40 1099511627776:1099511627836, mip 1 of 0 to 1"
    )


def test_str_has_a_table_of_mips(meta):
    """The current mip is marked; columns are as wide as they must be."""
    assert describe(meta, 1).splitlines() == [
        "mem://nowhere/layer",
        "segmentation, uint32, 2 channels, shape 50 × 40 × 60 × 2 at mip 1",
        "",
        "mip  resolution nm  size         chunk      bounds                                  encoding  key",
        " 0   4.5, 4.25, 40  100, 80, 60  64, 64, 8  -5:95 0:80 1099511627776:1099511627836  raw       4.5_4.25_40.0",
        "*1   9, 8.5, 40     50, 40, 60   64, 64, 8  -3:47 0:40 1099511627776:1099511627836  raw       9.0_8.5_40.0",
    ]  # fmt: skip


def test_notes_are_added_where_there_is_something_to_note(meta):
    meta.info.update(mesh="mesh_dir", skeletons="skeletons_dir", num_channels=1)
    meta.scale(1)["locked"] = True
    meta.scale(0)["sharding"] = {"@type": "neuroglancer_uint64_sharded_v1"}
    meta.redirected_from = ["gs://old/place", "gs://older/place"]
    lines = describe(meta).splitlines()
    assert ", 1 channel," in lines[1]
    assert lines[2:6] == [
        "redirected from gs://old/place, read-only",
        "meshes in mesh_dir",
        "skeletons in skeletons_dir",
        "locked mips: 1",
    ]
    assert "raw sharded" in lines[8]


def test_fine_resolutions_are_not_rounded(meta):
    meta.scale(0)["resolution"] = [4.00001234567, 1e-05, 123456.75]
    assert "4.00001234567, 1e-05, 123456.75" in describe(meta)


def test_a_volume_prints_itself(meta):
    vol = CloudVolume("mem://nowhere/layer", info=meta.info, mip=1)
    assert (str(vol), repr(vol)) == (describe(meta, 1), describe_briefly(meta, 1))
