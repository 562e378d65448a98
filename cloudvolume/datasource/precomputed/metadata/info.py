"""The info document of a volume: built, checked and edited, without any I/O."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

import numpy as np

from ....codecs import ChunkSpec, get_codec
from ....exceptions import (
    DataTypeError,
    EncodingError,
    InvalidInfoError,
    MissingDependencyError,
    MissingFieldError,
    UnsupportedEncodingError,
)
from ....geometry import find_closest_divisor
from ....warning import warn_caller
from .scale import checked_dtype, checked_scale, three_ints

__all__ = [
    "DEFAULT_CSEG_BLOCK_SIZE",
    "check_encodings",
    "check_info",
    "create_info",
    "make_scale",
    "put_scale",
]

DEFAULT_CSEG_BLOCK_SIZE = (8, 8, 8)

_LEVEL_FIELDS = {
    "jpeg": "jpeg_quality",
    "jxl": "jxl_quality",
    "png": "png_level",
    "fpzip": "fpzip_precision",
}
_EFFORT_FIELDS = {"jxl": "jxl_effort"}


def check_info(info: Any) -> None:
    """Check a whole info document.

    Raises
    ------
    MissingFieldError
        A required field is absent.
    InvalidInfoError
        The document or a field has an impossible value; the message names it.
    """
    if not isinstance(info, Mapping):
        raise InvalidInfoError(f"info must be an object, got {type(info).__name__}: {_short(info)}")
    for name in ("type", "data_type", "num_channels", "scales"):
        if name not in info:
            raise MissingFieldError(f"info lacks {name!r}; it has {sorted(map(str, info))}")
    checked_dtype(info["data_type"])
    scales = info["scales"]
    if not isinstance(scales, (list, tuple)) or not scales:
        raise InvalidInfoError(f"info: scales must be a non-empty list, got {_short(scales)}")
    for mip in range(len(scales)):
        checked_scale(info, mip)


def check_encodings(info: Mapping[str, Any]) -> None:
    """Check what an encoding asks of its scale; done before an info is stored.

    Raises
    ------
    MissingFieldError
        A scale of compressed_segmentation has no block size.
    DataTypeError
        The data type is none that compressed_segmentation holds.
    EncodingError
        The encoding cannot hold chunks of the data type, channels or size.
    """
    for mip, scale in enumerate(info["scales"]):
        _check_codec(info, mip)
        if scale["encoding"] != "compressed_segmentation":
            continue
        if "compressed_segmentation_block_size" not in scale:
            raise MissingFieldError(
                f"info: scales[{mip}] is compressed_segmentation and lacks "
                "'compressed_segmentation_block_size', such as [8, 8, 8]"
            )
        if info["data_type"] not in ("uint32", "uint64"):
            raise DataTypeError(
                f"info: scales[{mip}]: compressed_segmentation holds uint32 and uint64, "
                f"data_type is {info['data_type']!r}"
            )


def _check_codec(info: Mapping[str, Any], mip: int) -> None:
    scale = checked_scale(info, mip)
    shape = tuple(min(c, s) for c, s in zip(scale.chunk_size, scale.size))
    try:
        get_codec(info["scales"][mip]).check(ChunkSpec((*shape, scale.n_channels), scale.dtype))
    except (UnsupportedEncodingError, MissingDependencyError):
        return  # others may know it
    except EncodingError as err:
        raise EncodingError(f"info: scales[{mip}]: {err}") from err


def create_info(  # noqa: PLR0913 the documented order of a public function
    num_channels: int,
    layer_type: str,
    data_type: Any,
    encoding: str,
    resolution: Sequence[float],
    voxel_offset: Sequence[int],
    volume_size: Sequence[int],
    mesh: Union[None, bool, str] = None,
    skeletons: Union[None, bool, str] = None,
    chunk_size: Sequence[int] = (128, 128, 64),
    compressed_segmentation_block_size: Sequence[int] = DEFAULT_CSEG_BLOCK_SIZE,
    max_mip: int = 0,
    factor: Sequence[int] = (2, 2, 1),
    redirect: Optional[str] = None,
    encoding_level: Optional[int] = None,
    encoding_effort: Optional[int] = None,
) -> dict[str, Any]:
    """Build the info document of a new volume; see `CloudVolume.create_new_info`."""
    factor = three_ints("factor", factor, at_least=1)
    info: dict[str, Any] = {
        "num_channels": num_channels,
        "type": layer_type,
        "data_type": checked_dtype(data_type).name,
        "scales": [],
    }
    if redirect is not None:
        info["redirect"] = str(redirect)
    for name, directory, default in (("mesh", mesh, "mesh"), ("skeletons", skeletons, "skeletons")):
        if directory:
            info[name] = directory if isinstance(directory, str) else default
    base = {
        "resolution": list(resolution),
        "voxel_offset": three_ints("voxel_offset", voxel_offset),
        "size": three_ints("volume_size", volume_size, at_least=0),
    }
    _warn_of_odd_factor(factor, max_mip)
    for mip in range(max_mip + 1):
        info["scales"].append(
            make_scale(
                base,
                [f**mip for f in factor],
                encoding=encoding,
                chunk_size=chunk_size,
                block_size=compressed_segmentation_block_size,
                encoding_level=encoding_level,
                encoding_effort=encoding_effort,
            )
        )
    check_info(info)
    info["num_channels"] = int(num_channels)
    return info


def make_scale(  # noqa: PLR0913 the fields of a scale, by keyword
    base: Mapping[str, Any],
    factor: Sequence[int],
    *,
    encoding: str,
    chunk_size: Sequence[int],
    block_size: Sequence[int] = DEFAULT_CSEG_BLOCK_SIZE,
    encoding_level: Optional[int] = None,
    encoding_effort: Optional[int] = None,
) -> dict[str, Any]:
    """A scale ``factor`` times coarser than ``base``, an entry of ``info["scales"]``.

    The size is rounded up and the offset down, so that the new scale covers the whole of the base.
    """
    resolution = _scaled_resolution(base["resolution"], factor)
    offset, size = base.get("voxel_offset"), base["size"]
    offset = (0, 0, 0) if offset is None else offset
    scale: dict[str, Any] = {
        "encoding": encoding,
        "chunk_sizes": [list(three_ints("chunk_size", chunk_size, at_least=1))],
        "key": "_".join(str(r) for r in resolution),
        "resolution": resolution,
        "voxel_offset": [int(o) // f for o, f in zip(offset, factor)],
        "size": [-(-int(s) // f) for s, f in zip(size, factor)],
    }
    if encoding == "compressed_segmentation":
        scale["compressed_segmentation_block_size"] = [int(n) for n in block_size]
    for fields, value in ((_LEVEL_FIELDS, encoding_level), (_EFFORT_FIELDS, encoding_effort)):
        if value is not None and encoding in fields:
            scale[fields[encoding]] = value
    return scale


def put_scale(
    info: dict[str, Any],
    factor: Sequence[float],
    *,
    encoding: Optional[str] = None,
    chunk_size: Optional[Sequence[int]] = None,
    encoding_level: Optional[int] = None,
) -> dict[str, Any]:
    """Add a scale ``factor`` times coarser than scale 0, or replace the one of its resolution.

    Returns
    -------
    dict
        The new entry of ``info["scales"]``.
    """
    base = info["scales"][0]
    rounded = [round(f) if math.isfinite(f) else f for f in factor]
    whole = three_ints("factor", rounded, at_least=1)
    _warn_of_odd_factor(whole, 1)
    if chunk_size is None:
        chunk_size = find_closest_divisor(base["chunk_sizes"][0], (64, 64, 64))
    scale = make_scale(
        base,
        whole,
        encoding=encoding or base["encoding"],
        chunk_size=chunk_size,
        block_size=base.get("compressed_segmentation_block_size", DEFAULT_CSEG_BLOCK_SIZE),
        encoding_level=encoding_level,
    )
    for mip, other in enumerate(info["scales"]):
        if list(other["resolution"]) == scale["resolution"]:
            info["scales"][mip] = scale
            return scale
    info["scales"].append(scale)
    return scale


def _scaled_resolution(resolution: Sequence[float], factor: Sequence[int]) -> list:
    """Integers if all are whole numbers, floats as soon as one is written with a decimal point."""
    values = [r.item() if isinstance(r, np.generic) else r for r in resolution]
    kind = float if any(isinstance(value, float) for value in values) else int
    return [kind(value) * int(f) for value, f in zip(values, factor)]


def _warn_of_odd_factor(factor: Sequence[int], max_mip: int) -> None:
    if max_mip > 0 and any(f & (f - 1) for f in factor):
        warn_caller(
            f"a downsampling factor of {tuple(factor)} is not made of powers of two; voxels of the "
            "scales will not line up"
        )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
