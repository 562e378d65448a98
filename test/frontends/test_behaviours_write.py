"""``vol[...] = array``: exactly the box changes, on the chunk grid unless told otherwise."""

import numpy as np
import pytest
from reference_layers import (
    assert_same,
    chunk_names,
    directory_of,
    files_of,
    random_voxels,
)

from cloudvolume import Bbox, CloudVolume, exceptions
from cloudvolume.datasource.precomputed.image.tx import generate_chunks

SHAPE = (40, 30, 20)
OFFSET = (10, 20, -5)
CHUNK = (16, 8, 8)


def _layer(layer_root, data, offset=OFFSET, chunk_size=CHUNK, **options):
    """A layer that holds ``data``."""
    path = f"{layer_root}/layer"
    CloudVolume.from_numpy(
        data, vol_path=path, resolution=(1, 1, 1), voxel_offset=offset, chunk_size=chunk_size
    )
    return CloudVolume(path, **options)


def _blank(layer_root, size=(32, 32, 16), dtype="uint8", channels=1, chunk=(16, 16, 8), **options):
    """An info file without chunks, from the origin."""
    info = CloudVolume.create_new_info(
        num_channels=channels,
        layer_type="image",
        data_type=dtype,
        encoding="raw",
        resolution=[1, 1, 1],
        voxel_offset=[0, 0, 0],
        volume_size=size,
        chunk_size=chunk,
    )
    CloudVolume(f"{layer_root}/blank", info=info).commit_info()
    return CloudVolume(f"{layer_root}/blank", **options)


@pytest.fixture
def data(rng) -> np.ndarray:
    return random_voxels(rng, (*SHAPE, 1), np.uint16)


@pytest.fixture
def vol(layer_root, data):
    """A layer from (10, 20, -5) to (50, 50, 15)."""
    return _layer(layer_root, data)


# --- aligned writes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "box"),
    [
        pytest.param(np.s_[:], np.s_[:], id="everything"),
        pytest.param(np.s_[:, :, :], np.s_[:], id="three slices"),
        pytest.param(np.s_[...], np.s_[:], id="ellipsis"),
        pytest.param(np.s_[10:26, 20:28, -5:3], np.s_[:16, :8, :8], id="one chunk"),
        pytest.param(
            np.s_[26:50, 44:50, 11:15], np.s_[16:, 24:, 16:], id="short chunks at the end"
        ),
        pytest.param(np.s_[26:, :36, :], np.s_[16:, :16, :], id="open ends"),
        pytest.param(Bbox((10, 28, 3), (42, 44, 15)), np.s_[:32, 8:24, 8:], id="box"),
    ],
)
def test_an_aligned_write_changes_exactly_its_box(vol, data, rng, key, box):
    """What was written reads back, also by another volume object; the rest is as before."""
    new = random_voxels(rng, data[box].shape, np.uint16)
    vol[key] = new
    data[box] = new
    assert_same(vol[key], new)
    assert_same(vol[:], data)
    assert_same(CloudVolume(vol.cloudpath)[:], data)


def test_a_write_is_repeatable(vol, rng):
    """Zeros first, then something else: only the last write counts."""
    vol[:] = np.zeros(vol.shape, vol.dtype)
    assert not vol[:].any()
    new = random_voxels(rng, vol.shape, vol.dtype)
    vol[vol.bounds] = new
    assert_same(vol[:], new)


