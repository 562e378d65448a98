"""The volumes that the workloads read: deterministic, structured, written by TensorStore.

``python -m benchmarks.volumes DIRECTORY SIZE`` makes them, in TensorStore's environment:
``DIRECTORY/NAME`` for each of `VOLUMES` and ``DIRECTORY/NAME.npy`` with the voxels that every
reader must find in it.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import numpy as np

CHUNK = 64
OFFSET = (1000, 2000, 300)
KEY = "8_8_40"
SEED = 20261101
GZIP_LEVEL = 6  # of the volumes that are read
GZIP_WRITE_LEVEL = 9  # cloud-volume 12.15.2 uses 9 for files whatever level it is given
JPEG_QUALITY = 85  # stated, for the libraries have different defaults


@dataclass(frozen=True)
class Volume:
    """One volume of a kind; ``compression`` of its chunk files is a suffix on disk."""

    dtype: str
    encoding: str = "raw"
    compression: Optional[str] = None

    def info(self, size: int) -> dict:
        scale = {
            "key": KEY,
            "size": [size] * 3,
            "resolution": [8, 8, 40],
            "voxel_offset": list(OFFSET),
            "chunk_sizes": [[CHUNK] * 3],
            "encoding": self.encoding,
        }
        if self.encoding == "jpeg":
            scale["jpeg_quality"] = JPEG_QUALITY
        kind = "image" if self.dtype == "uint8" else "segmentation"
        return {"type": kind, "data_type": self.dtype, "num_channels": 1, "scales": [scale]}


VOLUMES = {
    "raw_uint8": Volume("uint8"),
    "raw_uint64": Volume("uint64"),
    "gzip_uint8": Volume("uint8", compression="gzip"),
    "gzip_uint64": Volume("uint64", compression="gzip"),
    "jpeg_uint8": Volume("uint8", encoding="jpeg"),
}


def box_at(corner: tuple[int, ...], edge: int) -> tuple[slice, ...]:
    """The cube with this lowest corner, counted from the start of the volume."""
    return tuple(slice(o + c, o + c + edge) for o, c in zip(OFFSET, corner, strict=True))


def smooth(rng: np.random.Generator, size: int, period: int) -> np.ndarray:
    """Noise between -1 and 1 that changes over about ``period`` voxels, float32."""
    knots = size // period + 2
    position = np.arange(size) / period
    weights = np.maximum(0, 1 - np.abs(position[:, None] - np.arange(knots)))
    out = rng.uniform(-1, 1, (knots,) * 3).astype(np.float32)
    for _ in range(3):  # one axis each; tensordot moves it to the end
        out = np.tensordot(out, weights.astype(np.float32), axes=(0, 1))
    return out


def image(size: int) -> np.ndarray:
    """Like electron microscopy: grey blobs of two sizes under the noise of the camera, uint8."""
    rng = np.random.default_rng(SEED)
    grey = 140 + 50 * smooth(rng, size, 24) + 40 * smooth(rng, size, 7)
    grey += 6 * rng.standard_normal(grey.shape, dtype=np.float32)
    return np.asfortranarray(np.clip(grey, 1, 255).astype(np.uint8))


def segmentation(size: int) -> np.ndarray:
    """Curved cells of some 40 voxels, each one random 64-bit label, uint64."""
    rng = np.random.default_rng(SEED + 1)
    cells = size // 40 + 3
    index = np.zeros((size,) * 3, dtype=np.int64)
    for axis in range(3):
        position = np.arange(size, dtype=np.float32).reshape(np.roll((-1, 1, 1), axis))
        warped = position + 30 * smooth(rng, size, 48) + 4 * smooth(rng, size, 9) + 40
        index = index * cells + (warped / 40).astype(np.int64)
    labels = rng.integers(1 << 58, 1 << 59, cells**3, dtype=np.uint64)
    return np.asfortranarray(labels[index])


def make_volumes(directory: Path, size: int) -> None:
    """Make what is missing; a volume that was cut short has no voxel file and is made again."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, volume in VOLUMES.items():
        if not (directory / f"{name}.npy").exists():
            shutil.rmtree(directory / name, ignore_errors=True)
            make = _compress if volume.compression else _write
            voxels = make(directory, name, size)
            partial = directory / f"{name}.partial.npy"
            np.save(partial, voxels)
            partial.rename(directory / f"{name}.npy")


def _write(directory: Path, name: str, size: int) -> np.ndarray:
    from .libraries import tensorstore  # only its environment can make volumes

    volume = VOLUMES[name]
    array = image(size) if volume.dtype == "uint8" else segmentation(size)
    url, whole = (directory / name).as_uri(), box_at((0, 0, 0), size)
    store = tensorstore.create(url, volume.info(size), None)
    tensorstore.write(store, whole, array)
    return np.asfortranarray(tensorstore.read(tensorstore.open(url), whole)[..., 0])


def _compress(directory: Path, name: str, size: int) -> np.ndarray:
    """The raw volume of the same type and size with each chunk file gzipped."""
    plain = directory / name.replace("gzip", "raw")
    chunks = directory / name / KEY
    chunks.mkdir(parents=True)
    shutil.copy(plain / "info", directory / name / "info")

    def compress(path: Path) -> None:
        data = gzip.compress(path.read_bytes(), compresslevel=GZIP_LEVEL, mtime=0)
        (chunks / f"{path.name}.gz").write_bytes(data)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compress, (plain / KEY).iterdir()))
    return np.load(f"{plain}.npy")


if __name__ == "__main__":
    make_volumes(Path(sys.argv[1]), int(sys.argv[2]))
