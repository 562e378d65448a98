"""What the machine allows: ``python -m benchmarks.limits WORKLOAD DIRECTORY SIZE``.

Runs in our environment, for it has the codec packages. Prints JSON, in seconds per request and
always on all cores:

memory  reading: copying the voxels of the request into a new array
codec   the codec package alone on the chunks in question, from memory to memory
files   the stored bytes: reading them from their files, or writing them into new files
chunk   for a request inside one chunk: reading its file and decoding it
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Optional

import numpy as np

from .volumes import CHUNK, GZIP_WRITE_LEVEL, JPEG_QUALITY, KEY, OFFSET, VOLUMES
from .workloads import WORKLOADS, Workload, positions

N_TRIES = 5
N_CORNERS = 40
CORES = os.cpu_count() or 1
POOL = ThreadPoolExecutor(CORES)
SMALL = 1 << 22  # bytes; what threads cost more than they save

try:
    import deflate
except ImportError:
    deflate = None
try:
    import simplejpeg
except ImportError:
    simplejpeg = None


def limits(workload: Workload, directory: Path, size: int) -> dict[str, float]:
    """Seconds per request of each limit that applies."""
    if workload.moves == "write":
        return _write_limits(workload, directory, size)
    if workload.moves == "read":
        return _read_limits(workload, directory, size)
    return {}


def _read_limits(workload: Workload, directory: Path, size: int) -> dict[str, float]:
    edge = workload.edge or size
    corners = positions(size, edge)[:N_CORNERS] if workload.edge else [(0, 0, 0)]
    files = [chunk_files(directory / workload.volume / KEY, size, c, edge) for c in corners]
    voxels = np.load(directory / f"{workload.volume}.npy")
    boxes = [voxels[tuple(slice(c, c + edge) for c in corner)] for corner in corners]
    found = {"memory": mean_of_best(copy, boxes)}
    decode = decoder(workload.volume)
    if decode:
        stored = [[path.read_bytes() for path in paths] for paths in files]
        found["codec"] = mean_of_best(lambda datas: on_all_cores(decode, datas), stored)
    found["files"] = mean_of_best(lambda paths: on_all_cores(Path.read_bytes, paths), files)
    if edge == 1:
        decode = decode or (lambda data: data)
        found["chunk"] = mean_of_best(lambda paths: decode(paths[0].read_bytes()), files)
    return found


def _write_limits(workload: Workload, directory: Path, size: int) -> dict[str, float]:
    files = chunk_files(directory / workload.volume / KEY, size, (0, 0, 0), size)
    stored = [path.read_bytes() for path in files]
    encode, decode = encoder(workload.volume), decoder(workload.volume)
    found = {}
    if encode and decode:
        plain = [decode(data) for data in stored]
        found["codec"] = mean_of_best(lambda chunks: on_all_cores(encode, chunks), [plain])
    found["files"] = min(_time_new_files(directory, stored) for _ in range(N_TRIES))
    return found


def chunk_files(directory: Path, size: int, corner: Iterable[int], edge: int) -> list[Path]:
    """The files of the chunks that hold the cube at this corner."""
    suffix = next(path.suffix for path in directory.iterdir())
    axes = []
    for offset, c in zip(OFFSET, corner, strict=True):
        starts = range(c // CHUNK * CHUNK, c + edge, CHUNK)
        axes.append([f"{offset + s}-{offset + min(s + CHUNK, size)}" for s in starts])
    return [directory / ("_".join(names) + suffix) for names in product(*axes)]


def decoder(volume: str) -> Optional[Callable[[bytes], object]]:
    """The fastest package for the chunks of a volume; None when there is nothing to decode."""
    kind = VOLUMES[volume]
    if kind.encoding == "jpeg":
        return simplejpeg and (lambda data: simplejpeg.decode_jpeg(data, colorspace="gray"))
    if kind.compression == "gzip":
        capacity = CHUNK**3 * np.dtype(kind.dtype).itemsize
        if deflate:
            return lambda data: deflate.gzip_decompress(data, capacity)
        return gzip.decompress
    return None


def encoder(volume: str) -> Optional[Callable[[object], bytes]]:
    """The opposite of `decoder`."""
    kind = VOLUMES[volume]
    if kind.encoding == "jpeg":
        return simplejpeg and (
            lambda image: simplejpeg.encode_jpeg(image, quality=JPEG_QUALITY, colorspace="gray")
        )
    if kind.compression == "gzip":
        if deflate:
            return lambda data: deflate.gzip_compress(data, GZIP_WRITE_LEVEL)
        return lambda data: gzip.compress(data, GZIP_WRITE_LEVEL)
    return None


def copy(source: np.ndarray) -> np.ndarray:
    """Into new memory."""
    target = np.empty_like(source, order="F")
    if source.nbytes < SMALL:
        target[...] = source
        return target
    parts = (np.array_split(array, CORES, axis=2) for array in (target, source))
    on_all_cores(lambda part: np.copyto(*part), zip(*parts, strict=True))
    return target


def on_all_cores(function: Callable, items: Iterable) -> None:
    items = list(items)
    if len(items) == 1:
        function(items[0])
        return
    for _ in POOL.map(function, items):
        pass


def mean_of_best(function: Callable[[object], object], items: list) -> float:
    """Seconds per item in the fastest of some tries: a limit is what can be done undisturbed."""
    best = float("inf")
    for _ in range(N_TRIES):
        start = time.perf_counter()
        for item in items:
            function(item)
        best = min(best, time.perf_counter() - start)
    return best / len(items)


def _time_new_files(directory: Path, stored: list[bytes]) -> float:
    scratch = Path(tempfile.mkdtemp(dir=directory, prefix="write-"))

    def put(item: tuple[int, bytes]) -> None:
        (scratch / str(item[0])).write_bytes(item[1])

    try:
        start = time.perf_counter()
        on_all_cores(put, enumerate(stored))
        return time.perf_counter() - start
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    print(json.dumps(limits(WORKLOADS[sys.argv[1]], Path(sys.argv[2]), int(sys.argv[3]))))
