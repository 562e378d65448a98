"""Bytes to bytes and back: every method, other people's streams, and streams that lie."""

import bz2
import gzip
import io
import lzma
import struct
import sys
import time
import tracemalloc
import zlib

import brotli
import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cloudvolume import compression
from cloudvolume.compression import (
    COMPRESSION_TYPES,
    SUFFIXES,
    brotli_compress,
    brotli_decompress,
    compress,
    decompress,
    gunzip,
    gzip_compress,
    normalize_compression,
)
from cloudvolume.exceptions import (
    CompressionError,
    DecompressionError,
    MissingDependencyError,
    UnsupportedCompressionType,
)

METHODS = list(SUFFIXES)
RAMP = np.arange(10_000, dtype=np.float32).tobytes()
NOISE = np.random.default_rng(0).bytes(3000)
CONTENTS = {
    "empty": b"",
    "one byte": b"x",
    "zeros": bytes(100_000),
    "ramp": RAMP,
    "noise": NOISE,
    "looks packed": gzip.compress(b"inside"),
}
LEVELS = {"gzip": (0, 12), "br": (0, 11), "zstd": (1, 22), "xz": (0, 9), "bzip2": (1, 9)}

# b"hello, hello!\n" as gzip 1.12, zstd 1.5.4, xz 5.4.1 and bzip2 1.0.8 packed it; that of
# brotli is one uncompressed meta-block of RFC 7932 and the empty last one.
GOLDEN = {
    "gzip": "1f8b0800000000000003cb48cdc9c9d751c800518a5c0083d6b9550e000000",
    "zstd": "28b52ffd045871000068656c6c6f2c2068656c6c6f210a7ffa498b",
    "xz": "fd377a585a000004e6d6b4460200210116000000742fe5a301000d68656c6c6f2c2068656c6c6f21"
    "0a000000bedc4129618462720001260e081be0041fb6f37d010000000004595a",
    "bzip2": "425a6839314159265359673ec919000003d100001060040244a000212818843023360c49903c5dc9"
    "14e142419cfb2464",
    "br": "8b068068656c6c6f2c2068656c6c6f210a03",
}


def stdlib_gzip(content):
    return gzip.compress(content, mtime=0)


OTHERS = {
    "gzip": [stdlib_gzip, lambda data: gzip.compress(data, 1), lambda data: gzip.compress(data, 0)],
    "br": [brotli.compress, lambda data: brotli.compress(data, quality=0, lgwin=10)],
    "zstd": [
        zstandard.compress,
        zstandard.ZstdCompressor(write_checksum=True).compress,
        zstandard.ZstdCompressor(write_content_size=False).compress,
        lambda data: b"".join(zstandard.ZstdCompressor().read_to_iter(io.BytesIO(data))),
    ],
    "xz": [lzma.compress, lambda data: lzma.compress(data, check=lzma.CHECK_SHA256)],
    "bzip2": [bz2.compress, lambda data: bz2.compress(data, 1)],
}
READERS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompress(data),
    "xz": lzma.decompress,
    "bzip2": bz2.decompress,
}


# --- there and back ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_what_goes_in_comes_out(method, content):
    """Also nothing at all, whose stream is not empty (behaviour 248)."""
    packed = compress(content, method)
    assert bytes(packed) != content
    assert bytes(decompress(packed, method)) == content
    assert bytes(decompress(packed, method, max_nbytes=len(content))) == content


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", range(0, 100, 7))
def test_some_floats(method, n):
    """Behaviour 248, for gzip and brotli and the others."""
    content = np.random.default_rng(n).random(n, np.float32).tobytes()
    assert bytes(decompress(compress(content, method), method)) == content


@given(content=st.binary(max_size=3000), method=st.sampled_from(METHODS))
def test_any_bytes_come_back(content, method):
    """And other programs read what was packed."""
    packed = bytes(compress(content, method))
    assert bytes(decompress(packed, method)) == content
    assert READERS[method](packed) == content


