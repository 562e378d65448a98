"""Calls that mean nothing: each is refused by a typed error, and nothing stored changes."""

import math

import numpy as np
import pytest

from cloudvolume import Bbox, CloudVolume, exceptions

DATA = np.asfortranarray(np.arange(32 * 16 * 8, dtype=np.uint32).reshape(32, 16, 8))


@pytest.fixture
def vol(layer_root):
    return CloudVolume.from_numpy(
        DATA, f"{layer_root}/data/layer", resolution=(4, 4, 40), chunk_size=(16, 16, 8)
    )


CALLS = [
    (
        "delete with a step",
        lambda v: v.delete(np.s_[0:32:16, :, :]),
        "InvalidArgumentError",
        "step",
    ),
    ("delete a channel", lambda v: v.delete(np.s_[:, :, :, 1]), "InvalidArgumentError", "channel"),
    ("exists with a step", lambda v: v.exists(np.s_[::2, :, :]), "InvalidArgumentError", "step"),
    ("download with a step", lambda v: v.download(np.s_[::2]), "InvalidArgumentError", "step"),
    (
        "download two axes",
        lambda v: v.download(Bbox((0, 0), (3, 3))),
        "InvalidArgumentError",
        "x, y",
    ),
    (
        "download not a number",
        lambda v: v.download(Bbox((0.0, 0, math.nan), (3, 3, 3))),
        "InvalidArgumentError",
        "NaN",
    ),
    (
        "slices for the source",
        lambda v: v.image.download(np.s_[0:1, 0:1, 0:1], 0),
        "InvalidArgumentError",
        "Bbox",
    ),
    ("offset of two", lambda v: v.image.upload(DATA, (0, 0), 0), "InvalidArgumentError", "offset"),
    ("offset 0.7", lambda v: v.image.upload(DATA, (0.7, 0, 0), 0), "InvalidArgumentError", "0.7"),
    ("nested rows", lambda v: v[[[1, 2]], [[1, 2]], [[1, 2]]], "InvalidArgumentError", "one row"),
    ("row with nan", lambda v: v[[math.nan], [1], [1]], "InvalidArgumentError", "finite"),
    ("row beyond 64 bits", lambda v: v[[2**70], [1], [1]], "InvalidArgumentError", "64 bits"),
    ("rows of two lengths", lambda v: v[[1, 2], [1], [1]], "DimensionError", "2, 1, 1"),
    (
        "ragged value",
        lambda v: v.__setitem__(np.s_[:], [[1, 2], [3]]),
        "AlignmentError",
        "no array",
    ),
    ("factor of two", lambda v: v.add_scale((2, 2)), "InvalidInfoError", "factor"),
    (
        "chunk of zero",
        lambda v: v.add_scale((2, 2, 1), chunk_size=(0, 1, 1)),
        "InvalidInfoError",
        "chunk",
    ),
    ("NUL in a path", lambda v: CloudVolume("mem://a/b\0/c"), "UnsupportedProtocolError", "NUL"),
    (
        "jpeg of uint32",
        lambda v: CloudVolume.from_numpy(DATA, v.cloudpath, encoding="jpeg"),
        "EncodingError",
        r"scales\[0\].*uint8",
    ),
]


@pytest.mark.parametrize(
    ("call", "error", "message"), [pytest.param(*c[1:], id=c[0]) for c in CALLS]
)
def test_nothing_is_done(vol, call, error, message):
    """The error is ours, and the layer is as it was."""
    info = vol.meta.fetch_info()
    with pytest.raises(getattr(exceptions, error), match=message):
        call(vol)
    assert vol.meta.fetch_info() == info
    assert vol.info == info
    np.testing.assert_array_equal(vol[:][..., 0], DATA)


