"""The source of voxels, by itself: what it checks, in which order, and what it asks of its store."""

import uuid

import numpy as np
import pytest

from cloudvolume import Bbox
from cloudvolume.config import SharedConfiguration
from cloudvolume.datasource.precomputed.image import PrecomputedImageSource
from cloudvolume.datasource.precomputed.metadata import PrecomputedMetadata, create_info
from cloudvolume.exceptions import (
    AlignmentError,
    CloudVolumeError,
    DataTypeError,
    InvalidArgumentError,
    OutOfBoundsError,
    ReadOnlyException,
    ScaleUnavailableError,
    SubvoxelVolumeError,
    UnsupportedFormatError,
)
from cloudvolume.storage import StorageClient
from cloudvolume.volumecutout import VolumeCutout


class Store(StorageClient):
    """A store in memory that writes down the verbs it is asked."""

    def __init__(self) -> None:
        super().__init__(f"mem://{uuid.uuid4().hex}/layer")
        self.log: list = []

    def get(self, key, *args, **kwargs):
        self.log.append(("get", key))
        return super().get(key, *args, **kwargs)

    def put(self, key, *args, **kwargs):
        self.log.append(("put", key))
        super().put(key, *args, **kwargs)


def make_source(store=None, config=(), **options) -> PrecomputedImageSource:
    """A volume of 8 × 8 × 8 at (10, 20, 30), chunks of 4, two scales, not in any store."""
    settings = {
        "cdn_cache": True,
        "compress": None,
        "compress_level": None,
        "green": False,
        "mip": 0,
        "parallel": 1,
        "progress": False,
        **dict(config),
    }
    shared = SharedConfiguration(**settings)
    info = create_info(
        1,
        "image",
        "uint8",
        "raw",
        (4, 4, 40),
        (10, 20, 30),
        (8, 8, 8),
        chunk_size=(4, 4, 4),
        max_mip=1,
    )
    meta = PrecomputedMetadata("mem://nowhere/layer", shared, info=info)
    return PrecomputedImageSource(shared, meta, store or Store(), **options)


BOX = Bbox((10, 20, 30), (14, 24, 34))
CHUNK = np.arange(64, dtype=np.uint8).reshape(4, 4, 4, 1)


def test_it_reads_what_it_wrote():
    """Through the store that it was given, and no other."""
    source = make_source()
    source.upload(CHUNK, BOX.minpt, 0)
    found = source.download(BOX, 0)
    np.testing.assert_array_equal(found, CHUNK)
    assert source.cache.log == [(verb, "4_4_40/10-14_20-24_30-34") for verb in ("put", "get")]
    assert not list(source.meta.cache.list())
    assert isinstance(found, VolumeCutout)
    assert (found.bounds, found.mip, found.flags.f_contiguous) == (BOX, 0, True)


@pytest.mark.parametrize("mip", [1, -1, [8, 8, 40], (8.0, 8.0, 40.0)], ids=str)
def test_a_scale_is_an_index_or_a_resolution(mip):
    source = make_source()
    box = Bbox((5, 10, 30), (9, 14, 34))
    source.upload(CHUNK, box.minpt, mip)
    np.testing.assert_array_equal(source.download(box, mip), CHUNK)
    assert source.has_data(mip)
    assert not source.has_data(0)
    assert source.grid_size(mip).tolist() == [1, 1, 2]
    with pytest.raises(ScaleUnavailableError, match="no mip 7"):
        source.download(box, 7)


def test_an_upload_is_checked_in_the_documented_order():
    """Read-only, locked, bounds, then type and alignment; nothing is asked of the store."""
    source = make_source(readonly=True)
    source.meta.scale(0)["locked"] = True
    bad = np.zeros((3, 3, 3, 1), np.float64)

    def refused(error, message):
        with pytest.raises(error, match=message):
            source.upload(bad, (17, 20, 30), 0)

    refused(ReadOnlyException, "is read-only")
    source.readonly = False
    refused(ReadOnlyException, "mip 0 .* is locked; .*unlock_mips")
    source.meta.scale(0)["locked"] = False
    refused(OutOfBoundsError, "leaves the bounds")
    source.bounded = False
    refused(DataTypeError, "float64")
    bad = bad.astype(np.uint8)
    refused(AlignmentError, "not aligned")
    source.overwrite_partial_chunks = True
    refused(InvalidArgumentError, "non_aligned_writes")
    assert source.cache.log == []


