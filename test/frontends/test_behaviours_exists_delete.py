"""Which chunks are stored, and removing them."""

import numpy as np
import pytest
from reference_layers import (
    assert_same,
    chunk_names,
    directory_of,
    files_of,
    random_voxels,
    read_info,
)

from cloudvolume import Bbox, CloudVolume, exceptions

SHAPE = (40, 16, 12)
OFFSET = (5, -8, 3)
CHUNK = (16, 16, 8)
NAMES = [f"1_1_1/{name}" for name in chunk_names(SHAPE, CHUNK, OFFSET)]


@pytest.fixture
def data(rng) -> np.ndarray:
    return random_voxels(rng, (*SHAPE, 1), np.uint8)


def _layer(root, data, **options):
    """Six chunks: three along x, one along y, two along z."""
    path = f"{root}/layer"
    CloudVolume.from_numpy(
        data, vol_path=path, resolution=(1, 1, 1), voxel_offset=OFFSET, chunk_size=CHUNK
    )
    return CloudVolume(path, **options)


def _forms(box: Bbox) -> list:
    return [box, box.to_slices(), box.to_filename()]


# --- exists -----------------------------------------------------------------------------------


def test_exists_lists_the_chunks_of_the_box(layer_root, data):
    """Keys are the names below the layer, without any suffix."""
    vol = _layer(layer_root, data)
    assert vol.exists(vol.bounds) == dict.fromkeys(NAMES, True)
    assert vol.exists(np.s_[:]) == dict.fromkeys(NAMES, True)
    assert vol.image.exists(vol.bounds) == dict.fromkeys(NAMES, True)
    assert vol.image.exists(vol.bounds, mip=0) == dict.fromkeys(NAMES, True)


@pytest.mark.parametrize("form", [0, 1, 2], ids=["box", "slices", "filename"])
def test_exists_widens_the_box_to_the_grid(layer_root, data, form):
    """One voxel of a chunk is enough to ask for it."""
    vol = _layer(layer_root, data)
    box = _forms(Bbox((20, 0, 10), (22, 1, 11)))[form]
    assert vol.exists(box) == dict.fromkeys([NAMES[0], NAMES[1]], True)


@pytest.mark.parametrize("suffix", ["", ".gz", ".br"], ids=["bare", "gzip", "br"])
def test_a_removed_file_does_not_exist(file_root, data, suffix):
    """The file system is asked each time; nothing is remembered."""
    vol = _layer(file_root, data, compress={"": False, ".gz": "gzip", ".br": "br"}[suffix])
    vol[:] = data
    assert all(vol.exists(vol.bounds).values())
    (directory_of(vol.cloudpath) / f"{NAMES[4]}{suffix}").unlink()
    assert vol.exists(vol.bounds) == {**dict.fromkeys(NAMES, True), NAMES[4]: False}
    with pytest.raises(exceptions.EmptyVolumeException, match=NAMES[4]):
        vol[:]
    vol.fill_missing = True
    data[16:32, :, 8:] = 0
    assert_same(vol[:], data)


def test_nothing_exists_in_a_layer_without_chunks(layer_root, data):
    """False for every name, also when the directory of the scale is missing."""
    vol = CloudVolume(f"{layer_root}/other", info=_layer(layer_root, data).info)
    assert vol.exists(vol.bounds) == dict.fromkeys(NAMES, False)


@pytest.mark.parametrize("bounded", [True, False], ids=["bounded", "unbounded"])
@pytest.mark.parametrize("verb", ["exists", "delete"])
def test_a_box_outside_is_refused_always(layer_root, data, verb, bounded):
    """Bounds are checked whatever ``bounded`` says, and nothing is removed."""
    vol = _layer(layer_root, data, bounded=bounded)
    with pytest.raises(exceptions.OutOfBoundsError, match="46|45"):
        getattr(vol, verb)(np.s_[6:46, :, :])
    with pytest.raises(exceptions.OutOfBoundsError, match=r"\d"):
        getattr(vol, verb)(Bbox((200, 0, 0), (216, 16, 8)))
    assert all(vol.exists(vol.bounds).values())


