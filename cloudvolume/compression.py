"""Bytes to bytes: gzip, brotli, zstandard, xz and bzip2, never trusting the stream.

Every decompressor stops at ``max_nbytes``, wants its stream complete, and refuses whatever comes
after it. gzip (RFC 1952) goes through libdeflate, which is about twice as fast as zlib but
stops silently at the end of the first member; a result that does not agree with the last eight
bytes of the file (CRC32 and size, little-endian) is therefore read again, member by member.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple, Optional, Union

from .exceptions import (
    CompressionError,
    DecompressionError,
    MissingDependencyError,
    UnsupportedCompressionType,
)
from .types import CompressType

__all__ = [
    "COMPRESSION_TYPES",
    "SUFFIXES",
    "brotli_compress",
    "brotli_decompress",
    "compress",
    "decompress",
    "gunzip",
    "gzip_compress",
    "normalize_compression",
]

Buffer = Union[bytes, bytearray, memoryview]

COMPRESSION_TYPES = (None, False, True, "", "gzip", "br", "zstd", "xz", "lzma", "bz2", "bzip2")
"""What a ``compress`` argument may be."""

SUFFIXES = {"gzip": ".gz", "br": ".br", "zstd": ".zstd", "xz": ".xz", "bzip2": ".bz2"}
"""File name suffix of each compression, in the order in which a reader tries them."""

_ALIASES = {"lzma": "xz", "bz2": "bzip2", "brotli": "br", "identity": "", "zst": "zstd"}
_GZIP_MAGIC = b"\x1f\x8b"
_MAX_REPEATS = 8
_UNLIMITED = 1 << 62


def normalize_compression(method: CompressType) -> str:
    """Return the one name of a compression, ``""`` for none.

    Parameters
    ----------
    method : None, bool or str
        ``True`` is gzip; ``None``, ``False`` and ``""`` are none; names are case-insensitive.

    Raises
    ------
    UnsupportedCompressionType
        No compression has that name.
    """
    if method is None or method is False or method == "":
        return ""
    if method is True:
        return "gzip"
    name = method.lower() if isinstance(method, str) else method
    name = _ALIASES.get(name, name)
    if name and name not in SUFFIXES:
        raise UnsupportedCompressionType(
            f"no compression {method!r}; choose one of {', '.join(SUFFIXES)}, or '' for none"
        )
    return name


def compress(
    content: Buffer, method: CompressType = "gzip", compress_level: Optional[int] = None
) -> Buffer:
    """Compress bytes.

    Parameters
    ----------
    content : bytes-like
    method : None, bool or str
        As in `normalize_compression`.
    compress_level : int, optional
        gzip 0 to 12 (9 by default), br 0 to 11 (5), zstd 1 to 22 (3), xz 0 to 9 (6),
        bzip2 1 to 9 (9).

    Raises
    ------
    CompressionError
        The level is not one of the method's.
    """
    name = normalize_compression(method)
    if not name:
        return content
    codec = _METHODS[name]
    level = codec.default_level if compress_level is None else compress_level
    if not codec.lowest_level <= level <= codec.highest_level:
        raise CompressionError(
            f"{name} has levels {codec.lowest_level} to {codec.highest_level}, got {level!r}"
        )
    return codec.compress(content, level)


def decompress(
    content: Buffer,
    encoding: CompressType,
    filename: str = "N/A",
    *,
    max_nbytes: Optional[int] = None,
) -> Buffer:
    """Restore compressed bytes.

    Parameters
    ----------
    content : bytes-like
    encoding : None, bool or str
        As in `normalize_compression`.
    filename : str
        What error messages call the object.
    max_nbytes : int, optional
        The most that may come out; no more than this is ever allocated for the result.

    Returns
    -------
    bytes-like
        ``content`` itself when there is no compression.

    Raises
    ------
    DecompressionError
        The stream is empty, of another kind, damaged, cut short, followed by other bytes, or
        holds more than ``max_nbytes``.
    """
    name = normalize_compression(encoding)
    if not name:
        return content
    if len(content) == 0:
        raise DecompressionError(f"{filename}: zero bytes are not a {name} stream")
    limit = _UNLIMITED if max_nbytes is None else max_nbytes
    try:
        return _METHODS[name].decompress(content, limit)
    except DecompressionError as err:
        raise DecompressionError(f"{filename}: {err}") from err


def gzip_compress(content: Buffer, compress_level: int = 9) -> Buffer:
    """Compress to one gzip member by libdeflate, levels 0 to 12."""
    import deflate

    return deflate.gzip_compress(content, compress_level)


def gunzip(content: Buffer, max_nbytes: int = _UNLIMITED) -> Buffer:
    """Restore one or several gzip members."""
    if isinstance(content, memoryview):
        content = bytes(content)
    if not content.startswith(_GZIP_MAGIC):
        raise DecompressionError(f"not a gzip stream: begins with {bytes(content[:2])!r}")
    size = int.from_bytes(content[-4:], "little")
    # A member is at least 1/1032 of what it holds: an outsize claim is not worth an allocation.
    if size <= min(max_nbytes, 1032 * len(content)) and not _repeats_itself(content):
        result = _gunzip_whole(content, size)
        if result is not None:
            return result
    return _gunzip_members(content, max_nbytes)


def brotli_compress(content: Buffer, compress_level: int = 5) -> Buffer:
    """Compress to a brotli stream, levels 0 to 11."""
    import brotli

    compressed: bytes = brotli.compress(bytes(content), quality=compress_level)
    return compressed


def brotli_decompress(content: Buffer, max_nbytes: int = _UNLIMITED) -> bytes:
    """Restore a brotli stream."""
    import brotli

    decoder = brotli.Decompressor()
    parts: list[bytes] = []
    nbytes = 0
    pending = bytes(content)
    try:
        while not decoder.is_finished():
            room = min(max_nbytes - nbytes + 1, 1 << 30)
            part = decoder.process(pending, output_buffer_limit=room)
            pending = b""
            nbytes += len(part)
            _check_size(nbytes, max_nbytes, "br")
            if not part and not decoder.is_finished() and decoder.can_accept_more_data():
                raise DecompressionError("br stream is cut short")
            parts.append(part)
    except brotli.error as err:
        raise DecompressionError(f"br stream is damaged: {err}") from err
    return b"".join(parts)


def _gunzip_whole(content: Buffer, size: int) -> Optional[bytearray]:
    """One member that fills the whole buffer, or None where the exact reader must look."""
    import deflate

    try:
        result = deflate.gzip_decompress(content, size)
    except deflate.DeflateError:
        return None
    crc = int.from_bytes(content[-8:-4], "little")
    return result if len(result) == size and deflate.crc32(result) == crc else None


def _repeats_itself(content: Union[bytes, bytearray]) -> bool:
    """Tell whether one member may stand there several times, each with the same last bytes."""
    head, nbytes = content[:10], len(content)
    return any(
        nbytes % n == 0 and content.startswith(head, nbytes // n)
        for n in range(2, _MAX_REPEATS + 1)
    )


def _gunzip_members(content: Buffer, max_nbytes: int) -> bytes:
    """All members, then nothing but zeros (padding of tapes and of some object stores)."""
    parts: list[bytes] = []
    nbytes = 0
    rest: Buffer = content
    while bytes(rest[:2]) == _GZIP_MAGIC:
        part, rest = _inflate(zlib.decompressobj(31), rest, max_nbytes - nbytes, "gzip", zlib.error)
        nbytes += len(part)
        parts.append(part)
    if any(rest):
        raise DecompressionError(f"{len(rest)} bytes that are no gzip stream follow the stream")
    return b"".join(parts)


def _inflate(
    decoder: Any, content: Buffer, max_nbytes: int, name: str, error: Any
) -> tuple[bytes, bytes]:
    """One stream through a decoder of the standard library: its content, and what follows it."""
    try:
        result = decoder.decompress(content, min(max_nbytes + 1, _UNLIMITED))
        if len(result) <= max_nbytes and not decoder.eof and hasattr(decoder, "flush"):
            result += decoder.flush()
    except error as err:
        raise DecompressionError(f"{name} stream is damaged: {err}") from err
    _check_size(len(result), max_nbytes, name)
    if not decoder.eof:
        raise DecompressionError(f"{name} stream is cut short")
    return result, decoder.unused_data


def _single_stream(
    make_decoder: Callable[[], Any], name: str, error: Any
) -> Callable[[Buffer, int], Buffer]:
    """A decompressor for formats of which the whole buffer must be one stream."""

    def restore(content: Buffer, max_nbytes: int) -> Buffer:
        result, rest = _inflate(make_decoder(), content, max_nbytes, name, error)
        if rest:
            raise DecompressionError(f"{len(rest)} bytes follow the {name} stream")
        return result

    return restore


def _zstd() -> Any:
    try:
        import zstandard
    except ImportError as err:
        raise MissingDependencyError(
            "'zstd' needs: pip install 'cloud-volume[zstd]'", name="zstandard"
        ) from err
    return zstandard


def _zstd_compress(content: Buffer, level: int) -> Buffer:
    compressed: bytes = _zstd().ZstdCompressor(level=level).compress(content)
    return compressed


def _zstd_decompress(content: Buffer, max_nbytes: int) -> Buffer:
    """One frame; its size is checked before anything is restored, or in a first pass."""
    zstandard = _zstd()
    try:
        declared = zstandard.frame_content_size(content)
        if declared < 0 and max_nbytes < _UNLIMITED:
            with zstandard.ZstdDecompressor().stream_reader(content) as reader:
                declared = len(reader.read(max_nbytes + 1))
        _check_size(declared, max_nbytes, "zstd")
        decoder = zstandard.ZstdDecompressor().decompressobj()
        result: bytes = decoder.decompress(content)
    except (zstandard.ZstdError, MemoryError) as err:
        raise DecompressionError(f"zstd stream is damaged: {err}") from err
    if not decoder.eof:
        raise DecompressionError("zstd stream is cut short")
    if decoder.unused_data:
        raise DecompressionError(f"{len(decoder.unused_data)} bytes follow the zstd stream")
    return result


def _check_size(nbytes: int, max_nbytes: int, name: str) -> None:
    if nbytes > max_nbytes:
        raise DecompressionError(f"{name} stream holds more than the {max_nbytes} bytes allowed")


class _Method(NamedTuple):
    compress: Callable[[Buffer, int], Buffer]
    decompress: Callable[[Buffer, int], Buffer]
    default_level: int
    lowest_level: int
    highest_level: int


_METHODS = {
    "gzip": _Method(gzip_compress, gunzip, 9, 0, 12),
    "br": _Method(brotli_compress, brotli_decompress, 5, 0, 11),
    "zstd": _Method(_zstd_compress, _zstd_decompress, 3, 1, 22),
    "xz": _Method(
        lambda content, level: lzma.compress(content, preset=level),
        _single_stream(lzma.LZMADecompressor, "xz", lzma.LZMAError),
        6,
        0,
        9,
    ),
    "bzip2": _Method(
        lambda content, level: bz2.compress(content, level),
        _single_stream(bz2.BZ2Decompressor, "bzip2", (OSError, ValueError)),
        9,
        1,
        9,
    ),
}