@given(parts=st.lists(st.binary(max_size=40), min_size=1, max_size=4), n=st.integers(1, 4))
def test_any_gzip_members_come_back(parts, n):
    """Joined files unpack to joined contents, whatever they are and how often they repeat."""
    packed = b"".join(gzip.compress(part, i) for i, part in enumerate(parts)) * n
    assert bytes(gunzip(packed)) == b"".join(parts) * n


@given(data=st.binary(max_size=300), method=st.sampled_from(METHODS))
def test_any_garbage_is_an_error(data, method):
    """Never another exception, and never an invented content."""
    try:
        found = bytes(decompress(data, method, max_nbytes=1 << 20))
    except DecompressionError:
        return
    assert READERS[method](data) == found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_buffers_of_every_kind(method, kind):
    """In and out."""
    packed = compress(kind(RAMP), method)
    assert bytes(decompress(kind(packed), method)) == RAMP


@pytest.mark.parametrize("method", METHODS)
def test_views_of_arrays(method):
    """Their bytes count, not their elements; one with gaps is packed in order or refused."""
    array = np.arange(60, dtype=np.uint32).reshape(3, 4, 5)
    assert bytes(decompress(compress(array.data, method), method)) == array.tobytes()
    gaps = array[:, ::2].data
    try:
        packed = compress(gaps, method)
    except (BufferError, TypeError):
        return
    assert bytes(decompress(packed, method)) == gaps.tobytes()


@pytest.mark.parametrize("method", [None, False, ""], ids=repr)
def test_no_compression_is_no_copy(method):
    """The object itself."""
    assert compress(RAMP, method) is RAMP
    assert decompress(RAMP, method) is RAMP
    assert decompress(b"", method) == b""


def test_the_functions_of_old():
    """gzip and brotli by name, as cloud-volume 1.11 had them."""
    assert gunzip(gzip_compress(RAMP)) == RAMP
    assert gzip.decompress(gzip_compress(RAMP, 3)) == RAMP
    assert brotli_decompress(brotli_compress(RAMP)) == RAMP
    assert brotli.decompress(brotli_compress(RAMP, 3)) == RAMP


# --- names and levels -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        *((method, method) for method in METHODS),
        (None, ""),
        (False, ""),
        ("", ""),
        ("identity", ""),
        (True, "gzip"),
        ("GZIP", "gzip"),
        ("Br", "br"),
        ("brotli", "br"),
        ("lzma", "xz"),
        ("BZ2", "bzip2"),
        ("zst", "zstd"),
    ],
)
def test_names(given, name):
    """Each compression has one name and some others, in any case."""
    assert normalize_compression(given) == name


@pytest.mark.parametrize("name", ["rar", "gz", "deflate", "nonexistent", " gzip", 7, 1.5], ids=repr)
@pytest.mark.parametrize("function", [compress, decompress])
def test_unknown_names(function, name):
    """One error that old and new callers catch; it lists what there is."""
    with pytest.raises(UnsupportedCompressionType, match="choose one of gzip, br, zstd") as caught:
        function(b"x", name)
    assert isinstance(caught.value, NotImplementedError)
    assert isinstance(caught.value, ValueError)


def test_the_types_are_the_methods():
    """``COMPRESSION_TYPES`` names no compression that does not work, and leaves none out."""
    assert {normalize_compression(name) for name in COMPRESSION_TYPES} == {"", *METHODS}


@pytest.mark.parametrize(
    ("method", "level"), [(m, n) for m, (low, high) in LEVELS.items() for n in range(low, high + 1)]
)
def test_every_level(method, level):
    """All restore."""
    assert bytes(decompress(compress(RAMP[:2000], method, level), method)) == RAMP[:2000]


@pytest.mark.parametrize("method", ["gzip", "br"])
def test_a_higher_level_is_smaller(method):
    """Behaviour 250."""
    assert len(compress(RAMP, method, 8)) < len(compress(RAMP, method, 1))


