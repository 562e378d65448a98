"""Threads, forks, torn files and odd corners: what holds when more than one thing happens."""

import gzip
import multiprocessing
import subprocess
import sys
import threading
import tracemalloc
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from reference_layers import (
    assert_same,
    chunk_names,
    directory_of,
    files_of,
    random_voxels,
    write_layer,
)

import cloudvolume
from cloudvolume import Bbox, CloudVolume, exceptions


def _layer(root, data, chunk_size=(8, 8, 8), **options):
    path = f"{root}/layer"
    CloudVolume.from_numpy(
        data, vol_path=path, resolution=(1, 1, 1), chunk_size=chunk_size, compress=False
    )
    return CloudVolume(path, compress=False, **options)


# --- threads and processes --------------------------------------------------------------------


@pytest.mark.parametrize("shared", [True, False], ids=["one object", "an object each"])
def test_unaligned_writes_from_threads_lose_nothing(layer_root, shared):
    """Many writers of one chunk, each its own voxels: every voxel arrives."""
    vol = _layer(layer_root, np.zeros((16, 8, 8), np.uint8), non_aligned_writes=True)

    def write(number):
        own = vol if shared else CloudVolume(vol.cloudpath, compress=False, non_aligned_writes=True)
        own[number, 0:8, 1:7] = number + 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(16)))
    wanted = np.zeros((16, 8, 8, 1), np.uint8)
    wanted[:, :, 1:7] = np.arange(1, 17, dtype=np.uint8)[:, None, None, None]
    assert_same(vol[:], wanted)


_WRITER = """
import sys
from cloudvolume import CloudVolume
path, first = sys.argv[1], int(sys.argv[2])
vol = CloudVolume(path, compress=False, non_aligned_writes=True)
for value in range(1, 21):
    for x in range(first, 12, 2):
        vol[x, 0:8, 1:7] = value
"""


def test_unaligned_writes_from_processes_lose_nothing(file_root):
    """Border chunks are locked across processes, and no lock file stays in the layer."""
    vol = _layer(file_root, np.zeros((12, 8, 8), np.uint8), (12, 8, 8))
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, vol.cloudpath, str(first)],
            cwd=Path(cloudvolume.__file__).parents[1],
        )
        for first in range(2)
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    wanted = np.zeros((12, 8, 8, 1), np.uint8)
    wanted[:, :, 1:7] = 20
    assert_same(vol[:], wanted)
    assert set(files_of(vol.cloudpath)) == {"info", "provenance", "1_1_1/0-12_0-8_0-8"}


def test_reads_from_threads_agree(layer_root, rng):
    """One volume object serves many threads."""
    data = random_voxels(rng, (40, 24, 16, 2), np.uint16)
    vol = _layer(layer_root, data)
    lows = rng.integers(0, (39, 23, 15), (60, 3))
    highs = rng.integers(lows + 1, (41, 25, 17))
    with ThreadPoolExecutor(6) as pool:
        boxes = [Bbox(a, b) for a, b in zip(lows, highs, strict=True)]
        for box, found in zip(boxes, pool.map(vol.download, boxes), strict=True):
            assert_same(found, data[box.to_slices()])


@pytest.mark.parametrize("compress", [False, "gzip"], ids=["bare", "gzip"])
def test_a_reader_never_sees_half_a_chunk(file_root, compress):
    """While a chunk is replaced again and again, each read gives one version of it whole."""
    vol = _layer(file_root, np.zeros((32, 32, 32), np.uint8), (32, 32, 32))
    done = threading.Event()

    def write():
        writer = CloudVolume(vol.cloudpath, compress=compress)
        try:
            for value in range(1, 60):
                writer[:] = value
        finally:
            done.set()

    thread = threading.Thread(target=write)
    thread.start()
    seen = []
    while not done.is_set() or not seen:
        seen.append(np.unique(vol[:]).tolist())
    thread.join()
    assert all(len(values) == 1 for values in seen)
    assert sorted(seen) == seen
    assert np.unique(vol[:]).tolist() == [59]


def test_a_chunk_that_changes_its_suffix_is_never_missing(file_root):
    """``fill_missing`` needs proof of absence: being between two names is not absence."""
    vol = _layer(file_root, np.ones((2, 2, 2), np.uint8), (2, 2, 2), fill_missing=True)
    done = threading.Event()

    def write():
        writer = CloudVolume(vol.cloudpath)
        try:
            for number in range(1500):
                writer.compress = [False, "gzip"][number % 2]
                writer[:] = 1
        finally:
            done.set()

    thread = threading.Thread(target=write)
    thread.start()
    found = [1]
    while not done.is_set():
        found.append(int(vol[:].min()))
    thread.join()
    assert found.count(0) == 0


