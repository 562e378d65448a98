"""Layers written and looked at without the library under test.

``format-volume.md`` in a few lines of numpy: what the reading tests read does not depend on the
writer, and what the writing tests wrote is judged by its files.
"""

import gzip
import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

Box = tuple[slice, ...]


def directory_of(cloudpath: str) -> Path:
    """The directory that holds a ``file://`` layer."""
    protocol, _, path = cloudpath.partition("://")
    if protocol != "file":
        raise ValueError(f"{cloudpath!r} is not on disk")
    return Path(path)


def files_of(cloudpath: str) -> dict[str, bytes]:
    """Every file below a layer by its name in it, with ``/`` between the parts."""
    root = directory_of(cloudpath)
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def chunk_grid(
    size: Sequence[int], chunk_size: Sequence[int], offset: Sequence[int] = (0, 0, 0)
) -> Iterator[tuple[str, Box]]:
    """Name of each chunk and its place in the array, x fastest; edge chunks are short."""
    axes = [
        [(low, min(low + step, extent)) for low in range(0, extent, step)]
        for extent, step in zip(size, chunk_size, strict=True)
    ]
    for z, y, x in itertools.product(*reversed(axes)):
        ends = (x, y, z)
        name = "_".join(f"{a + o}-{b + o}" for (a, b), o in zip(ends, offset, strict=True))
        yield name, tuple(slice(a, b) for a, b in ends)


def chunk_names(size, chunk_size, offset=(0, 0, 0)) -> list:
    """The file names of all chunks, in the order of the grid."""
    return [name for name, _ in chunk_grid(size, chunk_size, offset)]


def random_voxels(rng: np.random.Generator, shape, dtype) -> np.ndarray:
    """Values over the whole range of ``dtype``, both ends included; floats with their specials."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        voxels = rng.normal(scale=1e6, size=shape).astype(dtype)
        specials = np.array([np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).tiny], dtype)
        voxels.flat[: min(5, voxels.size)] = specials[: voxels.size]
        return voxels
    limits = np.iinfo(dtype)
    voxels = rng.integers(limits.min, limits.max, size=shape, dtype=dtype, endpoint=True)
    voxels.flat[0], voxels.flat[-1] = limits.min, limits.max
    return voxels


def make_info(data: np.ndarray, offset, chunk_size, resolution=(1, 1, 1), **scale) -> dict:
    """An info document with one scale for ``data`` of shape (x, y, z, channel)."""
    key = "_".join(str(r) for r in resolution)
    entry = {
        "key": key,
        "size": list(data.shape[:3]),
        "resolution": list(resolution),
        "voxel_offset": list(offset),
        "chunk_sizes": [list(chunk_size)],
        "encoding": "raw",
    }
    return {
        "type": "image",
        "data_type": data.dtype.name,
        "num_channels": data.shape[3],
        "scales": [{**entry, **scale}],
    }


def write_layer(
    directory: Path,
    data: np.ndarray,
    *,
    offset=(0, 0, 0),
    chunk_size=(16, 16, 16),
    resolution=(1, 1, 1),
    gzipped: bool = False,
) -> str:
    """Store ``data`` as raw chunks and return the cloudpath."""
    if data.ndim == 3:
        data = data[..., np.newaxis]
    info = make_info(data, offset, chunk_size, resolution)
    chunks = directory / info["scales"][0]["key"]
    chunks.mkdir(parents=True)
    (directory / "info").write_text(json.dumps(info))
    little = data.astype(data.dtype.newbyteorder("<"))
    for name, box in chunk_grid(data.shape[:3], chunk_size, offset):
        payload = little[box].tobytes(order="F")
        if gzipped:
            (chunks / f"{name}.gz").write_bytes(gzip.compress(payload, 1))
        else:
            (chunks / name).write_bytes(payload)
    return f"file://{directory}"


def read_info(cloudpath: str) -> dict:
    """The info file of a ``file://`` layer as it stands."""
    return json.loads((directory_of(cloudpath) / "info").read_text())


def write_info(cloudpath: str, info) -> None:
    """Replace the info file of a ``file://`` layer; a str is written as it is."""
    target = directory_of(cloudpath) / "info"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(info if isinstance(info, str) else json.dumps(info))


def assert_same(found, wanted) -> None:
    """Equal in shape, type and every bit that a comparison can see (NaN equals NaN)."""
    found = np.asarray(found)
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(found, wanted, strict=True)
