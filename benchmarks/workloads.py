"""The workloads: functions that run in a fresh process, and the table of their names.

A function gets a `Job`, does what need not be timed, enters ``job.meter`` around what is, and
returns whether the outcome was right. A new workload is one row of `WORKLOADS`, at most one
function more.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Optional

import numpy as np

from .meter import Meter
from .volumes import CHUNK, SEED, VOLUMES, Volume, box_at

N_CUTOUTS = 200
N_OPENS = 20
N_IMPORTS = 10

# In a fresh interpreter. What the harness itself loads comes first, to count only the rest.
FRESH = """
import json, time
import benchmarks.meter, benchmarks.volumes, benchmarks.libraries
cpu, wall, value = time.process_time(), time.perf_counter(), 0
{code}
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps([wall, cpu, benchmarks.meter.peak_memory(), int(value)]))
"""
FIRST_VOXEL = """
import {library} as library
value = library.read(library.open({url!r}), {box!r}).item()
"""


@dataclass(frozen=True)
class Job:
    """One measurement: a library on a volume."""

    library: ModuleType
    module: str
    name: str
    directory: Path
    size: int
    meter: Meter

    @property
    def volume(self) -> Volume:
        return VOLUMES[self.name]

    @property
    def url(self) -> str:
        return (self.directory / self.name).as_uri()

    def voxels(self) -> np.ndarray:
        """What the volume holds, shape (x, y, z), Fortran order."""
        return np.load(self.directory / f"{self.name}.npy")


def read(job: Job) -> bool:
    """The whole volume in one request."""
    volume = job.library.open(job.url)
    job.library.read(volume, box_at((0, 0, 0), CHUNK))
    with job.meter:
        result = job.library.read(volume, box_at((0, 0, 0), job.size))
    return np.array_equal(_xyz(result), job.voxels())


def write(job: Job) -> bool:
    """The whole volume in one request, into a new directory."""
    array = job.voxels()
    whole, first = box_at((0, 0, 0), job.size), box_at((0, 0, 0), CHUNK)
    info, compression = job.volume.info(job.size), job.volume.compression
    scratch = Path(tempfile.mkdtemp(dir=job.directory, prefix="write-"))
    try:
        warm = job.library.create((scratch / "warm").as_uri(), info, compression)
        job.library.write(warm, first, array[:CHUNK, :CHUNK, :CHUNK])
        url = (scratch / "volume").as_uri()
        volume = job.library.create(url, info, compression)
        with job.meter:
            job.library.write(volume, whole, array)
        job.meter.stored = _bytes_in(scratch / "volume")
        result = _xyz(job.library.read(job.library.open(url), whole))
    finally:
        shutil.rmtree(scratch)
    if job.volume.encoding == "jpeg":
        return float(np.abs(np.subtract(result, array, dtype=np.int16)).mean()) < 6
    return np.array_equal(result, array)


def positions(size: int, edge: int) -> list[tuple[int, ...]]:
    """Corners of the random cutouts, the same for every library."""
    corners = np.random.default_rng(SEED + edge).integers(0, size - edge + 1, (N_CUTOUTS, 3))
    return [tuple(corner) for corner in corners.tolist()]


def cutouts(job: Job, edge: int) -> bool:
    """Random cubes, one request each; every tenth is compared by checksum."""
    volume = job.library.open(job.url)
    job.library.read(volume, box_at((0, 0, 0), 1))
    sums, shapes = [], set()
    corners = positions(job.size, edge)
    for number, corner in enumerate(corners):
        box = box_at(corner, edge)
        with job.meter:
            result = job.library.read(volume, box)
        shapes.add(_xyz(result).shape)
        if number % 10 == 0:
            sums.append(_checksum(_xyz(result)))
        del result
    voxels = job.voxels()
    expected = [
        _checksum(voxels[tuple(slice(c, c + edge) for c in corner)]) for corner in corners[::10]
    ]
    return sums == expected and shapes == {(edge,) * 3}


def open_volume(job: Job) -> bool:
    """Open the volume again and again; what loads on the first use is already there."""
    shapes = {tuple(job.library.open(job.url).shape)}
    for _ in range(N_OPENS):
        with job.meter:
            volume = job.library.open(job.url)
        shapes.add(tuple(volume.shape))
    return shapes == {(job.size,) * 3 + (1,)}


def open_first_voxel(job: Job) -> bool:
    """Open the volume and read one voxel, the first things a process does after the import."""
    corner = (job.size // 2,) * 3
    with job.meter:
        result = job.library.read(job.library.open(job.url), box_at(corner, 1))
    return np.asarray(result).item() == job.voxels()[corner]


def import_time(job: Job) -> bool:
    """``import`` above ``import numpy``."""
    return set(_fresh(job, f"import {job.module}")) == {0}


def import_to_first_voxel(job: Job) -> bool:
    """Import, open and read one voxel: what was put off at the import counts here."""
    corner = (job.size // 2,) * 3
    code = FIRST_VOXEL.format(library=job.library.__name__, url=job.url, box=box_at(corner, 1))
    return set(_fresh(job, code)) == {job.voxels()[corner]}


def _fresh(job: Job, code: str) -> list[int]:
    """Measure code in fresh interpreters, the first of which only warms up; its values."""
    values = []
    for number in range(N_IMPORTS + 1):
        command = [sys.executable, "-c", FRESH.format(code=code)]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if ran.returncode:
            sys.exit(1)  # the reason stands on stderr, which is ours too
        wall, cpu, peak, value = json.loads(ran.stdout.splitlines()[-1])
        values.append(value)
        if number:
            job.meter.add(wall, cpu, peak)
    return values


def _xyz(array: np.ndarray) -> np.ndarray:
    """Without the channel axis, as a plain array."""
    return np.asarray(array)[..., 0]


def _bytes_in(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def _checksum(array: np.ndarray) -> int:
    return zlib.crc32(array.tobytes(order="F"))


@dataclass(frozen=True)
class Workload:
    """One row of the report; its numbers are per request."""

    name: str
    run: Callable[[Job], bool]
    volume: str
    edge: Optional[int] = None  # of the cube that one request moves, None is the whole volume
    moves: str = "read"  # "read", "write", or "" where bytes per second mean nothing

    def nbytes(self, size: int) -> int:
        """Bytes of voxels that one request moves."""
        return (self.edge or size) ** 3 * np.dtype(VOLUMES[self.volume].dtype).itemsize


def _table() -> dict[str, Workload]:
    rows = [Workload(f"read_{name}", read, name) for name in VOLUMES]
    rows += [Workload(f"write_{name}", write, name, moves="write") for name in VOLUMES]
    for name in ("raw_uint8", "raw_uint64", "gzip_uint8"):
        for edge in (1, 32, 64, 128):
            run = partial(cutouts, edge=edge)
            rows.append(Workload(f"cutouts{edge}_{name}", run, name, edge=edge))
    for run in (open_volume, open_first_voxel, import_time, import_to_first_voxel):
        rows.append(Workload(run.__name__, run, "raw_uint8", edge=1, moves=""))
    return {row.name: row for row in rows}


WORKLOADS = _table()
