"""One scale of a volume, checked and frozen for the length of a request."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ....exceptions import InvalidInfoError, MissingFieldError, ScaleUnavailableError
from ....geometry import Bbox

__all__ = ["Int3", "Scale", "checked_dtype", "checked_scale", "scale_of", "three_ints"]

Int3 = tuple[int, int, int]

_MAX_COORDINATE = (1 << 63) - 1


class Scale(NamedTuple):
    """One entry of ``info["scales"]``, with the data type and channels of its volume.

    Parameters
    ----------
    key : str
        Directory of the chunks, relative to the layer.
    size, voxel_offset, chunk_size : (int, int, int)
        Voxels of this scale, x y z.
    n_channels : int
    dtype : np.dtype
    encoding : str
    """

    key: str
    size: Int3
    voxel_offset: Int3
    chunk_size: Int3
    n_channels: int
    dtype: np.dtype
    encoding: str

    @property
    def stop(self) -> Int3:
        """The exclusive upper corner, in voxels of this scale."""
        (x, y, z), (dx, dy, dz) = self.voxel_offset, self.size
        return (x + dx, y + dy, z + dz)

    @property
    def bounds(self) -> Bbox:
        """Half-open, in voxels of this scale."""
        return Bbox(self.voxel_offset, self.stop)

    @property
    def grid_size(self) -> Int3:
        """Chunks along x, y and z."""
        (x, y, z), (cx, cy, cz) = self.size, self.chunk_size
        return (-(-x // cx), -(-y // cy), -(-z // cz))


def scale_of(info: Mapping[str, Any], mip: int) -> Scale:
    """The scale of an info document that may have been edited since it was checked.

    Raises
    ------
    InvalidInfoError
        A field that the request needs is missing or impossible.
    ScaleUnavailableError
        There is no such scale (any more).
    """
    try:
        entry = info["scales"][mip]
    except IndexError:
        raise ScaleUnavailableError(
            f"no mip {mip!r}: there are mips 0 to {len(info['scales']) - 1}"
        ) from None
    try:
        return _checked(
            mip,
            entry["key"],
            tuple(entry["size"]),
            tuple(_or_zeros(entry.get("voxel_offset"))),
            tuple(entry["chunk_sizes"][0]),
            info["num_channels"],
            info["data_type"],
            entry["encoding"],
        )
    except (KeyError, TypeError, IndexError):
        # the slow way says which field it is
        return checked_scale(info, mip)


def checked_scale(info: Mapping[str, Any], mip: int) -> Scale:
    """Check every field of one entry of ``info["scales"]``.

    Raises
    ------
    MissingFieldError
        A required field is absent.
    InvalidInfoError
        A field has an impossible value. The message names the field and the value.
    """
    entry = info["scales"][mip]
    where = f"scales[{mip}]"
    if not isinstance(entry, Mapping):
        raise InvalidInfoError(f"info: {where} must be an object, got {entry!r}")
    for name in ("key", "size", "resolution", "chunk_sizes", "encoding"):
        if name not in entry:
            raise MissingFieldError(f"info: {where} lacks {name!r}")
    _check_resolution(f"{where}.resolution", entry["resolution"])
    chunk_sizes = entry["chunk_sizes"]
    if not isinstance(chunk_sizes, (list, tuple, np.ndarray)) or len(chunk_sizes) == 0:
        raise InvalidInfoError(
            f"info: {where}.chunk_sizes must be a list of sizes such as [[64, 64, 64]], "
            f"got {chunk_sizes!r}"
        )
    return _checked(
        mip,
        _text(f"{where}.key", entry["key"]),
        three_ints(f"{where}.size", entry["size"], at_least=0),
        three_ints(f"{where}.voxel_offset", _or_zeros(entry.get("voxel_offset"))),
        three_ints(f"{where}.chunk_sizes[0]", chunk_sizes[0], at_least=1),
        info["num_channels"],
        info["data_type"],
        _text(f"{where}.encoding", entry["encoding"]),
    )


def checked_dtype(data_type: Any) -> np.dtype:
    """The dtype of ``info["data_type"]``.

    Raises
    ------
    InvalidInfoError
        numpy has no boolean, integer or floating type of that name.
    """
    try:
        # Upper case is allowed in names, such as UINT8, but numpy's U4 is text and its u4 is not.
        is_name = isinstance(data_type, str) and len(data_type) > 3
        dtype = np.dtype(data_type.lower() if is_name else data_type)
    except TypeError:
        dtype = None
    if dtype is None or dtype.kind not in "biuf" or data_type is None:
        raise InvalidInfoError(
            f"info: data_type must be a name such as 'uint8', 'uint64' or 'float32', got {data_type!r}"
        )
    return dtype.newbyteorder("=")


@lru_cache(maxsize=512)
def _checked(  # noqa: PLR0913 one argument a field, so that the cache can tell scales apart
    mip: int,
    key: str,
    size: tuple,
    voxel_offset: tuple,
    chunk_size: tuple,
    n_channels: int,
    data_type: str,
    encoding: str,
) -> Scale:
    """Check plain values; the cache makes this free for all requests but the first."""
    where = f"scales[{mip}]"
    if isinstance(n_channels, bool) or not _is_integral(n_channels) or int(n_channels) < 1:
        raise InvalidInfoError(f"info: num_channels must be a positive integer, got {n_channels!r}")
    scale = Scale(
        _text(f"{where}.key", key),
        three_ints(f"{where}.size", size, at_least=0),
        three_ints(f"{where}.voxel_offset", voxel_offset),
        three_ints(f"{where}.chunk_sizes[0]", chunk_size, at_least=1),
        int(n_channels),
        checked_dtype(data_type),
        _text(f"{where}.encoding", encoding).lower(),
    )
    if max(scale.stop) > _MAX_COORDINATE:
        raise InvalidInfoError(
            f"info: {where} ends at {scale.stop}, beyond the 64-bit integers "
            f"(size {scale.size}, voxel_offset {scale.voxel_offset})"
        )
    return scale


def three_ints(field: str, value: Any, at_least: int = -_MAX_COORDINATE - 1) -> Int3:
    """Check one field of an info document.

    Raises
    ------
    InvalidInfoError
        The value is not three whole numbers of 64 bits from ``at_least`` on; the message names
        the field.
    """
    numbers = list(value) if isinstance(value, (list, tuple, np.ndarray)) else []
    if len(numbers) != 3 or not all(_is_integral(n) for n in numbers):
        raise InvalidInfoError(f"info: {field} must be three integers, got {value!r}")
    x, y, z = (int(n) for n in numbers)
    if not (at_least <= min(x, y, z) and max(x, y, z) <= _MAX_COORDINATE):
        raise InvalidInfoError(
            f"info: {field} must lie between {at_least} and {_MAX_COORDINATE}, got {value!r}"
        )
    return (x, y, z)


def _is_integral(value: Any) -> bool:
    if isinstance(value, (int, np.integer)):
        return not isinstance(value, bool)
    return isinstance(value, (float, np.floating)) and math.isfinite(value) and value == int(value)


def _check_resolution(field: str, value: Any) -> None:
    numbers = list(value) if isinstance(value, (list, tuple, np.ndarray)) else []
    real = (int, float, np.integer, np.floating)
    if len(numbers) != 3 or not all(
        isinstance(n, real) and not isinstance(n, bool) and math.isfinite(n) and n > 0
        for n in numbers
    ):
        raise InvalidInfoError(
            f"info: {field} must be three positive finite numbers of nm, got {value!r}"
        )


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidInfoError(f"info: {field} must be a non-empty string, got {value!r}")
    return value


def _or_zeros(value: Any) -> Any:
    return (0, 0, 0) if value is None else value
