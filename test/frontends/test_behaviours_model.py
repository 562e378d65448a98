"""A volume behaves like a numpy array with an origin: properties over drawn volumes and boxes."""

import uuid
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_layers import assert_same, chunk_grid, directory_of, random_voxels, write_layer

from cloudvolume import Bbox, CloudVolume, exceptions

DTYPES = [
    *("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float32", "float64"),
]


@dataclass(frozen=True)
class Model:
    """The array that a volume must behave like, and how that volume is cut."""

    data: np.ndarray
    offset: tuple
    chunk_size: tuple
    compress: object

    def volume(self, root: str, **options) -> CloudVolume:
        """A fresh layer that holds the array."""
        path = f"{root}/{uuid.uuid4().hex}"
        CloudVolume.from_numpy(
            self.data,
            vol_path=path,
            resolution=(1, 1, 1),
            voxel_offset=self.offset,
            chunk_size=self.chunk_size,
            compress=self.compress,
        )
        return CloudVolume(path, compress=self.compress, **options)

    def inside(self, box: Bbox) -> tuple:
        """The slices of the array that ``box`` covers."""
        return tuple(
            slice(int(a) - o, int(b) - o)
            for a, b, o in zip(box.minpt, box.maxpt, self.offset, strict=True)
        )


def _triples(low, high):
    return st.tuples(*[st.integers(low, high)] * 3)


@st.composite
def models(draw) -> Model:
    """Small volumes of every dtype, of 1 to 4 channels, with chunks that rarely divide them."""
    size = draw(_triples(1, 12))
    dtype = draw(st.sampled_from(DTYPES))
    channels = draw(st.integers(1, 4))
    seed = draw(st.integers(0, 2**32 - 1))
    return Model(
        data=random_voxels(np.random.default_rng(seed), (*size, channels), dtype),
        offset=draw(_triples(-20, 20)),
        chunk_size=draw(_triples(3, 9)),
        compress=draw(st.sampled_from([False, None, "gzip", "br"])),
    )


@st.composite
def boxes(draw, model: Model) -> Bbox:
    """A box of at least one voxel inside the volume."""
    low, high = [], []
    for origin, extent in zip(model.offset, model.data.shape, strict=False):
        start = draw(st.integers(origin, origin + extent - 1))
        low.append(start)
        high.append(draw(st.integers(start + 1, origin + extent)))
    return Bbox(low, high)


@given(model=models(), draws=st.data())
def test_what_is_written_is_read(layer_root, model, draws):
    """Write then read is the identity, over dtypes, channels, offsets and chunk sizes."""
    vol = model.volume(layer_root)
    assert_same(vol[:], model.data)
    assert vol.shape == model.data.shape
    for _ in range(3):
        box = draws.draw(boxes(model))
        assert_same(vol[box], model.data[model.inside(box)])


@given(model=models(), draws=st.data())
def test_a_read_is_a_slice_of_what_another_program_wrote(file_root, model, draws):
    """The same for a layer whose files were not made by us."""
    path = write_layer(
        directory_of(f"{file_root}/{uuid.uuid4().hex}"),
        model.data,
        offset=model.offset,
        chunk_size=model.chunk_size,
        gzipped=bool(model.compress),
    )
    vol = CloudVolume(path)
    box = draws.draw(boxes(model))
    assert_same(vol[box], model.data[model.inside(box)])
    assert_same(vol[:], model.data)


@given(model=models(), draws=st.data())
def test_steps_are_those_of_numpy(layer_root, model, draws):
    """A stepped read is the read, stepped."""
    vol = model.volume(layer_root)
    box = draws.draw(boxes(model))
    steps = draws.draw(_triples(1, 5))
    slices = tuple(slice(s.start, s.stop, n) for s, n in zip(box.to_slices(), steps, strict=True))
    wanted = model.data[model.inside(box)][tuple(slice(None, None, n) for n in steps)]
    assert_same(vol[slices], wanted)


@given(model=models(), draws=st.data())
def test_outside_is_background(layer_root, model, draws):
    """Any box of an unbounded volume is a window on the array in a sea of background."""
    vol = model.volume(layer_root, bounded=False, background_color=3)
    low = draws.draw(_triples(-30, 30))
    size = draws.draw(_triples(2, 25))
    wanted = np.full((*size, model.data.shape[3]), 3, model.data.dtype)
    box = Bbox.from_delta(low, size)
    common = Bbox.intersection(box, vol.bounds)
    if Bbox.intersects(box, vol.bounds):
        wanted[(common - box.minpt).to_slices()] = model.data[model.inside(common)]
    assert_same(vol[box], wanted)


