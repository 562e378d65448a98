"""Locked scales, redirects from layer to layer, pickling and other processes."""

import json
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from reference_layers import (
    assert_same,
    directory_of,
    files_of,
    random_voxels,
    read_info,
    write_info,
)

from cloudvolume import Bbox, CloudVolume, exceptions


@pytest.fixture
def data(rng) -> np.ndarray:
    return random_voxels(rng, (12, 10, 6, 1), np.uint16)


def _layer(root, data, **options):
    path = f"{root}/layer"
    CloudVolume.from_numpy(
        data, vol_path=path, resolution=(1, 1, 1), chunk_size=(8, 8, 8), **options
    )
    return CloudVolume(path)


# --- locks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mips", [0, [0]], ids=["number", "list"])
def test_a_locked_scale_refuses_writes_and_deletes(layer_root, data, mips):
    """Reading goes on; after unlocking, writing does too."""
    vol = _layer(layer_root, data)
    vol.meta.lock_mips(mips)
    assert vol.meta.locked_mips() == {0}
    with pytest.raises(exceptions.ReadOnlyException, match="0"):
        vol[:, :, :] = 0
    with pytest.raises(exceptions.ReadOnlyException, match="0"):
        vol.delete(vol.bounds)
    assert_same(vol[:], data)
    vol.meta.unlock_mips(mips)
    assert vol.meta.locked_mips() == set()
    vol[:, :, :] = 0
    assert not vol[:].any()


def test_a_lock_is_stored_in_the_info(file_root, data):
    """Another process that opens the layer sees ``locked`` in the scale."""
    vol = _layer(file_root, data)
    vol.meta.lock_mips(0)
    assert read_info(vol.cloudpath)["scales"][0]["locked"] is True
    other = CloudVolume(vol.cloudpath)
    with pytest.raises(exceptions.ReadOnlyException, match="0"):
        other[:] = 0
    vol.meta.unlock_mips(0)
    assert read_info(vol.cloudpath)["scales"][0]["locked"] is False


def test_locking_keeps_what_others_committed(layer_root, data):
    """The info is fetched anew first, so a lock does not undo another's commit."""
    vol = _layer(layer_root, data)
    other = CloudVolume(vol.cloudpath)
    other.info["note"] = "from elsewhere"
    other.commit_info()
    vol.meta.lock_mips(0)
    found = CloudVolume(vol.cloudpath).info
    assert found["note"] == "from elsewhere"
    assert found["scales"][0]["locked"] is True


@pytest.mark.parametrize("verb", ["lock_mips", "unlock_mips"])
@pytest.mark.parametrize("mips", [1, [1], [0, 1]], ids=["number", "list", "one of two"])
def test_a_scale_that_is_not_there_cannot_be_locked(layer_root, data, verb, mips):
    """A ``ValueError``, and no scale is locked by it."""
    vol = _layer(layer_root, data)
    with pytest.raises(ValueError, match="1"):
        getattr(vol.meta, verb)(mips)
    assert vol.meta.locked_mips() == set()


def test_each_scale_has_its_own_lock(layer_root, data):
    """Locking one leaves the other open; locking both closes both."""
    vol = _layer(layer_root, data, max_mip=1)
    vol.mip = 1
    vol[:] = 1
    vol.meta.lock_mips(0)
    vol[:] = 2
    assert np.all(vol[:] == 2)
    vol.meta.lock_mips([0, 1])
    assert vol.meta.locked_mips() == {0, 1}
    for mip in (0, 1):
        vol.mip = mip
        with pytest.raises(exceptions.ReadOnlyException, match=f"{mip}"):
            vol[:] = 3
    vol.meta.unlock_mips([0, 1])
    vol.mip = 1
    vol[:] = 3
    assert np.all(vol[:] == 3)


# --- redirects --------------------------------------------------------------------------------

notices = pytest.mark.filterwarnings("ignore")  # a redirect may be announced


def _chain(root, data, hops: int) -> list:
    """Layers 0 … hops in a row, each pointing at the next; the last one holds ``data``."""
    last = f"{root}/layer-{hops}"
    CloudVolume.from_numpy(data, vol_path=last, resolution=(1, 1, 1), chunk_size=(8, 8, 8))
    info = CloudVolume(last).info
    paths = [f"{root}/layer-{number}" for number in range(hops + 1)]
    for here, there in zip(paths, paths[1:], strict=False):
        vol = CloudVolume(here, info={**info, "redirect": there})
        vol.commit_info()
    return paths


