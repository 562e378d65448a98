"""Scales by index and resolution, and coordinates from one to another; exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from ....exceptions import ScaleUnavailableError

__all__ = ["convert_box", "convert_point", "find_mip"]


def find_mip(info: Mapping[str, Any], mip: Any) -> int:
    """The index of a scale from an index, which may be negative, or a resolution in nm.

    Raises
    ------
    ScaleUnavailableError
        There is none; the message lists the resolutions that there are.
    """
    scales = info["scales"]
    if isinstance(mip, (int, float, np.integer, np.floating)):
        if -len(scales) <= mip < len(scales):
            return int(mip) % len(scales)
    elif isinstance(mip, Iterable):
        wanted = np.ravel(mip).tolist() if isinstance(mip, np.ndarray) else list(mip)
        for index, scale in enumerate(scales):
            if list(scale["resolution"]) == wanted:
                return index
    available = ", ".join(str(list(scale["resolution"])) for scale in scales)
    raise ScaleUnavailableError(
        f"no mip {mip!r}: there are mips 0 to {len(scales) - 1} of resolutions {available} nm"
    )


def convert_point(
    info: Mapping[str, Any], point: Iterable[float], mip: int, to_mip: int
) -> list[int]:
    """The voxel of scale ``to_mip`` that holds a point given in voxels of ``mip``."""
    ratios = _ratios(info, mip, to_mip)
    return [_floor(_exact(value) * ratio) for value, ratio in zip(point, ratios)]


def convert_box(
    info: Mapping[str, Any], start: Iterable[float], stop: Iterable[float], mip: int, to_mip: int
) -> tuple[list[int], list[int]]:
    """Corners of the box of ``to_mip`` around one of ``mip``, rounded outward at every scale between."""
    lower, upper = [_exact(v) for v in start], [_exact(v) for v in stop]
    step = 1 if to_mip > mip else -1
    for here in range(mip, to_mip, step):
        ratios = _ratios(info, here, here + step)
        lower = [Fraction(_floor(v * r)) for v, r in zip(lower, ratios)]
        upper = [Fraction(-_floor(-v * r)) for v, r in zip(upper, ratios)]
    return [int(v) for v in lower], [int(v) for v in upper]


def _ratios(info: Mapping[str, Any], mip: int, to_mip: int) -> list[Fraction]:
    """Voxels of ``to_mip`` per voxel of ``mip``, along x, y and z."""
    source, target = info["scales"][mip]["resolution"], info["scales"][to_mip]["resolution"]
    return [_exact(s) / _exact(t) for s, t in zip(source, target)]


def _exact(value: Any) -> Fraction:
    return Fraction(value.item() if isinstance(value, np.generic) else value)


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator
