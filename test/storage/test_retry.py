"""Trying again: what, how often, how long; through a client on a store that fails as it is told."""

import sys
import time
import uuid
from types import SimpleNamespace

import pytest

from cloudvolume import paths
from cloudvolume.exceptions import InvalidArgumentError, StorageError, StoragePermissionError
from cloudvolume.storage import RetryPolicy, StorageClient, register_backend, registry
from cloudvolume.storage.memory import MemoryBackend
from cloudvolume.storage.retry import TransientStorageError

VERBS = {
    "get": lambda store: store.get("key"),
    "put": lambda store: store.put("key", b"x"),
    "delete": lambda store: store.delete("key"),
    "exists": lambda store: store.exists("key"),
    "list": lambda store: list(store.list()),
    "get_many": lambda store: store.get_many(["key"]),
    "get_json": lambda store: store.get_json("missing"),
}


class FlakyBackend(MemoryBackend):
    """Raises the errors that it was given, one for each request, before it works."""

    protocol = "flaky"
    troubles = ()
    n_requests = 0

    def _trouble(self):
        cls = type(self)
        cls.n_requests += 1
        if cls.troubles:
            trouble, *cls.troubles = cls.troubles
            raise trouble

    def get(self, key, byte_range=None):
        self._trouble()
        return super().get(key, byte_range)

    def put(self, key, value, *, durable=False):
        self._trouble()
        super().put(key, value, durable=durable)

    def delete(self, key):
        self._trouble()
        super().delete(key)

    def list(self, prefix="", flat=False):
        self._trouble()
        return super().list(prefix, flat)


def transient(retry_after_s=0.0, number=0):
    err = TransientStorageError(f"trouble {number}")
    err.retry_after_s = retry_after_s
    return err


@pytest.fixture
def flaky(monkeypatch):
    """Sets the troubles to come and makes a client."""
    monkeypatch.setattr(registry, "_BACKENDS", dict(registry._BACKENDS))
    monkeypatch.setattr(FlakyBackend, "n_requests", 0)
    before = list(paths.ALLOWED_PROTOCOLS)
    module = SimpleNamespace(FlakyBackend=FlakyBackend)
    monkeypatch.setitem(sys.modules, "flaky_backend_of_a_test", module)
    register_backend("flaky", "flaky_backend_of_a_test:FlakyBackend")

    def make(*troubles, **policy):
        FlakyBackend.troubles = troubles
        return StorageClient(f"flaky://{uuid.uuid4().hex}/layer", retry=RetryPolicy(**policy))

    yield make
    paths.ALLOWED_PROTOCOLS[:] = before


@pytest.fixture
def waits(monkeypatch):
    """A clock that runs only while somebody sleeps; the waits so far."""
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0 + sum(slept))
    return slept


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_tried_again(flaky, waits, verb):
    """Five failures of the moment, then the result."""
    store = flaky(*(transient() for _ in range(5)))
    VERBS[verb](store)
    assert FlakyBackend.n_requests == 6
    assert len(waits) == 5


def test_the_result_is_that_of_the_last_request(flaky, waits):
    """Nothing of a failed attempt stays."""
    store = flaky()
    store.put("key", b"x")
    FlakyBackend.troubles = [transient(), transient()]
    assert bytes(store.get("key")) == b"x"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "error",
    [StorageError("broken"), StoragePermissionError("denied"), ValueError("no"), KeyError("key")],
    ids=lambda err: type(err).__name__,
)
def test_other_errors_are_not_tried_again(flaky, waits, verb, error):
    """They would be the same the next time."""
    store = flaky(error)
    with pytest.raises(type(error), match=str(error)):
        VERBS[verb](store)
    assert FlakyBackend.n_requests == 1
    assert waits == []


@pytest.mark.parametrize("max_attempts", [1, 2, 6])
def test_max_attempts(flaky, waits, max_attempts):
    """The last error comes out after so many requests."""
    store = flaky(*(transient(number=n) for n in range(10)), max_attempts=max_attempts)
    with pytest.raises(TransientStorageError, match=f"trouble {max_attempts - 1}"):
        store.get("key")
    assert FlakyBackend.n_requests == max_attempts
    assert len(waits) == max_attempts - 1


def test_no_attempt_at_all_is_refused(flaky):
    """A policy without attempts can give nothing."""
    with pytest.raises(InvalidArgumentError, match="max_attempts must be at least 1, got 0"):
        flaky(max_attempts=0).get("key")


def test_the_budget_is_never_passed(flaky, waits):
    """A wait that would end after it is not begun."""
    store = flaky(*(transient() for _ in range(200)), max_attempts=200, budget_s=15)
    with pytest.raises(TransientStorageError, match="trouble"):
        store.get("key")
    assert 0 < sum(waits) <= 15
    assert 1 < FlakyBackend.n_requests < 200


def test_waits_grow_and_differ(flaky, waits):
    """Full jitter: anything up to twice the limit before."""
    for _ in range(40):
        flaky(*(transient() for _ in range(5)), budget_s=1e9).get("key")
    rounds = [waits[i : i + 5] for i in range(0, 200, 5)]
    for attempt, column in enumerate(zip(*rounds, strict=True), start=1):
        limit = 0.25 * 2**attempt
        assert 0 <= min(column) < limit / 4
        assert limit / 2 < max(column) <= limit
        assert len(set(column)) == 40


@pytest.mark.parametrize(
    ("retry_after_s", "n_requests"),
    [(0.0, 2), (3.0, 2), (14.0, 2), (20.0, 1)],
    ids=["none", "short", "within the budget", "beyond the budget"],
)
def test_retry_after(flaky, waits, retry_after_s, n_requests):
    """The store's own wish is the least to wait; one beyond the budget is an error at once."""
    store = flaky(transient(retry_after_s))
    if n_requests == 1:
        with pytest.raises(TransientStorageError, match="trouble 0"):
            store.get("key")
        assert waits == []
    else:
        store.get("key")
        assert waits[0] >= retry_after_s
    assert FlakyBackend.n_requests == n_requests


def test_real_time(flaky):
    """Without a clock of ours: it waits, and not longer than it must."""
    start = time.perf_counter()
    flaky(transient(0.05), first_wait_s=0.0).get("key")
    assert 0.05 <= time.perf_counter() - start < 2
