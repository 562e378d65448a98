"""What happens to a volume when the machine fails under it."""

import os
import signal
import time

import numpy as np
import pytest
from faults import full, kill_writers, leftovers, python, read_only, small_disk

from cloudvolume import CloudVolume
from cloudvolume.exceptions import StorageFullError, StoragePermissionError, UploadError


def make(url, data, chunk_size=(32, 32, 32), **options):
    CloudVolume.from_numpy(
        data, vol_path=url, resolution=(1, 1, 1), chunk_size=chunk_size, compress=False
    )
    return CloudVolume(url, **options)


def chunks(vol):
    """The voxels of each chunk."""
    for x in range(0, vol.shape[0], 32):
        for y in range(0, vol.shape[1], 32):
            for z in range(0, vol.shape[2], 32):
                yield vol[x : x + 32, y : y + 32, z : z + 32]


# --- killed writers ---------------------------------------------------------------------------

_WRITER = """
import itertools, sys
from cloudvolume import CloudVolume
aligned = sys.argv[2] == "aligned"
vols = [
    CloudVolume(sys.argv[1], compress=method, non_aligned_writes=not aligned)
    for method in ("gzip", False, "br")
]

def write(seed):
    for version in itertools.count(seed):
        vol = vols[version % 3]
        if aligned:
            vol[:] = version % 256
            vol.commit_info()
            vol.commit_provenance()
        else:
            vol[0:64, 0:64, 1:63] = version % 256
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked, to be quick")
@pytest.mark.parametrize("kind", ["aligned", "unaligned"])
def test_killed_writers_leave_a_volume(tmp_path, rng, kind):
    """The volume opens, no chunk is missing, and each is one version of itself whole."""
    folder = tmp_path / "layer"
    vol = make(f"file://{folder}", np.zeros((64, 64, 64), np.uint8))
    for _ in kill_writers(_WRITER, [vol.cloudpath, kind], rng.integers(1000, 40_000, 50)):
        found = CloudVolume(vol.cloudpath)
        for chunk in chunks(found):
            inside = chunk[:, :, 1:31]
            assert inside.min() == inside.max()
        if kind == "unaligned":
            assert not found[:, :, 0].any()
            assert not found[:, :, 63].any()
        assert all(found.exists(found.bounds).values())
        assert len(found.exists(found.bounds)) == 8
    left = leftovers(folder)
    assert left
    for path in left:
        os.utime(path, (time.time() - 7200,) * 2)
    last = CloudVolume(vol.cloudpath, compress=False)
    last[:] = 7
    last.commit_info()
    assert leftovers(folder) == []
    assert len(list((folder / "1_1_1").iterdir())) == 8
    assert np.all(CloudVolume(vol.cloudpath)[:] == 7)


# --- disks ------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk"):
        yield tmp_path / "disk"


def test_a_full_disk(disk, rng):
    """One chunk: `StorageFullError`; several: `UploadError` that lists them; the old data stays."""
    old = np.asfortranarray(rng.integers(0, 256, (64, 64, 64, 1), np.uint8))
    vol = make(f"file://{disk}/layer", old, compress=False)
    new = np.asfortranarray(rng.integers(0, 256, (64, 64, 64, 1), np.uint8))
    files = sorted(disk.rglob("*"))
    with full(disk) as number:
        with pytest.raises(StorageFullError, match="1_1_1/32-64_0-32_0-32") as caught:
            vol[32:64, 0:32, 0:32] = new[32:64, 0:32, 0:32]
        assert caught.value.errno == number
        with pytest.raises(UploadError, match="run the write again") as caught:
            vol[:] = new
        assert caught.value.errno == number
        assert 1 <= len(caught.value.failed) <= 8
        for key, err in caught.value.failed:
            assert key.startswith("1_1_1/")
            assert isinstance(err, StorageFullError)
        with pytest.raises(StorageFullError, match="info"):
            vol.commit_info()
        assert leftovers(disk) == []
        np.testing.assert_array_equal(CloudVolume(vol.cloudpath)[:], old)
    assert sorted(disk.rglob("*")) == files
    vol[:] = new
    np.testing.assert_array_equal(vol[:], new)


def test_a_disk_that_fills_up_during_a_write(disk, rng):
    """Each chunk is the old one or the new one; a second run completes the write."""
    old = np.asfortranarray(rng.integers(0, 256, (64, 64, 128, 1), np.uint8))
    new = np.full_like(old, 9)
    new[:, :, 96:] = rng.integers(0, 256, (64, 64, 32, 1), np.uint8)
    vol = make(f"file://{disk}/layer", old, compress="gzip")
    with full(disk) as number:
        if os.path.ismount(disk):  # else there is room for the small chunks in any case
            os.truncate(disk / "ballast", os.path.getsize(disk / "ballast") - 100_000)
            for chunk in (disk / "layer" / "1_1_1").iterdir():
                os.link(chunk, disk / chunk.name)  # so that replacing it makes no room
        with pytest.raises(UploadError, match="run the write again") as caught:
            vol[:] = new
    assert caught.value.errno == number
    assert leftovers(disk) == []
    states = [
        (np.array_equal(found, before), np.array_equal(found, after))
        for found, before, after in zip(chunks(vol), chunks(old), chunks(new), strict=True)
    ]
    assert set(states) == {(True, False), (False, True)}
    for path in disk.glob("*_*_*"):
        path.unlink()
    vol[:] = new
    np.testing.assert_array_equal(vol[:], new)


def test_a_disk_that_refuses_writes(tmp_path, rng):
    """Typed errors, also from several chunks at once; nothing has changed."""
    folder = tmp_path / "layer"
    old = np.asfortranarray(rng.integers(0, 256, (64, 32, 32, 1), np.uint8))
    vol = make(f"file://{folder}", old)
    unaligned = CloudVolume(vol.cloudpath, non_aligned_writes=True)
    with read_only(folder) as number:
        with pytest.raises(StoragePermissionError, match="cannot write"):
            vol[0:32] = 1
        with pytest.raises(UploadError, match="run the write again") as caught:
            vol[:] = 1
        assert caught.value.errno == number
        assert all(isinstance(err, StoragePermissionError) for _, err in caught.value.failed)
        with pytest.raises(StoragePermissionError, match="cannot write"):
            vol.commit_info()
        with pytest.raises(StoragePermissionError, match="cannot lock"):
            unaligned[0:5] = 1
    assert leftovers(folder) == []
    np.testing.assert_array_equal(vol[:], old)


def test_a_chunk_is_one_file_whatever_its_compression(tmp_path, rng):
    """Uncompressed, gzip, brotli, and back: the newest counts and no twin stays."""
    folder = tmp_path / "layer"
    vol = make(f"file://{folder}", np.zeros((32, 32, 32), np.uint8))
    for compress, suffix in [
        (False, ""), ("gzip", ".gz"), ("br", ".br"), (None, ".gz"), ("zstd", ".zstd"), (False, ""),
    ]:  # fmt: skip
        data = np.asfortranarray(rng.integers(0, 256, (32, 32, 32, 1), np.uint8))
        CloudVolume(vol.cloudpath, compress=compress)[:] = data
        assert os.listdir(folder / "1_1_1") == [f"0-32_0-32_0-32{suffix}"]
        np.testing.assert_array_equal(vol[:], data)


# --- file handles -----------------------------------------------------------------------------

_FEW_HANDLES = """
import os, resource, sys
import numpy as np
from cloudvolume import CloudVolume
from cloudvolume.exceptions import StorageFullError, UploadError
vols = [
    CloudVolume(sys.argv[1], fill_missing=True, non_aligned_writes=True, compress=method)
    for method in (False, "gzip")
]
wanted = np.asarray(vols[0][:])
for vol in vols:
    vol[:] = wanted
    vol[1:60] = wanted[1:60]
    assert np.array_equal(vol[:], wanted)