@pytest.mark.parametrize("background", [-1, "red", math.nan])
def test_a_background_that_no_voxel_holds_matters_only_where_it_is_used(vol, background):
    """Writing needs none; filling names the color and the data type."""
    other = CloudVolume(vol.cloudpath, background_color=background, bounded=False)
    other[:] = DATA
    with pytest.raises(exceptions.DataTypeError, match=f"{background!r}.*uint32"):
        other[-1:3, 0:3, 0:3]


def test_a_mip_that_was_reset_is_said_to_be_gone(layer_root):
    """``vol.mip`` stays as it was, and what asks for it says so; looking at the volume works."""
    info = CloudVolume.create_new_info(
        1, "image", "uint8", "raw", (1, 1, 1), (0, 0, 0), (8, 8, 8), max_mip=2
    )
    vol = CloudVolume(f"{layer_root}/data/layer", info=info, mip=2)
    vol.reset_scales()
    assert "no mip 2" in repr(vol)
    assert "1_1_1" in str(vol)
    with pytest.raises(exceptions.ScaleUnavailableError, match="mips 0 to 0"):
        vol[:]


def test_a_layer_opened_in_place_stays_there(layer_root):
    """``refresh_info`` follows redirects only where opening did."""
    here = CloudVolume.from_numpy(DATA, f"{layer_root}/data/here", chunk_size=(16, 16, 8))
    there = CloudVolume.from_numpy(DATA, f"{layer_root}/data/there", chunk_size=(16, 16, 8))
    here.info["redirect"] = there.cloudpath
    here.commit_info()
    vol = CloudVolume(here.cloudpath, max_redirects=0)
    vol.refresh_info()
    vol[:] = 7
    assert vol.cloudpath == here.cloudpath
    np.testing.assert_array_equal(there[:][..., 0], DATA)
    moved = CloudVolume(here.cloudpath)
    with pytest.raises(exceptions.ReadOnlyException, match="redirect"):
        moved[:] = 7
    moved.image.readonly = False
    moved[:] = 8
    assert there[0, 0, 0].item() == 8


def test_a_chain_that_breaks_leaves_the_volume_where_it_was(layer_root):
    """Half of a redirect is none."""
    vol = CloudVolume.from_numpy(DATA, f"{layer_root}/data/first", chunk_size=(16, 16, 8))
    second = CloudVolume.from_numpy(DATA, f"{layer_root}/data/second", chunk_size=(16, 16, 8))
    second.info["redirect"] = f"{layer_root}/data/nowhere"
    second.commit_info()
    vol.info["redirect"] = second.cloudpath
    vol.commit_info()
    with pytest.raises(exceptions.InfoUnavailableError, match="nowhere"):
        vol.refresh_info()
    assert vol.cloudpath == f"{layer_root}/data/first"
    vol[:] = 5
    assert vol[0, 0, 0].item() == 5


def test_a_grid_beyond_memory_is_refused(layer_root):
    """Before a single key is made; parts of it can be asked for."""
    info = CloudVolume.create_new_info(
        1, "image", "uint8", "raw", (1, 1, 1), (0, 0, 0), (2**62, 2**62, 2**62)
    )
    vol = CloudVolume(f"{layer_root}/data/layer", info=info)
    for call in (vol.exists, vol.delete, vol.download):
        with pytest.raises(exceptions.OversizeRequestError, match="bytes"):
            call(np.s_[:])
    assert list(vol.exists(np.s_[0:1, 0:1, 0:1]).values()) == [False]


def test_bytes_that_are_no_bool_are_refused(file_root):
    """A bool array must never hold anything but 0 and 1."""
    vol = CloudVolume.from_numpy(
        np.zeros((4, 4, 4), bool), f"{file_root}/data/layer", chunk_size=(4, 4, 4), compress=False
    )
    chunk = next(name for name, there in vol.exists(vol.bounds).items() if there)
    vol.meta.cache.put(chunk, b"\2" * 64)
    with pytest.raises(exceptions.DecodingError, match=chunk):
        vol[:]
