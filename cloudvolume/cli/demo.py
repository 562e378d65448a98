"""``cloudvolume demo``: a dataset of one's own in a few seconds, written, read back and compared."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..cloudvolume import CloudVolume
from ..exceptions import CloudVolumeError, DecodingError
from .synthetic import make_tissue

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "Make a small dataset on disk, read it back, check it, and say what to try next."

_SHAPE = (448, 384, 96)
_CHUNK_SIZE = (64, 64, 16)
_N_MIPS = 3
_DESCRIPTION = "Synthetic tissue made by the command cloudvolume demo."


class _Figures(NamedTuple):
    """What writing and reading one scale took."""

    layer: str
    mip: int
    n_chunks: int
    nbytes: int
    stored_nbytes: int
    write_s: float
    read_s: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what follows the command."""
    parser.add_argument(
        "directory",
        nargs="?",
        default="cloudvolume-demo",
        help="where to put the dataset (default: ./cloudvolume-demo)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Make, check and report the dataset."""
    root = Path(arguments.directory).expanduser().absolute()
    print(f"drawing {' × '.join(map(str, _SHAPE))} voxels of tissue …", flush=True)
    image, labels = make_tissue(_SHAPE)
    figures = []
    for name, layer_type, data in (
        ("image", "image", image),
        ("segmentation", "segmentation", labels),
    ):
        figures += _write_and_check(root / name, layer_type, data)
    print("\n".join(_table(figures)))
    print(
        f"\nEvery voxel was read back equal. The dataset is in {root}\n\n"
        "Next:\n"
        f"  cloudvolume info {root / 'segmentation'}\n"
        f'  python -c "from cloudvolume import CloudVolume; '
        f"print(CloudVolume('{root / 'image'}')[100:164, 100:164, 10].save_images())\""
    )


def _write_and_check(path: Path, layer_type: str, data: np.ndarray) -> list[_Figures]:
    cloudpath = f"file://{path}"
    info = CloudVolume.create_new_info(
        num_channels=1,
        layer_type=layer_type,
        data_type=data.dtype,
        encoding="raw",
        resolution=(8, 8, 40),
        voxel_offset=(0, 0, 0),
        volume_size=data.shape,
        chunk_size=_CHUNK_SIZE,
        max_mip=_N_MIPS - 1,
    )
    if (path / "info").exists():
        _check_is_demo(cloudpath)
    volume = CloudVolume(cloudpath, info=info, progress=False)
    volume.commit_info()
    volume.provenance.description = _DESCRIPTION
    volume.provenance.processing = [{"method": "cloudvolume demo", "seed": 0}]
    volume.commit_provenance()
    figures = []
    for mip in range(_N_MIPS):
        figures.append(_round_trip(volume, mip, data, path))
        data = _downsample(data, layer_type)
    return figures


def _check_is_demo(cloudpath: str) -> None:
    """Refuse to write over a layer that somebody else made."""
    if CloudVolume(cloudpath).provenance.description != _DESCRIPTION:
        raise CloudVolumeError(
            f"{cloudpath} already holds a layer that is no demo; name another directory"
        )


def _round_trip(volume: Any, mip: int, data: np.ndarray, path: Path) -> _Figures:
    volume.mip = mip
    started = time.perf_counter()
    volume[:] = data
    written = time.perf_counter()
    found = volume[:]
    finished = time.perf_counter()
    if not np.array_equal(found[..., 0], data):
        raise DecodingError(f"{volume.cloudpath} mip {mip} was read back different")
    files = [entry for entry in (path / volume.key).iterdir() if entry.is_file()]
    return _Figures(
        volume.layer,
        mip,
        len(files),
        data.nbytes,
        sum(entry.stat().st_size for entry in files),
        written - started,
        finished - written,
    )


def _downsample(data: np.ndarray, layer_type: str) -> np.ndarray:
    """Halve x and y: images by the mean of four voxels, labels by taking one of them."""
    if layer_type == "segmentation":
        return np.asfortranarray(data[::2, ::2])
    quarters = [data[i::2, j::2].astype(np.uint16) for i in (0, 1) for j in (0, 1)]
    return np.asfortranarray((sum(quarters) + 2) // 4, dtype=np.uint8)


def _table(figures: list[_Figures]) -> list[str]:
    lines = [
        "",
        f"{'layer':<14}{'mip':>3}{'chunks':>8}{'MB':>8}{'on disk':>9}{'write MB/s':>12}{'read MB/s':>11}",
    ]
    for f in figures:
        megabytes = f.nbytes / 1e6
        lines.append(
            f"{f.layer:<14}{f.mip:>3}{f.n_chunks:>8}{megabytes:>8.1f}{f.stored_nbytes / 1e6:>9.1f}"
            f"{megabytes / f.write_s:>12.0f}{megabytes / f.read_s:>11.0f}"
        )
    return lines
