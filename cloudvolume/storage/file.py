"""Objects as files, ``file://``: atomic, and one file per key.

A compressed object carries the suffix of its compression (``key.gz``, ``key.br``, …). A reader
tries the suffixes in a fixed order and the bare name last; a writer removes the other variants
once its own is in place. Names that begin with ``.cv-`` belong to writers in progress: they are
invisible to readers, and swept when they have been left behind.
"""

from __future__ import annotations

import errno
import itertools
import os
import stat
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Optional

from ..exceptions import (
    InvalidKeyError,
    StorageError,
    StorageFullError,
    StoragePermissionError,
)
from .backend import Buffer, ByteRange, ObjectReader, StorageBackend, StoredObject, join_key
from .locks import locked_file, unlink_unheld
from .suffixes import (
    ABSENT,
    ALL_SUFFIXES,
    first_variant,
    strip_suffix,
    suffix_of,
    unlink_file,
    unlink_variants,
    variants,
)

__all__ = ["FileBackend"]

_RESERVED = ".cv-"
_LOCK = f"{_RESERVED}lock-"
_STALE_S = 3600.0
_SWEEP_LIMIT = 10_000
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EFBIG, errno.ENOMEM}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_WRITE_FLAGS = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
_counter = itertools.count()
_process_token = os.urandom(4).hex()


class FileBackend(StorageBackend):
    """Files under a directory, which is made when the first object is written."""

    protocol = "file"
    is_local = True
    has_random_access = True

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self._swept: set[str] = set()

    def get(self, key: str, byte_range: Optional[ByteRange] = None) -> Optional[StoredObject]:
        reader = self.open(key)
        if reader is None:
            return None
        with reader:
            payload = reader.read() if byte_range is None else reader.read_range(byte_range)
            return StoredObject(payload, content_encoding=reader.content_encoding, size=reader.size)

    def put(self, key: str, value: StoredObject, *, durable: bool = False) -> None:
        path = self._path(key)
        if path.endswith(ALL_SUFFIXES):
            raise InvalidKeyError(
                errno.EINVAL,
                f"cannot store {key!r}: on file:// this ending marks a compressed object; store "
                "it without the ending and pass compress",
                path,
            )
        suffix = suffix_of(value.content_encoding, key)
        with _translated("write", path):
            self._replace(path + suffix, value.payload, durable)
            if variants(path, keep=suffix):
                with locked_file(_lock_path(path, "put")):
                    # Another writer may have done the same to ours: then theirs is the one file.
                    if os.access(path + suffix, os.F_OK):
                        unlink_variants(path, keep=suffix)

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _translated("delete", path):
            unlink_variants(path, keep="")
            # Last and unasked, because not being allowed to look is not being absent.
            with suppress(*ABSENT):
                unlink_file(path)

    def head(self, key: str) -> Optional[StoredObject]:
        with _translated("look up", self._path(key)):
            return first_variant(self._path(key), _stat_file)

    def list(self, prefix: str = "", flat: bool = False) -> Iterator[str]:
        return iter(sorted(set(self._keys(prefix, flat))))

    def has_any(self, prefix: str = "") -> bool:
        return next(self._keys(prefix, flat=False), None) is not None

    def open(self, key: str) -> Optional[_FileReader]:
        path = self._path(key)
        try:
            return first_variant(path, _FileReader)
        except OSError as err:
            raise _typed(err, "read", path) from err

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        path = self._path(key)
        with ExitStack() as stack:
            with _translated("lock", path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                stack.enter_context(locked_file(_lock_path(path, "key")))
            yield

    def url(self, key: str) -> str:
        return f"file://{self._path(key)}"

    def _path(self, key: str) -> str:
        path = join_key(self.root, key)
        if _RESERVED in key and f"/{_RESERVED}" in f"/{key}":
            raise InvalidKeyError(
                errno.EINVAL,
                f"cannot use {key!r}: names that begin with {_RESERVED!r} are ours",
                path,
            )
        return path

    def _replace(self, path: str, payload: Buffer, durable: bool) -> None:
        """Write beside ``path``, then rename over it: readers see the old or the new, whole."""
        directory = os.path.dirname(path)
        temporary = f"{directory}/{_RESERVED}tmp-{_process_token}-{os.getpid()}-{next(_counter)}"
        try:  # from before there is a file, because an interrupt may come right after it is made
            handle = _create(temporary, durable)
            try:
                _write_all(handle, payload)
                if durable:
                    os.fsync(handle)
            finally:
                os.close(handle)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        if durable:
            _fsync_directory(directory)
        if directory not in self._swept:
            self._swept.add(directory)
            _sweep(directory)

    def _keys(self, prefix: str, flat: bool) -> Iterator[str]:
        """Keys that begin with ``prefix``, as they come, one for each of their files."""
        parent, _, start = prefix.rpartition("/")
        base = f"{parent}/" if parent else ""
        directory = os.path.dirname(join_key(self.root, f"{base}_"))
        for name in self._walk(directory, base, start, flat):
            key = strip_suffix(name)
            if key.startswith(prefix):
                yield key

    def _walk(self, directory: str, base: str, start: str, flat: bool) -> Iterator[str]:
        """Keys of the files below a directory, suffixes and all, whose first name fits."""
        with _translated("list", directory):
            try:
                entries = os.scandir(directory)
            except ABSENT:
                return
            with entries:
                for entry in entries:
                    if entry.name.startswith(_RESERVED):
                        _unlink_if_stale(entry)
                    elif not entry.name.startswith(start):
                        continue
                    elif not entry.is_dir():
                        yield base + entry.name
                    elif not flat and not _leads_up(entry):
                        yield from self._walk(entry.path, f"{base}{entry.name}/", "", flat)

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.root,)


