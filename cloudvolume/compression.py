"""Bytes to bytes: gzip, brotli, zstandard, xz and bzip2, never trusting the stream.

Every decompressor stops at ``max_nbytes``, wants its stream complete, and refuses whatever comes
after it. gzip (RFC 1952) goes through libdeflate, which is about twice as fast as zlib but
stops silently at the end of the first member; a file of which the last eight bytes (CRC32 and
size, little-endian) are not those of the result, or stand elsewhere in the file too, is therefore
read again, member by member.
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
_FIRST_WINDOW = 1 << 12
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
    if level not in range(codec.lowest_level, codec.highest_level + 1):
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

    compressed: bytearray = deflate.gzip_compress(content, compress_level)
    return compressed


def gunzip(content: Buffer, max_nbytes: int = _UNLIMITED) -> Buffer:
    """Restore one or several gzip members."""
    if isinstance(content, memoryview):
        content = bytes(content)
    if not content.startswith(_GZIP_MAGIC):
        raise DecompressionError(f"not a gzip stream: begins with {bytes(content[:2])!r}")
    size = int.from_bytes(content[-4:], "little")
    # A member is at least 1/1032 of what it holds: an outsize claim is not worth an allocation.
    # One of nothing is what padding looks like, and takes no time to read either way.
    if 0 < size <= min(max_nbytes, 1032 * len(content)):
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


def _gunzip_whole(content: Union[bytes, bytearray], size: int) -> Optional[bytearray]:
    """One member that fills the whole buffer, or None where the exact reader must look."""
    import deflate

    try:
        result = deflate.gzip_decompress(content, size)
    except deflate.DeflateError:
        return None
    trailer = deflate.crc32(result).to_bytes(4, "little") + size.to_bytes(4, "little")
    if len(result) != size or not content.endswith(trailer):
        return None
    # Where the trailer stands twice, the first may be the end of a member, and the rest another.
    return result if content.rfind(trailer, 0, len(content) - 1) < 0 else None


def _gunzip_members(content: Buffer, max_nbytes: int) -> bytes:
    """All members, then nothing but zeros (padding of tapes and of some object stores)."""
    parts: list[bytes] = []
    nbytes = 0
    rest = memoryview(content)
    while rest[:2] == _GZIP_MAGIC:
        decoder = zlib.decompressobj(31)
        # In growing windows, because the decoder copies all that follows the end of a member.
        window = _FIRST_WINDOW
        while not decoder.eof:
            if not rest:
                raise DecompressionError("gzip stream is cut short")
            try:
                part = decoder.decompress(rest[:window], min(max_nbytes - nbytes + 1, _UNLIMITED))
            except zlib.error as err:
                raise DecompressionError(f"gzip stream is damaged: {err}") from err
            nbytes += len(part)
            _check_size(nbytes, max_nbytes, "gzip")
            parts.append(part)
            rest = rest[min(window, len(rest)) - len(decoder.unused_data) :]
            window *= 2
    if any(rest):
        raise DecompressionError(f"{len(rest)} bytes that are no gzip stream follow the stream")
    return b"".join(parts)


def _single_stream(
    make_decoder: Callable[[], Any], name: str, error: Any
) -> Callable[[Buffer, int], Buffer]:
    """A decompressor of the standard library, where the whole buffer must be one stream."""

    def restore(content: Buffer, max_nbytes: int) -> Buffer:
        decoder = make_decoder()
        try:
            result: bytes = decoder.decompress(content, min(max_nbytes + 1, _UNLIMITED))
        except error as err:
            raise DecompressionError(f"{name} stream is damaged: {err}") from err
        _check_size(len(result), max_nbytes, name)
        if not decoder.eof:
            raise DecompressionError(f"{name} stream is cut short")
        if decoder.unused_data:
            raise DecompressionError(f"{len(decoder.unused_data)} bytes follow the {name} stream")
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
