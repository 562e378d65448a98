"""The client above the backends: compression, retries, concurrency and progress, once for all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Optional, TypeVar, Union

from ..compression import compress as compress_bytes
from ..compression import decompress, normalize_compression
from ..config import settings
from ..exceptions import DecodingError
from ..jsonio import jsonify
from ..scheduler import run_jobs
from ..types import CompressType, ProgressType
from .backend import Buffer, ByteRange, ObjectReader, StoredObject
from .registry import open_backend
from .retry import RetryPolicy

__all__ = ["StorageClient"]

Item = TypeVar("Item")

_MAX_JSON_NBYTES = 256 << 20
# Starting a thread and handing over the interpreter costs about as much as ten small local reads.
_LOCAL_PATIENCE_S = 0.002


class StorageClient:
    """The objects of one layer, by keys relative to it.

    Payloads go in and come out uncompressed. Cheap to make and to pickle; nothing is opened
    before the first request.

    Parameters
    ----------
    cloudpath : str
        Where the layer is, such as ``file:///data/layer``.
    progress : bool or str
        Show a bar over requests for several objects, labelled with the text.
    retry : RetryPolicy
    """

    def __init__(
        self, cloudpath: str, *, progress: ProgressType = False, retry: Optional[RetryPolicy] = None
    ) -> None:
        self.cloudpath = cloudpath
        self.progress = progress
        self.retry = retry or RetryPolicy()
        self.backend = open_backend(cloudpath)

    def __repr__(self) -> str:
        return f"StorageClient({self.cloudpath!r})"

    @property
    def n_threads(self) -> int:
        """Requests at the same time: the cores for a local store, more where latency counts."""
        return os.cpu_count() or 1 if self.backend.is_local else settings.requests_in_flight

    @property
    def patience_s(self) -> float:
        """How long one thread may work alone before others help."""
        return _LOCAL_PATIENCE_S if self.backend.is_local else 0.0

    def get(
        self, key: str, byte_range: Optional[ByteRange] = None, *, max_nbytes: Optional[int] = None
    ) -> Optional[Buffer]:
        """Fetch one object.

        Parameters
        ----------
        key : str
        byte_range : ByteRange, optional
            A part of the stored bytes, which must not be compressed.
        max_nbytes : int, optional
            The most that may come out of decompression.

        Returns
        -------
        bytes-like, or None if there is no such object

        Raises
        ------
        DecompressionError
            The object is compressed and damaged, or larger than ``max_nbytes``.
        StorageError
            The store could not say.
        """
        found = self.retry.run(lambda: self.backend.get(key, byte_range))
        if found is None:
            return None
        if byte_range is not None and found.content_encoding:
            raise DecodingError(
                f"{self.url(key)}: cannot take bytes {byte_range.start} to {byte_range.stop} of an "
                f"object compressed with {found.content_encoding}"
            )
        return decompress(
            found.payload, found.content_encoding, self.url(key), max_nbytes=max_nbytes
        )

    def get_many(self, keys: Iterable[str]) -> dict[str, Optional[Buffer]]:
        """Fetch several objects at the same time; see `get`."""
        return self._ask(self.get, keys, "Downloading")

    def get_json(self, key: str) -> Any:
        """Fetch and parse a JSON object; ``None`` if there is none.

        Raises
        ------
        DecodingError
            It is not JSON.
        """
        data = self.get(key, max_nbytes=_MAX_JSON_NBYTES)
        if data is None:
            return None
        try:
            return json.loads(bytes(data))
        except (ValueError, RecursionError) as err:
            raise DecodingError(f"{self.url(key)}: not JSON: {err}") from err

    def put(  # noqa: PLR0913 the headers of an object, all by keyword
        self,
        key: str,
        content: Union[Buffer, str],
        *,
        content_type: str = "application/octet-stream",
        compress: CompressType = None,
        compress_level: Optional[int] = None,
        cache_control: Optional[str] = None,
        durable: bool = False,
    ) -> None:
        """Store one object, whole or not at all.

        Parameters
        ----------
        key : str
        content : bytes-like or str
            Text is stored as UTF-8.
        content_type : str
        compress : None, bool or str
            ``True`` or ``"gzip"``, ``"br"``, ``"zstd"``, …; anything false for none.
        compress_level : int, optional
        cache_control : str, optional
        durable : bool
            Wait until the object would outlive a power cut; `config.settings.fsync` does so for all.
        """
        method = normalize_compression(compress)
        data = content.encode("utf-8") if isinstance(content, str) else content
        value = StoredObject(
            compress_bytes(data, method, compress_level),
            content_type=content_type,
            content_encoding=method,
            cache_control=cache_control,
        )
        durable = durable or settings.fsync
        self.retry.run(lambda: self.backend.put(key, value, durable=durable))

    def put_json(self, key: str, value: Any, *, cache_control: Optional[str] = None) -> None:
        """Store an object as JSON with sorted keys, two spaces of indent, uncompressed, durable."""
        text = jsonify(value, sort_keys=True, indent=2, separators=(",", ": "))
        self.put(
            key, text, content_type="application/json", cache_control=cache_control, durable=True
        )

    def delete(self, keys: Union[str, Iterable[str]]) -> None:
        """Remove objects; those that do not exist are fine."""
        keys = [keys] if isinstance(keys, str) else list(keys)
        self._run(lambda key: self.retry.run(lambda: self.backend.delete(key)), keys, "Deleting")

    def exists(self, keys: Union[str, Iterable[str]]) -> Union[bool, dict[str, bool]]:
        """Tell whether an object exists, or for several which of them do, in their order."""

        def look(key: str) -> bool:
            return self.retry.run(lambda: self.backend.head(key)) is not None

        if isinstance(keys, str):
            return look(keys)
        return self._ask(look, keys, "Looking up")

    def list(self, prefix: str = "", flat: bool = False) -> Iterator[str]:
        """Keys that begin with ``prefix``, sorted; see `StorageBackend.list`."""
        return self.retry.run(lambda: self.backend.list(prefix, flat))

    @property
    def has_random_access(self) -> bool:
        """True if `open` works."""
        return self.backend.has_random_access

    def has_any(self, prefix: str = "") -> bool:
        """Tell whether any key begins with ``prefix``, without listing them all."""
        return self.retry.run(lambda: self.backend.has_any(prefix))

    def open(self, key: str) -> Optional[ObjectReader]:
        """Open an object for reading in parts; ``None`` if there is none."""
        return self.backend.open(key)

    def lock(self, key: str) -> AbstractContextManager[None]:
        """Hold off others who lock the same key."""
        return self.backend.lock(key)

    def url(self, key: str) -> str:
        """What messages call an object."""
        return self.backend.url(key)

    def run(
        self,
        job: Callable[[Item], object],
        items: Iterable[Item],
        *,
        total: Optional[int] = None,
        progress: ProgressType = False,
    ) -> None:
        """Call ``job`` with each item, as many at the same time as the store likes; see `run_jobs`."""
        run_jobs(
            job,
            items,
            n_threads=self.n_threads,
            patience_s=self.patience_s,
            total=total,
            progress=progress,
        )

    def _ask(
        self, question: Callable[[str], Item], keys: Iterable[str], label: str
    ) -> dict[str, Item]:
        """The answer for each key, in the order of the keys."""
        keys = list(keys)
        found: dict[str, Item] = {}
        self._run(lambda key: found.__setitem__(key, question(key)), keys, label)
        return {key: found[key] for key in keys}

    def _run(self, job: Callable[[str], object], keys: Sequence[str], label: str) -> None:
        progress = self.progress and (self.progress if isinstance(self.progress, str) else label)
        self.run(job, keys, total=len(keys), progress=progress)