# --- delete -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [0, 1, 2], ids=["box", "slices", "filename"])
def test_delete_removes_exactly_the_chunks_of_the_box(layer_root, data, form):
    """The others stay readable; the removed ones are missing, or background when filled."""
    vol = _layer(layer_root, data)
    assert vol.delete(_forms(Bbox((21, -8, 3), (45, 8, 11)))[form]) is None
    assert vol.exists(vol.bounds) == {name: name not in NAMES[1:3] for name in NAMES}
    with pytest.raises(exceptions.EmptyVolumeException, match="1_1_1/(21-37|37-45)_-8-8_3-11"):
        vol[:]
    vol.fill_missing = True
    data[16:, :, :8] = 0
    assert_same(vol[:], data)


def test_delete_twice_is_fine(layer_root, data):
    """A chunk that is already gone is no error, and the metadata stays."""
    vol = _layer(layer_root, data)
    for _ in range(2):
        vol.delete(np.s_[:, :, :])
        assert not any(vol.exists(vol.bounds).values())
    assert CloudVolume(vol.cloudpath, fill_missing=True)[:].max() == 0


def test_delete_removes_every_variant_of_a_file(file_root, data):
    """A stale twin under another suffix does not rise again."""
    vol = _layer(file_root, data)
    folder = directory_of(vol.cloudpath)
    for suffix in ("", ".br"):
        (folder / f"{NAMES[0]}{suffix}").write_bytes(b"stale")
    vol.image.delete(vol.bounds)
    assert sorted(files_of(vol.cloudpath)) == ["info", "provenance"]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(np.s_[6:21, :, :], id="start off the grid"),
        pytest.param(np.s_[5:20, :, :], id="stop off the grid"),
        pytest.param(np.s_[21:44, :, :], id="not quite the end"),
    ],
)
def test_delete_of_part_of_a_chunk_is_refused(layer_root, data, key):
    """The box must lie on the grid; nothing is removed otherwise."""
    vol = _layer(layer_root, data, non_aligned_writes=True)
    with pytest.raises(exceptions.AlignmentError, match=r"\d"):
        vol.delete(key)
    assert_same(vol[:], data)


def test_delete_stays_in_its_scale(layer_root, rng):
    """The other scales of the layer keep their chunks."""
    data = random_voxels(rng, (16, 16, 8, 1), np.uint8)
    vol = CloudVolume.from_numpy(
        data, vol_path=f"{layer_root}/mips", max_mip=1, chunk_size=(8, 8, 8)
    )
    vol.mip = 1
    vol[:] = 9
    vol.delete(vol.bounds)
    assert not any(vol.exists(vol.bounds).values())
    assert_same(vol.download(np.s_[:], mip=0), data)
    vol[:] = 9
    vol.image.delete(Bbox((0, 0, 0), (16, 16, 8)), 0)
    assert all(vol.exists(vol.bounds).values())
    assert vol.image.has_data(0) is False


def test_a_readonly_source_refuses_to_delete(layer_root, data):
    """As it refuses to write."""
    vol = _layer(layer_root, data)
    vol.image.readonly = True
    with pytest.raises(exceptions.ReadOnlyException, match=r"\w"):
        vol.delete(vol.bounds)
    assert_same(vol[:], data)


def test_delete_all_empties_a_scale(file_root, data):
    """Every object under the key goes, the chunks of another grid too; the info stays."""
    vol = _layer(file_root, data)
    (directory_of(vol.cloudpath) / "1_1_1" / "0-1_0-1_0-1").write_bytes(b"x")
    vol.image.delete_all(0)
    assert sorted(files_of(vol.cloudpath)) == ["info", "provenance"]
    assert read_info(vol.cloudpath) == vol.info
