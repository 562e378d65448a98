"""What every backend must do. A backend's test module subclasses `StorageBackendTests`.

The subclass says how to make one::

    class TestMyBackend(StorageBackendTests):
        keeps_headers = True

        @pytest.fixture
        def root(self, my_server):
            return f"mine://{my_server.new_bucket()}/dataset/layer"
"""

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cloudvolume.exceptions import InvalidKeyError
from cloudvolume.storage import ByteRange, StorageBackend, StoredObject, open_backend

ODD_KEYS = [
    pytest.param("a b  c", id="spaces"),
    pytest.param("größe/脳/🧠", id="unicode"),
    pytest.param("123:0", id="colon"),
    pytest.param("mesh/123:0:0-64_0-64_0-64", id="colons and a slash"),
    pytest.param("100%/%2F%20", id="percent signs"),
    pytest.param("a+b=c&d?e#f", id="marks of a query"),
    pytest.param("[*]{x}~$!'()", id="marks of a shell"),
    pytest.param("a\\b", id="backslash"),
    pytest.param("-", id="dash"),
    pytest.param("...", id="three dots"),
    pytest.param(".hidden/.file", id="leading dots"),
    pytest.param("a.b.c", id="dots"),
    pytest.param("1/2/3/4/5/6/7/8/9", id="many slashes"),
    pytest.param("n" * 200, id="a long name"),
    pytest.param("/".join(["n" * 90] * 8), id="a long path"),
]

INVALID_KEYS = [
    pytest.param("", id="empty"),
    pytest.param("/", id="slash"),
    pytest.param("a/", id="a slash at the end"),
    pytest.param("a\0b", id="NUL"),
    pytest.param(".", id="dot"),
    pytest.param("..", id="two dots"),
    pytest.param("a/..", id="two dots at the end"),
    pytest.param("a/.", id="a dot at the end"),
    pytest.param("a\ud800", id="half a character"),
]


def body(value):
    """The payload of an object, None if there is none."""
    return None if value is None else bytes(value.payload)


