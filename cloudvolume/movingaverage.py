"""The moving average."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .exceptions import InvalidArgumentError

__all__ = ["moving_average"]


def moving_average(a: npt.ArrayLike, n: int, mode: str = "symmetric") -> npt.NDArray[Any]:
    """Average each row with the ``n - 1`` rows before it.

    Parameters
    ----------
    a : array of shape (rows, ...)
        Averaged along its first axis.
    n : int
        Rows in the window, at least 1. With 1 the result is the input.
    mode : str, optional
        What precedes the first row, a mode of `numpy.pad`.

    Returns
    -------
    numpy.ndarray of the shape of ``a``

    Raises
    ------
    InvalidArgumentError
        ``n`` is below 1.
    """
    if n < 1:
        raise InvalidArgumentError(f"the window must have at least 1 row, got {n}")
    rows = np.asarray(a)
    if n == 1 or rows.size == 0:
        return rows
    padding = [(n - 1, 0)] + [(0, 0)] * (rows.ndim - 1)
    padded = np.pad(rows, padding, mode=mode)  # type: ignore[call-overload]
    windows = np.lib.stride_tricks.sliding_window_view(padded, n, axis=0)
    averages: npt.NDArray[Any] = windows.mean(axis=-1)
    return averages
