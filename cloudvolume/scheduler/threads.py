"""Jobs on the calling thread and some helpers, which exist only as long as the jobs."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Generic, Optional, TypeVar, Union

from .progress import progress_bar

__all__ = ["run_jobs"]

Item = TypeVar("Item")

# How long an interrupt waits for jobs in flight, so that it is through within five seconds.
_GRACE_S = 4.0


def run_jobs(
    job: Callable[[Item], object],
    items: Iterable[Item],
    *,
    n_threads: int = 1,
    patience_s: float = 0.0,
    total: Optional[int] = None,
    progress: Union[bool, str] = False,
) -> None:
    """Call ``job`` with each item.

    The calling thread works too, so one thread means no other thread at all, and an interrupt
    reaches it at once. After the first error nothing new is started; what is in flight ends,
    though an interrupt does not wait for it longer than a few seconds.

    Parameters
    ----------
    job : callable of one argument
        Its result is dropped.
    items : iterable
        Drawn one at a time, from any of the threads.
    n_threads : int
        Jobs at the same time, at least 1.
    patience_s : float
        How long the calling thread works alone, so that a few quick jobs are done before other
        threads could even start; it calls for help sooner when a job is slow.
    total : int, optional
        Number of items, where it is known; limits the number of threads.
    progress : bool or str
        Show a bar, labelled with the text.

    Raises
    ------
    Exception
        The first error of a job, or of ``items``.
    """
    if total is not None:
        n_threads = min(n_threads, total)
    with progress_bar(progress, total) as advance:
        remaining = iter(items)
        if n_threads <= 1:
            patience_s = math.inf
        if patience_s > 0 and _work_alone(job, remaining, advance, patience_s):
            return
        _Crew(job, remaining, advance).run(n_threads)


def _work_alone(
    job: Callable[[Item], object],
    items: Iterator[Item],
    advance: Callable[[], object],
    patience_s: float,
) -> bool:
    """Do jobs until the patience is over or one takes an eighth of it; True if that was all."""
    start = last = time.perf_counter()
    for item in items:
        job(item)
        advance()
        now = time.perf_counter()
        if now - last > patience_s / 8 or now - start > patience_s:
            return False
        last = now
    return True


class _Crew(Generic[Item]):
    """Threads that draw from one iterator until it ends or one of them fails."""

    def __init__(
        self,
        job: Callable[[Item], object],
        items: Iterator[Item],
        advance: Callable[[], object],
    ) -> None:
        self._job = job
        self._items = items
        self._advance = advance
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._n_helping = 0
        self._stopped = False
        self._error: Optional[BaseException] = None

    def run(self, n_threads: int) -> None:
        helpers: list[threading.Thread] = []
        try:
            self._start(helpers, n_threads - 1)
            self._work()
            self._join(helpers)
        except BaseException as err:  # an interrupt outside a job counts more than a job's error
            self._stopped, self._error = True, err
            self._join(helpers)
        try:
            if self._error is not None:
                raise self._error
        finally:
            self._error = None  # its traceback leads back here, and to the arrays of the request

    def _start(self, helpers: list[threading.Thread], n_helpers: int) -> None:
        for i in range(n_helpers):
            helper = threading.Thread(target=self._help, name=f"cloudvolume-{i}", daemon=True)
            helpers.append(helper)
            try:
                helper.start()
            except RuntimeError:  # the system has no more threads: those there are do the work
                break

    def _join(self, helpers: list[threading.Thread]) -> None:
        interrupted = self._error is not None and not isinstance(self._error, Exception)
        # Not by `Thread.join`, which takes the thread for ended once an interrupt breaks it off.
        with self._lock:
            patience_s = _GRACE_S if interrupted else None
            if not self._idle.wait_for(lambda: self._n_helping == 0, patience_s):
                return
        for helper in helpers:
            with suppress(RuntimeError):  # it never came to start
                helper.join()

    def _help(self) -> None:
        with self._lock:
            self._n_helping += 1
        try:
            self._work()
        finally:
            with self._lock:
                self._n_helping -= 1
                self._idle.notify()

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._stopped:
                    return
                try:
                    item = next(self._items)
                except StopIteration:
                    return
                except BaseException as err:
                    self._stopped, self._error = True, err
                    return
            try:
                self._job(item)
                self._advance()
            except BaseException as err:
                self._fail(err)
                return

    def _fail(self, err: BaseException) -> None:
        with self._lock:
            if not self._stopped:
                self._stopped, self._error = True, err