@pytest.mark.parametrize(
    ("method", "level"),
    [(m, n) for m, (low, high) in LEVELS.items() for n in (low - 1, high + 1, -100, 5.5, "5")],
)
def test_levels_that_there_are_not(method, level):
    """An error with the range, not a level that somebody else chose."""
    low, high = LEVELS[method]
    with pytest.raises(
        CompressionError, match=f"{method} has levels {low} to {high}, got {level!r}"
    ):
        compress(RAMP, method, level)


# --- other people's streams -------------------------------------------------------------------


@pytest.mark.parametrize(("method", "packed"), GOLDEN.items(), ids=GOLDEN)
def test_golden_streams(method, packed):
    """What other programs wrote."""
    assert bytes(decompress(bytes.fromhex(packed), method)) == b"hello, hello!\n"


@pytest.mark.parametrize(
    ("method", "pack"), [(method, pack) for method, packs in OTHERS.items() for pack in packs]
)
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_streams_of_other_programs(method, pack, content):
    """With and without sizes, checksums and large windows; capped exactly in either case."""
    packed = pack(content)
    assert bytes(decompress(packed, method)) == content
    assert bytes(decompress(packed, method, max_nbytes=len(content))) == content
    if content:
        with pytest.raises(DecompressionError, match=f"the {len(content) - 1} bytes allowed"):
            decompress(packed, method, max_nbytes=len(content) - 1)


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(dict(extra=b"ab\x02\0xy"), id="extra field"),
        pytest.param(dict(name=b"chunk\0"), id="file name"),
        pytest.param(dict(comment=b"a comment\0"), id="comment"),
        pytest.param(dict(extra=b"", name=b"n\0", comment=b"c\0"), id="all"),
    ],
)
def test_gzip_headers(flags):
    """Optional fields of RFC 1952 are passed over, and a header that is cut there is an error."""
    bits = 4 * ("extra" in flags) | 8 * ("name" in flags) | 16 * ("comment" in flags)
    head = b"\x1f\x8b\x08" + bytes([bits]) + bytes(6)
    if "extra" in flags:
        head += struct.pack("<H", len(flags["extra"])) + flags["extra"]
    head += flags.get("name", b"") + flags.get("comment", b"")
    packed = head + stdlib_gzip(RAMP)[10:]
    assert gunzip(packed) == RAMP
    for n in range(len(head) + 1):
        with pytest.raises(DecompressionError, match="gzip stream"):
            gunzip(packed[:n])


# --- several gzip members ---------------------------------------------------------------------

SMALL = gzip.compress(b"inside", mtime=0)


@pytest.mark.parametrize(
    ("packed", "content"),
    [
        pytest.param(SMALL + gzip.compress(b"other"), b"insideother", id="different"),
        pytest.param(SMALL * 2, b"inside" * 2, id="equal"),
        pytest.param(SMALL * 11, b"inside" * 11, id="eleven equal"),
        pytest.param(SMALL * 1001, b"inside" * 1001, id="very many equal"),
        pytest.param(
            gzip.compress(RAMP, 1) + gzip.compress(RAMP, 9), RAMP * 2, id="equal at two levels"
        ),
        pytest.param(
            gzip.compress(RAMP, mtime=1) + gzip.compress(RAMP, mtime=2),
            RAMP * 2,
            id="equal, two times",
        ),
        pytest.param(SMALL + stdlib_gzip(b""), b"inside", id="an empty one last"),
        pytest.param(stdlib_gzip(b"") + SMALL, b"inside", id="an empty one first"),
        pytest.param(stdlib_gzip(b"") * 3, b"", id="only empty ones"),
        pytest.param(SMALL + gzip.compress(RAMP), b"inside" + RAMP, id="short, then long"),
        pytest.param(gzip.compress(RAMP) + SMALL, RAMP + b"inside", id="long, then short"),
        pytest.param(gzip.compress(NOISE, 0) * 2, NOISE * 2, id="stored"),
    ],
)
@pytest.mark.parametrize("n_zeros", [0, 1, 3, 4, 7, 8, 9, 512], ids=lambda n: f"{n} zeros")
def test_gzip_members_and_padding(packed, content, n_zeros):
    """All of them count, as for ``gunzip``; zeros after the last are padding, never content."""
    packed += bytes(n_zeros)
    assert bytes(gunzip(packed)) == content
    assert bytes(decompress(packed, "gzip", max_nbytes=len(content))) == content
    if content:
        with pytest.raises(DecompressionError, match="bytes allowed"):
            decompress(packed, "gzip", max_nbytes=len(content) - 1)