@pytest.mark.parametrize("value", [0, 1, np.uint16(7), np.uint8(3), 65535], ids=repr)
def test_a_scalar_fills_the_region_in_the_dtype_of_the_volume(vol, data, value):
    """Python and numpy numbers that fit are broadcast."""
    vol[10:26, 20:28, -5:3] = value
    data[:16, :8, :8] = value
    assert_same(vol[:], data)
    vol[:] = value
    assert_same(vol[:], np.full_like(data, value))


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        pytest.param("uint8", 5.5, id="fraction into integers"),
        pytest.param("uint8", 256, id="too large"),
        pytest.param("uint8", -1, id="negative into unsigned"),
        pytest.param("int8", 200, id="too large for signed"),
        pytest.param("uint8", np.nan, id="NaN into integers"),
    ],
)
def test_a_scalar_that_does_not_fit_is_refused(layer_root, dtype, value):
    """Nothing wraps around, nothing is cut off, nothing is written."""
    vol = _blank(layer_root, dtype=dtype)
    with pytest.raises((ValueError, OverflowError), match=r"\w"):
        vol[:] = value
    assert not any(vol.exists(vol.bounds).values())


def test_arithmetic_on_a_shape_keeps_the_dtype(vol):
    """``vol.shape`` is a numpy shape and ``+ 5`` does not widen."""
    vol[:] = np.zeros(shape=vol.shape, dtype=vol.dtype) + 5
    assert_same(vol[:], np.full(vol.shape, 5, np.uint16))


def test_a_3d_array_fits_one_channel(vol, data, rng):
    """``size3()`` is a numpy shape and ``to_slices()`` a key."""
    box = Bbox((26, 20, -5), (50, 36, 15))
    new = np.ones(shape=box.size3(), dtype=vol.dtype)
    vol[box.to_slices()] = new
    data[16:, :16, :, 0] = new
    assert_same(vol[:], data)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(np.ascontiguousarray, id="C order"),
        pytest.param(np.asfortranarray, id="Fortran order"),
        pytest.param(lambda a: np.repeat(a, 2, axis=0)[::2], id="strided"),
        pytest.param(lambda a: a[::-1].copy()[::-1], id="negative strides"),
        pytest.param(lambda a: a.astype(a.dtype.newbyteorder(">")), id="big-endian"),
        pytest.param(lambda a: np.broadcast_to(a[:, :, :1], a.shape), id="broadcast view"),
    ],
)
def test_the_memory_form_of_the_array_plays_no_part(vol, rng, form):
    """Order, strides and byte order of the input are converted."""
    given = form(random_voxels(rng, vol.shape, vol.dtype))
    wanted = given.astype(np.uint16)
    vol[:] = given
    assert_same(vol[:], wanted)
    np.testing.assert_array_equal(given, wanted)


def test_a_read_only_memory_map_can_be_written(vol, rng, tmp_path):
    """A slice of a Fortran-ordered ``np.memmap`` opened for reading is a source."""
    new = random_voxels(rng, (80, 30, 20, 1), np.uint16)
    stored = np.memmap(tmp_path / "map", np.uint16, "w+", shape=new.shape, order="F")
    stored[:] = new
    stored.flush()
    source = np.memmap(tmp_path / "map", np.uint16, "r", shape=new.shape, order="F")
    vol[:] = source[20:60]
    assert_same(vol[:], new[20:60])


def test_a_chunk_size_that_does_not_divide_gives_short_edges(file_root):
    """Edge chunks hold the voxels that exist and are named accordingly."""
    vol = _layer(file_root, np.zeros((25, 25, 25), np.uint8), (1, 3, 5), (25, 25, 25))
    vol.delete(vol.bounds)
    vol.scale["chunk_sizes"] = [[11, 11, 11]]
    vol.compress = False
    vol[:] = np.ones((25, 25, 25, 1), np.uint8)
    assert_same(vol[:], np.ones((25, 25, 25, 1), np.uint8))
    names = chunk_names((25, 25, 25), (11, 11, 11), (1, 3, 5))
    files = files_of(vol.cloudpath)
    assert sorted(n for n in files if n.startswith("1_1_1/")) == sorted(f"1_1_1/{n}" for n in names)
    assert len(files["1_1_1/23-26_25-28_27-30"]) == 27


