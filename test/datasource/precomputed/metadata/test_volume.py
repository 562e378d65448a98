"""The metadata of one layer: fetched, redirected, converted, locked, committed."""

import json
import uuid

import numpy as np
import pytest
from hypothesis import given
from strategies import voxel_bboxes

from cloudvolume.datasource.precomputed.metadata import PrecomputedMetadata, create_info
from cloudvolume.exceptions import (
    CyclicRedirect,
    InfoUnavailableError,
    InvalidArgumentError,
    InvalidInfoError,
    MissingFieldError,
    ProvenanceError,
    RedirectError,
    StorageError,
    TooManyRedirects,
    WriteLockAcquisitionError,
    WriteLockReleaseError,
)
from cloudvolume.geometry import Bbox
from cloudvolume.storage import StorageClient


def new_info(**changes) -> dict:
    arguments = {
        "num_channels": 1,
        "layer_type": "segmentation",
        "data_type": "uint64",
        "encoding": "raw",
        "resolution": (4, 4, 40),
        "voxel_offset": (-3, 5, 7),
        "volume_size": (100, 80, 60),
        "max_mip": 2,
    }
    return create_info(**{**arguments, **changes})


@pytest.fixture
def root() -> str:
    """Where a test puts its layers."""
    return f"mem://{uuid.uuid4().hex}"


def store(cloudpath: str, **changes) -> str:
    """Put an info there, with members added."""
    StorageClient(cloudpath).put_json("info", {**new_info(), **changes})
    return cloudpath


def stored(cloudpath: str) -> dict:
    return StorageClient(cloudpath).get_json("info")


class FullStore(StorageClient):
    """A store that can be read and not written."""

    def put(self, *args, **kwargs):
        raise StorageError(28, "no space left")


# --- info -------------------------------------------------------------------------------------


def test_big_integers_and_unknown_members_survive_a_rewrite(root):
    """Of 64 bits and more, in numbers that a float would round."""
    extra = {"ids": [2**53 + 1, 2**63 + 1, 2**64 - 1, -(2**63)], "π": {"deep": [None, True, 0.1]}}
    path = store(f"{root}/layer", mine=extra)
    meta = PrecomputedMetadata(path)
    meta.scale(0)["mine"] = 2**64 - 1
    meta.commit_info()
    assert stored(path)["mine"] == extra
    assert stored(path)["scales"][0]["mine"] == 2**64 - 1
    assert PrecomputedMetadata(path).info == meta.info


def test_a_passed_info_is_checked_and_kept(root):
    """No fetch; the same object."""
    info = new_info()
    assert PrecomputedMetadata(f"{root}/nowhere", info=info).info is info
    with pytest.raises(MissingFieldError, match="lacks 'scales'"):
        PrecomputedMetadata(
            f"{root}/nowhere", info={"type": "image", "data_type": "uint8", "num_channels": 1}
        )


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        pytest.param(b"", InvalidInfoError, "info: not JSON", id="empty"),
        pytest.param(b"{", InvalidInfoError, "info: not JSON", id="truncated"),
        pytest.param(b"\xff\xfe", InvalidInfoError, "info: not JSON", id="no text"),
        pytest.param(b"[" * 10**5, InvalidInfoError, "info: not JSON", id="deep"),
        pytest.param(b"[]", InvalidInfoError, "must be an object, got list", id="a list"),
        pytest.param(b"{}", MissingFieldError, "lacks 'type'", id="an empty object"),
    ],
)
def test_a_broken_info_is_refused(root, text, error, message):
    StorageClient(f"{root}/layer").put("info", text)
    with pytest.raises(error, match=message):
        PrecomputedMetadata(f"{root}/layer")


def test_a_missing_info_says_what_to_do(root):
    with pytest.raises(InfoUnavailableError, match=rf"no info file at {root}/layer/info: .*commit"):
        PrecomputedMetadata(f"{root}/layer")


def test_what_could_not_be_read_again_is_not_stored(root):
    path = store(f"{root}/layer")
    meta = PrecomputedMetadata(path)
    meta.scale(1)["size"] = [1, 2]
    with pytest.raises(InvalidInfoError, match=r"scales\[1\]\.size"):
        meta.commit_info()
    assert stored(path) == new_info()


def test_a_failed_refresh_leaves_the_old_info(root):
    path = store(f"{root}/layer")
    meta = PrecomputedMetadata(path)
    StorageClient(path).put("info", b"{}")
    with pytest.raises(MissingFieldError, match="lacks"):
        meta.refresh_info()
    assert meta.info == new_info()


