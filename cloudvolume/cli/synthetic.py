"""A piece of tissue that never was: neurites in cross-section, as an electron microscope shows them."""

from __future__ import annotations

import numpy as np

__all__ = ["make_tissue"]

_CELL = 36  # mean diameter of a neurite in voxels
_MEMBRANE = 1.8  # half thickness in voxels
_SWAY = 14  # how far the neurites wander, in voxels
_WAVE = 2.5  # how far their membranes bulge
_PER_VOXEL = 2  # pixels of the pattern for each voxel
_MARGIN = _SWAY + 4


def make_tissue(shape: tuple[int, int, int], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw a block of wavy tubes that fill space.

    Parameters
    ----------
    shape : (x, y, z)
    seed : int

    Returns
    -------
    image : np.ndarray of uint8, Fortran order
        Grey cytoplasm, dark membranes, grain.
    labels : np.ndarray of uint32, Fortran order
        One label per neurite, 0 on the membranes.
    """
    rng = np.random.default_rng(seed)
    grey, names = _pattern(shape[:2], rng)
    # Grain is dear to draw: every slice takes a piece of one sheet.
    grain = rng.normal(0, 9, tuple(n + 64 for n in shape[:2])).astype(np.float32)
    image = np.empty(shape, np.uint8, order="F")
    labels = np.empty(shape, np.uint32, order="F")
    for z in range(shape[2]):
        place = _sway(shape[:2], z)
        x, y = rng.integers(0, 64, 2)
        speckle = grain[x : x + shape[0], y : y + shape[1]]
        image[:, :, z] = np.clip(grey[place] + speckle, 0, 255)
        labels[:, :, z] = names[place]
    return image, labels


def _pattern(shape: tuple[int, int], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Grey values and labels of one cut through the neurites, with room to sway on all sides."""
    size = tuple((n + 2 * _MARGIN) * _PER_VOXEL for n in shape)
    cells = tuple(n // (_CELL * _PER_VOXEL) + 5 for n in size)
    column, row, depth = _nearest_cells(size, rng.uniform(0.15, 0.85, (*cells, 2)))
    tint = rng.uniform(70, 114, cells).astype(np.float32)
    # Labels over 24 bits are bright colours in the pictures of save_images.
    n_cells = cells[0] * cells[1]
    names = rng.choice((1 << 24) - 1, n_cells, replace=False).astype(np.uint32).reshape(cells) + 1
    inside = np.clip(depth / _MEMBRANE, 0, 1)
    return 70 + inside * tint[column, row], np.where(depth > _MEMBRANE, names[column, row], 0)


def _sway(shape: tuple[int, int], z: int) -> tuple[np.ndarray, np.ndarray]:
    """Where in the pattern the voxels of a slice lie; it shifts from slice to slice."""
    x, y = np.ogrid[tuple(slice(0, n) for n in shape)]
    u = x + _SWAY * np.sin(z / 19 + y / 57) + _WAVE * np.sin(z / 7 + y / 9)
    v = y + _SWAY * np.cos(z / 23 + x / 71) + _WAVE * np.cos(z / 6 + x / 11)
    return tuple(((w + _MARGIN) * _PER_VOXEL).astype(np.int32) for w in (u, v))


def _nearest_cells(
    size: tuple[int, int], jitter: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The grid cell whose seed is nearest to each pixel, and how far the border with the next is."""
    pitch = _CELL * _PER_VOXEL
    u, v = (np.arange(n, dtype=np.float32) / pitch + 2 for n in size)
    u, v = u[:, None], v[None, :]
    column, row = u.astype(np.intp), v.astype(np.intp)
    jitter = jitter.astype(np.float32)
    best = np.full(size, np.inf, np.float32)
    second = best.copy()
    found = np.zeros((2, *size), np.intp)
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            a, b = np.broadcast_arrays(column + i, row + j)
            seeds = jitter[a, b]
            distance = np.hypot(a + seeds[..., 0] - u, b + seeds[..., 1] - v, dtype=np.float32)
            closer = distance < best
            second = np.where(closer, best, np.minimum(second, distance))
            best = np.where(closer, distance, best)
            found[:, closer] = a[closer], b[closer]
    return found[0], found[1], (second - best) * (_CELL / 2)
