"""What other implementations wrote is read voxel for voxel: raw and jpeg, unsharded."""

import fixture_sets
import numpy as np
import pytest
from reference_layers import assert_same

from cloudvolume import Bbox, CloudVolume


def _is_wanted(fixture) -> bool:
    """The layers that need no codec but raw and jpeg, and no shards."""
    if fixture.group != "volumes" or fixture.tier not in ("core", "cloudvolume"):
        return False
    scales = fixture.info()["scales"]
    return all(s["encoding"] in ("raw", "jpeg") and not s.get("sharding") for s in scales)


volumes = pytest.mark.parametrize("fixture", fixture_sets.params(_is_wanted))
stored_volumes = pytest.mark.parametrize(
    "fixture", fixture_sets.params(_is_wanted, fixture_sets.STORED)
)


def _open(fixture, **options):
    return CloudVolume(fixture.cloudpath, fill_missing=fixture.fill_missing, **options)


def _random_boxes(rng, bounds: Bbox, count: int):
    """Boxes of at least one voxel inside ``bounds``."""
    low, high = np.array(bounds.minpt), np.array(bounds.maxpt)
    for _ in range(count):
        start = rng.integers(low, high)
        yield Bbox(start, rng.integers(start + 1, high + 1))


def test_the_stored_set_covers_every_group():
    """A clone without the large set still tests each format."""
    stored = fixture_sets.load(fixture_sets.STORED)
    groups = {"volumes", "zarr_n5", "meshes", "skeletons", "annotations", "segment_properties"}
    assert {fixture.group for fixture in stored} == groups
    assert all(f.layer.is_dir() and f.expected.is_file() for f in stored)


@volumes
def test_every_scale_reads_as_expected(fixture):
    """The whole of each scale, hidden ones too, equals the array beside it."""
    expected = fixture.arrays()
    for mip in range(fixture.entry["mips"]):
        vol = _open(fixture, mip=mip)
        assert_same(vol[:], expected[f"mip{mip}"])


@volumes
def test_a_lossy_scale_stays_close_to_its_source(fixture):
    """Against the array before encoding the mean difference is at most ``atol``."""
    source = fixture.arrays().get("source0")
    if source is None:
        source = fixture.arrays()["mip0"]
    found = np.asarray(_open(fixture)[:])
    assert np.abs(found.astype(np.float64) - source.astype(np.float64)).mean() <= fixture.atol


@volumes
def test_random_boxes_are_slices_of_the_whole(fixture, rng):
    """A box in absolute coordinates of a scale is that slice of the scale."""
    expected = fixture.arrays()
    for mip in range(fixture.entry["mips"]):
        vol = _open(fixture, mip=mip)
        whole = expected[f"mip{mip}"]
        for box in _random_boxes(rng, vol.bounds, 6):
            inside = (box - vol.bounds.minpt).to_slices()
            assert_same(vol[box], whole[inside])
            assert_same(vol.download(box, mip=mip), whole[inside])


@volumes
def test_metadata_is_that_of_the_info(fixture):
    """Shapes, offsets, chunk sizes and keys come from the info file and nowhere else."""
    info = fixture.info()
    vol = _open(fixture)
    assert vol.info == info
    assert len(vol.available_mips) == len(info["scales"]) == fixture.entry["mips"]
    for mip, scale in enumerate(info["scales"]):
        vol.mip = mip
        assert vol.dtype == np.dtype(info["data_type"])
        assert vol.shape == (*scale["size"], info["num_channels"])
        assert list(vol.voxel_offset) == scale.get("voxel_offset", [0, 0, 0])
        assert list(vol.chunk_size) == scale["chunk_sizes"][0]
        assert list(vol.resolution) == scale["resolution"]
        assert vol.key == scale["key"]


@stored_volumes
def test_reading_leaves_no_trace(fixture):
    """Opening and reading a layer creates, changes and removes nothing in its directory."""

    def listing():
        return sorted((p.as_posix(), p.stat().st_mtime_ns) for p in fixture.layer.rglob("*"))

    before = listing()
    vol = _open(fixture)
    vol[:]
    vol.exists(vol.bounds)
    assert listing() == before


@pytest.mark.parametrize(
    "fixture",
    fixture_sets.params(lambda f: _is_wanted(f) and not f.fill_missing, fixture_sets.STORED),
)
def test_every_chunk_is_seen_whatever_its_suffix(fixture):
    """``exists`` names each chunk without the suffix that its compression gave it."""
    vol = _open(fixture)
    found = vol.exists(vol.bounds)
    assert len(found) == np.prod(np.ceil(np.array(vol.volume_size) / vol.chunk_size))
    assert all(found.values())
    assert all(name.startswith(f"{vol.key}/") for name in found)
