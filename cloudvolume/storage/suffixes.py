"""Which files a key of ``file://`` may have: the bare name, and one name per compression."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Optional, TypeVar

from ..compression import SUFFIXES
from ..exceptions import UnsupportedCompressionType

__all__ = [
    "ABSENT",
    "ALL_SUFFIXES",
    "first_variant",
    "strip_suffix",
    "suffix_of",
    "unlink_file",
    "unlink_variants",
    "variants",
]

Found = TypeVar("Found")

ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
"""What the operating system says of a file that is not there."""

ALL_SUFFIXES = tuple(SUFFIXES.values())
READ_ORDER = tuple(SUFFIXES.items())

_MAX_LOOKS = 8
_LATELY_S = 2.0


def first_variant(path: str, use: Callable[[str, str], Found]) -> Optional[Found]:
    """What ``use`` makes of the first file of a key, called with its path and compression.

    A writer that changes the compression puts the new file there before it removes the old one,
    so a look that finds none may have passed between the two: where the directory has just been
    changed, it takes several looks to say that there is nothing.
    """
    for _ in range(_MAX_LOOKS):
        for encoding, suffix in READ_ORDER:
            # Asked first, because a failed open costs three times as much.
            if os.access(path + suffix, os.F_OK):
                with suppress(*ABSENT):
                    return use(path + suffix, encoding)
        try:  # what suppress would do, in less time
            return use(path, "")
        except ABSENT:
            if not _changed_lately(os.path.dirname(path)):
                break
    return None


def _changed_lately(directory: str) -> bool:
    try:
        return time.time() - os.stat(directory).st_mtime < _LATELY_S
    except OSError:
        return False


def suffix_of(content_encoding: str, key: str) -> str:
    """The suffix of a compression, ``""`` for none.

    Raises
    ------
    UnsupportedCompressionType
        It has none.
    """
    if not content_encoding:
        return ""
    suffix = SUFFIXES.get(content_encoding)
    if suffix is None:
        raise UnsupportedCompressionType(
            f"cannot store {key!r}: file:// has no suffix for {content_encoding!r}, "
            f"only for {', '.join(SUFFIXES)}"
        )
    return suffix


def strip_suffix(key: str) -> str:
    """The key of a file name."""
    for suffix in ALL_SUFFIXES:
        if key.endswith(suffix):
            return key[: -len(suffix)]
    return key


def variants(path: str, keep: str) -> list[str]:
    """The files of a key but the one with the suffix to keep."""
    return [
        path + suffix
        for suffix in (*ALL_SUFFIXES, "")
        if suffix != keep and os.access(path + suffix, os.F_OK)
    ]


def unlink_variants(path: str, keep: str) -> None:
    """Remove the files of a key but the one with the suffix to keep."""
    for variant in variants(path, keep):
        with suppress(*ABSENT):
            unlink_file(variant)


def unlink_file(path: str) -> None:
    """Remove a file; a directory of that name is no object and stays."""
    try:
        os.unlink(path)
    except PermissionError:
        # macOS answers EPERM for a directory, which is no object.
        if not os.path.isdir(path):
            raise
