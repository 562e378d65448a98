"""Configuration: what a volume shares with its parts, and the settings of the process."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass
from typing import Any, Optional, Union

from .exceptions import InvalidArgumentError
from .types import CompressType, ParallelType, ProgressType

__all__ = [
    "ReadOptions",
    "Settings",
    "SharedConfiguration",
    "WriteOptions",
    "is_interactive",
    "settings",
]


_YES = ("1", "true", "yes", "on")
_NO = ("", "0", "false", "no", "off")


@dataclass
class Settings:
    """Settings of the process, assignable at any time as ``cloudvolume.config.settings.NAME``.

    Each starts from the environment variable ``CLOUD_VOLUME_NAME`` where that is set.

    Parameters
    ----------
    requests_in_flight : int
        Requests at the same time to a store with latency; local files use one per core.
    fsync : bool
        Wait for the disk after every object written to ``file://``; the info and provenance
        files always do.
    """

    requests_in_flight: int = 64
    fsync: bool = False

    @classmethod
    def from_environment(cls) -> Settings:
        """The defaults, changed by environment variables."""
        chosen = cls()
        requests = os.environ.get("CLOUD_VOLUME_REQUESTS_IN_FLIGHT", "")
        if requests.isdecimal() and int(requests) > 0:
            chosen.requests_in_flight = int(requests)
        elif requests:
            warnings.warn(
                f"CLOUD_VOLUME_REQUESTS_IN_FLIGHT must be a positive integer, got {requests!r}",
                stacklevel=2,
            )
        fsync = os.environ.get("CLOUD_VOLUME_FSYNC", "")
        chosen.fsync = fsync.lower() in _YES
        if fsync.lower() not in (*_YES, *_NO):
            warnings.warn(
                f"CLOUD_VOLUME_FSYNC must be one of {', '.join((*_YES, *_NO[1:]))}, got {fsync!r}",
                stacklevel=2,
            )
        return chosen


settings = Settings.from_environment()


class SharedConfiguration:
    """Options that a volume and its image, mesh and skeleton sources share by reference.

    Assigning to one, as in ``vol.config.compress = "br"``, takes effect everywhere.

    Parameters
    ----------
    cdn_cache : None, bool, int or str
        Cache-Control of uploaded chunks, see `cdn_cache_control`.
    compress : None, bool or str
        Compression of uploaded chunks; ``None`` follows the encoding.
    compress_level : int, optional
    green : bool
        Use gevent.
    mip : int
        The current scale.
    parallel : int or bool
        Worker processes; ``True`` is one per core.
    progress : bool or str
        Show progress bars.
    """

    def __init__(  # noqa: PLR0913 the documented order of a public class
        self,
        cdn_cache: Union[None, bool, int, str],
        compress: CompressType,
        compress_level: Optional[int],
        green: bool,
        mip: int,
        parallel: ParallelType,
        progress: ProgressType,
        secrets: Any = None,
        spatial_index_db: Optional[str] = None,
        cache_locking: bool = True,
        codec_threads: int = 1,
    ) -> None:
        self.cdn_cache = cdn_cache
        self.compress = compress
        self.compress_level = compress_level
        self.green = bool(green)
        self.mip = mip
        self.parallel = parallel
        self.progress = progress
        self.secrets = secrets
        self.spatial_index_db = spatial_index_db
        self.cache_locking = cache_locking
        self.codec_threads = codec_threads

    def __repr__(self) -> str:
        shown = {name.lstrip("_"): value for name, value in vars(self).items() if name != "secrets"}
        return f"SharedConfiguration({', '.join(f'{k}={v!r}' for k, v in shown.items())})"

    @property
    def parallel(self) -> int:
        """Worker processes, at least 1; ``True`` is one per core and ``False`` is 1."""
        return self._parallel

    @parallel.setter
    def parallel(self, value: ParallelType) -> None:
        if isinstance(value, bool):
            value = os.cpu_count() or 1 if value else 1
        if int(value) < 1:
            raise InvalidArgumentError(
                f"parallel must be at least 1 (or True for all cores), got {value!r}"
            )
        self._parallel = int(value)


@dataclass(frozen=True)
class ReadOptions:
    """How one read goes, as the volume stood when it began."""

    fill_missing: bool = False
    background_color: Union[int, float] = 0
    progress: ProgressType = False


@dataclass(frozen=True)
class WriteOptions:
    """How one write goes, as the volume stood when it began."""

    compress: CompressType = None
    compress_level: Optional[int] = None
    cache_control: Optional[str] = None
    non_aligned_writes: bool = False
    overwrite_partial_chunks: bool = False
    delete_black_uploads: bool = False
    fill_missing: bool = False
    background_color: Union[int, float] = 0
    progress: ProgressType = False


def is_interactive() -> bool:
    """Tell whether a person sits at the prompt, who wants progress bars."""
    return hasattr(sys, "ps1") or bool(sys.flags.interactive)