def write(vol, box):
    vol[box] = wanted[box]
    return True

handle = os.dup(0)
os.close(handle)
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
for spare in range(5):
    for vol in vols:
        for name, verb in {
            "read": lambda: np.array_equal(vol[:], wanted),
            "write": lambda: write(vol, np.s_[:]),
            "write parts": lambda: write(vol, np.s_[1:60]),
            "open": lambda: CloudVolume(sys.argv[1]).shape == wanted.shape,
        }.items():
            resource.setrlimit(resource.RLIMIT_NOFILE, (handle + spare, hard))
            try:
                outcome = "right" if verb() else "WRONG"
            except StorageFullError:
                outcome = "full"
            except UploadError as err:
                outcome = "full" if all(
                    isinstance(one, StorageFullError) for _, one in err.failed
                ) else repr(err)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            print(name, spare, outcome, sep="|")
    assert np.array_equal(vol[:], wanted)
"""


def test_no_more_file_handles(tmp_path, rng):
    """Never background in place of a chunk that could not be opened, never half a write."""
    data = np.asfortranarray(rng.integers(1, 256, (64, 64, 32, 1), np.uint8))
    vol = make(f"file://{tmp_path}/layer", data)
    with python(_FEW_HANDLES, vol.cloudpath) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    outcomes = [line.split("|") for line in out.splitlines()]
    assert len(outcomes) == 40
    assert {outcome for _, _, outcome in outcomes} == {"right", "full"}
    assert {outcome for _, spare, outcome in outcomes if spare == "0"} == {"full"}
    np.testing.assert_array_equal(vol[:], data)
    assert leftovers(tmp_path) == []


# --- interrupts -------------------------------------------------------------------------------

_BUSY = """
import signal, sys, threading, time
import numpy as np
from cloudvolume import CloudVolume
signal.signal(signal.SIGINT, signal.default_int_handler)
vol = CloudVolume(sys.argv[1], compress="br", compress_level=9)
data = np.asarray(vol[:])
print("ready", flush=True)
try:
    while True:
        if sys.argv[2] == "read":
            vol[:]
        else:
            vol[:] = data
except KeyboardInterrupt:
    # A helper that was just being started finds that there is nothing to do, and ends.
    deadline = time.monotonic() + 2
    while threading.active_count() > 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    print("interrupted", threading.active_count(), flush=True)
    raise
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("direction", ["read", "write"])
def test_interrupts(tmp_path, rng, direction, number):
    """Ctrl-C raises KeyboardInterrupt within five seconds, SIGTERM ends the process."""
    folder = tmp_path / "layer"
    data = np.asfortranarray(rng.integers(0, 16, (256, 256, 64, 1), np.uint8))
    vol = make(f"file://{folder}", data, chunk_size=(64, 64, 64), compress="br", compress_level=1)
    vol[:] = data
    with python(_BUSY, vol.cloudpath, direction) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.2)
            start = time.monotonic()
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
            elapsed = time.monotonic() - start
        finally:
            process.kill()
    assert elapsed < 5
    assert process.returncode == -number
    if number == signal.SIGINT:
        assert out == "interrupted 1\n"
        assert "KeyboardInterrupt" in err
        assert leftovers(folder) == []
    np.testing.assert_array_equal(CloudVolume(vol.cloudpath)[:], data)
