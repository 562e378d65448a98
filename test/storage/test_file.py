"""Files pass the kit; what only files have: suffixes, temporary files, modes, links, errno."""

import errno
import gzip
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from storage.storage_kit import StorageBackendTests, body

import cloudvolume
from cloudvolume.exceptions import (
    InvalidKeyError,
    StorageError,
    StorageFullError,
    StoragePermissionError,
    UnsupportedCompressionType,
)
from cloudvolume.storage import ByteRange, StoredObject, open_backend

REPOSITORY = Path(cloudvolume.__file__).parents[1]
SUFFIXES = {"gzip": ".gz", "br": ".br", "zstd": ".zstd", "xz": ".xz", "bzip2": ".bz2", "": ""}
STALE_S = 2 * 3600


class TestFileBackend(StorageBackendTests):
    encodings = ("gzip", "br", "zstd", "xz", "bzip2")

    @pytest.fixture
    def root(self, tmp_path):
        return f"file://{tmp_path}/dataset/layer"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "layer"


@pytest.fixture
def backend(folder):
    return open_backend(f"file://{folder}")


def names(folder):
    """All files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def make_older(path, age_s=STALE_S):
    os.utime(path, (time.time() - age_s,) * 2)


# --- suffixes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "suffix"), SUFFIXES.items())
def test_the_suffix_names_the_compression(backend, folder, encoding, suffix):
    """One key is one file, with the suffix that other programs know."""
    backend.put("a/key", StoredObject(b"x", content_encoding=encoding))
    assert names(folder) == [f"a/key{suffix}"]


@pytest.mark.parametrize("before", SUFFIXES)
@pytest.mark.parametrize("after", SUFFIXES)
def test_one_key_is_one_file(backend, folder, before, after):
    """A write in another compression leaves no twin."""
    backend.put("key", StoredObject(b"old", content_encoding=before))
    backend.put("key", StoredObject(b"new", content_encoding=after))
    assert names(folder) == [f"key{SUFFIXES[after]}"]
    assert body(backend.get("key")) == b"new"


@pytest.mark.parametrize("n", range(len(SUFFIXES)))
def test_twins_are_read_in_a_fixed_order(backend, folder, n):
    """``.gz``, ``.br``, the others, and the bare file last; not by what was read before."""
    suffixes = list(SUFFIXES.values())[n:]
    folder.mkdir()
    for suffix in reversed(suffixes):
        (folder / f"key{suffix}").write_bytes(suffix.encode())
    for _ in range(2):
        assert body(backend.get("key")) == suffixes[0].encode()
        assert backend.head("key").content_encoding == list(SUFFIXES)[n]
    assert list(backend.list()) == ["key"]
    backend.put("key", StoredObject(b"new", content_encoding="br"))
    assert names(folder) == ["key.br"]


def test_deleting_removes_all_variants(backend, folder):
    """And no neighbour."""
    folder.mkdir()
    for suffix in SUFFIXES.values():
        (folder / f"key{suffix}").touch()
        (folder / f"key2{suffix}").touch()
    backend.delete("key")
    assert names(folder) == sorted(f"key2{suffix}" for suffix in SUFFIXES.values())


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES.values() if suffix])
def test_a_key_with_a_suffix_is_refused(backend, folder, suffix):
    """It could not be told from a compressed object."""
    with pytest.raises(InvalidKeyError, match="this ending marks a compressed object"):
        backend.put(f"a/key{suffix}", StoredObject(b"x"))
    assert names(folder) == []
    backend.put(f"a{suffix}/key{suffix}.txt", StoredObject(b"x"))
    assert list(backend.list()) == [f"a{suffix}/key{suffix}.txt"]


def test_an_encoding_without_suffix_is_refused(backend, folder):
    """It could not be told from bare bytes."""
    with pytest.raises(UnsupportedCompressionType, match="no suffix for 'deflate'"):
        backend.put("key", StoredObject(b"x", content_encoding="deflate"))
    assert names(folder) == []


@pytest.mark.parametrize("suffix", ["", ".gz", ".br"])
def test_a_directory_in_place_of_a_variant_is_passed_over(backend, folder, suffix):
    """It is no object, so the next variant counts, and a write does not stumble."""
    (folder / f"key{suffix}" / "in").mkdir(parents=True)
    assert backend.get("key") is None
    assert backend.head("key") is None
    encoding = "" if suffix else "xz"
    backend.put("key", StoredObject(b"x", content_encoding=encoding))
    assert body(backend.get("key")) == b"x"
    backend.delete("key")
    assert backend.get("key") is None
    assert (folder / f"key{suffix}" / "in").is_dir()


# --- names in progress ------------------------------------------------------------------------


@pytest.fixture(params=[".cv-tmp-0", ".cv-lock-0"], ids=["temporary", "lock"])
def leftover(request, folder):
    """A file that a killed writer left behind."""
    (folder / "a").mkdir(parents=True)
    path = folder / "a" / request.param
    path.write_bytes(b"half")
    return path


def test_names_in_progress_are_invisible(backend, leftover):
    """No verb reaches them, so nobody takes half an object for a whole one."""
    key = f"a/{leftover.name}"
    assert list(backend.list()) == list(backend.list("a/.")) == list(backend.list(key)) == []
    for call in (
        lambda: backend.get(key),
        lambda: backend.head(key),
        lambda: backend.delete(key),
        lambda: backend.open(f"../layer/{key}"),
        lambda: backend.put(key, StoredObject(b"x")),
        lambda: backend.put("../.cv-x", StoredObject(b"x")),
        lambda: backend.put(".cv-x/y", StoredObject(b"x")),
    ):
        with pytest.raises(InvalidKeyError, match="names that begin with '.cv-' are ours"):
            call()
    assert leftover.read_bytes() == b"half"


@pytest.mark.parametrize("sweep", ["list", "put"])
@pytest.mark.parametrize("stale", [True, False], ids=["stale", "fresh"])
def test_leftovers_are_swept_when_stale(backend, leftover, sweep, stale):
    """By a listing, and by the first write into a folder; a writer in progress is left alone."""
    make_older(leftover, STALE_S if stale else 60)
    if sweep == "list":
        list(backend.list())
    else:
        backend.put("a/key", StoredObject(b"x"))
    assert leftover.exists() == (not stale)


def test_a_held_lock_is_never_swept(backend, folder):
    """However old its file looks: it may be one left behind that somebody took up again."""
    with backend.lock("a/key"):
        (lock,) = (folder / "a").iterdir()
        make_older(lock)
        list(backend.list())
        open_backend(f"file://{folder}").put("a/other", StoredObject(b"x"))
        assert lock.exists()
    assert names(folder) == ["a/other"]


def test_a_name_like_ours_is_an_ordinary_key(backend):
    """Only whole names that begin so are reserved."""
    backend.put("a.cv-tmp/x.cv-lock", StoredObject(b"x"))
    assert list(backend.list()) == ["a.cv-tmp/x.cv-lock"]


# --- durable ----------------------------------------------------------------------------------


@pytest.fixture
def calls(monkeypatch):
    """What is forced to disk, and when names change, in order; all of it is done as well."""
    seen = []
    fsync, replace = os.fsync, os.replace

    def note_fsync(handle):
        seen.append(("fsync", os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    def note_replace(source, target):
        seen.append(("replace", target))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "replace", note_replace)
    return seen


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the names of open files")
def test_a_durable_write_reaches_the_disk_in_order(backend, folder, calls):
    """Its content before its name, then the name, and the names of new folders."""
    folder.parent.mkdir(exist_ok=True)
    backend.put("a/b/key", StoredObject(b"x"), durable=True)
    for new in (folder, folder / "a", folder / "a/b"):
        assert ("fsync", str(new.parent)) in calls[:3]
    content, renamed, directory = calls[3:]
    assert content[0] == "fsync"
    assert Path(content[1]).parent == folder / "a/b"
    assert Path(content[1]).name.startswith(".cv-tmp-")
    assert renamed == ("replace", str(folder / "a/b/key"))
    assert directory == ("fsync", str(folder / "a/b"))


def test_other_writes_do_not_wait_for_the_disk(backend, calls):
    """Forcing costs milliseconds for each chunk."""
    backend.put("a/b/key", StoredObject(b"x"))
    assert [verb for verb, _ in calls] == ["replace"]


# --- errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("ENOSPC", StorageFullError),
        ("EDQUOT", StorageFullError),
        ("EFBIG", StorageFullError),
        ("EMFILE", StorageFullError),
        ("ENFILE", StorageFullError),
        ("ENOMEM", StorageFullError),
        ("EACCES", StoragePermissionError),
        ("EPERM", StoragePermissionError),
        ("EROFS", StoragePermissionError),
        ("ENAMETOOLONG", InvalidKeyError),
        ("EIO", StorageError),
        ("ESTALE", StorageError),
        ("ELOOP", StorageError),
    ],
)
@pytest.mark.parametrize("verb", ["get", "put", "head", "delete", "list", "lock"])
def test_errors_of_the_system_are_ours(monkeypatch, backend, folder, verb, number, kind):
    """Each keeps its errno, names the path and what was tried, and is never absence."""
    backend.put("key", StoredObject(b"old"))
    function = {
        "get": "open", "put": "replace", "head": "stat",
        "delete": "unlink", "list": "scandir", "lock": "open",
    }[verb]  # fmt: skip
    code = getattr(errno, number)
    real = getattr(os, function)

    def fail(*args, **kwargs):
        monkeypatch.setattr(os, function, real)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, function, fail)
    call = {
        "put": lambda: backend.put("key", StoredObject(b"new")),
        "list": lambda: list(backend.list()),
        "lock": lambda: backend.lock("key").__enter__(),
    }.get(verb, lambda: getattr(backend, verb)("key"))
    with pytest.raises(StorageError, match=str(folder)) as caught:
        call()
    assert type(caught.value) is kind
    assert caught.value.errno == code
    assert isinstance(caught.value.__cause__, OSError)
    assert body(backend.get("key")) == b"old"
    assert names(folder) == ["key"]


@pytest.mark.parametrize("length", [300, 5000], ids=["a name", "a path"])
@pytest.mark.parametrize("verb", ["get", "head", "put", "delete", "lock"])
def test_a_name_too_long_for_the_file_system(backend, folder, verb, length):
    """No object can have it; nothing is left behind."""
    folder.mkdir()
    key = "n" * length
    call = {
        "put": lambda: backend.put(key, StoredObject(b"x")),
        "lock": lambda: backend.lock(f"{key}/x").__enter__(),
    }.get(verb, lambda: getattr(backend, verb)(key))
    with pytest.raises(InvalidKeyError, match="nnn") as caught:
        call()
    assert caught.value.errno == errno.ENAMETOOLONG
    assert names(folder) == []


def test_a_file_in_place_of_a_folder(backend, folder):
    """Reading finds nothing there; writing says what is in the way."""
    backend.put("a", StoredObject(b"x"))
    assert backend.get("a/b") is None
    backend.delete("a/b")
    for key in ("a/b", "a/b/c"):
        with pytest.raises(StorageError, match="Not a directory"):
            backend.put(key, StoredObject(b"y"))
    assert names(folder) == ["a"]


def test_a_folder_in_place_of_a_file(backend, folder):
    """Writing fails and leaves nothing behind."""
    backend.put("a/b", StoredObject(b"x"))
    with pytest.raises(StorageError, match="Is a directory"):
        backend.put("a", StoredObject(b"y"))
    assert names(folder) == ["a/b"]


def test_a_file_that_shrinks_while_it_is_read(backend, folder):
    """Fewer bytes than it had are an error, never zeros."""
    backend.put("key", StoredObject(bytes(100)))
    with backend.open("key") as reader:
        os.truncate(folder / "key", 60)
        with pytest.raises(StorageError, match="ends 40 bytes too early"):
            reader.read()


def test_an_open_object_is_the_one_that_was_opened(backend):
    """A write beside it changes nothing for a reader who has begun."""
    backend.put("key", StoredObject(b"old version"))
    with backend.open("key") as reader:
        backend.put("key", StoredObject(b"new"))
        assert bytes(reader.read()) == b"old version"


# --- the file system --------------------------------------------------------------------------


def test_files_have_the_mode_of_the_umask(backend, folder):
    """Others in the group read what a colleague wrote."""
    before = os.umask(0o027)
    try:
        backend.put("a/key", StoredObject(b"x"))
    finally:
        os.umask(before)
    assert (folder / "a/key").stat().st_mode & 0o777 == 0o640
    assert (folder / "a").stat().st_mode & 0o777 == 0o750


def test_links_are_followed(backend, folder, tmp_path):
    """A scale may lie on another disk; a link that leads back up is not walked for ever."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "0-1").write_bytes(b"x")
    folder.mkdir()
    (folder / "scale").symlink_to(tmp_path / "disk")
    (folder / "self").symlink_to(folder)
    (tmp_path / "disk" / "up").symlink_to(tmp_path / "disk")
    assert list(backend.list()) == ["scale/0-1"]
    assert body(backend.get("self/scale/0-1")) == b"x"