def test_scales_are_reset_in_memory_only(root):
    meta = PrecomputedMetadata(store(f"{root}/layer"))
    meta.reset_scales()
    assert list(meta.available_mips) == [0]
    assert len(stored(f"{root}/layer")["scales"]) == 3


# --- redirects --------------------------------------------------------------------------------


@pytest.mark.parametrize("hops", [1, 2, 5])
def test_redirects_are_followed(root, hops):
    """The way is remembered, and the end is what is described."""
    for hop in range(hops):
        store(f"{root}/layer{hop}", redirect=f"{root}/layer{hop + 1}")
    store(f"{root}/layer{hops}", here="the end")
    meta = PrecomputedMetadata(f"{root}/layer0")
    assert meta.info["here"] == "the end"
    assert meta.cloudpath == meta.cache.cloudpath == f"{root}/layer{hops}"
    assert meta.redirected_from == [f"{root}/layer{hop}" for hop in range(hops)]


@pytest.mark.parametrize(
    ("targets", "error", "message"),
    [
        pytest.param(
            [1, 2, 0], CyclicRedirect, "layer0 -> .*layer1 -> .*layer2 -> .*layer0", id="0"
        ),
        pytest.param([1, 2, 1], CyclicRedirect, "layer2 -> .*layer1", id="1"),
        pytest.param([1, 2, 3], InfoUnavailableError, "layer3/info", id="to nothing"),
        pytest.param([1, 2, ""], None, "", id="empty"),
        pytest.param([1, 2, 2], None, "", id="to itself"),
    ],
)
def test_the_end_of_the_way(root, targets, error, message):
    for hop, target in enumerate(targets):
        store(f"{root}/layer{hop}", redirect=target if target == "" else f"{root}/layer{target}")
    if error is None:
        assert PrecomputedMetadata(f"{root}/layer0").cloudpath == f"{root}/layer2"
        return
    with pytest.raises(error, match=message):
        PrecomputedMetadata(f"{root}/layer0")


@pytest.mark.parametrize(("allowed", "fits"), [(3, True), (2, False), (1, False)])
def test_as_many_redirects_as_allowed(root, allowed, fits):
    """A way of two hops takes three fetches."""
    for hop in range(3):
        store(f"{root}/layer{hop}", redirect=f"{root}/layer{min(hop + 1, 2)}")
    if fits:
        PrecomputedMetadata(f"{root}/layer0", max_redirects=allowed)
        return
    with pytest.raises(TooManyRedirects, match=f"more than {allowed} redirects: .* max_redirects"):
        PrecomputedMetadata(f"{root}/layer0", max_redirects=allowed)


@pytest.mark.parametrize("allowed", [0, -1])
def test_without_redirects_the_first_info_is_opened(root, allowed):
    store(f"{root}/layer0", redirect=f"{root}/nowhere")
    meta = PrecomputedMetadata(f"{root}/layer0", max_redirects=allowed)
    assert meta.redirected_from is None


def test_an_info_of_the_network_does_not_lead_here(root, blocked_connections):
    """The network is played by a store in memory; the local layer exists and is not read."""
    store(f"{root}/secret")
    store(f"{root}/evil", redirect=f"{root}/secret")
    with pytest.raises(RedirectError, match="will not follow a redirect from the network"):
        PrecomputedMetadata("https://example.com/a/b", cache=StorageClient(f"{root}/evil"))
    assert not blocked_connections


# --- locks ------------------------------------------------------------------------------------


def test_a_lock_is_added_to_what_is_stored_now(root):
    """Others' changes are kept, our own that were not committed are dropped."""
    path = store(f"{root}/layer")
    meta = PrecomputedMetadata(path)
    meta.info["mine"] = "not committed"
    store(path, theirs="committed")
    meta.lock_mips([0, 2])
    assert meta.locked_mips() == {0, 2}
    assert meta.info == stored(path)
    assert (stored(path)["theirs"], "mine" in stored(path)) == ("committed", False)
    meta.unlock_mips(2)
    assert [scale.get("locked") for scale in stored(path)["scales"]] == [True, None, False]


@pytest.mark.parametrize("mips", [3, -1, [0, 3]])
def test_only_scales_that_there_are_can_be_locked(root, mips):
    meta = PrecomputedMetadata(store(f"{root}/layer"))
    with pytest.raises(InvalidArgumentError, match="there are mips 0 to 2"):
        meta.lock_mips(mips)
    assert stored(f"{root}/layer") == new_info()


