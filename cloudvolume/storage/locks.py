"""Locks by name: among the threads of a process, and among processes through a lock file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

__all__ = ["NamedLocks", "locked_file", "unlink_unheld"]


class NamedLocks:
    """One lock per name, kept only while somebody holds it or waits for it.

    A forked child begins with none held: the threads that held them are not in it.
    """

    def __init__(self) -> None:
        self._forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._guard = Lock()
        self._entries: dict[str, tuple[Lock, list[None]]] = {}

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Wait for the lock of a name and hold it."""
        with self._guard:
            lock, users = self._entries.setdefault(name, (Lock(), []))
            users.append(None)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                users.pop()
                if not users:
                    self._entries.pop(name, None)


_THREADS = NamedLocks()
_HELD: set[int] = set()


def _close_inherited() -> None:
    """In a forked child: what the parent holds is not ours, but open files would prolong it."""
    for handle in _HELD:
        with suppress(OSError):
            os.close(handle)
    _HELD.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_inherited)


@contextmanager
def locked_file(path: str) -> Iterator[None]:
    """Hold off all processes and threads that lock the same path.

    The lock file exists while it is held; a killed holder leaves an unlocked one behind.
    """
    with _THREADS.hold(path):
        handle = _acquire(path)
        _HELD.add(handle)
        try:
            yield
        finally:
            if handle in _HELD:
                _HELD.discard(handle)
                with suppress(OSError):
                    os.unlink(path)
                # Not left to close, which does not unlock while a forked child has the file open.
                _unlock(handle)
                os.close(handle)


def unlink_unheld(path: str) -> None:
    """Remove a lock file that a killed holder left behind, unless somebody has taken it up."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    try:
        if _try_lock(handle) and os.path.samestat(os.fstat(handle), os.stat(path)):
            os.unlink(path)
    finally:
        os.close(handle)


def _acquire(path: str) -> int:
    """Open and lock a file which a previous holder may be about to unlink: then try again."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            _lock(handle)
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


if os.name == "nt":
    import msvcrt

    def _lock(handle: int) -> None:
        while True:
            with suppress(OSError):  # gives up after ten seconds
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
                return

    def _unlock(handle: int) -> None:
        with suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]

    def _try_lock(handle: int) -> bool:
        with suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            return True
        return False

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)

    def _try_lock(handle: int) -> bool:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
