"""``cloudvolume demo``: a dataset of one's own in a few seconds, written, read back and compared."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..cloudvolume import CloudVolume
from ..exceptions import CloudVolumeError, DecodingError
from .synthetic import make_tissue

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "Make a small dataset on disk, read it back, check it, and say what to try next."

_SHAPE = (384, 320, 64)
_CHUNK_SIZE = (64, 64, 16)
_N_MIPS = 3
_DESCRIPTION = "Synthetic tissue made by the command cloudvolume demo."
_HEADER = f"{'layer':<14}{'mip':>3}{'chunks':>8}{'MB':>8}{'write MB/s':>12}{'read MB/s':>11}"


class _Figures(NamedTuple):
    """What writing and reading one scale took."""

    layer: str
    mip: int
    n_chunks: int
    nbytes: int
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
    image, segmentation = (
        _open(root / name, name, dtype)
        for name, dtype in (("image", np.uint8), ("segmentation", np.uint32))
    )
    print(f"Drawing {' × '.join(map(str, _SHAPE))} voxels of tissue …\n", flush=True)
    voxels, labels = make_tissue(_SHAPE)
    print(_HEADER)
    for volume, data in ((image, voxels), (segmentation, labels)):
        _write_and_check(volume, data)
    print(f"\nEvery voxel was read back equal. The dataset is in {root}\n")
    print("\n".join(_next_steps(root)))


def _open(path: Path, layer_type: str, dtype: type) -> Any:
    """The layer, not yet stored.

    Raises
    ------
    CloudVolumeError
        Something else lies there, which we do not touch.
    """
    info = CloudVolume.create_new_info(
        num_channels=1,
        layer_type=layer_type,
        data_type=dtype,
        encoding="raw",
        resolution=(8, 8, 40),
        voxel_offset=(0, 0, 0),
        volume_size=_SHAPE,
        chunk_size=_CHUNK_SIZE,
        max_mip=_N_MIPS - 1,
    )
    # Uncompressed, so that every program that knows the format reads the files as they lie there.
    volume = CloudVolume(path, info=info, progress=False, compress=False)
    if path.exists() and any(path.iterdir()) and volume.provenance.description != _DESCRIPTION:
        raise CloudVolumeError(f"{path} already holds something else; name another directory")
    return volume


def _write_and_check(volume: Any, data: np.ndarray) -> None:
    # The provenance first: it tells the next run that what it finds here is ours.
    volume.provenance.description = _DESCRIPTION
    volume.provenance.processing = [{"method": "cloudvolume demo", "seed": 0}]
    volume.commit_provenance()
    volume.commit_info()
    for mip in volume.available_mips:
        volume.mip = mip
        print(_row(_round_trip(volume, data)), flush=True)
        data = _downsample(data, volume.layer_type)


def _round_trip(volume: Any, data: np.ndarray) -> _Figures:
    started = time.perf_counter()
    volume[:] = data
    written = time.perf_counter()
    found = volume[:]
    finished = time.perf_counter()
    if not np.array_equal(found[..., 0], data):
        raise DecodingError(f"{volume.cloudpath} mip {volume.mip} was read back different")
    return _Figures(
        volume.layer,
        volume.mip,
        sum(volume.exists(volume.bounds).values()),
        data.nbytes,
        written - started,
        finished - written,
    )


def _downsample(data: np.ndarray, layer_type: str) -> np.ndarray:
    """Halve x and y: images by the mean of four voxels, labels by taking one of them."""
    if layer_type == "segmentation":
        return np.asfortranarray(data[::2, ::2])
    quarters = [data[i::2, j::2].astype(np.uint16) for i in (0, 1) for j in (0, 1)]
    return np.asfortranarray((sum(quarters) + 2) // 4, dtype=np.uint8)


def _row(f: _Figures) -> str:
    megabytes = f.nbytes / 1e6
    return (
        f"{f.layer:<14}{f.mip:>3}{f.n_chunks:>8}{megabytes:>8.1f}"
        f"{megabytes / f.write_s:>12.0f}{megabytes / f.read_s:>11.0f}"
    )


def _next_steps(root: Path) -> list[str]:
    """What to try, as commands that can be pasted into the shell that ran this one."""
    image, segmentation = (str(root / name) for name in ("image", "segmentation"))
    code = (
        f"from cloudvolume import CloudVolume; vol = CloudVolume({_literal(image)}); "
        "print(vol[:, :, 40].save_images(progress=False))"
    )
    return [
        "See the mips of a layer:",
        f"  {_shell([*_this_command(), 'info', segmentation])}",
        "Save a slice as a picture:",
        f"  {_shell([_python(), '-c', code])}",
        "In Python:",
        "  >>> from cloudvolume import CloudVolume",
        f"  >>> vol = CloudVolume({_literal(segmentation)}, mip=1)",
        "  >>> labels = vol[100:164, 50:114, 40:48]  # voxels of mip 1; shape (64, 64, 8, 1)",
    ]


def _literal(text: str) -> str:
    """Python's spelling of a text, in the quotes that shells need not escape."""
    return json.dumps(text, ensure_ascii=False)


def _shell(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _this_command() -> list[str]:
    """How we were called: by the name of the command, or as a module."""
    if Path(sys.argv[0]).stem == "cloudvolume" and shutil.which("cloudvolume"):
        return ["cloudvolume"]
    return [_python(), "-m", "cloudvolume"]


def _python() -> str:
    """The interpreter that runs us, by its short name if the shell finds it by that."""
    found = shutil.which("python")
    here = sys.executable or "python"
    return "python" if found and os.path.samefile(found, here) else here