def _read_and_report(vol, box, queue):
    queue.put(np.asarray(vol[box]).tobytes())


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="the platform cannot fork"
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Python 3.12 on forks with threads
def test_a_forked_child_reads(file_root, rng):
    """Threads that read before the fork do not hang the child."""
    data = random_voxels(rng, (32, 32, 16, 1), np.uint8)
    vol = _layer(file_root, data)
    assert_same(vol[:], data)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_read_and_report, args=(vol, vol.bounds, queue))
    child.start()
    try:
        found = queue.get(timeout=30)
    finally:
        child.join(10)
        if child.is_alive():
            child.kill()
    assert child.exitcode == 0
    assert found == data.tobytes()


def test_layers_in_memory_are_apart(rng):
    """Each bucket of ``mem://`` is a store of its own; the same bucket is the same store."""
    data = random_voxels(rng, (8, 8, 8, 1), np.uint8)
    one, other = (f"mem://apart-{uuid.uuid4().hex}/dataset" for _ in range(2))
    _layer(one, data)
    assert_same(CloudVolume(f"{one}/layer")[:], data)
    with pytest.raises(exceptions.InfoUnavailableError, match="apart-"):
        CloudVolume(f"{other}/layer")
    with pytest.raises(exceptions.InfoUnavailableError, match="layer2"):
        CloudVolume(f"{one}/layer2")


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("box", [np.s_[:], np.s_[0:8, 0:8, 0:8], np.s_[1:7, 1:7, 1:7]], ids=str)
def test_a_cutout_outlives_its_files(file_root, rng, box):
    """What was returned is memory, not a window on a file that others may cut or remove."""
    data = random_voxels(rng, (16, 8, 8, 1), np.uint16)
    path = write_layer(directory_of(f"{file_root}/gone"), data, chunk_size=(8, 8, 8))
    cutout = CloudVolume(path)[box]
    for name in chunk_names((16, 8, 8), (8, 8, 8)):
        chunk = directory_of(path) / "1_1_1" / name
        chunk.write_bytes(b"\xee" * 10)
        chunk.unlink()
    assert_same(cutout, data[box])


@pytest.mark.parametrize(
    ("suffixes", "winner"),
    [
        pytest.param(["", ".gz"], ".gz", id="gzip before bare"),
        pytest.param([".br", ".gz"], ".gz", id="gzip before brotli"),
        pytest.param(["", ".br"], ".br", id="brotli before bare"),
        pytest.param(["", ".bz2"], ".bz2", id="bzip2 before bare"),
    ],
)
def test_of_several_variants_one_is_read_by_a_fixed_rule(file_root, rng, suffixes, winner):
    """Other programs may leave twins; which one counts does not depend on history."""
    import bz2

    import brotli

    pack = {"": bytes, ".gz": gzip.compress, ".br": brotli.compress, ".bz2": bz2.compress}
    variants = {suffix: random_voxels(rng, (8, 8, 8, 1), np.uint8) for suffix in suffixes}
    path = write_layer(directory_of(f"{file_root}/twins"), variants[winner], chunk_size=(8, 8, 8))
    (directory_of(path) / "1_1_1" / "0-8_0-8_0-8").unlink()
    for suffix, voxels in variants.items():
        packed = pack[suffix](voxels.tobytes(order="F"))
        (directory_of(path) / "1_1_1" / f"0-8_0-8_0-8{suffix}").write_bytes(packed)
    vol = CloudVolume(path)
    assert vol.exists(vol.bounds) == {"1_1_1/0-8_0-8_0-8": True}
    for _ in range(2):
        assert_same(vol[:], variants[winner])
    vol[:] = 1
    assert sum("8_0-8" in name for name in files_of(path)) == 1
    assert np.all(vol[:] == 1)


def test_a_write_reports_what_failed_and_can_be_run_again(file_root):
    """The error lists chunks; each other one is old or new as a whole; a second run completes."""
    vol = _layer(file_root, np.zeros((32, 16, 8), np.uint8))
    folder = directory_of(vol.cloudpath) / "1_1_1"
    blocked = ["8-16_0-8_0-8", "24-32_8-16_0-8"]
    for name in blocked:
        (folder / name).unlink()
        (folder / name).mkdir()
        (folder / name / "in-the-way").touch()
    with pytest.raises(exceptions.UploadError, match="8-16_0-8_0-8|24-32_8-16_0-8") as caught:
        vol[:] = 5
    failed = dict(caught.value.failed)
    assert failed
    assert set(failed) <= {f"1_1_1/{name}" for name in blocked}
    assert all(isinstance(err, Exception) for err in failed.values())
    stored = {body for name, body in files_of(vol.cloudpath).items() if name.endswith("_0-8")}
    assert stored <= {b"\0" * 512, b"\5" * 512}
    for name in blocked:
        (folder / name / "in-the-way").unlink()
        (folder / name).rmdir()
    vol[:] = 5
    assert np.all(vol[:] == 5)