def test_a_zero_size_write_is_a_no_op(vol, data):
    """An empty region with an empty array changes nothing and does not raise."""
    vol[10:10, 20:28, -5:3] = np.zeros((0, 8, 8, 1), np.uint16)
    assert_same(vol[:], data)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "shape", "error"),
    [
        pytest.param(
            np.s_[26:60, 20:28, -5:3], (34, 8, 8, 1), exceptions.OutOfBoundsError, id="above"
        ),
        pytest.param(
            np.s_[0:26, 20:28, -5:3], (26, 8, 8, 1), exceptions.OutOfBoundsError, id="below"
        ),
        pytest.param(
            np.s_[11:27, 20:28, -5:3], (16, 8, 8, 1), exceptions.AlignmentError, id="shifted"
        ),
        pytest.param(
            np.s_[10:25, 20:28, -5:3], (15, 8, 8, 1), exceptions.AlignmentError, id="short"
        ),
        pytest.param(
            np.s_[26:49, 44:50, 11:15], (23, 6, 4, 1), exceptions.AlignmentError, id="not the end"
        ),
        pytest.param(
            np.s_[16:32, 20:28, -5:3], (16, 8, 8, 1), exceptions.AlignmentError, id="grid of zero"
        ),
        pytest.param(np.s_[20, 30, 2], (1, 1, 1, 1), exceptions.AlignmentError, id="one voxel"),
        pytest.param(np.s_[:], (5, 5, 5, 1), exceptions.AlignmentError, id="array too small"),
        pytest.param(np.s_[:], (40, 30, 20, 2), exceptions.AlignmentError, id="too many channels"),
        pytest.param(np.s_[:], (40, 30), exceptions.AlignmentError, id="2-d"),
        pytest.param(np.s_[::2], (20, 30, 20, 1), ValueError, id="step"),
        pytest.param(np.s_[::2], (40, 30, 20, 1), ValueError, id="step, unstepped shape"),
    ],
)
def test_a_write_that_does_not_fit_changes_nothing(vol, data, key, shape, error):
    """The error is a ``ValueError`` and every voxel stays."""
    with pytest.raises(error, match=r"\d|step") as caught:
        vol[key] = np.ones(shape, np.uint16)
    assert isinstance(caught.value, ValueError)
    assert_same(vol[:], data)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "float32", "bool"])
def test_another_dtype_is_refused(vol, data, dtype):
    """No silent cast: the message names both types."""
    with pytest.raises(ValueError, match=f"(?s)({dtype}.*uint16|uint16.*{dtype})"):
        vol[:] = np.zeros(vol.shape, dtype)
    assert_same(vol[:], data)


def test_a_3d_array_does_not_fit_many_channels(layer_root, rng):
    """Upstream wrote corrupt chunks here."""
    data = random_voxels(rng, (16, 16, 8, 3), np.uint8)
    vol = _layer(layer_root, data, (0, 0, 0))
    with pytest.raises(exceptions.AlignmentError, match="3"):
        vol[:] = np.zeros((16, 16, 8), np.uint8)
    assert_same(vol[:], data)


def test_some_channels_are_written_or_refused_but_never_spoiled(layer_root, rng):
    """One channel of three either changes alone or the write is an ``AlignmentError``."""
    data = random_voxels(rng, (16, 16, 8, 3), np.uint8)
    vol = _layer(layer_root, data, (0, 0, 0))
    new = random_voxels(rng, (16, 16, 8, 1), np.uint8)
    wanted = data.copy()
    try:
        vol[:, :, :, 1:2] = new
        wanted[..., 1:2] = new
    except exceptions.AlignmentError:
        pass
    assert_same(vol[:], wanted)


@pytest.mark.parametrize(
    ("where", "error"),
    [
        pytest.param((60, 20, -5), exceptions.OutOfBoundsError, id="out of bounds"),
        pytest.param((11, 20, -5), exceptions.AlignmentError, id="off the grid"),
    ],
)
def test_image_upload_checks_like_setitem(vol, data, where, error):
    """The source behind the volume has the same bounds and grid rules."""
    with pytest.raises(error, match=r"\d"):
        vol.image.upload(np.zeros((16, 8, 8, 1), np.uint16), where, 0)
    assert_same(vol[:], data)