def test_names_that_are_not_utf8(backend, folder):
    """Other programs make them; they are listed, read, locked and deleted."""
    folder.mkdir()
    try:
        (folder / "caf\udce9").write_bytes(b"x")
    except OSError:
        pytest.skip("the file system refuses such names")
    assert list(backend.list()) == ["caf\udce9"]
    assert body(backend.get("caf\udce9")) == b"x"
    with backend.lock("caf\udce9"):
        backend.delete("caf\udce9")
    assert names(folder) == []


def test_a_relative_root(tmp_path, monkeypatch):
    """Is taken from the working directory, and made like any other."""
    monkeypatch.chdir(tmp_path)
    open_backend("file://here/layer").put("a/key", StoredObject(b"x"), durable=True)
    assert body(open_backend("file://here/layer").get("a/key")) == b"x"
    assert names(tmp_path) == ["here/layer/a/key"]


def test_gzip_of_another_program(backend, folder):
    """What ``gzip key`` leaves is the object, with its encoding, and a range is of its bytes."""
    folder.mkdir()
    packed = gzip.compress(b"hello" * 100)
    (folder / "key.gz").write_bytes(packed)
    found = backend.get("key", ByteRange(0, 10))
    assert (found.content_encoding, body(found), found.size) == ("gzip", packed[:10], len(packed))