class StorageBackendTests:
    """The contract of `cloudvolume.storage.StorageBackend`."""

    keeps_headers = False
    """Whether content type and cache control come back."""
    encodings = ("gzip", "br")
    """The content encodings that can be stored."""
    n_large = 8 << 20
    """Bytes of the large object."""

    @pytest.fixture
    def root(self):
        """Cloudpath of an empty place, at least two components below the bucket."""
        raise NotImplementedError

    @pytest.fixture
    def backend(self, root):
        return open_backend(root)

    @staticmethod
    def fill(backend, *keys):
        for key in keys:
            backend.put(key, StoredObject(key.encode()))

    # --- get, put, delete ---------------------------------------------------------------------

    @pytest.mark.parametrize(
        "payload",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"\0", id="one zero"),
            pytest.param(bytes(range(256)), id="all bytes"),
            pytest.param(b"\x1f\x8b\x08 looks like gzip", id="like gzip"),
            pytest.param(b"line\r\nline\n\x1a", id="line ends"),
        ],
    )
    def test_what_was_put_comes_back(self, backend, payload):
        """Payload and size, to the byte."""
        backend.put("key", StoredObject(payload))
        found = backend.get("key")
        assert body(found) == payload
        assert found.size == len(payload)
        assert found.content_encoding == ""

    def test_a_large_payload(self, backend, rng):
        """Larger than the buffers on its way."""
        payload = rng.bytes(self.n_large)
        backend.put("large", StoredObject(payload))
        assert body(backend.get("large")) == payload
        assert (
            body(backend.get("large", ByteRange(4_000_000, 4_000_010))) == payload[4_000_000:][:10]
        )

    @pytest.mark.parametrize(
        "kind",
        [
            bytes,
            bytearray,
            memoryview,
            pytest.param(lambda data: memoryview(bytearray(data))[:], id="writable view"),
            pytest.param(lambda data: memoryview(b"xx" + data + b"xx")[2:-2], id="part of a view"),
            pytest.param(lambda data: np.frombuffer(data, "<u4").data, id="view of uint32"),
            pytest.param(
                lambda data: np.frombuffer(data, "u1").reshape(4, 4, 4).data, id="view of 3 axes"
            ),
        ],
    )
    def test_payloads_of_every_kind(self, backend, kind):
        """Any contiguous buffer counts as its bytes."""
        data = bytes(range(64))
        value = StoredObject(kind(data))
        assert value.size == 64
        backend.put("key", value)
        assert body(backend.get("key")) == data

    def test_a_payload_with_gaps_is_refused_or_stored(self, backend):
        """A strided view is its bytes in order, or an error that stores nothing."""
        view = memoryview(b"abcdefgh")[::2]
        try:
            backend.put("key", StoredObject(view))
        except (TypeError, BufferError):
            assert backend.get("key") is None
            assert list(backend.list()) == []
        else:
            assert body(backend.get("key")) == b"aceg"

    def test_what_was_put_does_not_change_with_its_buffer(self, backend):
        """The store has a copy."""
        payload = bytearray(b"before")
        backend.put("key", StoredObject(payload))
        payload[:] = b"after!"
        assert body(backend.get("key")) == b"before"

    @pytest.mark.parametrize("second", [b"", b"short", b"a much longer value" * 9], ids=len)
    def test_overwriting(self, backend, second):
        """The last put counts, whatever the length of the one before."""
        backend.put("key", StoredObject(b"the first value"))
        backend.put("key", StoredObject(second))
        assert body(backend.get("key")) == second
        assert list(backend.list()) == ["key"]

    def test_missing_is_none(self, backend):
        """Nothing there, in a store that has nothing, and beside other objects."""
        for _ in range(2):
            for key in ("key", "deep/key", "a/b"):
                assert backend.get(key) is None
                assert backend.get(key, ByteRange(0, 5)) is None
                assert backend.head(key) is None
            self.fill(backend, "key2", "deep/key2", "a/b/c", "a/bc")

    def test_a_directory_is_missing(self, backend):
        """``a`` is no object where there is ``a/b``, and deleting it leaves ``a/b``."""
        self.fill(backend, "a/b/c")
        for key in ("a", "a/b"):
            assert backend.get(key) is None
            assert backend.head(key) is None
            backend.delete(key)
        assert body(backend.get("a/b/c")) == b"a/b/c"
        assert backend.get("a/b/c/d") is None

    def test_deleting(self, backend):
        """Only the object that was named; one that does not exist is fine."""
        self.fill(backend, "a", "ab", "c/a")
        for key in ("a", "a", "missing", "missing/too"):
            backend.delete(key)
        assert backend.get("a") is None
        assert list(backend.list()) == ["ab", "c/a"]

    # --- byte ranges --------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("start", "stop"),
        [(0, 1), (0, 10), (3, 7), (9, 10), (5, 5), (0, 0), (8, 99), (10, 12), (50, 60)],
    )
    def test_byte_ranges(self, backend, start, stop):
        """As a slice of the bytes; the size is that of the whole."""
        backend.put("key", StoredObject(b"0123456789"))
        found = backend.get("key", ByteRange(start, stop))
        assert body(found) == b"0123456789"[start:stop]
        if found.payload:
            assert found.size == 10

    def test_byte_range_of_an_empty_object(self, backend):
        """Nothing, but there it is."""
        backend.put("key", StoredObject(b""))
        assert body(backend.get("key", ByteRange(0, 10))) == b""

    # --- headers ------------------------------------------------------------------------------

    def test_head(self, backend):
        """All but the payload."""
        backend.put("key", StoredObject(b"12345"))
        found = backend.head("key")
        assert found.size == 5
        assert body(found) == b""
        assert found.content_encoding == ""

    def test_content_encoding(self, backend):
        """Comes back with the bytes as they were stored, and with the last put."""
        for encoding in (*self.encodings, "", *reversed(self.encodings)):
            payload = f"stored as {encoding}".encode()
            backend.put("key", StoredObject(payload, content_encoding=encoding))
            found = backend.get("key")
            assert (found.content_encoding, body(found)) == (encoding, payload)
            assert backend.head("key").content_encoding == encoding
            assert backend.head("key").size == len(payload)
            assert list(backend.list()) == ["key"]
        part = backend.get("key", ByteRange(0, 6))
        assert (part.content_encoding, body(part)) == (self.encodings[0], b"stored")
        backend.delete("key")
        assert backend.get("key") is None
        assert list(backend.list()) == []

    def test_content_type_and_cache_control(self, backend):
        """Kept by stores that have them, and ``""`` and None by others."""
        value = StoredObject(b"{}", content_type="application/json", cache_control="no-cache")
        backend.put("key", value)
        for found in (backend.get("key"), backend.head("key")):
            wanted = ("application/json", "no-cache") if self.keeps_headers else ("", None)
            assert (found.content_type, found.cache_control) == wanted

    def test_the_etag_changes_with_the_object(self, backend):
        """Where there is one."""
        tags = []
        for payload in (b"one", b"two", b"three"):
            backend.put("key", StoredObject(payload))
            tags.append(backend.get("key").etag)
            assert backend.head("key").etag == tags[-1]
        assert len(set(tags)) == 3 or set(tags) == {None}

    # --- keys ---------------------------------------------------------------------------------

    @pytest.mark.parametrize("key", ODD_KEYS)
    def test_odd_keys(self, backend, key):
        """What a layer may call its objects is stored under this name and no other."""
        self.fill(backend, key)
        assert body(backend.get(key)) == key.encode()
        assert backend.head(key).size == len(key.encode())
        assert list(backend.list()) == [key]
        assert list(backend.list(key[:-1])) == [key]
        assert key in backend.url(key) or "%" in backend.url(key)
        backend.delete(key)
        assert backend.get(key) is None

    @pytest.mark.parametrize("key", INVALID_KEYS)
    @pytest.mark.parametrize("verb", ["get", "put", "head", "delete"])
    def test_invalid_keys(self, backend, verb, key):
        """Names that no object can have are refused by every verb."""
        arguments = [StoredObject(b"x")] if verb == "put" else []
        with pytest.raises(InvalidKeyError, match="cannot name an object"):
            getattr(backend, verb)(key, *arguments)
        assert list(backend.list()) == []

    @pytest.mark.parametrize(
        ("key", "same"),
        [("a/../b", "b"), ("./b", "b"), ("a//b", "a/b"), ("a/./b", "a/b"), ("/b", "b")],
    )
    def test_one_object_has_one_name(self, backend, key, same):
        """Keys are normalised as paths are."""
        self.fill(backend, key)
        assert body(backend.get(same)) == key.encode()
        assert list(backend.list()) == [same]

    def test_keys_may_climb(self, root):
        """Scale keys reach for the scales of a neighbour by ``..``."""
        layer, other = open_backend(root), open_backend(f"{root}-other")
        name = root.rpartition("/")[2]
        self.fill(other, "scale/0-1")
        assert body(layer.get(f"../{name}-other/scale/0-1")) == b"scale/0-1"
        self.fill(layer, f"../{name}-other/scale/1-2")
        assert list(other.list()) == ["scale/0-1", "scale/1-2"]
        assert list(layer.list()) == []
        assert list(layer.list(f"../{name}-other/scale/1")) == [f"../{name}-other/scale/1-2"]
        assert list(layer.list("../")) == [f"../{name}-other/scale/{x}" for x in ("0-1", "1-2")]
        layer.delete(f"../{name}-other/scale/0-1")
        assert list(other.list()) == ["scale/1-2"]

    # --- list ---------------------------------------------------------------------------------

    KEYS = ("build/info3", "build/x/y", "info", "info1", "info10", "info2", "level1/level2/info4")

    @pytest.mark.parametrize(
        ("prefix", "flat", "wanted"),
        [
            ("", False, KEYS),
            ("inf", False, ["info", "info1", "info10", "info2"]),
            ("info1", False, ["info1", "info10"]),
            ("build", False, ["build/info3", "build/x/y"]),
            ("build/", False, ["build/info3", "build/x/y"]),
            ("build/i", False, ["build/info3"]),
            ("level1/level", False, ["level1/level2/info4"]),
            ("nofolder/", False, []),
            ("info1/", False, []),
            ("x", False, []),
            ("", True, ["info", "info1", "info10", "info2"]),
            ("inf", True, ["info", "info1", "info10", "info2"]),
            ("build", True, []),
            ("build/", True, ["build/info3"]),
            ("build/inf", True, ["build/info3"]),
            ("level1/", True, []),
        ],
    )
    def test_list(self, backend, prefix, flat, wanted):
        """A prefix is the beginning of a string; ``flat`` stops at the next slash; all is sorted."""
        self.fill(backend, *reversed(self.KEYS))
        backend.put("info2", StoredObject(b"packed", content_encoding=self.encodings[0]))
        assert list(backend.list(prefix, flat)) == list(wanted)

    def test_list_is_sorted_as_text(self, backend):
        """Across folders: a slash comes before a letter and after a dash."""
        keys = ["a-b", "a/b", "a/c/d", "a/c-d", "ab", "B", "é"]
        self.fill(backend, *keys)
        assert list(backend.list()) == sorted(keys)

    def test_list_many(self, backend):
        """More than a store gives on one page."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda i: backend.put(f"n/{i:05}", StoredObject(b"")), range(1050)))
        assert list(backend.list("n/")) == [f"n/{i:05}" for i in range(1050)]

    def test_stores_with_one_beginning_are_apart(self, root):
        """``layer`` has nothing of ``layer2``."""
        first, second = open_backend(root), open_backend(f"{root}2")
        self.fill(second, "key")
        assert first.get("key") is None
        assert list(first.list()) == []
        assert list(second.list()) == ["key"]

    # --- more than one at a time --------------------------------------------------------------

    def test_puts_and_gets_from_threads(self, backend):
        """A reader sees one of the values whole, never part of one, never nothing."""
        values = [bytes([i]) * (10_000 + 1000 * i) for i in range(8)]
        backend.put("key", StoredObject(values[0]))

        def work(i):
            for _ in range(12):
                backend.put("key", StoredObject(values[i]))
                backend.put(f"own/{i}", StoredObject(values[i]))
                assert body(backend.get("key")) in values
                assert body(backend.get(f"own/{i}")) == values[i]

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
        assert list(backend.list()) == ["key", *(f"own/{i}" for i in range(8))]

    def test_a_lock_excludes_threads(self, root):
        """Of one store object, and of several on one root."""
        backends = [open_backend(root)] * 2 + [open_backend(root), open_backend(root)]
        backends[0].put("n", StoredObject(b"0"))

        def count(backend):
            for _ in range(25):
                with backend.lock("n"):
                    n = int(body(backend.get("n")))
                    backend.put("n", StoredObject(str(n + 1).encode()))

        if not self.has_locks(backends[0]):
            return
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(count, backends))
        assert body(backends[0].get("n")) == b"100"
        assert list(backends[0].list()) == ["n"]

    @staticmethod
    def has_locks(backend):
        """Stores without locks use preconditions instead, and say so by not overriding `lock`."""
        return type(backend).lock is not StorageBackend.lock

    def test_a_lock_ends_with_an_error(self, backend):
        """Whatever happens inside; and keys do not share locks."""

        def fail():
            with backend.lock("a/key"), backend.lock("a/other"):
                raise KeyError("inside")

        for _ in range(2):
            with pytest.raises(KeyError, match="inside"):
                fail()
        taken = threading.Event()

        def take():
            with backend.lock("a/key"):
                taken.set()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        assert taken.wait(10)
        thread.join()

    def test_pickle(self, backend, root):
        """A copy serves the same objects; nothing open goes along."""
        self.fill(backend, "key")
        copy = pickle.loads(pickle.dumps(backend))
        assert type(copy) is type(backend)
        assert copy.root == backend.root
        assert body(copy.get("key")) == b"key"
        assert copy.url("key") == backend.url("key")

    # --- random access ------------------------------------------------------------------------

    def test_open(self, backend):
        """A reader fills buffers from any offset; stores without random access say so."""
        backend.put("key", StoredObject(bytes(range(100)), content_encoding=self.encodings[0]))
        if not backend.has_random_access:
            with pytest.raises(NotImplementedError, match="no random access"):
                backend.open("key")
            return
        assert backend.open("missing") is None
        with backend.open("key") as reader:
            assert (reader.size, reader.content_encoding) == (100, self.encodings[0])
            buffer = bytearray(10)
            for offset in (0, 90, 40):
                reader.readinto(memoryview(buffer), offset)
                assert buffer == bytes(range(offset, offset + 10))
            assert bytes(reader.read()) == bytes(range(100))
            with pytest.raises(OSError, match="too early"):
                reader.readinto(memoryview(buffer), 91)
