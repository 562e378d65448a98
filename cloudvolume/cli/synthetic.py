"""A piece of tissue that never was: neurites in cross-section, as an electron microscope shows them."""

from __future__ import annotations

import numpy as np

__all__ = ["make_tissue"]

_CELL = 36  # mean diameter of a neurite in voxels
_MEMBRANE = 2.2  # half thickness in voxels


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
    labels : np.ndarray of uint64, Fortran order
        One label per neurite, 0 on the membranes.
    """
    rng = np.random.default_rng(seed)
    n_x, n_y = (n // _CELL + 5 for n in shape[:2])
    jitter = rng.uniform(0.15, 0.85, (n_x, n_y, 2)).astype(np.float32)
    tint = rng.uniform(-22, 22, (n_x, n_y)).astype(np.float32)
    names = rng.permutation(np.arange(1, n_x * n_y + 1, dtype=np.uint64)).reshape(n_x, n_y)
    image = np.empty(shape, np.uint8, order="F")
    labels = np.empty(shape, np.uint64, order="F")
    for z in range(shape[2]):
        column, row, depth = _nearest_cells(shape[:2], z, jitter)
        inside = np.clip(depth / _MEMBRANE, 0, 1)
        grain = rng.normal(0, 9, shape[:2]).astype(np.float32)
        grey = 70 + inside * (92 + tint[column, row]) + grain
        image[:, :, z] = np.clip(grey, 0, 255)
        labels[:, :, z] = np.where(depth > _MEMBRANE, names[column, row], 0)
    return image, labels


def _nearest_cells(
    shape: tuple[int, int], z: int, jitter: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The grid cell whose seed is nearest to each pixel, and how far the border with the next is."""
    x, y = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in shape), indexing="ij")
    # The whole grid of seeds sways from slice to slice, so that cells become tubes.
    u = (x + 14 * np.sin(z / 19 + y / 57)) / _CELL + 2
    v = (y + 14 * np.cos(z / 23 + x / 71)) / _CELL + 2
    column, row = u.astype(np.intp), v.astype(np.intp)
    best = np.full(shape, np.inf, np.float32)
    second = best.copy()
    found = np.zeros((2, *shape), np.intp)
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            a, b = column + i, row + j
            seeds = jitter[a, b]
            distance = np.hypot(a + seeds[..., 0] - u, b + seeds[..., 1] - v)
            closer = distance < best
            second = np.where(closer, best, np.minimum(second, distance))
            best = np.where(closer, distance, best)
            found[:, closer] = a[closer], b[closer]
    return found[0], found[1], (second - best) * (_CELL / 2)