class _FileReader(ObjectReader):
    """An open file; the descriptor is closed on exit."""

    __slots__ = ("_handle", "_path", "content_encoding", "size")

    def __init__(self, path: str, content_encoding: str) -> None:
        self._path = path
        self._handle = os.open(path, _READ_FLAGS)
        status = os.fstat(self._handle)
        self.content_encoding = content_encoding
        self.size = status.st_size
        if stat.S_ISDIR(status.st_mode):
            self.close()
            raise IsADirectoryError(path)

    def read(self) -> Buffer:
        # In one piece, because bytes come and are searched faster than a bytearray.
        with _translated("read", self._path):
            payload = os.read(self._handle, self.size)
        return payload if len(payload) == self.size else self.read_range(ByteRange(0, self.size))

    def read_range(self, byte_range: ByteRange) -> bytearray:
        """The part of a range that exists."""
        start = min(byte_range.start, self.size)
        payload = bytearray(max(min(byte_range.stop, self.size) - start, 0))
        if payload:
            self.readinto(memoryview(payload), start)
        return payload

    def readinto(self, buffer: memoryview, offset: int) -> None:
        try:
            while buffer:
                n_read = _read_at(self._handle, buffer, offset)
                if n_read == 0:
                    raise StorageError(
                        errno.EIO, f"{self._path!r} ends {len(buffer)} bytes too early", self._path
                    )
                buffer = buffer[n_read:]
                offset += n_read
        except StorageError:
            raise
        except OSError as err:
            raise _typed(err, "read", self._path) from err

    def close(self) -> None:
        os.close(self._handle)


if hasattr(os, "preadv"):

    def _read_at(handle: int, buffer: memoryview, offset: int) -> int:
        return os.preadv(handle, [buffer], offset)

else:

    def _read_at(handle: int, buffer: memoryview, offset: int) -> int:
        os.lseek(handle, offset, os.SEEK_SET)
        data = os.read(handle, len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _create(path: str, durable: bool) -> int:
    """Open a new file, in a directory that is made if need be."""
    try:
        return os.open(path, _WRITE_FLAGS, 0o666)
    except FileNotFoundError:
        _make_directory(os.path.dirname(path), durable)
        return os.open(path, _WRITE_FLAGS, 0o666)


def _write_all(handle: int, payload: Buffer) -> None:
    rest = memoryview(payload).cast("B")
    while rest:
        rest = rest[os.write(handle, rest) :]


def _make_directory(directory: str, durable: bool) -> None:
    """Make a directory and those above it; a durable one is an entry on disk of the one above."""
    parent = os.path.dirname(directory) or "."
    if not os.path.isdir(parent):
        _make_directory(parent, durable)
    with suppress(FileExistsError):
        os.mkdir(directory)
    if durable:
        _fsync_directory(parent)


def _fsync_directory(directory: str) -> None:
    if os.name == "nt":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stat_file(path: str, content_encoding: str) -> StoredObject:
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(path)
    return StoredObject(b"", content_encoding=content_encoding, size=status.st_size)


def _lock_path(path: str, purpose: str) -> str:
    """Where the lock file of a key is; keys of one number share it, which costs only a wait."""
    directory, name = os.path.split(path)
    return f"{directory}/{_LOCK}{purpose}-{zlib.crc32(os.fsencode(name)):08x}"


def _sweep(directory: str) -> None:
    """Remove what killed writers left in a directory, as far as a quick look finds it."""
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in itertools.islice(entries, _SWEEP_LIMIT):
            if entry.name.startswith(_RESERVED):
                _unlink_if_stale(entry)


def _unlink_if_stale(entry: os.DirEntry[str]) -> None:
    with suppress(OSError):
        if time.time() - entry.stat().st_mtime < _STALE_S:
            return
        if entry.name.startswith(_LOCK):
            unlink_unheld(entry.path)
        else:
            os.unlink(entry.path)


def _leads_up(entry: os.DirEntry[str]) -> bool:
    """Tell whether it is a link to a directory that it lies in, which would never end."""
    if not entry.is_symlink():
        return False
    here = os.path.realpath(os.path.dirname(entry.path))
    return f"{here}/".startswith(f"{os.path.realpath(entry.path)}/")


@contextmanager
def _translated(verb: str, path: str) -> Iterator[None]:
    """Errors of the operating system leave as ours."""
    try:
        yield
    except StorageError:
        raise
    except OSError as err:
        raise _typed(err, verb, path) from err


def _typed(err: OSError, verb: str, path: str) -> StorageError:
    kind = StorageError
    if err.errno == errno.ENAMETOOLONG:
        kind = InvalidKeyError
    elif err.errno in _FULL:
        kind = StorageFullError
    elif err.errno in _DENIED:
        kind = StoragePermissionError
    return kind(err.errno, f"cannot {verb} {path!r}: {err.strerror or err}", err.filename or path)