@pytest.mark.parametrize("n_zeros", [*range(1, 20), 512, 100_000])
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_zeros_after_one_member(content, n_zeros):
    """Tapes and some object stores pad; the content is exact all the same."""
    assert bytes(gunzip(stdlib_gzip(content) + bytes(n_zeros))) == content


def test_a_trailer_in_the_middle_is_no_end():
    """Content that holds the last eight bytes of its own stream is read by the exact reader."""
    content = b"begin" + NOISE
    trailer = struct.pack("<II", zlib.crc32(content), len(content))
    member = stdlib_gzip(content)
    whole = gzip.compress(NOISE + member + NOISE, 0)
    assert trailer in whole[:-8]
    assert bytes(gunzip(whole)) == NOISE + member + NOISE


def test_many_members_take_linear_time():
    """A file of a hundred thousand empty members is no way to keep a reader busy."""
    packed = stdlib_gzip(b"") * 100_000
    start = time.process_time()
    assert bytes(gunzip(packed)) == b""
    assert time.process_time() - start < 5


# --- damage -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"\0" * 8, b"\0" * 500, NOISE[:300]],
    ids=lambda data: f"{len(data)} bytes",
)
def test_a_stream_cut_anywhere(method, content):
    """At every byte: a truncated object is never a shorter one."""
    for pack in (lambda data: bytes(compress(data, method)), *OTHERS[method]):
        packed = pack(content)
        for n in range(len(packed)):
            with pytest.raises(DecompressionError, match="stream"):
                decompress(packed[:n], method)


@pytest.mark.parametrize("method", METHODS)
def test_a_flipped_bit_is_never_data(method):
    """Where the format has a checksum; brotli and zstd without one may decode to something else."""
    pack = OTHERS["zstd"][1] if method == "zstd" else OTHERS[method][0]
    packed = pack(b"inside and outside")
    for position in range(8 * len(packed)):
        damaged = bytearray(packed)
        damaged[position // 8] ^= 1 << position % 8
        try:
            found = decompress(damaged, method, max_nbytes=1 << 20)
        except DecompressionError:
            continue
        if method != "br":
            assert bytes(found) == b"inside and outside"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "rest", [b"x", b"\n", b"garbage" * 100, b"\x1f", b"\x1f\x8b", b"\0\0x"], ids=repr
)
def test_bytes_after_the_stream(method, rest):
    """Whatever follows was not written by whoever wrote the stream."""
    for content in (b"inside", RAMP):
        with pytest.raises(DecompressionError, match="stream"):
            decompress(bytes(compress(content, method)) + rest, method)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "gzip"])