def test_a_read_only_source_does_not_delete():
    source = make_source(readonly=True)
    for delete in (lambda: source.delete(BOX, 0), lambda: source.delete_all(0)):
        with pytest.raises(ReadOnlyException, match="is read-only"):
            delete()


@pytest.mark.parametrize("verb", ["exists", "delete"])
def test_stored_boxes_lie_in_the_bounds_always(verb):
    """Chunks outside cannot be stored, whether reads are bounded or not."""
    source = make_source(bounded=False)
    with pytest.raises(OutOfBoundsError, match="leaves the bounds"):
        getattr(source, verb)(Bbox((9, 20, 30), (14, 24, 34)), 0)


def test_exists_answers_for_the_grid_in_its_order():
    source = make_source()
    source.upload(CHUNK, (14, 20, 30), 0)
    found = source.exists(np.s_[13:15, 20:25, 33:34], 0)
    assert list(found.items()) == [
        ("4_4_40/10-14_20-24_30-34", False),
        ("4_4_40/14-18_20-24_30-34", True),
        ("4_4_40/10-14_24-28_30-34", False),
        ("4_4_40/14-18_24-28_30-34", False),
    ]


def test_data_of_a_similar_key_is_not_ours():
    source = make_source()
    source.cache.put("4_4_400/10-14_20-24_30-34", b"")
    assert not source.has_data(0)


@pytest.mark.parametrize(
    ("box", "autocrop", "error", "message"),
    [
        pytest.param(
            ((9, 20, 30), (14, 24, 34)), False, OutOfBoundsError, "bounded=False", id="out"
        ),
        pytest.param(((10, 20, 30), (10, 24, 34)), False, SubvoxelVolumeError, "less", id="empty"),
        pytest.param(((0, 0, 0), (9, 9, 9)), True, SubvoxelVolumeError, "less", id="nothing left"),
    ],
)
def test_a_box_that_cannot_be_read_is_refused(box, autocrop, error, message):
    source = make_source(autocrop=autocrop)
    with pytest.raises(error, match=message):
        source.download(Bbox(*box), 0)
    assert source.cache.log == []


def test_the_flags_are_read_when_a_request_begins():
    """Assigning one takes effect with the next request."""
    source = make_source(fill_missing=True)
    assert not source.download(BOX, 0).any()
    source.background_color = 9
    assert (source.download(BOX, 0) == 9).all()
    source.fill_missing = False
    with pytest.raises(CloudVolumeError, match="does not exist"):
        source.download(BOX, 0)


def test_autocrop_cuts_what_is_read_and_written():
    source = make_source(autocrop=True, bounded=False)
    source.upload(np.full((9, 9, 9), 3, np.uint8), (5, 15, 25), 0)
    assert [verb for verb, _ in source.cache.log] == ["put"]
    found = source.download(Bbox((0, 0, 0), (14, 24, 34)), 0)
    assert found.shape == (4, 4, 4, 1)
    assert (found == 3).all()


def test_voxels_are_looked_up_in_order():
    """Fractions are cut off; outside is an error if bounded, else background."""
    source = make_source()
    source.upload(CHUNK, BOX.minpt, 0)
    points = [(13, 23, 33), (10, 20, 30), (10.9, 20, 31)]
    assert source.download_voxels(points, 0).tolist() == [[63], [0], [1]]
    assert source.download_voxels([], 0).shape == (0, 1)
    with pytest.raises(OutOfBoundsError, match="leaves the bounds"):
        source.download_voxels([(13, 23, 33), (9, 20, 30)], 0)
    source.bounded, source.background_color = False, 5
    assert source.download_voxels([(9, 20, 30)], 0).tolist() == [[5]]


def test_a_sharded_scale_is_refused_and_the_other_one_serves():
    source = make_source(fill_missing=True)
    source.meta.scale(0)["sharding"] = {"@type": "neuroglancer_uint64_sharded_v1"}
    assert source.is_sharded(0)
    for request in (lambda: source.download(BOX, 0), lambda: source.upload(CHUNK, BOX.minpt, 0)):
        with pytest.raises(UnsupportedFormatError, match="mip 0 .*sharded"):
            request()
    assert not source.download(Bbox((5, 10, 30), (9, 14, 34)), 1).any()
