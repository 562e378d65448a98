"""What a store is: four verbs over bytes, and a few optional shortcuts."""

from __future__ import annotations

import posixpath
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, Optional, Union

from ..exceptions import InvalidKeyError

__all__ = ["Buffer", "ByteRange", "ObjectReader", "StorageBackend", "StoredObject", "join_key"]

Buffer = Union[bytes, bytearray, memoryview]


class ByteRange(NamedTuple):
    """Bytes ``start`` to ``stop`` (exclusive) of an object as it is stored."""

    start: int
    stop: int


@dataclass(frozen=True)
class StoredObject:
    """An object as a store holds it.

    Parameters
    ----------
    payload : bytes-like
        The stored bytes, or the requested range of them; compressed if ``content_encoding`` says so.
    content_type : str
        Media type, ``""`` if the store does not keep it.
    content_encoding : str
        ``"gzip"``, ``"br"``, …; ``""`` for none.
    cache_control : str, optional
        The ``Cache-Control`` header that the store hands to readers.
    size : int, optional
        Bytes of the whole stored object; the length of the payload by default.
    etag : str, optional
        Changes whenever the object does.
    """

    payload: Buffer
    content_type: str = ""
    content_encoding: str = ""
    cache_control: Optional[str] = None
    size: Optional[int] = None
    etag: Optional[str] = None

    def __post_init__(self) -> None:
        if self.size is None:
            object.__setattr__(self, "size", memoryview(self.payload).nbytes)

    def slice(self, byte_range: ByteRange) -> StoredObject:
        """The same object with only the bytes of a range, which may reach beyond its end."""
        return replace(self, payload=self.payload[byte_range.start : byte_range.stop])


class ObjectReader(ABC):
    """One object, open for reading at any position; a context manager."""

    size: int
    content_encoding: str

    @abstractmethod
    def read(self) -> Buffer:
        """All stored bytes."""

    @abstractmethod
    def readinto(self, buffer: memoryview, offset: int) -> None:
        """Fill ``buffer`` with the stored bytes from ``offset``.

        Raises
        ------
        StorageError
            The object ends before the buffer is full.
        """

    @abstractmethod
    def close(self) -> None:
        """Give up what the reader holds."""

    def __enter__(self) -> ObjectReader:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class StorageBackend(ABC):
    """Objects under one root.

    A backend does not retry, thread, compress or cache: the client does each once for all of them.
    A missing object is ``None``; whatever else is not the object is an exception of
    `cloudvolume.exceptions`. A key is relative to the root, has ``/`` between its parts and may
    climb out of the root by ``..``, as scale keys of Precomputed volumes do.

    Parameters
    ----------
    root : str
        What follows ``protocol://`` in the cloudpath, without a trailing slash.
    """

    protocol: ClassVar[str]
    is_local: ClassVar[bool] = False
    """True if a request costs no round trip, so that few threads serve best."""
    has_random_access: ClassVar[bool] = False
    """True if `open` works."""

    def __init__(self, root: str) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.root!r})"

    @abstractmethod
    def get(self, key: str, byte_range: Optional[ByteRange] = None) -> Optional[StoredObject]:
        """Fetch an object, or a range of its stored bytes; ``None`` if there is none."""

    @abstractmethod
    def put(self, key: str, value: StoredObject, *, durable: bool = False) -> None:
        """Store an object whole or not at all; ``durable`` outlives a power cut."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove an object; one that does not exist is fine."""

    @abstractmethod
    def list(self, prefix: str = "", flat: bool = False) -> Iterator[str]:
        """Keys that begin with ``prefix``, sorted; ``flat`` leaves out those with a further ``/``."""

    def has_any(self, prefix: str = "") -> bool:
        """Tell whether any key begins with ``prefix``."""
        return next(self.list(prefix), None) is not None

    def head(self, key: str) -> Optional[StoredObject]:
        """What is known of an object, without its payload."""
        found = self.get(key)
        return found and replace(found, payload=b"")

    def open(self, key: str) -> Optional[ObjectReader]:
        """Open an object for reading in parts; ``None`` if there is none.

        Only stores with ``has_random_access`` offer it.
        """
        raise NotImplementedError(f"{self.protocol}:// has no random access")

    def lock(self, key: str) -> AbstractContextManager[None]:
        """Hold off others who lock the same key while its object is read, changed and rewritten."""
        return nullcontext()

    def url(self, key: str) -> str:
        """What messages call the object."""
        return f"{self.protocol}://{self.root}/{key}"


def join_key(root: str, key: str) -> str:
    """The normalised path of a key under a root.

    Raises
    ------
    InvalidKeyError
        The key is empty, ends in a slash, ``.`` or ``..``, holds a NUL, or is not Unicode.
    """
    if not key or key[-1] == "/" or "\0" in key or not (key.isascii() or _is_unicode(key)):
        raise InvalidKeyError(f"{key!r} cannot name an object")
    if "./" not in key and "//" not in key and key[0] != "/" and key[-1] != ".":
        return f"{root}/{key}"
    if key.rpartition("/")[2] in (".", ".."):
        raise InvalidKeyError(f"{key!r} cannot name an object")
    return posixpath.normpath(f"{root}/{key}")


def _is_unicode(key: str) -> bool:
    """Tell whether it has a UTF-8 form; a file name that is not UTF-8 stands for itself."""
    try:
        key.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
