"""``vol[...]`` and ``download``: a cutout is a slice of the array, in absolute coordinates."""

import gzip

import numpy as np
import pytest
from reference_layers import (
    assert_same,
    chunk_names,
    directory_of,
    files_of,
    random_voxels,
    write_info,
    write_layer,
)

from cloudvolume import Bbox, CloudVolume, Vec, VolumeCutout, exceptions

SHAPE = (40, 30, 20)
OFFSET = (13, -7, 100)
CHUNK = (16, 16, 16)


def _layer(layer_root, data, offset=OFFSET, chunk_size=CHUNK, **options):
    """A layer that holds ``data``: written by hand on disk, by ``from_numpy`` in memory."""
    path = f"{layer_root}/layer"
    if path.startswith("file://"):
        write_layer(directory_of(path), data, offset=offset, chunk_size=chunk_size)
    else:
        CloudVolume.from_numpy(
            data, vol_path=path, resolution=(1, 1, 1), voxel_offset=offset, chunk_size=chunk_size
        )
    return CloudVolume(path, **options)


def _empty_layer(layer_root, dtype="uint8", size=(20, 18, 5), offset=(0, 0, 0), **options):
    """A layer with an info file and no chunk."""
    info = CloudVolume.create_new_info(
        num_channels=options.pop("num_channels", 1),
        layer_type="image",
        data_type=dtype,
        encoding="raw",
        resolution=[1, 1, 1],
        voxel_offset=offset,
        volume_size=size,
        chunk_size=[8, 8, 8],
    )
    CloudVolume(f"{layer_root}/empty", info=info).commit_info()
    return CloudVolume(f"{layer_root}/empty", **options)


@pytest.fixture
def data(rng) -> np.ndarray:
    return random_voxels(rng, (*SHAPE, 1), np.uint16)


@pytest.fixture
def vol(layer_root, data):
    """A layer from (13, -7, 100) to (53, 23, 120)."""
    return _layer(layer_root, data)


# --- slices, numbers, ellipses ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        pytest.param(np.s_[:], np.s_[:], id="everything"),
        pytest.param(np.s_[:, :, :], np.s_[:], id="three full slices"),
        pytest.param(np.s_[:, :, :, :], np.s_[:], id="four full slices"),
        pytest.param(np.s_[...], np.s_[:], id="ellipsis"),
        pytest.param(np.s_[13:29, -7:9, 100:116], np.s_[0:16, 0:16, 0:16], id="first chunk"),
        pytest.param(np.s_[45:53, 9:23, 116:120], np.s_[32:, 16:, 16:], id="short edge chunk"),
        pytest.param(np.s_[28:46, 0:23, 115:117], np.s_[15:33, 7:30, 15:17], id="across chunks"),
        pytest.param(np.s_[20:21, 0:1, 110:111], np.s_[7:8, 7:8, 10:11], id="one voxel"),
        pytest.param(np.s_[20, 0, 110], np.s_[7:8, 7:8, 10:11], id="one voxel by numbers"),
        pytest.param(np.s_[-0 + 20, -1, 110], np.s_[7:8, 6:7, 10:11], id="negative coordinate"),
        pytest.param(np.s_[20], np.s_[7:8], id="a lone number is x"),
        pytest.param(np.s_[20:25], np.s_[7:12], id="a lone slice is x"),
        pytest.param(np.s_[20:25, 3], np.s_[7:12, 10:11], id="two indices"),
        pytest.param(np.s_[:20, -7:, :104], np.s_[:7, :, :4], id="open ends mean the bounds"),
        pytest.param(np.s_[20:25, ...], np.s_[7:12], id="ellipsis at the end"),
        pytest.param(np.s_[20:25, 3, 108, ...], np.s_[7:12, 10:11, 8:9], id="ellipsis for channel"),
        pytest.param(np.s_[20:25, ..., 108, 0], np.s_[7:12, :, 8:9], id="ellipsis in the middle"),
        pytest.param(np.s_[..., 108, 0], np.s_[:, :, 8:9], id="ellipsis in front"),
        pytest.param(np.s_[..., 0], np.s_[:], id="ellipsis then channel"),
        pytest.param(np.s_[20:25, 3:4, 108:109, 0], np.s_[7:12, 10:11, 8:9], id="channel number"),
        pytest.param(
            np.s_[20.7:25.2, 3:5, 108:109], np.s_[7:12, 10:12, 8:9], id="float slice ends"
        ),
        pytest.param(np.s_[20.9, 3.5, 108.1], np.s_[7:8, 10:11, 8:9], id="float numbers"),
        pytest.param(np.s_[20:25, 3:5, 108:109, 0:1, :], np.s_[7:12, 10:12, 8:9], id="extra full"),
        pytest.param(np.s_[20:25, 3:5, 108:109, 0:1, 0:1], np.s_[7:12, 10:12, 8:9], id="extra one"),
        pytest.param(np.s_[::2, ::3, ::5], np.s_[::2, ::3, ::5], id="steps over everything"),
        pytest.param(
            np.s_[14:50:7, -5:20:3, 101:], np.s_[1:37:7, 2:27:3, 1:], id="steps in a part"
        ),
        pytest.param(
            np.s_[14:15:9, -5:-4:2, 101:102], np.s_[1:2, 2:3, 1:2], id="step over one voxel"
        ),
    ],
)
def test_indexing_is_slicing_in_absolute_coordinates(vol, data, key, wanted):
    """Negative numbers are coordinates, numbers keep their axis, the result is always 4-d."""
    assert_same(vol[key], data[wanted])


