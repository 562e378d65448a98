"""Small tools for local paths."""

import os
from typing import Union

__all__ = ["mkdir", "toabs", "touch"]

PathLike = Union[str, "os.PathLike[str]"]


def toabs(path: PathLike) -> str:
    """Return the path with ``~`` expanded, absolute from the working directory."""
    return os.path.abspath(os.path.expanduser(path))


def mkdir(path: PathLike) -> str:
    """Create a directory and its parents, unless it is there, and return its absolute path."""
    absolute = toabs(path)
    os.makedirs(absolute, exist_ok=True)
    return absolute


def touch(path: PathLike) -> None:
    """Create an empty file and the directories above it; one that exists keeps its content."""
    absolute = toabs(path)
    mkdir(os.path.dirname(absolute))
    with open(absolute, "ab"):
        os.utime(absolute)
