"""The names that other packages import."""

import numpy as np
import pytest
from hypothesis import given
from strategies import voxel_bboxes

from cloudvolume import geometry
from cloudvolume.datasource.precomputed.image.common import chunknames, gridpoints, shade
from cloudvolume.geometry import Bbox


@given(voxel_bboxes(max_size=12), voxel_bboxes(max_size=12))
def test_shade_copies_what_two_boxes_share(dest_box, src_box):
    """And nothing else; every voxel has its own value."""
    far = src_box - src_box.minpt + dest_box.minpt + (src_box.minpt % 15) - 7
    dest = np.zeros((*dest_box.size3(), 1), np.int32)
    src = np.arange(1, far.volume() + 1).reshape((*far.size3(), 1)).astype(np.int32)
    shade(dest, dest_box, src, far)
    for place in np.ndindex(*dest.shape[:3]):
        voxel = dest_box.minpt + place
        wanted = (
            src[tuple(voxel - far.minpt)]
            if far.contains(voxel) and (voxel < far.maxpt).all()
            else 0
        )
        assert dest[place] == wanted


@pytest.mark.parametrize("src_shape", [(4, 4, 4), (4, 4, 4, 1)])
def test_a_channel_axis_is_added(src_shape):
    dest = np.zeros((4, 4, 4, 2))
    shade(dest, Bbox((0, 0, 0), (4, 4, 4)), np.ones(src_shape), Bbox((2, 2, 2), (6, 6, 6)))
    assert dest[2:, 2:, 2:].all()
    assert dest.sum() == 16


def test_the_grid_is_that_of_geometry():
    assert chunknames is geometry.chunknames
    assert gridpoints is geometry.gridpoints
