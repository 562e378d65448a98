"""Single voxels scattered over a volume."""

import uuid

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_layers import chunk_grid, random_voxels

from cloudvolume.codecs.raw import RawCodec
from cloudvolume.config import ReadOptions
from cloudvolume.datasource.precomputed.image.chunks import ChunkStore
from cloudvolume.datasource.precomputed.image.points import download_voxels
from cloudvolume.datasource.precomputed.metadata import Scale
from cloudvolume.exceptions import EmptyVolumeException
from cloudvolume.storage import StorageClient


class Store(StorageClient):
    """A store in memory that counts what is fetched."""

    def __init__(self) -> None:
        super().__init__(f"mem://{uuid.uuid4().hex}/layer")
        self.fetched: list = []

    def get(self, key, *args, **kwargs):
        self.fetched.append(key)
        return super().get(key, *args, **kwargs)


OFFSET = (-7, 3, 11)
CHUNK = (4, 5, 6)


@pytest.fixture
def layer(rng):
    voxels = random_voxels(rng, (13, 12, 11, 2), "uint64")
    store = Store()
    for name, box in chunk_grid(voxels.shape[:3], CHUNK, OFFSET):
        store.put(f"k/{name}", voxels[box].tobytes(order="F"))
    scale = Scale("k", voxels.shape[:3], OFFSET, CHUNK, 2, voxels.dtype, "raw")
    return store, scale, voxels


def look_up(store, scale, points, **options):
    points = np.array(points, np.int64).reshape(-1, 3)
    return download_voxels(ChunkStore(store, scale, RawCodec()), points, ReadOptions(**options))


@given(points=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 11), st.integers(0, 10))))
def test_points_are_voxels(layer, points):
    """In their order, repeated ones too, each chunk fetched once and no other."""
    store, scale, voxels = layer
    store.fetched.clear()
    found = look_up(store, scale, [np.add(p, OFFSET) for p in points])
    wanted = voxels[tuple(np.array(points, int).reshape(-1, 3).T)]
    np.testing.assert_array_equal(found, wanted)
    assert found.shape == (len(points), 2)
    touched = {tuple(np.floor_divide(p, CHUNK)) for p in points}
    assert len(store.fetched) == len(set(store.fetched)) == len(touched)


def test_outside_is_background(layer):
    """Even far away: nothing is fetched there."""
    store, scale, voxels = layer
    points = [OFFSET, (2**40, -(2**40), 0), (-8, 3, 11)]
    found = look_up(store, scale, points, background_color=3)
    assert found.tolist() == [voxels[0, 0, 0].tolist(), [3, 3], [3, 3]]
    assert len(store.fetched) == 1


def test_a_missing_chunk(layer):
    """Is background if it may be, and else named."""
    store, scale, _ = layer
    store.delete(list(store.list("k/"))[0:])
    with pytest.raises(EmptyVolumeException, match="k/-7--3_3-8_11-17"):
        look_up(store, scale, [OFFSET])
    assert look_up(store, scale, [OFFSET], fill_missing=True).tolist() == [[0, 0]]
