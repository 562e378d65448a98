"""What reading a volume returns."""

import copy
import mmap
import pickle

import numpy as np
import pytest
from PIL import Image

from cloudvolume import Bbox, Vec, VolumeCutout, paths
from cloudvolume.datasource.precomputed.metadata import PrecomputedMetadata, create_info

PATH = "mem://bucket/dataset/layer"
BOUNDS = Bbox((10, 20, 30), (14, 25, 33))
ATTRIBUTES = {
    "dataset_name": "dataset",
    "layer": "layer",
    "path": paths.extract(PATH),
    "cloudpath": PATH,
    "mip": 2,
    "layer_type": "image",
    "bounds": BOUNDS,
}


def make_cutout(array=None, handle=None) -> VolumeCutout:
    if array is None:
        array = np.asfortranarray(np.arange(60, dtype=np.uint8).reshape(4, 5, 3, 1))
    return VolumeCutout(array, paths.extract(PATH), PATH, Vec(4, 4, 40), 2, "image", BOUNDS, handle)


def assert_knows_where_it_is_from(cutout) -> None:
    assert isinstance(cutout, VolumeCutout)
    assert {name: getattr(cutout, name) for name in ATTRIBUTES} == ATTRIBUTES
    assert cutout.resolution.tolist() == [4, 4, 40]


def test_the_memory_is_shared_if_it_can_be():
    """Fortran order is kept as it is, other orders are copied into it."""
    array = np.zeros((4, 5, 3, 1), order="F")
    assert np.shares_memory(make_cutout(array), array)
    array = np.zeros((4, 5, 3, 1), order="C")
    assert not np.shares_memory(make_cutout(array), array)
    assert make_cutout(array).flags.f_contiguous


DERIVED = {
    "itself": lambda c: c,
    "a view": lambda c: c.view(),
    "a slice": lambda c: c[1:3, ::2],
    "a channel": lambda c: c[..., 0],
    "a mask": lambda c: c[c > 5],
    "a copy": lambda c: c.copy(),
    "a shallow copy": copy.copy,
    "a deep copy": copy.deepcopy,
    "another type": lambda c: c.astype(np.float32),
    "a sum": lambda c: c + 1,
    "a sum from the left": lambda c: 1 + c,
    "a comparison": lambda c: c == 3,
    "a ufunc": np.sqrt,
    "a reduction": lambda c: c.max(axis=2),
    "a transpose": lambda c: c.T,
    "another shape": lambda c: c.reshape(-1),
    "a pickle": lambda c: pickle.loads(pickle.dumps(c)),
    "a pickled slice": lambda c: pickle.loads(pickle.dumps(c[1:2])),
}


@pytest.mark.parametrize("derive", DERIVED.values(), ids=DERIVED)
def test_what_is_derived_knows_where_it_is_from(derive):
    """With the bounds of the cutout it comes from, and without its handle."""
    cutout = make_cutout(handle=mmap.mmap(-1, 1))
    derived = derive(cutout)
    assert_knows_where_it_is_from(derived)
    if derived is not cutout:
        assert derived.handle is None
    cutout.close()


def test_a_result_in_place_stays_what_it_was():
    cutout = make_cutout()
    cutout += 1
    cutout[...] = 7
    assert_knows_where_it_is_from(cutout)
    assert (cutout == 7).all()


def test_an_array_becomes_a_cutout_of_nowhere():
    """numpy makes such views; they claim nothing."""
    cutout = np.zeros((2, 2, 2, 1)).view(VolumeCutout)
    assert [getattr(cutout, name) for name in (*ATTRIBUTES, "handle")] == [None] * 8


def test_it_is_made_from_metadata():
    info = create_info(1, "image", "uint8", "raw", (1, 1, 40), (0, 0, 0), (64, 64, 64), max_mip=2)
    meta = PrecomputedMetadata(PATH, info=info)
    cutout = VolumeCutout.from_volume(meta, 2, np.zeros((4, 5, 3, 1), np.uint8), BOUNDS)
    assert_knows_where_it_is_from(cutout)
    assert cutout.handle is None


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_are_the_last_axis(channels):
    assert make_cutout(np.zeros((4, 5, 3, channels))).num_channels == channels


def test_close_gives_the_memory_back_once():
    """Closing again, or closing what has no handle, is fine."""
    handle = mmap.mmap(-1, 60)
    cutout = make_cutout(np.ndarray((4, 5, 3, 1), np.uint8, buffer=handle, order="F"), handle)
    view = cutout[1:]
    view.close()
    assert not handle.closed
    cutout.close()
    cutout.close()
    assert handle.closed
    assert cutout.handle is None
    make_cutout().close()


# --- pictures ---------------------------------------------------------------------------------


def pictures(directory) -> dict:
    return {path.name: np.asarray(Image.open(path)) for path in sorted(directory.iterdir())}


def test_pictures_go_to_a_directory_named_after_the_cutout(tmp_path, monkeypatch):
    """The full path of it is returned; x is to the right, y downward."""
    monkeypatch.chdir(tmp_path)
    cutout = make_cutout()
    directory = tmp_path / "saved_images" / "dataset" / "layer" / "2" / "10-14_20-25_30-33"
    assert cutout.save_images(progress=False) == str(directory)
    found = pictures(directory)
    assert list(found) == ["00000.png", "00001.png", "00002.png"]
    for z, picture in enumerate(found.values()):
        np.testing.assert_array_equal(picture, cutout[:, :, z, 0].T)


def test_pictures_of_a_slice_say_where_the_cutout_was(tmp_path, monkeypatch):
    """A two-dimensional slice makes one picture."""
    monkeypatch.chdir(tmp_path)
    cutout = make_cutout()
    directory = cutout[:, :, 1, 0].save_images(progress=False)
    assert directory.endswith("10-14_20-25_30-33")
    np.testing.assert_array_equal(*pictures(tmp_path / directory).values(), cutout[:, :, 1, 0].T)


@pytest.mark.parametrize(
    ("options", "names", "size"),
    [
        pytest.param(
            {"axis": "x", "channel": 1}, [f"{i:05}.png" for i in range(4)], (3, 5), id="x"
        ),
        pytest.param(
            {"axis": "y", "channel": 0}, [f"{i:05}.png" for i in range(5)], (3, 4), id="y"
        ),
        pytest.param(
            {"image_format": "JPEG"},
            [f"{c}-{z:05}.jpeg" for c in range(2) for z in range(3)],
            (4, 5),
            id="channels, jpeg",
        ),
    ],
)
def test_the_options_are_passed_on(tmp_path, options, names, size):
    cutout = make_cutout(np.zeros((4, 5, 3, 2), np.uint8))
    directory = tmp_path / "mine"
    assert cutout.save_images(str(directory), progress=False, **options) == str(directory)
    found = pictures(directory)
    assert list(found) == names
    assert {picture.shape[::-1] for picture in found.values()} == {size}
