"""The client: compression both ways, several keys at once, JSON, and what it asks of a backend."""

import json
import pickle
import tracemalloc
import uuid

import numpy as np
import pytest

from cloudvolume import exceptions
from cloudvolume.compression import SUFFIXES, compress
from cloudvolume.config import settings
from cloudvolume.exceptions import DecodingError, DecompressionError
from cloudvolume.storage import ByteRange, StorageClient, StoredObject

BODY = bytes(range(256)) * 40
LEVELS = [
    *(("gzip", level) for level in (0, 1, 9, 12)),
    *(("br", level) for level in (0, 5, 11)),
    *(("zstd", level) for level in (1, 3, 19)),
    *(("xz", level) for level in (0, 6)),
    *(("bzip2", level) for level in (1, 9)),
]


@pytest.fixture(params=["file", "mem"])
def store(request, tmp_path):
    """A client on disk, then in memory."""
    if request.param == "file":
        return StorageClient(f"file://{tmp_path}/layer")
    return StorageClient(f"mem://test-{uuid.uuid4().hex}/layer")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "layer"


# --- compression ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "stored_as"),
    [
        *((method, method) for method in SUFFIXES),
        ("GZIP", "gzip"),
        ("Br", "br"),
        ("lzma", "xz"),
        ("bz2", "bzip2"),
        (True, "gzip"),
        (False, ""),
        (None, ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("content", [BODY, b""], ids=["bytes", "empty"])
def test_every_compression_in_and_out(store, method, stored_as, content):
    """What goes in comes out, and what is stored says how it is packed."""
    store.put("key", content, compress=method)
    stored = store.backend.get("key")
    assert stored.content_encoding == stored_as
    assert (bytes(stored.payload) != content) == bool(stored_as)
    assert bytes(store.get("key")) == content
    assert store.exists("key")
    assert list(store.list()) == ["key"]


@pytest.mark.parametrize(("method", "level"), LEVELS)
def test_every_level(store, method, level):
    """All restore; the lowest and the highest of each method are in the table."""
    store.put("key", BODY, compress=method, compress_level=level)
    assert bytes(store.get("key")) == BODY


@pytest.mark.parametrize("method", ["gzip", "br"])
def test_a_higher_level_is_smaller(store, method):
    """Behaviour 250: level 8 against 1 on a ramp of 40 kB."""
    content = np.arange(10_000, dtype=np.float32).tobytes()
    sizes = []
    for level in (1, 8):
        store.put("key", content, compress=method, compress_level=level)
        sizes.append(store.backend.head("key").size)
        assert bytes(store.get("key")) == content
    assert sizes[1] < sizes[0]


def test_a_rewrite_in_another_compression(store):
    """Behaviours 256 to 258: one object, whatever it was packed with before."""
    for method in ("", None, True, False, "gzip", "br", "", "zstd", "gzip"):
        store.put("info", BODY, compress=method)
        assert bytes(store.get("info")) == BODY
        assert list(store.list()) == ["info"]
    store.delete("info")
    assert store.get("info") is None


def test_an_unknown_compression_is_refused(store):
    """Before anything is stored; old callers expect NotImplementedError (behaviour 260)."""
    with pytest.raises(exceptions.UnsupportedCompressionType, match="no compression 'rar'") as err:
        store.put("key", BODY, compress="rar")
    assert isinstance(err.value, NotImplementedError)
    with pytest.raises(exceptions.CompressionError, match="gzip has levels 0 to 12, got 13"):
        store.put("key", BODY, compress="gzip", compress_level=13)
    assert store.get("key") is None


@pytest.mark.parametrize("method", SUFFIXES)
def test_damage_is_an_error_that_names_the_object(store, method):
    """A cut object, one of zero bytes, and one that is something else."""
    packed = bytes(compress(BODY, method))
    for payload in (packed[:-1], packed[: len(packed) // 2], b"", b"plain"):
        store.backend.put("a/key", StoredObject(payload, content_encoding=method))
        with pytest.raises(DecompressionError, match="layer/a/key"):
            store.get("a/key")


@pytest.mark.parametrize("method", SUFFIXES)
def test_max_nbytes(store, method):
    """Exactly as many may come out; a bomb is refused with little memory."""
    store.put("key", BODY, compress=method)
    assert bytes(store.get("key", max_nbytes=len(BODY))) == BODY
    with pytest.raises(DecompressionError, match=f"layer/key.*{len(BODY) - 1} bytes allowed"):
        store.get("key", max_nbytes=len(BODY) - 1)


def test_a_bomb_in_place_of_an_info_file(store):
    """JSON is capped as well: 600 MB of zeros are not unpacked."""
    bomb = bytes(compress(bytes(1 << 26), "gzip")) * 9
    store.backend.put("info", StoredObject(bomb, content_encoding="gzip"))
    tracemalloc.start()
    try:
        with pytest.raises(DecompressionError, match="268435456 bytes allowed"):
            store.get_json("info")
        assert tracemalloc.get_traced_memory()[1] < 300 << 20
    finally:
        tracemalloc.stop()


# --- byte ranges ------------------------------------------------------------------------------


def test_a_byte_range(store):
    """Of the stored bytes."""
    store.put("key", BODY)
    assert bytes(store.get("key", ByteRange(10, 20))) == BODY[10:20]
    assert store.get("missing", ByteRange(10, 20)) is None


def test_a_byte_range_of_a_compressed_object_is_an_error(store):
    """Its bytes are not those of the content, so they must not be given out as such."""
    store.put("key", BODY, compress="gzip")
    with pytest.raises(DecodingError, match="layer/key.*bytes 10 to 20.*compressed with gzip"):
        store.get("key", ByteRange(10, 20))


# --- several at once --------------------------------------------------------------------------


def test_many_keys(store):
    """In the order of the question, missing ones too, doubles once."""
    for i in range(50):
        store.put(f"k{i}", str(i), compress="gzip" if i % 2 else None)
    keys = [f"k{i}" for i in range(60, -1, -1)] + ["k1", "k1"]
    found = store.get_many(iter(keys))
    assert list(found) == keys[:-2]
    assert {key: value and bytes(value) for key, value in found.items()} == {
        f"k{i}": str(i).encode() if i < 50 else None for i in range(61)
    }
    there = store.exists(iter(keys))
    assert list(there) == keys[:-2]
    assert there == {f"k{i}": i < 50 for i in range(61)}
    store.delete(f"k{i}" for i in range(10, 60))
    assert list(store.list()) == [f"k{i}" for i in range(10)]
    store.delete("k0")
    assert store.exists("k0") is False
    assert store.exists("k1") is True
    assert store.get_many([]) == store.exists([]) == {}
    store.delete([])


def test_an_error_among_many(store):
    """Is raised, not taken for absence."""
    store.put("good", b"x")
    store.backend.put("bad", StoredObject(b"junk", content_encoding="gzip"))
    with pytest.raises(DecompressionError, match="layer/bad"):
        store.get_many(["good", "bad"])
    with pytest.raises(exceptions.InvalidKeyError, match="cannot name"):
        store.exists(["good", ""])
    with pytest.raises(exceptions.InvalidKeyError, match="cannot name"):
        store.delete(["good", "a/"])


@pytest.mark.parametrize("progress", [True, "chunks of a test"], ids=["default", "label"])
def test_progress_bars(store, capfd, progress):
    """Over several keys, with the label of the caller or the verb; none by default."""
    keys = ["a", "b", "c"]
    store.get_many(keys)
    assert capfd.readouterr() == ("", "")
    shown = StorageClient(store.cloudpath, progress=progress)
    for verb, label in (
        (shown.get_many, "Downloading"),
        (shown.exists, "Looking up"),
        (shown.delete, "Deleting"),
    ):
        verb(keys)
        out, err = capfd.readouterr()
        assert out == ""
        assert (label if progress is True else progress) in err
        assert "3/3" in err


# --- text and JSON ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        {"ids": [2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1]},
        {"float": 0.1, "tiny": 5e-324, "text": "größe 脳 \0 \"'", "none": None, "yes": True},
        [],
        {},
        "text",
        0,
    ],
    ids=["64 bits", "values", "list", "dict", "str", "zero"],
)
def test_json(store, value):
    """Every value as it was, integers to 64 bits."""
    store.put_json("info", value)
    assert store.get_json("info") == value
    assert type(store.get_json("info")) is type(value)


def test_json_as_it_is_stored(store):
    """Readable, sorted, bare, and marked as JSON where the store can."""
    store.put_json(
        "info", {"b": np.uint64(2**64 - 1), "a": np.array([1, 2])}, cache_control="no-cache"
    )
    found = store.backend.get("info")
    text = bytes(found.payload).decode()
    assert json.loads(text) == {"a": [1, 2], "b": 2**64 - 1}
    assert text.startswith('{\n  "a": [')
    assert found.content_encoding == ""
    if store.backend.protocol == "mem":
        assert (found.content_type, found.cache_control) == ("application/json", "no-cache")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"[1,]", b"nope", b"[" * 100_000, b"1" * 5000],
    ids=["empty", "cut", "no text", "comma", "word", "deep", "huge number"],
)
def test_what_is_not_json(store, data):
    """Is an error with the name of the object, whatever the parser stumbles on."""
    store.put("info", data)
    with pytest.raises(DecodingError, match="layer/info: not JSON"):
        store.get_json("info")