@notices
@pytest.mark.parametrize("hops", [1, 2, 9])
def test_redirects_are_followed(layer_root, data, hops):
    """Nine hops by default; the volume then is the last layer."""
    paths = _chain(layer_root, data, hops)
    vol = CloudVolume(paths[0])
    assert vol.cloudpath == paths[-1]
    assert "redirect" not in vol.info
    assert_same(vol[:], data)


@notices
@pytest.mark.parametrize("spelling", ["{}/", "precomputed://{}"], ids=["slash", "format"])
def test_the_spelling_of_a_target_does_not_show(layer_root, data, spelling):
    """``vol.cloudpath`` has neither the trailing slash nor the format of the redirect."""
    paths = _chain(layer_root, data, 1)
    info = CloudVolume(paths[0], max_redirects=0)
    info.info["redirect"] = spelling.format(paths[1])
    info.commit_info()
    assert CloudVolume(paths[0]).cloudpath == paths[1]


@notices
@pytest.mark.parametrize("hops", [1, 2, 3])
def test_a_redirected_volume_is_read_only(layer_root, data, hops):
    """After any hop writes and deletes are refused, until the user says otherwise."""
    paths = _chain(layer_root, data, hops)
    vol = CloudVolume(paths[0])
    assert vol.image.readonly is True
    with pytest.raises(exceptions.ReadOnlyException, match=r"\w"):
        vol[:] = 0
    with pytest.raises(exceptions.ReadOnlyException, match=r"\w"):
        vol.delete(vol.bounds)
    assert_same(vol[:], data)
    vol.image.readonly = False
    vol[:] = 0
    assert not CloudVolume(paths[-1])[:].any()


@notices
@pytest.mark.parametrize(
    "spelling", ["{}", "{}/", "precomputed://{}"], ids=["plain", "slash", "format"]
)
def test_a_redirect_to_itself_is_no_redirect(layer_root, data, spelling):
    """The layer is read in place and stays writable."""
    vol = _layer(layer_root, data)
    vol.info["redirect"] = spelling.format(vol.cloudpath)
    vol.commit_info()
    again = CloudVolume(vol.cloudpath)
    assert again.cloudpath == vol.cloudpath
    again[:] = 1
    assert np.all(again[:] == 1)


def test_an_empty_redirect_is_no_redirect(layer_root, data):
    """As if the member were absent."""
    vol = _layer(layer_root, data)
    vol.info["redirect"] = ""
    vol.commit_info()
    assert_same(CloudVolume(vol.cloudpath)[:], data)


@notices
def test_ten_redirects_are_too_many(layer_root, data):
    """Whether or not the tenth target exists; the message names the limit or the chain."""
    paths = _chain(layer_root, data, 10)
    with pytest.raises(exceptions.TooManyRedirects, match="10|layer-"):
        CloudVolume(paths[0])
    assert CloudVolume(paths[1]).cloudpath == paths[-1]
    assert CloudVolume(paths[0], max_redirects=11).cloudpath == paths[-1]
    vol = CloudVolume(paths[9], max_redirects=0)
    vol.info["redirect"] = f"{layer_root}/nowhere"
    vol.commit_info()
    with pytest.raises(exceptions.TooManyRedirects, match="10|layer-"):
        CloudVolume(paths[0])


@notices
@pytest.mark.parametrize(("allowed", "hops"), [(1, 1), (2, 2), (3, 3)])
def test_n_hops_need_a_limit_of_n_plus_one(layer_root, data, allowed, hops):
    """The last fetch counts, too."""
    paths = _chain(layer_root, data, hops)
    with pytest.raises(exceptions.TooManyRedirects, match=r"\d"):
        CloudVolume(paths[0], max_redirects=allowed)
    assert CloudVolume(paths[0], max_redirects=allowed + 1).cloudpath == paths[-1]


@notices
@pytest.mark.parametrize("back_to", [0, 1, 2])
def test_a_cycle_is_found(layer_root, data, back_to):
    """A layer that was already visited ends the chase."""
    paths = _chain(layer_root, data, 3)
    vol = CloudVolume(paths[3])
    vol.info["redirect"] = paths[back_to]
    vol.commit_info()
    with pytest.raises(exceptions.CyclicRedirect, match=f"layer-{back_to}"):
        CloudVolume(paths[0])


@notices
def test_a_redirect_to_nothing_is_an_error(layer_root, data):
    """``InfoUnavailableError`` with the target in the message."""
    paths = _chain(layer_root, data, 1)
    vol = CloudVolume(paths[0], max_redirects=0)
    vol.info["redirect"] = f"{layer_root}/nowhere"
    vol.commit_info()
    with pytest.raises(exceptions.InfoUnavailableError, match="nowhere"):
        CloudVolume(paths[0])


