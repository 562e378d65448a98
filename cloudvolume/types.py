"""Names for the kinds of values that the public interface takes."""

import sys
from collections.abc import Sequence
from typing import Any, Union

if sys.version_info >= (3, 11):
    from enum import StrEnum
else:
    from enum import Enum

    class StrEnum(str, Enum):
        """A string enumeration, as in the standard library of Python 3.11."""

        def __str__(self) -> str:
            return str(self.value)


__all__ = [
    "CacheType",
    "CompressType",
    "MipType",
    "ParallelType",
    "ProgressType",
    "SecretsType",
    "ShapeType",
    "StrEnum",
]

CompressType = Union[None, str, bool]
ParallelType = Union[int, bool]
CacheType = Union[bool, str]
SecretsType = Union[None, str, dict[str, Any]]
MipType = Union[int, Sequence[Union[int, float]]]
ShapeType = tuple[int, int, int]
ProgressType = Union[bool, str]