@pytest.mark.parametrize(
    "dtype",
    ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"],
    ids=lambda code: np.dtype(code).name,
)
def test_any_numpy_number_is_an_index(file_root, rng, dtype):
    """The type of the index plays no part."""
    data = random_voxels(rng, (9, 8, 7, 1), np.uint8)
    vol = _layer(file_root, data, offset=(0, 0, 0), chunk_size=(4, 4, 4))
    x = np.dtype(dtype).type(5)
    assert_same(vol[x, x, x], data[5:6, 5:6, 5:6])
    assert_same(vol[x : x + x // x, x, int(x)], data[5:6, 5:6, 5:6])


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        pytest.param(np.s_[..., 5, ..., 0], ValueError, "(?i)ellips", id="two ellipses"),
        pytest.param(np.s_[::-1], ValueError, "step", id="negative step"),
        pytest.param(np.s_[20:14:-2, :, :], ValueError, "step", id="negative step, swapped"),
        pytest.param(np.s_[::0], ValueError, "step|zero", id="step zero"),
        pytest.param(
            np.s_[20:25, 3:5, 108:109, 0:1, 0:3], ValueError, "5|too many|ind", id="extra"
        ),
        pytest.param(np.s_[20:20, :, :], exceptions.SubvoxelVolumeError, "20", id="empty slice"),
        pytest.param(
            np.s_[30:20, :, :], exceptions.SubvoxelVolumeError, "20|30", id="start > stop"
        ),
    ],
)
def test_bad_indices_are_refused(vol, key, error, message):
    """A key that names no voxels is an error, not an empty or swapped array."""
    with pytest.raises(error, match=message):
        vol[key]


def test_a_box_is_a_key(vol, data):
    """A ``Bbox``, also one with a channel axis or in nanometres."""
    wanted = data[1:30, 2:20, 3:17]
    box = Bbox((14, -5, 103), (43, 13, 117))
    assert_same(vol[box], wanted)
    assert_same(vol[box.to_slices()], wanted)
    assert_same(vol.download(box), wanted)
    assert_same(vol[Bbox((14, -5, 103), (43, 13, 117), unit="nm")], wanted)


def test_a_box_in_nanometres_follows_the_resolution(layer_root, rng):
    """Physical units are divided by the resolution of the scale."""
    data = random_voxels(rng, (12, 10, 8), np.uint8)
    vol = CloudVolume.from_numpy(data, vol_path=f"{layer_root}/nm", resolution=(4, 5, 40))
    found = vol[Bbox((8, 15, 80), (40, 50, 240), unit="nm")]
    assert_same(found, data[2:10, 3:10, 2:6, np.newaxis])