def test_image_upload_and_download_take_explicit_places(vol, data, rng):
    """``upload(image, offset, mip)`` and ``download(bbox, mip)``."""
    new = random_voxels(rng, (16, 8, 8, 1), np.uint16)
    vol.image.upload(new, (26, 28, 3), 0)
    data[16:32, 8:16, 8:16] = new
    assert_same(vol.image.download(vol.bounds, 0), data)
    vol.image.upload(new[..., 0], [10, 20, -5], 0)
    data[:16, :8, :8] = new
    assert_same(vol[:], data)


def test_a_readonly_source_refuses_to_write(vol, data):
    """``vol.image.readonly`` is a switch."""
    vol.image.readonly = True
    with pytest.raises(exceptions.ReadOnlyException, match=r"\w"):
        vol[:] = 0
    vol.image.readonly = False
    vol[:] = data
    assert_same(vol[:], data)


def test_an_unknown_compression_is_refused_when_writing(vol):
    """The setting is not checked before it is used; then by an error that is both classes."""
    vol.compress = "squeeze"
    with pytest.raises(NotImplementedError, match="squeeze") as caught:
        vol[:] = 0
    assert isinstance(caught.value, ValueError)


# --- non-aligned writes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(Bbox((20, 30, 2), (21, 31, 3)), id="one voxel"),
        pytest.param(Bbox((24, 26, 1), (29, 31, 5)), id="across a corner"),
        pytest.param(Bbox((11, 21, -4), (49, 49, 14)), id="whole chunks with a border"),
        pytest.param(Bbox((10, 20, -5), (27, 50, 15)), id="one face off the grid"),
        pytest.param(Bbox((40, 40, 10), (50, 50, 15)), id="to the end of the volume"),
        pytest.param(Bbox((10, 20, -5), (50, 50, 15)), id="everything"),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_non_aligned_write_changes_exactly_its_box(layer_root, rng, box, channels):
    """Border chunks keep what lies outside the box; without the flag it is an error."""
    data = random_voxels(rng, (*SHAPE, channels), np.uint32)
    vol = _layer(layer_root, data)
    new = random_voxels(rng, (*box.size3(), channels), np.uint32)
    if box != vol.bounds:
        with pytest.raises(exceptions.AlignmentError, match="non_aligned_writes"):
            vol[box] = new
        assert_same(vol[:], data)
    vol.non_aligned_writes = True
    vol[box] = new
    data[(box - OFFSET).to_slices()] = new
    assert_same(vol[:], data)


def test_a_non_aligned_scalar(layer_root, rng):
    """A scalar is broadcast over an unaligned box as well, also over a number."""
    data = random_voxels(rng, (*SHAPE, 1), np.uint8)
    vol = _layer(layer_root, data, non_aligned_writes=True)
    vol[25:27, 27:29, 2:4] = 7
    vol[30, 30, 0] = 9
    data[15:17, 7:9, 7:9] = 7
    data[20, 10, 5] = 9
    assert_same(vol[:], data)


def test_a_missing_border_chunk_is_an_error_unless_filled(layer_root):
    """What lies around the box is unknown, so it must be there or be declared background."""
    vol = _blank(layer_root, non_aligned_writes=True)
    with pytest.raises(exceptions.EmptyVolumeException, match=r"1_1_1/\d+-"):
        vol[1:5, 1:5, 1:5] = 3
    assert not any(vol.exists(vol.bounds).values())
    vol.fill_missing, vol.background_color = True, 4
    vol[1:5, 1:5, 1:5] = 3
    wanted = np.full((16, 16, 8, 1), 4, np.uint8)
    wanted[1:5, 1:5, 1:5] = 3
    assert_same(vol[0:16, 0:16, 0:8], wanted)


