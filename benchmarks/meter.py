"""What a stretch of code costs: wall time, CPU time, peak memory."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

STATUS = Path("/proc/self/status")
RESET = Path("/proc/self/clear_refs")


class Meter:
    """Context manager that adds up the stretches it is entered for.

    ``stored`` is for the workload to fill in: bytes of the files that it wrote. CPU is user and system time of the process and of the children it has waited for. Peak memory
    is that of the measured stretches alone where ``/proc`` can forget older peaks, else of the
    process so far.
    """

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0
        self.peak = self.extra = 0
        self.items = 0
        self.stored = 0

    def __enter__(self) -> Meter:
        self._memory = forget_peak_memory()
        self._cpu = cpu_time()
        self._wall = time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall += time.perf_counter() - self._wall
        self.cpu += cpu_time() - self._cpu
        self.items += 1
        peak = peak_memory()
        self.peak = max(self.peak, peak)
        self.extra = max(self.extra, peak - self._memory)

    def add(self, wall: float, cpu: float, peak: int) -> None:
        """Count one stretch that another process measured."""
        self.wall += wall
        self.cpu += cpu
        self.peak = max(self.peak, peak)
        self.items += 1

    def per_item(self) -> dict[str, float]:
        """Mean seconds of a stretch, largest bytes."""
        return {
            "wall": self.wall / self.items,
            "cpu": self.cpu / self.items,
            "peak": self.peak,
            "extra": self.extra,
            "stored": self.stored,
        }


def cpu_time() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_memory() -> int:
    """Bytes. VmHWM before ru_maxrss, for the latter inherits the peak of the parent process."""
    if STATUS.exists():
        return _status("VmHWM")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def forget_peak_memory() -> int:
    """Start a new peak where the system allows; the bytes held now, else the peak so far."""
    try:
        RESET.write_text("5")
    except OSError:
        return peak_memory()
    return _status("VmRSS")


def _status(field: str) -> int:
    for line in STATUS.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise KeyError(field)