def test_the_shorter_side_decides_the_dimension_of_a_box(layer_root, rng):
    """``Bbox([0, 0, 0], data.shape)`` with a 4-tuple is a 3-d box to download."""
    data = random_voxels(rng, (9, 8, 7, 2), np.uint8)
    vol = _layer(layer_root, data, offset=(0, 0, 0))
    assert_same(vol.download(Bbox([0, 0, 0], data.shape), mip=0), data)


@pytest.mark.parametrize(
    "bbox",
    [
        pytest.param(Bbox((14, -5, 103), (43, 13, 117)), id="Bbox"),
        pytest.param(np.s_[14:43, -5:13, 103:117], id="tuple of slices"),
        pytest.param([slice(14, 43), slice(-5, 13), slice(103, 117)], id="list of slices"),
        pytest.param("14-43_-5-13_103-117", id="chunk name"),
        pytest.param({"minpt": [14, -5, 103], "maxpt": [43, 13, 117], "dtype": "int64"}, id="dict"),
        pytest.param([14, -5, 103, 43, 13, 117], id="six ints"),
    ],
)
def test_download_takes_every_form_of_a_box(vol, data, bbox):
    """The same region in each accepted spelling gives the same cutout."""
    assert_same(vol.download(bbox), data[1:30, 2:20, 3:17])


def test_download_of_a_vector_starts_at_the_origin(file_root, rng):
    """A ``Vec`` is the box from (0, 0, 0) to it."""
    data = random_voxels(rng, (9, 8, 7, 1), np.uint8)
    vol = _layer(file_root, data, offset=(0, 0, 0))
    assert_same(vol.download(Vec(5, 4, 3)), data[:5, :4, :3])


def test_each_scale_is_read_by_its_own_coordinates(layer_root, rng):
    """``vol.mip`` and ``download(mip=…)`` choose the scale, by index or resolution."""
    fine, coarse = (
        random_voxels(rng, (24, 16, 8, 1), np.uint8),
        random_voxels(rng, (12, 8, 8, 1), np.uint8),
    )
    vol = CloudVolume.from_numpy(
        fine, vol_path=f"{layer_root}/mips", resolution=(2, 2, 9), voxel_offset=(8, 4, 2), max_mip=1
    )
    vol.mip = 1
    vol[:] = coarse
    assert_same(vol[:], coarse)
    assert_same(vol[6:10, 2:5, 3:4], coarse[2:6, 0:3, 1:2])
    assert_same(vol.download(np.s_[10:20, 4:9, 2:4], mip=0), fine[2:12, 0:5, 0:2])
    vol.mip = 0
    assert_same(vol[:], fine)
    assert_same(vol.download(np.s_[6:10, 2:5, 3:4], mip=1), coarse[2:6, 0:3, 1:2])
    assert_same(vol.download(np.s_[6:10, 2:5, 3:4], mip=[4, 4, 9]), coarse[2:6, 0:3, 1:2])


@pytest.mark.parametrize("offset", [(-40, -30, -20), (-64, 5, -1), (2**40, -(2**40), 2**33)])
def test_offsets_may_be_negative_or_beyond_32_bits(layer_root, rng, offset):
    """Coordinates are exact whatever their size and sign."""
    data = random_voxels(rng, (*SHAPE, 1), np.uint8)
    vol = _layer(layer_root, data, offset=offset)
    x, y, z = offset
    assert vol.bounds.to_list() == [x, y, z, x + 40, y + 30, z + 20]
    assert_same(vol[x : x + 40, y + 3 : y + 20, z + 15 : z + 17], data[:, 3:20, 15:17])
    assert_same(vol[x + 39, y, z], data[39:, :1, :1])