# --- processes --------------------------------------------------------------------------------

_COUNTER = """
import sys
from cloudvolume.storage import StoredObject, open_backend
backend = open_backend(sys.argv[1])
for _ in range(100):
    with backend.lock("n"):
        n = int(bytes(backend.get("n").payload))
        backend.put("n", StoredObject(str(n + 1).encode()))
"""


def test_a_lock_excludes_processes(backend, folder):
    """Fresh interpreters that count on one file lose no step, also with a lock left behind."""
    backend.put("n", StoredObject(b"0"))
    with backend.lock("n"):
        (lock,) = (path for path in folder.iterdir() if path.name.startswith(".cv-lock-"))
    lock.touch()
    command = [sys.executable, "-c", _COUNTER, f"file://{folder}"]
    counters = [subprocess.Popen(command, cwd=REPOSITORY) for _ in range(3)]
    assert [counter.wait(timeout=60) for counter in counters] == [0, 0, 0]
    assert body(backend.get("n")) == b"300"
    assert names(folder) == ["n"]


def test_temporary_names_of_forked_processes_differ(backend, folder):
    """Children share the token of their parent, not its number."""
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("the platform cannot fork")
    command = [sys.executable, "-c", _FORKS, f"file://{folder}"]
    subprocess.run(command, cwd=REPOSITORY, check=True, timeout=60)
    assert sorted(names(folder)) == ["key"]
    assert len(set(body(backend.get("key")))) == 1


_FORKS = """
import os, sys
from cloudvolume.storage import StoredObject, open_backend
backend = open_backend(sys.argv[1])
backend.put("key", StoredObject(b"x"))
children = []
for child in range(4):
    pid = os.fork()
    if pid == 0:
        for _ in range(50):
            backend.put("key", StoredObject(bytes([child]) * 50_000))
            assert len(set(backend.get("key").payload)) == 1
        os._exit(0)
    children.append(pid)
assert all(os.waitpid(pid, 0)[1] == 0 for pid in children)
"""
