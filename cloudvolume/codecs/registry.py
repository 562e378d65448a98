"""The table of encodings; a codec's module is imported on first use."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ..exceptions import MissingDependencyError, UnsupportedEncodingError
from .base import ChunkCodec

__all__ = ["ENCODINGS", "get_codec", "get_codec_class"]

ENCODINGS = {
    # encoding: (home of the codec, extra that brings its package)
    "jpeg": ("cloudvolume.codecs.jpeg:JpegCodec", None),
    "raw": ("cloudvolume.codecs.raw:RawCodec", None),
}


def get_codec_class(encoding: str) -> type[ChunkCodec]:
    """The codec class of an encoding.

    Raises
    ------
    UnsupportedEncodingError
        No codec of that name.
    MissingDependencyError
        Its package is not installed; the message says which extra brings it.
    """
    if encoding not in ENCODINGS:
        raise UnsupportedEncodingError(
            f"no codec for encoding {encoding!r}; there is {', '.join(ENCODINGS)}"
        )
    location, extra = ENCODINGS[encoding]
    module, name = location.split(":")
    try:
        codec: type[ChunkCodec] = getattr(import_module(module), name)
    except ImportError as err:
        needs = f"cloud-volume[{extra}]" if extra else err.name
        raise MissingDependencyError(
            f"{encoding!r} needs: pip install {needs!r}", name=err.name
        ) from err
    return codec


def get_codec(scale: Mapping[str, Any]) -> ChunkCodec:
    """The codec of an entry of ``info["scales"]``, with the parameters it gives."""
    return get_codec_class(scale["encoding"].lower()).from_scale(scale)