# --- channels ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        pytest.param(np.s_[5, 4, 3], np.s_[5:6, 4:5, 3:4], id="one voxel has all channels"),
        pytest.param(np.s_[5:6, 4:5, 3:4], np.s_[5:6, 4:5, 3:4], id="one voxel by slices"),
        pytest.param(np.s_[2:9, :, :, 1], np.s_[2:9, :, :, 1:2], id="a number keeps the axis"),
        pytest.param(np.s_[2:9, :, :, 1:], np.s_[2:9, :, :, 1:], id="a slice"),
        pytest.param(np.s_[..., ::2], np.s_[..., ::2], id="a step"),
        pytest.param(np.s_[5, 4, 3, 2], np.s_[5:6, 4:5, 3:4, 2:3], id="one voxel, one channel"),
        pytest.param(np.s_[2:9, :, :, 7], np.s_[2:9, :, :, 7:8], id="a number beyond the end"),
    ],
)
def test_the_fourth_index_selects_channels(layer_root, rng, key, wanted):
    """Numbers keep their axis and steps count."""
    data = random_voxels(rng, (12, 9, 6, 3), np.float32)
    vol = _layer(layer_root, data, offset=(0, 0, 0), chunk_size=(8, 8, 8))
    assert_same(vol[key], data[wanted])


def test_a_channel_slice_beyond_the_end_is_out_of_bounds(vol):
    """A bounded volume checks the channel axis of a slice as it checks the others."""
    with pytest.raises(exceptions.OutOfBoundsError, match="5"):
        vol[..., 0:5]


# --- points -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [list, tuple, np.array], ids=["list", "tuple", "array"])
def test_three_coordinate_lists_look_up_points(vol, data, kind):
    """Element i is the first channel of voxel (x[i], y[i], z[i]), in the order given."""
    xs, ys, zs = [13, 52, 29, 13], [-7, 22, 8, -7], [100, 119, 116, 100]
    found = vol[kind(xs), kind(ys), kind(zs)]
    wanted = data[np.array(xs) - 13, np.array(ys) + 7, np.array(zs) - 100, 0]
    np.testing.assert_array_equal(found, wanted)


# --- out of bounds and missing data -----------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(np.s_[0:, -7:, 100:], id="start below"),
        pytest.param(np.s_[13:54, :, :], id="stop above by one"),
        pytest.param(np.s_[12:52, :, :], id="start below by one"),
        pytest.param(np.s_[:, :, 0:10], id="disjoint"),
        pytest.param(np.s_[53, 0, 110], id="a number just beyond"),
        pytest.param(Bbox((0, 0, 0), (20, 20, 110)), id="a box"),
    ],
)
@pytest.mark.parametrize("autocrop", [False, True], ids=["plain", "autocrop"])
def test_a_bounded_volume_refuses_to_leave_its_bounds(vol, key, autocrop):
    """``OutOfBoundsError`` is a ``ValueError``; ``[]`` raises it even with ``autocrop``."""
    vol.autocrop = autocrop
    with pytest.raises(exceptions.OutOfBoundsError, match=r"\d") as caught:
        vol[key]
    assert isinstance(caught.value, ValueError)


def test_download_refuses_a_box_outside(vol):
    """The box and the bounds are both in the message."""
    with pytest.raises(exceptions.OutOfBoundsError, match="54(.|\n)*53|53(.|\n)*54"):
        vol.download(Bbox((13, -7, 100), (54, 23, 120)))


def test_download_with_autocrop_crops_even_when_bounded(vol, data):
    """Unlike ``[]``: the documented difference."""
    vol.autocrop = True
    found = vol.download(Bbox((0, 0, 90), (20, 50, 105)))
    assert_same(found, data[0:7, 7:30, 0:5])
    assert found.bounds == Bbox((13, 0, 100), (20, 23, 105))


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        pytest.param(np.s_[-100:20, -50:0, 0:105], np.s_[:7, :7, :5], id="over the low corner"),
        pytest.param(np.s_[50:99, 20:99, 119:999], np.s_[37:, 27:, 19:], id="over the high corner"),
        pytest.param(np.s_[-999:999, -999:999, -999:999], np.s_[:, :, :], id="around everything"),
        pytest.param(np.s_[20:30, 0:9, 105:110], np.s_[7:17, 7:16, 5:10], id="inside"),
    ],
)
def test_autocrop_cuts_to_the_volume(vol, data, key, wanted):
    """Unbounded with autocrop: the intersection, with its shape and bounds."""
    vol.bounded, vol.autocrop = False, True
    found = vol[key]
    assert_same(found, data[wanted])
    low_high = [
        (o + w.indices(n)[0], o + w.indices(n)[1])
        for o, n, w in zip(OFFSET, SHAPE, wanted, strict=True)
    ]
    assert found.bounds.to_slices() == tuple(slice(low, high) for low, high in low_high)


