"""Objects in memory pass the kit, and keep to their bucket."""

import uuid

import pytest
from storage.storage_kit import StorageBackendTests, body

from cloudvolume.storage import StoredObject, open_backend


class TestMemoryBackend(StorageBackendTests):
    keeps_headers = True
    encodings = ("gzip", "br", "deflate")

    @pytest.fixture
    def root(self):
        return f"mem://test-{uuid.uuid4().hex}/dataset/layer"


@pytest.fixture
def bucket():
    return f"mem://test-{uuid.uuid4().hex}"


@pytest.mark.parametrize("root", ["", "/a", "/a/b"], ids=["bucket", "one below", "two below"])
def test_keys_stay_in_the_bucket(bucket, root):
    """Climbing ends at the top of the bucket, as it does at the root of a file system."""
    open_backend(bucket + root).put("../../../../top", StoredObject(b"here"))
    assert list(open_backend(bucket).list()) == ["top"]
    assert body(open_backend(f"{bucket}/c").get("../top")) == b"here"


def test_a_bucket_alone_is_a_root(bucket):
    """Its objects are those of all layers in it."""
    for layer in ("a", "b/c"):
        open_backend(f"{bucket}/{layer}").put("info", StoredObject(b"{}"))
    whole = open_backend(bucket)
    assert list(whole.list()) == ["a/info", "b/c/info"]
    assert list(whole.list("b")) == ["b/c/info"]
    assert body(whole.get("a/info")) == body(whole.get("/a/info")) == b"{}"