@pytest.mark.parametrize("rest", [b"\0", None], ids=["a zero", "another stream"])
def test_only_gzip_is_padded_or_joined(method, rest):
    """One object is one stream."""
    packed = bytes(compress(RAMP, method))
    with pytest.raises(DecompressionError, match=f"{method} stream"):
        decompress(packed + (packed if rest is None else rest), method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("data", [b"", b"\0", b"not packed at all", b"\0" * 1000, NOISE], ids=len)
def test_other_things_than_streams(method, data):
    """Zero bytes, plain text, noise; the message names the object (behaviour 249)."""
    with pytest.raises(DecompressionError, match=r"gs://b/l/0-64.*stream"):
        decompress(data, method, "gs://b/l/0-64")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("other", METHODS)
def test_the_wrong_label(method, other):
    """A stream of another kind is not taken for one's own."""
    if method != other:
        with pytest.raises(DecompressionError, match="stream"):
            decompress(compress(RAMP, other), method)


@pytest.mark.parametrize(
    "size", [0, 1, len(RAMP) - 1, len(RAMP) + 1, 2 * len(RAMP), 2**32 - 1], ids=lambda n: f"{n}"
)
def test_a_size_that_lies(size):
    """The last four bytes of gzip are a claim; a wrong one is damage, whatever it would allocate."""
    packed = bytearray(stdlib_gzip(RAMP))
    packed[-4:] = struct.pack("<I", size)
    tracemalloc.start()
    try:
        with pytest.raises(DecompressionError, match="incorrect length check"):
            gunzip(packed)
        assert tracemalloc.get_traced_memory()[1] < 100 * len(RAMP)
    finally:
        tracemalloc.stop()


def test_a_checksum_that_lies():
    """A wrong CRC32 is damage."""
    packed = bytearray(stdlib_gzip(RAMP))
    packed[-5] ^= 1
    with pytest.raises(DecompressionError, match="incorrect data check"):
        gunzip(packed)


def test_a_zstd_size_that_lies():
    """A frame that holds more than its header says is damage."""
    packed = bytearray(zstandard.compress(b"x" * 100))
    position = packed.index(100)
    packed[position] = 10
    with pytest.raises(DecompressionError, match="zstd stream is damaged"):
        decompress(packed, "zstd")


# --- bombs ------------------------------------------------------------------------------------


def _bombs():
    zeros = bytes(1 << 27)
    yield "gzip", gzip.compress(zeros, 6)
    yield "gzip", gzip.compress(zeros[: 1 << 23], 6) * 16
    yield "gzip", gzip.compress(zeros, 6)[:-4] + b"\x08\0\0\0"
    yield "br", brotli.compress(zeros, quality=1)
    yield "zstd", zstandard.compress(zeros)
    yield "zstd", zstandard.ZstdCompressor(write_content_size=False).compress(zeros)
    yield "xz", lzma.compress(zeros, preset=0)
    yield "bzip2", bz2.compress(zeros)


def test_bombs_are_capped():
    """128 MB of zeros stop at a quarter of a megabyte, soon and with little memory."""
    for method, bomb in _bombs():
        start = time.process_time()
        tracemalloc.start()
        try:
            with pytest.raises(DecompressionError, match="bytes allowed"):
                decompress(bomb, method, max_nbytes=1 << 18)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert time.process_time() - start < 1, method
        assert peak < (8 << 20) + 2 * len(bomb), method


@pytest.mark.parametrize("max_nbytes", [0, 1, 100, 1 << 20], ids=lambda n: f"{n}")
@pytest.mark.parametrize("method", METHODS)
def test_the_cap_is_exact(method, max_nbytes):
    """As many bytes as allowed, and not one more."""
    packed = compress(bytes(max_nbytes), method)
    assert bytes(decompress(packed, method, max_nbytes=max_nbytes)) == bytes(max_nbytes)
    packed = compress(bytes(max_nbytes + 1), method)
    with pytest.raises(DecompressionError, match=f"more than the {max_nbytes} bytes allowed"):
        decompress(packed, method, max_nbytes=max_nbytes)


def test_a_missing_package(monkeypatch):
    """zstd is an extra; the message says how to get it."""
    monkeypatch.setitem(sys.modules, "zstandard", None)
    for call in (lambda: compress(b"x", "zstd"), lambda: decompress(b"x", "zstd")):
        with pytest.raises(MissingDependencyError, match=r"pip install 'cloud-volume\[zstd\]'"):
            call()


def test_gzip_is_read_by_the_quick_reader(monkeypatch):
    """One plain member does not go the slow way."""
    monkeypatch.setattr(compression, "_gunzip_members", None)
    for content in (b"x", RAMP, NOISE, bytes(100_000)):
        for packed in (stdlib_gzip(content), bytes(gzip_compress(content))):
            assert bytes(gunzip(packed)) == content