@pytest.mark.parametrize(
    ("verb", "error"),
    [("lock_mips", WriteLockAcquisitionError), ("unlock_mips", WriteLockReleaseError)],
)
def test_a_lock_that_could_not_be_stored_does_not_hold(root, verb, error):
    """Neither is a scale writable here that is locked for all others."""
    path = store(f"{root}/layer")
    PrecomputedMetadata(path).lock_mips(1)
    meta = PrecomputedMetadata(path, cache=FullStore(path))
    with pytest.raises(error, match=r"lock mips \[0, 1\] of .*layer: .*no space left"):
        getattr(meta, verb)([0, 1])
    assert meta.locked_mips() == {1}


# --- from scale to scale ----------------------------------------------------------------------


@given(voxel_bboxes(max_size=200))
def test_a_box_covers_what_it_came_from(box):
    """Whatever way it goes; and it comes back around itself."""
    meta = PrecomputedMetadata("mem://nowhere/layer", info=new_info())
    coarse = meta.bbox_to_mip(box, 0, 2)
    fine = meta.bbox_to_mip(coarse, 2, 0)
    assert fine.contains_bbox(box)
    assert coarse.contains(meta.point_to_mip(box.minpt, 0, 2))
    assert meta.bbox_to_mip(fine, 0, 2) == coarse
    assert meta.bbox_to_mip(box, 1, 1) == box


@pytest.mark.parametrize(("mip", "to_mip", "low"), [(0, 0, 8), (0, 1, 4), (1, 0, 8), (1, 1, 4)])
def test_a_box_in_nanometres_is_one_of_voxels_afterwards(mip, to_mip, low):
    """By the resolution of the scale that it is given for."""
    meta = PrecomputedMetadata("mem://nowhere/layer", info=new_info())
    box = meta.bbox_to_mip(Bbox((32, 32, 400), (64, 64, 800), unit="nm"), mip, to_mip)
    assert box == Bbox((low, low, 10), (2 * low, 2 * low, 20))
    assert not box.is_physical


def test_a_scale_is_named_by_its_resolution():
    meta = PrecomputedMetadata("mem://nowhere/layer", info=new_info())
    assert meta.point_to_mip((9, 9, 9), [4, 4, 40], [16, 16, 40]).tolist() == [2, 2, 9]
    assert meta.bbox_to_mip(np.s_[0:9, 0:9, 0:9], -3, -1) == Bbox((0, 0, 0), (3, 3, 9))


# --- provenance -------------------------------------------------------------------------------


def test_a_broken_provenance_blocks_nothing_but_itself(root):
    path = store(f"{root}/layer")
    StorageClient(path).put("provenance", b"{{")
    meta = PrecomputedMetadata(path)
    assert meta.num_channels == 1
    with pytest.raises(ProvenanceError, match="provenance|JSON"):
        _ = meta.provenance
    meta.provenance = {"description": "better"}
    meta.commit_provenance()
    assert json.loads(bytes(StorageClient(path).get("provenance")))["description"] == "better"


# --- where it is ------------------------------------------------------------------------------


def test_the_location_of_a_layer():
    meta = PrecomputedMetadata("mem://bucket/path/dataset/layer/", info=new_info())
    assert (meta.dataset, meta.layer) == ("dataset", "layer")
    assert meta.cloudpath == "mem://bucket/path/dataset/layer"
    assert meta.base_cloudpath == "mem://bucket/path/dataset"
    assert meta.layerpath == "bucket/path/dataset/layer"
    assert meta.infopath == "mem://bucket/path/dataset/layer/info"
    assert meta.join("a", "b") == "a/b"
    assert repr(meta) == "PrecomputedMetadata('mem://bucket/path/dataset/layer')"


def test_the_fields_of_an_info():
    """Each as the documents says it, for every scale."""
    meta = PrecomputedMetadata("mem://nowhere/layer", info=new_info(mesh=True, max_mip=1))
    assert (meta.mesh, meta.skeletons, meta.layer_type) == ("mesh", None, "segmentation")
    assert (meta.data_type, meta.dtype, meta.num_channels) == ("uint64", np.dtype("u8"), 1)
    assert meta.keys == ["4_4_40", "8_8_40"]
    assert meta.available_resolutions == [[4, 4, 40], [8, 8, 40]]
    assert meta.shape(1) == (50, 40, 60, 1)
    assert meta.voxels(1) == 50 * 40 * 60
    assert meta.bbox(1) == Bbox((-2, 2, 7, 0), (48, 42, 67, 1))
    assert meta.downsample_ratio(1).tolist() == [2, 2, 1]
    assert meta.encoding(1, "Compressed_Segmentation") == "compressed_segmentation"
    assert meta.compressed_segmentation_block_size(1) == [8, 8, 8]
    assert meta.sharding(0) is None
