"""Boxes as the names of chunk files: ``x0-x1_y0-y1_z0-z1``."""

import re
from collections.abc import Sequence
from typing import Any, Optional

import numpy as np

from ..exceptions import InvalidArgumentError
from .coordinates import Number

__all__ = ["format_filename", "parse_filename"]

_NUMBER = r"(-?[0-9]+(?:\.[0-9]+)?)"
_AXIS = f"{_NUMBER}-{_NUMBER}"
_FILENAME = re.compile(rf"{_AXIS}_{_AXIS}_{_AXIS}(?:\.(?:gz|br|zstd))?\Z", re.ASCII)


def parse_filename(filename: str, *, integers: bool) -> tuple[list[Number], list[Number]]:
    """Read the corners off the end of a name; ``integers`` cuts decimals off.

    A suffix ``.gz``, ``.br`` or ``.zstd`` and anything before the pattern are ignored.
    """
    match = _FILENAME.search(filename)
    if match is None:
        raise InvalidArgumentError(
            f"no bounding box in {filename!r}; it must end in x0-x1_y0-y1_z0-z1, "
            "optionally with .gz, .br or .zstd"
        )
    values = [_number(text, integers=integers) for text in match.groups()]
    return values[0::2], values[1::2]


def _number(text: str, *, integers: bool) -> Number:
    whole, _, decimals = text.partition(".")
    return int(whole) if integers or not decimals else float(text)


def format_filename(
    low: Sequence[Any], high: Sequence[Any], precision: Optional[int] = None
) -> str:
    """Write the corners, with ``precision`` decimals if it is neither None nor 0."""
    if precision:
        return "_".join(
            f"{x:.{precision}f}-{y:.{precision}f}" for x, y in zip(low, high, strict=True)
        )
    return "_".join(f"{_text(x)}-{_text(y)}" for x, y in zip(low, high, strict=True))


def _text(value: Any) -> str:
    # No exponents: they could not be read back.
    return np.format_float_positional(value, trim="0")
