"""The compressed Morton code, which numbers the chunks of a sharded volume.

The bits of the grid position are interleaved, x first, from the least significant upward; an
axis takes part only as long as the grid needs its bits::

    grid (6, 4, 3):  x needs 3 bits, y 2, z 2
    bit of the code  6   5   4   3   2   1   0
    is bit           x2  z1  y1  x1  z0  y0  x0
"""

import functools
from collections.abc import Sequence
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ..exceptions import InvalidArgumentError, OutOfBoundsError
from .bbox import Bbox
from .coordinates import INT64, Number, VecLike, as_list, per_axis

__all__ = ["compressed_morton_code", "morton_code_to_bbox", "morton_code_to_gridpt"]

UINT64 = np.dtype(np.uint64)
MAX_BITS = 64


def compressed_morton_code(
    gridpt: Union[VecLike, Sequence[VecLike]], grid_size: VecLike
) -> Union["np.uint64", npt.NDArray[Any]]:
    """Return the code of a grid position, or of many.

    Parameters
    ----------
    gridpt : vector, or array of shape (N, axes)
        Integer positions of chunks in the grid.
    grid_size : vector
        Number of chunks along each axis.

    Returns
    -------
    numpy.uint64 for one position, uint64 array of shape (N,) for many (uint32 if N is 0)

    Raises
    ------
    OutOfBoundsError
        A position is outside the grid.
    InvalidArgumentError
        The grid needs codes of more than 64 bits, or positions are no integers.
    """
    grid = tuple(int(size) for size in as_list(grid_size))
    order = _bit_order(grid)
    points = np.asarray(gridpt)
    if points.size == 0:
        return np.zeros(0, dtype=np.uint32)
    _check_positions(points, grid)
    if points.ndim == 1:
        position = points.tolist()
        bits = ((position[axis] >> bit & 1) << place for place, (axis, bit) in enumerate(order))
        return np.uint64(sum(bits))
    unsigned = points.astype(UINT64)
    codes = np.zeros(len(points), dtype=UINT64)
    one = np.uint64(1)
    for place, (axis, bit) in enumerate(order):
        codes |= (unsigned[:, axis] >> np.uint64(bit) & one) << np.uint64(place)
    return codes


def morton_code_to_gridpt(
    code: Union[int, "np.uint64", npt.ArrayLike], grid_size: VecLike
) -> npt.NDArray[Any]:
    """Return the grid position that has a code, or those of many codes.

    Parameters
    ----------
    code : int, or sequence of int
        What `compressed_morton_code` gave.
    grid_size : vector
        Number of chunks along each axis.

    Returns
    -------
    int64 array of shape (axes,) for one code, (N, axes) for many

    Raises
    ------
    OutOfBoundsError
        No position of the grid has the code.
    """
    grid = tuple(int(size) for size in as_list(grid_size))
    order = _bit_order(grid)
    codes = _as_codes(code, len(order))
    points = np.zeros((*codes.shape, len(grid)), dtype=UINT64)
    one = np.uint64(1)
    for place, (axis, bit) in enumerate(order):
        points[..., axis] |= (codes >> np.uint64(place) & one) << np.uint64(bit)
    _check_positions(points, grid)
    return points.astype(INT64)


def morton_code_to_bbox(
    code: Union[int, "np.uint64"], volume_bbox: Bbox, chunk_size: Union[Number, VecLike]
) -> Bbox:
    """Return the box of the chunk that has a code.

    Parameters
    ----------
    code : int
        Code of the chunk.
    volume_bbox : Bbox
        Bounds of the volume; its lowest corner is the anchor of the grid.
    chunk_size : vector
        Shape of a chunk.

    Returns
    -------
    Bbox, int64
        A whole chunk, also where the volume ends before it does.
    """
    low, high = volume_bbox._lists()
    sizes = per_axis(chunk_size, volume_bbox.ndim)
    grid = [int(-((lo - hi) // size)) for lo, hi, size in zip(low, high, sizes, strict=True)]
    point = morton_code_to_gridpt(code, grid).tolist()
    start = [lo + i * size for lo, i, size in zip(low, point, sizes, strict=True)]
    return Bbox(start, [x + size for x, size in zip(start, sizes, strict=True)], np.int64)


@functools.lru_cache(maxsize=256)
def _bit_order(grid: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return which bit of which axis each bit of the code is, lowest first."""
    if any(size < 1 for size in grid):
        raise InvalidArgumentError(f"a grid has at least one chunk along each axis, got {grid}")
    widths = [(size - 1).bit_length() for size in grid]
    if sum(widths) > MAX_BITS:
        raise InvalidArgumentError(
            f"a grid of {grid} chunks needs codes of {sum(widths)} bits, more than {MAX_BITS}; "
            "use larger chunks"
        )
    return [
        (axis, bit)
        for bit in range(max(widths, default=0))
        for axis, width in enumerate(widths)
        if bit < width
    ]


def _as_codes(code: Any, width: int) -> npt.NDArray[Any]:
    codes = np.asarray(code, dtype=object) if isinstance(code, int) else np.asarray(code)
    if codes.size and (codes.min() < 0 or int(codes.max()) >= 1 << width):
        raise OutOfBoundsError(
            f"Morton code {code} is outside the grid, whose codes have {width} bits"
        )
    return codes.astype(UINT64)


def _check_positions(points: npt.NDArray[Any], grid: tuple[int, ...]) -> None:
    if points.dtype.kind not in "iu" or points.shape[-1] != len(grid):
        raise InvalidArgumentError(
            f"grid positions are integers, one for each of {len(grid)} axes, "
            f"got {points.dtype} of shape {points.shape}"
        )
    rows = points.reshape(-1, len(grid))
    for row in (rows.min(axis=0), rows.max(axis=0)) if len(rows) else ():
        for position, size in zip(row.tolist(), grid, strict=True):
            if not 0 <= position < size:
                raise OutOfBoundsError(
                    f"grid position {position} is outside the grid of {grid} chunks"
                )