def test_autocrop_with_nothing_left_is_an_error(vol):
    """A disjoint box has no intersection to return."""
    vol.bounded, vol.autocrop = False, True
    with pytest.raises(exceptions.SubvoxelVolumeError, match=r"\d"):
        vol[100:120, 100:120, 200:220]


@pytest.mark.parametrize("background", [0, 9], ids=["zero", "coloured"])
@pytest.mark.parametrize("channels", [1, 3])
def test_outside_an_unbounded_volume_is_background(layer_root, rng, background, channels):
    """The full requested shape returns; only the part inside comes from storage."""
    data = random_voxels(rng, (12, 10, 8, channels), np.uint8)
    vol = _layer(layer_root, data, offset=(100, 100, 100), chunk_size=(8, 8, 8))
    vol.bounded, vol.background_color = False, background
    wanted = np.full((116, 115, 114, channels), background, np.uint8)
    wanted[100:112, 100:110, 100:108] = data
    cutout = vol[0:116, 0:115, 0:114]
    assert_same(cutout, wanted)
    cutout[100:112, 100:110, 100:108] = background
    assert np.all(cutout == background)
    assert_same(vol[0:116, 0:115, 0:114], wanted)


def test_an_open_end_of_an_unbounded_volume_is_its_bound(layer_root, rng):
    """``vol[0:, …]`` runs from 0 to the end of the volume."""
    data = random_voxels(rng, (12, 10, 8, 1), np.uint8)
    vol = _layer(layer_root, data, offset=(10, 10, 10), bounded=False)
    cutout = vol[0:, 0:, 0:, :]
    assert cutout.shape == (22, 20, 18, 1)
    assert_same(cutout[10:, 10:, 10:], data)
    assert np.count_nonzero(cutout) == np.count_nonzero(data)


def test_a_disjoint_box_of_an_unbounded_volume_is_background(vol):
    """Nothing is read, so nothing can be missing, also without ``fill_missing``."""
    vol.bounded, vol.background_color = False, 77
    assert_same(vol[200:204, 200:203, 200:202], np.full((4, 3, 2, 1), 77, np.uint16))


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(np.s_[:], id="everything"),
        pytest.param(np.s_[0:8, 0:8, 0:5], id="one chunk"),
        pytest.param(np.s_[3, 3, 3], id="one voxel"),
        pytest.param(np.s_[6:10, 6:10, 0:5], id="four chunks"),
    ],
)
def test_a_missing_chunk_is_an_error(layer_root, key):
    """``EmptyVolumeException`` with the name of the chunk, in the caller, never zeros."""
    vol = _empty_layer(layer_root)
    with pytest.raises(exceptions.EmptyVolumeException, match=r"1_1_1/\d+-\d+_\d+-\d+_0-5"):
        vol[key]