@given(model=models(), draws=st.data())
def test_a_non_aligned_write_changes_exactly_the_box(layer_root, model, draws):
    """Writes in a row, each anywhere, leave the volume as they leave the array."""
    vol = model.volume(layer_root, non_aligned_writes=True)
    array = model.data.copy()
    for seed in range(draws.draw(st.integers(1, 3))):
        box = draws.draw(boxes(model))
        inside = model.inside(box)
        new = random_voxels(np.random.default_rng(seed), array[inside].shape, array.dtype)
        vol[box] = new
        array[inside] = new
    assert_same(vol[:], array)


@given(model=models(), draws=st.data())
def test_a_write_is_aligned_or_refused(layer_root, model, draws):
    """The grid decides: clamped to the volume, the box either is its own expansion or an error."""
    vol = model.volume(layer_root)
    box = draws.draw(boxes(model))
    inside = model.inside(box)
    aligned = all(
        s.start % step == 0 and (s.stop % step == 0 or s.stop == extent)
        for s, step, extent in zip(inside, model.chunk_size, model.data.shape, strict=False)
    )
    array = model.data.copy()
    if aligned:
        vol[box] = np.zeros_like(array[inside])
        array[inside] = 0
    else:
        with pytest.raises(exceptions.AlignmentError, match="non_aligned_writes"):
            vol[box] = np.zeros_like(array[inside])
    assert_same(vol[:], array)


@given(model=models(), draws=st.data())
def test_overwritten_chunks_are_the_box_on_background(layer_root, model, draws):
    """``overwrite_partial_chunks`` touches the chunks of the box and no others."""
    vol = model.volume(
        layer_root, non_aligned_writes=True, overwrite_partial_chunks=True, background_color=2
    )
    box = draws.draw(boxes(model))
    inside = model.inside(box)
    array = model.data.copy()
    for _, chunk in chunk_grid(array.shape[:3], model.chunk_size):
        if all(c.start < s.stop and s.start < c.stop for c, s in zip(chunk, inside, strict=True)):
            array[chunk] = 2
    array[inside] = 1
    vol[box] = np.ones_like(array[inside])
    assert_same(vol[:], array)


@given(model=models(), draws=st.data())
def test_exists_and_delete_agree_with_the_grid(layer_root, model, draws):
    """The chunks that a box touches, by name; deleting them leaves exactly the others."""
    vol = model.volume(layer_root)
    box = draws.draw(boxes(model))
    inside = model.inside(box)
    grid = list(chunk_grid(model.data.shape[:3], model.chunk_size, model.offset))
    touched = {
        f"1_1_1/{name}": chunk
        for name, chunk in grid
        if all(c.start < s.stop and s.start < c.stop for c, s in zip(chunk, inside, strict=True))
    }
    assert vol.exists(box) == dict.fromkeys(touched, True)
    whole = np.array([[s.start, s.stop] for chunk in touched.values() for s in chunk])
    whole = whole.reshape(-1, 3, 2) + np.array(model.offset)[:, np.newaxis]
    vol.delete(Bbox(whole[..., 0].min(axis=0), whole[..., 1].max(axis=0)))
    assert vol.exists(vol.bounds) == {
        f"1_1_1/{name}": f"1_1_1/{name}" not in touched for name, _ in grid
    }
    array = model.data.copy()
    for chunk in touched.values():
        array[chunk] = 0
    vol.fill_missing = True
    assert_same(vol[:], array)


@given(model=models())
def test_whatever_the_threads_do_the_info_describes_the_files(file_root, model):
    """Size, offset and chunk size in the info are enough to find every voxel by hand."""
    vol = Model(model.data, model.offset, model.chunk_size, compress=False).volume(file_root)
    scale = vol.info["scales"][0]
    found = np.zeros_like(model.data)
    for name, chunk in chunk_grid(scale["size"], scale["chunk_sizes"][0], scale["voxel_offset"]):
        stored = (directory_of(vol.cloudpath) / scale["key"] / name).read_bytes()
        shape = found[chunk].shape
        found[chunk] = np.frombuffer(stored, found.dtype).reshape(shape, order="F")
    assert_same(found, model.data)