@pytest.mark.parametrize("direction", ["read", "write"])
def test_memory_stays_near_the_size_of_the_array(file_root, rng, direction):
    """A read takes its output and a few chunks, a write the same beside its input."""
    data = np.asfortranarray(random_voxels(rng, (128, 128, 128, 1), np.uint16))
    vol = _layer(file_root, data, (32, 32, 32))
    tracemalloc.start()
    try:
        if direction == "read":
            vol[:]
        else:
            vol[:] = data
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    chunk = 2 * 32**3
    budget = (data.nbytes if direction == "read" else 0) + 32 * chunk
    assert peak < budget


# --- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        pytest.param("float32", 0.5, id="fraction into float32"),
        pytest.param("float64", np.pi, id="pi into float64"),
        pytest.param("float32", 3, id="int into float32"),
        pytest.param("float32", np.nan, id="NaN into float32"),
        pytest.param("float64", -np.inf, id="minus infinity into float64"),
        pytest.param("uint64", 2**64 - 1, id="the largest uint64"),
        pytest.param("int64", -(2**63), id="the smallest int64"),
        pytest.param("int8", -128, id="the smallest int8"),
        pytest.param("uint8", True, id="true into uint8"),
        pytest.param("uint16", np.int64(70), id="a wide numpy int that fits"),
    ],
)
def test_scalars_that_fit_are_exact(layer_root, dtype, value):
    """All 64 bits, fractions, NaN and infinities where the type has them."""
    vol = _layer(layer_root, np.zeros((9, 8, 7), dtype))
    vol[:] = value
    assert_same(vol[:], np.full((9, 8, 7, 1), value, dtype))


def test_a_box_in_nanometres_is_converted_for_writing(layer_root, rng):
    """As it is for reading; upstream forgot."""
    data = random_voxels(rng, (16, 16, 8), np.uint8)
    vol = CloudVolume.from_numpy(
        data, vol_path=f"{layer_root}/nm", resolution=(4, 4, 40), chunk_size=(8, 8, 8)
    )
    vol[Bbox((32, 0, 0), (64, 32, 320), unit="nm")] = np.full((8, 8, 8, 1), 3, np.uint8)
    data[8:16, 0:8, 0:8] = 3
    assert_same(vol[:], data[..., np.newaxis])


def test_metadata_can_be_assigned(layer_root, rng):
    """``info``, ``scales``, ``scale`` and ``provenance`` are replaced, not only changed."""
    data = random_voxels(rng, (8, 8, 8, 1), np.uint8)
    vol = _layer(layer_root, data)
    other = {**vol.info, "type": "segmentation"}
    vol.info = other
    assert vol.info is other
    assert vol.layer_type == "segmentation"
    vol.scale = {**vol.scale, "size": [8, 8, 4]}
    assert vol.shape == (8, 8, 4, 1)
    assert vol.info["scales"][0]["size"] == [8, 8, 4]
    vol.scales = [{**vol.scale, "size": [8, 8, 8]}]
    assert_same(vol[:], data)
    vol.provenance = {"sources": ["x"]}
    assert vol.provenance.sources == ["x"]
    assert vol.provenance.owners == []


@pytest.mark.parametrize(
    ("dtype", "channels"),
    [("uint16", 1), ("float32", 3), ("uint8", 2), ("uint8", 4)],
    ids=["uint16", "float32", "two channels", "four channels"],
)
def test_jpeg_refuses_what_it_cannot_hold(layer_root, dtype, channels):
    """uint8 with one or three channels only; the message says what the layer has."""
    data = np.zeros((8, 8, 8, channels), dtype)
    with pytest.raises(
        (exceptions.EncodingError, exceptions.DataTypeError, exceptions.InvalidInfoError),
        match=f"(?s)jpeg.*({dtype}|{channels})|({dtype}|{channels}).*jpeg",
    ):
        CloudVolume.from_numpy(
            data,
            vol_path=f"{layer_root}/j",
            encoding="jpeg",
            chunk_size=(8, 8, 8),
            layer_type="image",
        )


@pytest.mark.parametrize(
    "size",
    [(4, 256, 300), (70000, 2, 1), (1, 65521, 2)],
    ids=["rows y times z", "one long axis", "too many for any side"],
)
def test_a_jpeg_chunk_beyond_the_format_is_laid_out_otherwise_or_refused(file_root, size):
    """A JPEG has at most 65535 rows and columns: never a picture that cannot be read back."""
    data = np.full((*size, 1), 77, np.uint8)
    path = f"{file_root}/long"
    try:
        CloudVolume.from_numpy(data, vol_path=path, encoding="jpeg", chunk_size=size)
    except exceptions.CloudVolumeError as err:
        assert "65535" in str(err) or "jpeg" in str(err).lower()  # noqa: PT017 - either is right
        assert not any("-" in name for name in files_of(path))
    else:
        assert_same(CloudVolume(path)[:], data)
