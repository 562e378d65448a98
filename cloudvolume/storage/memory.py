"""Objects in a process-wide dictionary, ``mem://``: the reference for the backend test kit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Optional

from .backend import ByteRange, StorageBackend, StoredObject, join_key
from .locks import NamedLocks

__all__ = ["MemoryBackend"]

_BUCKETS: dict[str, dict[str, StoredObject]] = {}
_LOCKS = NamedLocks()
_ETAGS = itertools.count(1)


class MemoryBackend(StorageBackend):
    """Keeps objects until the process ends or they are deleted; each process has its own."""

    protocol = "mem"
    is_local = True

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self._bucket, _, path = root.partition("/")
        self._path = f"/{path}"
        self._objects = _BUCKETS.setdefault(self._bucket, {})

    def get(self, key: str, byte_range: Optional[ByteRange] = None) -> Optional[StoredObject]:
        found = self._objects.get(self._name(key))
        return found.slice(byte_range) if found and byte_range else found

    def put(self, key: str, value: StoredObject, *, durable: bool = False) -> None:
        payload = bytes(value.payload)
        etag = str(next(_ETAGS))
        self._objects[self._name(key)] = replace(
            value, payload=payload, size=len(payload), etag=etag
        )

    def delete(self, key: str) -> None:
        self._objects.pop(self._name(key), None)

    def list(self, prefix: str = "", flat: bool = False) -> Iterator[str]:
        parent, slash, start = prefix.rpartition("/")
        base = self._name(f"{parent}{slash}_")[:-1]
        for name in sorted(self._objects):
            rest = name[len(base) :]
            if name.startswith(base + start) and not (flat and "/" in rest):
                yield parent + slash + rest

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        with _LOCKS.hold(self._bucket + self._name(key)):
            yield

    def _name(self, key: str) -> str:
        return "/" + join_key(self._path, key).lstrip("/")

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.root,)