@pytest.mark.parametrize(
    ("dtype", "background", "wanted"),
    [
        pytest.param("uint8", 0, 0, id="zeros"),
        pytest.param("uint8", 1, 1, id="uint8 one"),
        pytest.param("int16", -3, -3, id="int16 negative"),
        pytest.param("uint64", 2**64 - 1, 2**64 - 1, id="uint64 maximum"),
        pytest.param("uint32", 7.0, 7, id="float for an integer layer"),
        pytest.param("float32", 1.0, 1.0, id="float32 one"),
        pytest.param("float32", np.nan, np.nan, id="float32 NaN"),
        pytest.param("float64", -0.5, -0.5, id="float64"),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_fill_missing_fills_with_the_background(layer_root, dtype, background, wanted, channels):
    """Every voxel of a missing chunk is ``background_color``, whatever the shape asked for."""
    vol = _empty_layer(
        layer_root, dtype, num_channels=channels, fill_missing=True, background_color=background
    )
    whole = np.full((20, 18, 5, channels), wanted, dtype)
    assert_same(vol[:], whole)
    assert_same(vol[:], whole)
    assert_same(vol[0:8, 0:8, 0:5], whole[:8, :8])
    assert_same(vol[7, 7, 4], whole[:1, :1, :1])
    vol.bounded = False
    assert_same(vol[-1:21, 0:18, 0:6], np.full((22, 18, 6, channels), wanted, dtype))


def test_only_the_chunks_of_the_request_matter(file_root, rng):
    """A missing chunk elsewhere is not looked at; the one inside is background when filled."""
    data = random_voxels(rng, (*SHAPE, 1), np.uint16)
    vol = _layer(file_root, data)
    gone = chunk_names(SHAPE, CHUNK, OFFSET)[0]
    (directory_of(vol.cloudpath) / "1_1_1" / gone).unlink()
    assert_same(vol[29:53, :, :], data[16:])
    with pytest.raises(exceptions.EmptyVolumeException, match=f"1_1_1/{gone}"):
        vol[28:53, :, :]
    vol.fill_missing = True
    wanted = data.copy()
    wanted[:16, :16, :16] = 0
    assert_same(vol[:], wanted)


def test_a_missing_layer_is_an_error(layer_root):
    """No info, no volume; the message names the layer."""
    with pytest.raises(exceptions.InfoUnavailableError, match="nothing-here"):
        CloudVolume(f"{layer_root}/nothing-here")


# --- what comes back --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(np.s_[:], id="everything"),
        pytest.param(np.s_[13:29, -7:9, 100:116], id="one whole chunk"),
        pytest.param(np.s_[14:20, -7:9, 100:116], id="part of a chunk"),
        pytest.param(np.s_[20, 0, 110], id="one voxel"),
        pytest.param(np.s_[15:40:3, :, 100:110:2], id="steps"),
    ],
)
@pytest.mark.parametrize("gzipped", [False, True], ids=["bare", "gzip"])
def test_a_cutout_is_the_callers_own(file_root, rng, key, gzipped):
    """It can be changed in place, and neither storage nor later reads change with it."""
    data = random_voxels(rng, (*SHAPE, 1), np.uint16)
    path = write_layer(
        directory_of(f"{file_root}/own"), data, offset=OFFSET, chunk_size=CHUNK, gzipped=gzipped
    )
    vol = CloudVolume(path)
    before = files_of(path)
    first = vol[key]
    wanted = np.array(first)
    assert first.flags.writeable
    first += 1
    assert_same(vol[key], wanted)
    assert files_of(path) == before


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(np.s_[:], id="everything"),
        pytest.param(np.s_[13:29, -7:9, 100:116], id="one whole chunk"),
        pytest.param(np.s_[14:20, -7:9, 100:116], id="part of a chunk"),
        pytest.param(np.s_[20, 0, 110], id="one voxel"),
    ],
)
def test_a_cutout_knows_where_it_is_from(vol, key):
    """Fortran order, native byte order, and the attributes of the volume."""
    cutout = vol[key]
    assert isinstance(cutout, VolumeCutout)
    assert cutout.flags.f_contiguous
    assert cutout.dtype.isnative
    assert cutout.cloudpath == vol.cloudpath
    assert cutout.mip == 0
    assert list(cutout.resolution) == [1, 1, 1]
    assert cutout.layer_type == vol.layer_type
    assert cutout.dataset_name == "dataset"
    assert cutout.layer == "layer"
    assert cutout.num_channels == 1
    assert list(cutout.bounds.size3()) == list(cutout.shape[:3])


def test_a_filled_cutout_is_a_cutout_too(layer_root):
    """One voxel of nothing and a box outside everything come back in the same type."""
    vol = _empty_layer(layer_root, fill_missing=True, bounded=False)
    assert isinstance(vol[3, 3, 3], VolumeCutout)
    outside = vol[90:93, 90:92, 90:91]
    assert isinstance(outside, VolumeCutout)
    assert outside.bounds == Bbox((90, 90, 90), (93, 92, 91))


