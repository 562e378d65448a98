"""TensorStore's driver ``neuroglancer_precomputed``, with its default context."""

from __future__ import annotations

import numpy as np
import tensorstore as ts

# The others do not wait for the disk either.
CONTEXT = {"file_io_sync": False}


def open(url):
    return ts.open(_spec(url)).result()


def read(volume, box):
    # In the order of the others. Its default, C, turns the data over and takes up to twice as long.
    return volume[box].read(order="F").result()


def create(url, info, compression):
    if compression:
        raise ValueError(f"TensorStore has no compression by file suffix, got {compression!r}")
    scale = dict(info["scales"][0])
    scale["chunk_size"] = scale.pop("chunk_sizes")[0]
    multiscale = {key: info[key] for key in ("type", "data_type", "num_channels")}
    spec = _spec(url) | {"multiscale_metadata": multiscale, "scale_metadata": scale}
    return ts.open(spec, create=True).result()


def write(volume, box, array):
    volume[box].write(array[..., np.newaxis]).result()


def _spec(url):
    return {"driver": "neuroglancer_precomputed", "kvstore": url + "/", "context": CONTEXT}
