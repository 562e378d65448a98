"""What the parts of a Precomputed layer agree on: media types, compression, cache headers."""

from __future__ import annotations

from typing import Any, Optional, Union

from ...codecs.registry import get_codec_class
from ...exceptions import InvalidArgumentError, InvalidTypeError, UnsupportedEncodingError
from ...types import CompressType

__all__ = ["cdn_cache_control", "content_type", "should_compress"]


def content_type(encoding: str) -> str:
    """The media type of a chunk."""
    try:
        return get_codec_class(encoding).content_type
    except UnsupportedEncodingError:
        return "application/octet-stream"


def should_compress(
    encoding: str, compress: CompressType, cache: Any = None, iscache: bool = False
) -> CompressType:
    """The compression of a chunk.

    Parameters
    ----------
    encoding : str
    compress : None, bool or str
        What the user asked for; ``None`` follows the encoding, ``True`` is gzip.
    cache : object with an attribute ``compress``, optional
        Decides for ``iscache``, unless its attribute is ``None``.
    iscache : bool
        True for the copy in the disk cache.
    """
    if iscache and cache is not None and cache.compress is not None:
        compress = cache.compress
    if compress is None:
        try:
            return get_codec_class(encoding).default_compression
        except UnsupportedEncodingError:
            return None
    if compress is True:
        return "gzip"
    return compress or None


def cdn_cache_control(val: Union[None, bool, int, str]) -> Optional[str]:
    """The Cache-Control header for a setting.

    Parameters
    ----------
    val : None, bool, int or str
        ``None`` and ``True`` allow an hour, ``False`` and 0 nothing, a number that many seconds;
        text is the header itself.

    Raises
    ------
    InvalidArgumentError
        A negative number.
    InvalidTypeError
        None of these types.
    """
    if val is None or val is True:
        return "max-age=3600, s-max-age=3600"
    if isinstance(val, str):
        return val
    if not isinstance(val, int):
        raise InvalidTypeError(f"cdn_cache must be None, a bool, seconds or a header, got {val!r}")
    if val < 0:
        raise InvalidArgumentError(f"cdn_cache must not be negative, got {val!r}")
    return f"max-age={val}, s-max-age={val}" if val else "no-cache"