def test_missing_json_is_none(store):
    """As for bytes."""
    assert store.get_json("info") is None


def test_text_is_utf8(store):
    """Also when it is compressed."""
    for method in (None, "gzip"):
        store.put("text", "größe 脳", compress=method)
        assert bytes(store.get("text")).decode("utf-8") == "größe 脳"


# --- the rest ---------------------------------------------------------------------------------


@pytest.fixture
def durable_writes(store, monkeypatch):
    """Whether each write since was asked to be durable."""
    asked = []
    put = store.backend.put

    def note(key, value, *, durable=False):
        asked.append(durable)
        put(key, value, durable=durable)

    monkeypatch.setattr(store.backend, "put", note)
    return asked


def test_what_is_durable(store, durable_writes, monkeypatch):
    """JSON always, the rest on request or by the setting."""
    store.put_json("info", {})
    store.put("key", b"x")
    store.put("key", b"x", durable=True)
    monkeypatch.setattr(settings, "fsync", True)
    store.put("key", b"x")
    assert durable_writes == [True, False, True, True]


def test_headers_reach_the_backend():
    """Content type, encoding and cache control."""
    store = StorageClient(f"mem://test-{uuid.uuid4().hex}/layer")
    store.put("key", BODY, content_type="image/jpeg", compress="br", cache_control="max-age=5")
    found = store.backend.head("key")
    assert (found.content_type, found.content_encoding, found.cache_control) == (
        "image/jpeg",
        "br",
        "max-age=5",
    )


def test_pickle_and_repr(store):
    """A worker gets a client of the same place."""
    store.put("key", b"x")
    copy = pickle.loads(pickle.dumps(store))
    assert bytes(copy.get("key")) == b"x"
    assert repr(copy) == repr(store) == f"StorageClient({store.cloudpath!r})"
    assert copy.retry == store.retry


def test_locks_and_readers_are_the_backends(store):
    """The client hands them on."""
    store.put("key", BODY)
    with store.lock("key"):
        assert store.has_random_access == store.backend.has_random_access
        if store.has_random_access:
            with store.open("key") as reader:
                assert bytes(reader.read()) == BODY


def test_local_stores_take_a_thread_per_core(store, monkeypatch):
    """Others take as many as the setting says."""
    assert store.n_threads <= settings.requests_in_flight
    assert store.patience_s > 0
    monkeypatch.setattr(type(store.backend), "is_local", False)
    monkeypatch.setattr(settings, "requests_in_flight", 123)
    assert store.n_threads == 123
    assert store.patience_s == 0
