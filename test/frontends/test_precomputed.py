"""The volume itself: what lies between its brackets and its parts."""

import uuid

import numpy as np
import pytest

from cloudvolume import Bbox, CloudVolume
from cloudvolume.exceptions import DataTypeError, OutOfBoundsError


@pytest.fixture
def data(rng) -> np.ndarray:
    return rng.integers(0, 255, (6, 5, 4, 3), np.uint8)


@pytest.fixture
def vol(data):
    """Three channels, in memory."""
    return CloudVolume.from_numpy(data, vol_path=f"mem://{uuid.uuid4().hex}/dataset/layer")


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize(
    ("channel", "wanted"),
    [
        pytest.param(1, slice(1, 2), id="one"),
        pytest.param(3, slice(0, 0), id="beyond the last"),
        pytest.param(-1, slice(0, 0), id="before the first"),
        pytest.param(-2, slice(0, 0), id="further before the first"),
    ],
)
def test_channels_are_not_counted_from_the_end(vol, data, channel, wanted, bounded):
    """As no coordinate is; a channel that is not there gives none."""
    vol.bounded = bounded
    np.testing.assert_array_equal(vol[0:6, 0:5, 0:4, channel], data[..., wanted])


def test_a_slice_of_channels_is_cut_if_unbounded(vol, data):
    with pytest.raises(OutOfBoundsError, match="c from -2 to 1"):
        _ = vol[..., -2:1]
    vol.bounded = False
    np.testing.assert_array_equal(vol[0:6, 0:5, 0:4, -2:1], data[..., 0:1])


@pytest.mark.parametrize("channel", [-1, 3, slice(1, 4)])
def test_a_channel_that_is_not_there_is_not_written(vol, data, channel):
    vol.bounded, vol.non_aligned_writes = False, True
    with pytest.raises(OutOfBoundsError, match="leave"):
        vol[0:6, 0:5, 0:4, channel] = 1
    np.testing.assert_array_equal(vol[:], data)


@pytest.mark.parametrize("value", [256, -1, 0.5, "1", None, np.nan, 1j], ids=repr)
def test_a_value_that_is_no_voxel_changes_nothing(vol, data, value):
    with pytest.raises(DataTypeError, match="cannot write"):
        vol[:] = value
    np.testing.assert_array_equal(vol[:], data)


@pytest.mark.parametrize(
    "value", [7, 7.0, np.uint64(7), np.float32(7), np.array(7), True], ids=repr
)
def test_a_number_of_any_type_is_a_voxel_if_it_fits(vol, value):
    vol[:] = value
    assert (vol[:] == int(value)).all()


def test_the_parts_are_named_when_it_is_made():
    """Settings go to the part that they belong to."""
    info = CloudVolume.create_new_info(
        1, "image", "uint8", "raw", (4, 4, 40), (0, 0, 0), (9, 9, 9), max_mip=1
    )
    vol = CloudVolume(
        "mem://nowhere/layer", info=info, mip=[8, 8, 40], compress="br", compress_level=3,
        cdn_cache=5, mesh_dir="m", skel_dir="s", background_color=2, autocrop=True,
    )  # fmt: skip
    assert (vol.mip, vol.config.mip) == (1, 1)
    assert (vol.config.compress, vol.config.compress_level, vol.config.cdn_cache) == ("br", 3, 5)
    assert (info["mesh"], info["skeletons"]) == ("m", "s")
    assert (vol.image.background_color, vol.image.autocrop, vol.image.bounded) == (2, True, True)
    assert vol.bounds == Bbox((0, 0, 0), (5, 5, 9))