def test_a_covered_chunk_need_not_exist(layer_root, rng):
    """A chunk wholly inside the box is not read before it is written."""
    vol = _blank(layer_root, non_aligned_writes=True)
    new = random_voxels(rng, (16, 16, 8, 1), np.uint8)
    vol[0:16, 16:32, 8:16] = new
    assert_same(vol[0:16, 16:32, 8:16], new)


def test_non_aligned_chunks_that_turn_black_are_deleted(file_root):
    """``delete_black_uploads`` compares re-uploaded border chunks with ``background_color``."""
    vol = _layer(file_root, np.full((16, 16, 8), 6, np.uint8), (0, 0, 0), (8, 8, 8))
    vol.non_aligned_writes = vol.delete_black_uploads = True
    vol.background_color = 9
    vol[0:16, 0:16, 0:5] = 9
    assert all(vol.exists(vol.bounds).values())
    vol[0:16, 0:16, 5:8] = 9
    assert not any(vol.exists(vol.bounds).values())


# --- overwrite_partial_chunks -----------------------------------------------------------------


@pytest.mark.parametrize("aligned", [True, False], ids=["aligned", "unaligned"])
def test_overwriting_partial_chunks_needs_non_aligned_writes(layer_root, aligned):
    """One flag without the other is refused, even for an aligned box."""
    vol = _blank(layer_root, overwrite_partial_chunks=True)
    key = np.s_[0:16, 0:16, 0:8] if aligned else np.s_[1:5, 1:5, 1:5]
    with pytest.raises(ValueError, match="non_aligned_writes"):
        vol[key] = 1


