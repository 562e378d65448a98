"""How much memory there is, asked before a great deal is taken, and how it is kept at hand."""

import os
from functools import cache

import numpy as np

from .exceptions import OversizeRequestError

__all__ = ["available_nbytes", "check_allocation", "keep_freed_memory"]

_KEPT_NBYTES = 16 << 20
_UNQUESTIONED_NBYTES = 1 << 30


def available_nbytes() -> int:
    """Bytes that could be allocated now without pushing other programs out."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file)
        return 1024 * sum(int(fields[name].split()[0]) for name in ("MemAvailable", "SwapFree"))
    except (OSError, KeyError, ValueError):
        if hasattr(os, "sysconf"):  # macOS tells only what is built in
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return 1 << 62


def check_allocation(nbytes: int, what: str) -> None:
    """Refuse a request that cannot be held.

    Raises
    ------
    OversizeRequestError
        ``nbytes`` is more than there is.
    """
    if nbytes <= _UNQUESTIONED_NBYTES:
        return
    available = available_nbytes()
    if nbytes > available:
        raise OversizeRequestError(
            f"{what} takes {nbytes} bytes ({nbytes / 2**30:.1f} GiB), available are {available}; "
            "ask for a smaller box or a coarser mip"
        )


@cache
def keep_freed_memory() -> None:
    """Have the buffers of one chunk serve the next, instead of going back to the system.

    glibc gives large blocks back as soon as they are freed, and takes "large" to begin at the
    largest such block that was freed before (mallopt(3), M_MMAP_THRESHOLD). So one is taken and
    freed here, untouched. Without it every chunk is faulted in anew, page by page, which is a
    fifth of the time of reading gzip chunks of 64³. The process keeps 32 MB more at the most.
    """
    np.empty(_KEPT_NBYTES, np.uint8)