def test_views_of_a_cutout_keep_its_attributes(vol):
    """Slices and arithmetic inherit everything; the bounds are not cut again."""
    cutout = vol[14:30, 0:9, 101:110]
    for derived in (cutout[2:5], cutout + 1, cutout[::2, ::2], cutout.copy(), cutout.T):
        assert isinstance(derived, VolumeCutout)
        assert derived.dataset_name == "dataset"
        assert derived.cloudpath == vol.cloudpath
        assert derived.bounds == cutout.bounds
        assert derived.handle is None
    cutout.close()
    cutout.close()


def test_a_cutout_goes_back_where_it_came_from(layer_root, rng):
    """``vol[cutout.bounds] = cutout`` is the documented way to write back."""
    data = random_voxels(rng, (16, 16, 16, 2), np.int32)
    vol = _layer(layer_root, data, offset=(8, 0, -8), chunk_size=(8, 8, 8))
    cutout = vol[16:24, 0:8, -8:0]
    cutout[:] = 5
    vol[cutout.bounds] = cutout
    data[8:16, 0:8, 0:8] = 5
    assert_same(vol[:], data)


# --- storage forms ----------------------------------------------------------------------------


def test_a_gzip_file_of_two_members_is_read_whole(file_root, rng):
    """gzip allows members in a row; all of them make up the chunk."""
    data = random_voxels(rng, (8, 8, 8, 1), np.uint8)
    path = write_layer(directory_of(f"{file_root}/twice"), data, chunk_size=(8, 8, 8))
    chunk = directory_of(path) / "1_1_1" / "0-8_0-8_0-8"
    payload = chunk.read_bytes()
    chunk.with_name(chunk.name + ".gz").write_bytes(
        gzip.compress(payload[:200]) + gzip.compress(payload[200:])
    )
    chunk.unlink()
    assert_same(CloudVolume(path)[:], data)


def test_jpeg_keeps_the_mean(layer_root, rng):
    """A lossy layer returns the same shape and, on average, the same brightness."""
    data = rng.integers(0, 256, (30, 22, 11, 1), dtype=np.uint8)
    vol = CloudVolume.from_numpy(
        data,
        vol_path=f"{layer_root}/jpeg",
        encoding="jpeg",
        chunk_size=(16, 16, 8),
        voxel_offset=(5, 6, 7),
    )
    whole, part = vol[:], vol[10:20, 10:20, 8:12]
    assert whole.dtype == np.uint8
    assert abs(float(whole.mean()) - data.mean()) < 1
    assert_same(part, np.asarray(whole)[5:15, 4:14, 1:5])


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_of_smooth_data_is_close(layer_root, channels):
    """Channels stay apart: each is close to what was written."""
    x, y, z = np.indices((32, 24, 8))
    data = np.stack([3 * x + y + 2 * z + 40 * c for c in range(channels)], axis=-1).astype(np.uint8)
    vol = CloudVolume.from_numpy(
        data, vol_path=f"{layer_root}/smooth", encoding="jpeg", chunk_size=(16, 16, 8)
    )
    error = np.abs(np.asarray(vol[:]).astype(int) - data)
    assert error.mean(axis=(0, 1, 2)).max() < 4


def test_the_scale_key_may_climb_and_branch(file_root, rng):
    """Only ``key`` says where the chunks are: deep, relative, or unlike the resolution."""
    data = random_voxels(rng, (8, 8, 8, 1), np.uint8)
    path = write_layer(directory_of(f"{file_root}/keys"), data, chunk_size=(8, 8, 8))
    root = directory_of(path)
    for key in ("a/b/c", "../beside/s0", "unrelated"):
        vol = CloudVolume(path)
        (root / key).mkdir(parents=True)
        (root / vol.key / "0-8_0-8_0-8").rename(root / key / "0-8_0-8_0-8")
        vol.info["scales"][0]["key"] = key
        write_info(path, vol.info)
        assert_same(CloudVolume(path)[:], data)
        assert vol.exists(vol.bounds) == {f"{key}/0-8_0-8_0-8": True}
