"""Warnings that point at the caller's own line, however deep in this package they arise."""

import sys
import warnings

__all__ = ["warn_caller"]


def warn_caller(message: str) -> None:
    """Warn as if the first line outside of this package had done it."""
    package = __name__.partition(".")[0]
    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)
