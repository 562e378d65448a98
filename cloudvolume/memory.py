"""How much memory there is, asked before a great deal is taken."""

import os

from .exceptions import OversizeRequestError

__all__ = ["available_nbytes", "check_allocation"]

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
