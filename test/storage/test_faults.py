"""Killed writers, full disks, refused writes, no more file handles: never half an object."""

import os
import time

import pytest
from faults import full, kill_writers, leftovers, python, read_only, small_disk

from cloudvolume.exceptions import StorageFullError, StoragePermissionError
from cloudvolume.storage import StorageClient

KEYS = [f"scale/{i}" for i in range(6)]
METHODS = [None, "gzip", "br", "zstd"]

_WRITER = """
import itertools, sys
from cloudvolume.storage import StorageClient
store = StorageClient(sys.argv[1])
methods, nbytes = eval(sys.argv[2]), int(sys.argv[3])
for method in methods:
    store.put("warm", b"x", compress=method)
store.delete("warm")

def write(seed):
    for version in itertools.count(seed):
        for i in range(6):
            with store.lock(f"scale/{i}"):
                content = bytes([version % 256]) * nbytes
                store.put(f"scale/{i}", content, compress=methods[version % len(methods)])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked, to be quick")
@pytest.mark.parametrize("methods", [[None], METHODS], ids=["bare", "changing compression"])
def test_killed_writers_leave_whole_objects(tmp_path, rng, methods):
    """Fifty times at any moment: each object is one of its versions, and nothing else is seen."""
    folder = tmp_path / "layer"
    url = f"file://{folder}"
    nbytes = 400_000
    first = StorageClient(url)
    for key in KEYS:
        first.put(key, bytes(nbytes))
    delays = rng.integers(500, 25_000, 50)
    for _ in kill_writers(_WRITER, [url, methods, nbytes], delays):
        store = StorageClient(url)
        assert list(store.list()) == KEYS
        for found in store.get_many(KEYS).values():
            assert bytes(found) == bytes(found[:1]) * nbytes
    for name in (".cv-tmp-0-0-0", ".cv-lock-key-0"):  # in case that no kill has left one
        (folder / "scale" / name).touch()
    for path in leftovers(folder):
        os.utime(path, (time.time() - 7200,) * 2)
    last = StorageClient(url)
    for key in KEYS:
        with last.lock(key):
            last.put(key, b"last", compress="gzip")
    assert leftovers(folder) == []
    assert sorted(os.listdir(folder / "scale")) == [f"{i}.gz" for i in range(6)]


@pytest.fixture
def disk(tmp_path):
    """A store on a disk of a few megabytes."""
    with small_disk(tmp_path / "disk"):
        yield tmp_path / "disk"


@pytest.mark.parametrize("compress", [None, "gzip"])
@pytest.mark.parametrize("durable", [False, True], ids=["quick", "durable"])
def test_a_full_disk(disk, rng, compress, durable):
    """A typed error, the old object, no temporary file; and all is well when there is room."""
    store = StorageClient(f"file://{disk}/layer")
    store.put("a/key", b"old")
    new = rng.bytes(50_000)
    with full(disk) as number:
        for key in ("a/key", "a/new", "b/new"):
            with pytest.raises(StorageFullError, match=f"cannot write .*layer/{key}") as caught:
                store.put(key, new, compress=compress, durable=durable)
            assert caught.value.errno == number
        assert leftovers(disk) == []
        assert bytes(store.get("a/key")) == b"old"
        assert list(store.list()) == ["a/key"]
    store.put("a/key", new, compress=compress, durable=durable)
    assert bytes(store.get("a/key")) == new


def test_deleting_makes_room(disk):
    """It needs none itself."""
    store = StorageClient(f"file://{disk}/layer")
    store.put("key", bytes(100_000))
    with full(disk):
        store.delete("key")
        assert not store.exists("key")


def test_a_disk_that_refuses_writes(tmp_path):
    """A typed error for each verb that changes something; reading goes on, or is refused too."""
    folder = tmp_path / "layer"
    store = StorageClient(f"file://{folder}")
    store.put("a/key", b"old", compress="gzip")
    with read_only(folder) as number:
        for call in (
            lambda: store.put("a/key", b"new"),
            lambda: store.put("a/new", b"new"),
            lambda: store.put("b/c/new", b"new"),
            lambda: store.delete("a/key"),
            lambda: store.lock("a/key").__enter__(),
        ):
            with pytest.raises(
                StoragePermissionError, match="cannot (write|delete|lock)"
            ) as caught:
                call()
            assert caught.value.errno == number
    assert bytes(store.get("a/key")) == b"old"
    assert list(store.list()) == ["a/key"]
    assert leftovers(folder) == []


_AS_NOBODY = """
import os, sys
from cloudvolume.exceptions import StoragePermissionError
from cloudvolume.storage import StorageClient
store = StorageClient(sys.argv[1])
store.exists("warm")
if os.geteuid() == 0:
    os.setuid(65534)
for call in (
    lambda: store.get("a/key"),
    lambda: store.exists("a/key"),
    lambda: store.delete("a/key"),
    lambda: list(store.list("a/")),
    lambda: store.put("a/key", b"new"),
    lambda: store.open("a/key"),
):
    try:
        print("came through:", call())
    except StoragePermissionError:
        print("refused")
"""


def test_what_may_not_be_looked_at_is_not_absent(tmp_path):
    """A folder that is closed to this user gives an error for each verb: not None, not success."""
    folder = tmp_path / "layer"
    store = StorageClient(f"file://{folder}")
    store.put("a/key", b"old")
    (folder / "a").chmod(0)
    try:
        with python(_AS_NOBODY, store.cloudpath) as process:
            out, err = process.communicate(timeout=60)
    finally:
        (folder / "a").chmod(0o755)
    assert out.split("\n") == ["refused"] * 6 + [""], err
    assert bytes(store.get("a/key")) == b"old"


_FEW_HANDLES = """
import os, resource, sys
from cloudvolume.exceptions import StorageFullError
from cloudvolume.storage import StorageClient
store = StorageClient(sys.argv[1])
keys = [f"a/{i}" for i in range(20)]
for key in keys:
    store.put(key, key, compress="gzip")
wanted = {key: key.encode() for key in keys}
store.get_many(keys), list(store.list()), store.exists(keys)

def get():
    found = store.get_many(keys)
    return {key: bytes(value) for key, value in found.items()} == wanted

def put():
    for key in keys:
        store.put(key, key, compress="gzip")
    return True

def lock():
    with store.lock("a/0"):
        return True

verbs = {
    "get": get,
    "put": put,
    "lock": lock,
    "list": lambda: list(store.list()) == sorted(keys),
    "exists": lambda: all(store.exists(keys).values()),
}
handle = os.dup(0)
os.close(handle)
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
for spare in range(4):
    for name, verb in verbs.items():
        resource.setrlimit(resource.RLIMIT_NOFILE, (handle + spare, hard))
        try:
            outcome = "right" if verb() else "WRONG"
        except StorageFullError:
            outcome = "full"
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        print(name, spare, outcome)
assert get() and verbs["list"]()
assert not [name for name in os.listdir(store.backend.root + "/a") if name.startswith(".cv-")]
"""


def test_no_more_file_handles(tmp_path):
    """`StorageFullError` or the right answer: what cannot be opened is not taken for absent."""
    with python(_FEW_HANDLES, f"file://{tmp_path}/layer") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    outcomes = {(name, int(n)): outcome for name, n, outcome in map(str.split, out.splitlines())}
    assert len(outcomes) == 20
    assert set(outcomes.values()) == {"right", "full"}
    assert {outcomes[name, 0] for name in ("get", "put", "lock", "list")} == {"full"}
    assert {outcomes[name, 3] for name in ("put", "lock", "list", "exists")} == {"right"}