@pytest.mark.parametrize(
    ("box", "touched"),
    [
        pytest.param(np.s_[3:12, 2:9, 1:6], np.s_[0:16, 0:16, 0:8], id="inside one chunk"),
        pytest.param(np.s_[15:17, 15:17, 7:9], np.s_[0:32, 0:32, 0:16], id="at a chunk corner"),
        pytest.param(
            np.s_[30:40, 30:36, 14:18], np.s_[16:40, 16:36, 8:18], id="clipped at the end"
        ),
        pytest.param(np.s_[0:16, 0:16, 0:8], np.s_[0:16, 0:16, 0:8], id="aligned"),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_overwriting_partial_chunks_rebuilds_them_on_background(
    layer_root, rng, box, touched, channels
):
    """The touched chunks hold the box on a canvas of background; old content is gone."""
    data = random_voxels(rng, (40, 36, 18, channels), np.uint8)
    vol = _layer(layer_root, data, (0, 0, 0), (16, 16, 8))
    vol.overwrite_partial_chunks = vol.non_aligned_writes = True
    vol.background_color = 7
    vol[box] = np.full(data[box].shape, 5, np.uint8)
    data[touched] = 7
    data[box] = 5
    assert_same(vol[:], data)


def test_overwriting_partial_chunks_reads_nothing(layer_root):
    """A missing border chunk is no obstacle, since it is not looked at."""
    vol = _blank(layer_root, overwrite_partial_chunks=True, non_aligned_writes=True)
    vol[1:3, 1:3, 1:3] = 5
    wanted = np.zeros((16, 16, 8, 1), np.uint8)
    wanted[1:3, 1:3, 1:3] = 5
    assert_same(vol[0:16, 0:16, 0:8], wanted)


# --- outside the bounds -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "shape"),
    [
        pytest.param((-40, -40, -40), (140, 140, 140), id="around everything"),
        pytest.param((-6, 4, -21), (32, 32, 24), id="over the low corner"),
        pytest.param((26, 36, 3), (32, 32, 24), id="over the high corner"),
        pytest.param((26, 28, 3), (16, 8, 8), id="inside"),
        pytest.param((200, 200, 200), (16, 16, 16), id="disjoint"),
    ],
)
def test_autocrop_writes_the_part_inside(vol, data, rng, low, shape):
    """Unbounded with autocrop: the array is cut where the volume ends, disjoint is a no-op."""
    vol.bounded, vol.autocrop = False, True
    new = random_voxels(rng, (*shape, 1), np.uint16)
    box = Bbox.from_delta(low, shape)
    vol[box] = new
    begin = np.maximum(low, OFFSET)
    end = np.minimum(np.add(low, shape), np.add(OFFSET, SHAPE))
    if np.all(begin < end):
        inside = tuple(slice(a, b) for a, b in zip(begin - OFFSET, end - OFFSET, strict=True))
        taken = tuple(slice(a, b) for a, b in zip(begin - low, end - low, strict=True))
        data[inside] = new[taken]
    assert_same(vol[:], data)


def test_an_unbounded_write_over_the_edge_is_not_aligned(vol, data):
    """Without autocrop the box differs from the clamped grid box."""
    vol.bounded = False
    with pytest.raises(exceptions.AlignmentError, match="non_aligned_writes"):
        vol[42:58, 20:28, -5:3] = np.ones((16, 8, 8, 1), np.uint16)
    assert_same(vol[:], data)


def test_an_unbounded_non_aligned_write_keeps_the_part_inside(vol, data):
    """With ``non_aligned_writes`` the voxels inside the volume are written."""
    vol.bounded, vol.non_aligned_writes = False, True
    vol[45:58, 15:28, -9:3] = np.full((13, 13, 12, 1), 8, np.uint16)
    data[35:, :8, :8] = 8
    assert_same(vol[:], data)


# --- deleting black chunks --------------------------------------------------------------------


def test_black_uploads_are_deleted_instead_of_stored(file_root):
    """A chunk that equals ``background_color`` everywhere has no file afterwards."""

    def chunk_count():
        return sum(name.startswith("1_1_1/") for name in files_of(vol.cloudpath))

    vol = _layer(file_root, np.ones((32, 32, 32), np.uint8), (0, 0, 0), (8, 8, 8))
    vol.delete_black_uploads = True
    assert chunk_count() == 64
    for _ in range(2):
        vol[8:24, 8:24, 8:24] = 0
        assert chunk_count() == 56
    vol.fill_missing = True
    assert vol[8:24, 8:24, 8:24].max() == 0
    vol.image.background_color = 1
    vol[:] = 1
    assert chunk_count() == 0
    vol[:] = 0
    assert chunk_count() == 64


def test_all_zero_chunks_are_stored_by_default(file_root):
    """Absence is not the same as zero unless the caller wants it so."""
    vol = _blank(file_root)
    vol[:] = 0
    assert all(vol.exists(vol.bounds).values())
    assert not vol[:].any()


def test_a_black_chunk_of_nan_is_deleted(file_root):
    """NaN as ``background_color`` counts as equal to NaN."""
    vol = _blank(file_root, dtype="float32", delete_black_uploads=True, background_color=np.nan)
    vol[:] = np.full(vol.shape, np.nan, np.float32)
    assert not any(vol.exists(vol.bounds).values())


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compress", "suffix"),
    [(None, ".gz"), ("gzip", ".gz"), ("br", ".br"), (False, ""), ("", ""), (True, ".gz")],
    ids=repr,
)
def test_files_are_named_by_their_box_and_compression(file_root, rng, compress, suffix):
    """``<key>/<x0>-<x1>_<y0>-<y1>_<z0>-<z1>`` with the ends cut at the volume."""
    vol = _layer(file_root, random_voxels(rng, SHAPE, np.uint16), compress=compress)
    vol.delete(vol.bounds)
    vol[:] = 3
    wanted = [f"1_1_1/{name}{suffix}" for name in chunk_names(SHAPE, CHUNK, OFFSET)]
    assert sorted(n for n in files_of(vol.cloudpath) if "_" in n) == sorted(wanted)