@notices
@pytest.mark.parametrize(
    ("target", "error"),
    [
        pytest.param("s4://bucket/dataset/layer", exceptions.CloudVolumeError, id="unknown scheme"),
        pytest.param("gs://gs://bucket/layer", exceptions.CloudVolumeError, id="two protocols"),
        pytest.param(5, exceptions.InfoError, id="number"),
        pytest.param(["a"], exceptions.InfoError, id="list"),
    ],
)
def test_an_impossible_target_is_an_error(layer_root, data, target, error):
    """A typed error, not a strange path on the local disk."""
    paths = _chain(layer_root, data, 1)
    vol = CloudVolume(paths[0], max_redirects=0)
    vol.info["redirect"] = target
    vol.commit_info()
    with pytest.raises(error, match=r"redirect|s4|gs://"):
        CloudVolume(paths[0])


def test_no_redirects_allowed_opens_in_place(layer_root, data):
    """``max_redirects=0`` is how a redirect is taken out again; the volume is writable."""
    paths = _chain(layer_root, data, 1)
    vol = CloudVolume(paths[0], max_redirects=0)
    assert vol.cloudpath == paths[0]
    assert vol.info["redirect"] == paths[1]
    assert vol.image.readonly is False
    del vol.info["redirect"]
    vol.commit_info()
    again = CloudVolume(paths[0])
    assert again.cloudpath == paths[0]
    again[:] = data
    assert_same(again[:], data)


def test_a_passed_info_is_not_redirected(layer_root, data):
    """``info=`` means no fetch, and no redirect handling either."""
    info = {**_layer(layer_root, data).info, "redirect": f"{layer_root}/nowhere"}
    assert CloudVolume(f"{layer_root}/here", info=info).cloudpath == f"{layer_root}/here"


# --- pickling and processes -------------------------------------------------------------------


def test_a_pickled_volume_is_the_same_volume(layer_root, data):
    """Path, scale, flags and the info in memory come back; reading and writing work."""
    vol = _layer(layer_root, data, max_mip=1)
    vol.info["note"] = "only in memory"
    vol.mip = 1
    vol.fill_missing = True
    vol.bounded = False
    copy = pickle.loads(pickle.dumps(vol))
    assert copy.cloudpath == vol.cloudpath
    assert copy.mip == 1
    assert copy.fill_missing is True
    assert copy.bounded is False
    assert copy.info["note"] == "only in memory"
    copy.mip = 0
    assert_same(copy[0:12, 0:10, 0:6], data)
    copy[0:12, 0:10, 0:6] = 7
    vol.mip = 0
    assert np.all(vol[0:12, 0:10, 0:6] == 7)


def test_a_pickled_volume_keeps_flags_apart(layer_root, data):
    """The copy is a volume of its own."""
    vol = _layer(layer_root, data)
    copy = pickle.loads(pickle.dumps(vol))
    copy.fill_missing = True
    copy.info["x"] = 1
    assert vol.fill_missing is False
    assert "x" not in vol.info


def test_a_pickled_cutout_is_the_same_array(layer_root, data):
    """Voxels and shape survive a trip to another process."""
    cutout = _layer(layer_root, data)[:]
    assert_same(pickle.loads(pickle.dumps(cutout)), data)


def test_methods_run_in_other_processes(file_root, data):
    """Bound methods of a volume can be submitted to a pool that was started by spawn."""
    vol = _layer(file_root, data)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        infos = [pool.submit(vol.refresh_info) for _ in range(3)]
        cutout = pool.submit(vol.download, Bbox((3, 2, 1), (9, 9, 6)))
        missing = pool.submit(CloudVolume, f"{file_root}/not-there")
        assert [json.loads(json.dumps(i.result(timeout=50))) for i in infos] == [vol.info] * 3
        assert_same(cutout.result(timeout=50), data[3:9, 2:9, 1:6])
        with pytest.raises(exceptions.InfoUnavailableError, match="not-there"):
            missing.result(timeout=50)


def test_an_info_from_elsewhere_is_seen_after_refresh(file_root, data):
    """The file is what counts, however it got there."""
    vol = _layer(file_root, data)
    write_info(vol.cloudpath, {**vol.info, "by": "hand"})
    assert vol.refresh_info()["by"] == "hand"
    (directory_of(vol.cloudpath) / "info").unlink()
    with pytest.raises(exceptions.InfoUnavailableError, match="layer"):
        vol.refresh_info()
    assert "info" not in files_of(vol.cloudpath)