@pytest.mark.parametrize("before", ["gzip", "br", False], ids=["gzip", "br", "bare"])
@pytest.mark.parametrize("after", ["gzip", "br", False], ids=["gzip", "br", "bare"])
def test_one_chunk_is_one_file(file_root, rng, before, after):
    """A write under another suffix leaves no stale twin behind, and is what is read."""
    vol = _layer(file_root, random_voxels(rng, SHAPE, np.uint16), compress=before)
    vol[:] = 1
    vol.compress = after
    vol[:] = 2
    names = [n.removesuffix(".gz").removesuffix(".br") for n in files_of(vol.cloudpath)]
    assert len(names) == len(set(names)) == 2 + len(chunk_names(SHAPE, CHUNK, OFFSET))
    assert_same(CloudVolume(vol.cloudpath)[:], np.full((*SHAPE, 1), 2, np.uint16))


def test_a_write_leaves_no_other_files(file_root, rng):
    """No temporary file, lock or backup stays in the layer."""
    data = random_voxels(rng, SHAPE, np.uint16)
    vol = _layer(file_root, data, compress=False, non_aligned_writes=True)
    vol[:] = data
    vol[11:27, 21:30, 0:3] = 5
    vol.commit_info()
    vol.commit_provenance()
    chunks = [f"1_1_1/{name}" for name in chunk_names(SHAPE, CHUNK, OFFSET)]
    assert sorted(files_of(vol.cloudpath)) == sorted(["info", "provenance", *chunks])


def test_jpeg_chunks_are_not_compressed_again(file_root):
    """The default compression follows the encoding: none for jpeg."""
    vol = CloudVolume.from_numpy(
        np.full((8, 8, 8), 200, np.uint8),
        vol_path=f"{file_root}/j",
        encoding="jpeg",
        chunk_size=(8, 8, 8),
    )
    (name,) = [n for n in files_of(vol.cloudpath) if "_" in n]
    assert name.endswith("/0-8_0-8_0-8")
    assert files_of(vol.cloudpath)[name].startswith(b"\xff\xd8")


def test_a_chunk_that_cannot_be_stored_is_a_typed_error(file_root):
    """What is in the way stays, no temporary file remains, and the message names the chunk."""
    vol = _layer(file_root, np.ones((8, 8, 8), np.uint8), (0, 0, 0), (8, 8, 8), compress=False)
    vol[:] = 1
    chunk = directory_of(vol.cloudpath) / "1_1_1" / "0-8_0-8_0-8"
    chunk.unlink()
    chunk.mkdir()
    (chunk / "keep").write_bytes(b"x")
    with pytest.raises(exceptions.CloudVolumeError, match="0-8_0-8_0-8"):
        vol[:] = 2
    assert sorted(n for n in files_of(vol.cloudpath) if "_" in n) == ["1_1_1/0-8_0-8_0-8/keep"]


# --- the documented helper --------------------------------------------------------------------


def test_generate_chunks_lists_relative_and_absolute_places(file_root):
    """(start, end) in the image and (start, end) in the volume for every chunk, x fastest."""
    info = CloudVolume.create_new_info(
        num_channels=1,
        layer_type="image",
        data_type="uint8",
        encoding="raw",
        resolution=[1, 1, 1],
        voxel_offset=[10, 0, 0],
        volume_size=[50, 32, 32],
        chunk_size=[32, 32, 32],
    )
    vol = CloudVolume(f"{file_root}/g", info=info)
    found = list(generate_chunks(vol.meta, np.zeros((50, 32, 32), np.uint8), (10, 0, 0), vol.mip))
    wanted = [
        ((0, 0, 0), (32, 32, 32), (10, 0, 0), (42, 32, 32)),
        ((32, 0, 0), (50, 32, 32), (42, 0, 0), (60, 32, 32)),
    ]
    assert [tuple(tuple(int(v) for v in p) for p in row) for row in found] == wanted
    with pytest.raises(exceptions.AlignmentError, match=r"\d"):
        list(generate_chunks(vol.meta, np.zeros((32, 32, 32), np.uint8), (11, 0, 0), vol.mip))
