"""Which class serves a protocol."""

import subprocess
import sys
from pathlib import Path

import pytest

import cloudvolume
from cloudvolume import paths
from cloudvolume.exceptions import UnsupportedProtocolError
from cloudvolume.storage import StorageClient, open_backend, register_backend, registry
from cloudvolume.storage.file import FileBackend
from cloudvolume.storage.memory import MemoryBackend


@pytest.mark.parametrize(
    ("cloudpath", "kind", "root"),
    [
        ("file:///data/layer", FileBackend, "/data/layer"),
        ("file:///data/layer/", FileBackend, "/data/layer"),
        ("/data/layer", FileBackend, "/data/layer"),
        ("precomputed://file:///data/layer", FileBackend, "/data/layer"),
        ("mem://bucket/layer", MemoryBackend, "bucket/layer"),
        ("mem://bucket", MemoryBackend, "bucket"),
        ("mem://bucket/layer//", MemoryBackend, "bucket/layer"),
    ],
)
def test_backends_by_cloudpath(cloudpath, kind, root):
    """The protocol chooses the class; what follows is the root."""
    backend = open_backend(cloudpath)
    assert type(backend) is kind
    assert backend.root == root
    assert backend.url("key") == f"{kind.protocol}://{root}/key"


@pytest.mark.parametrize(
    ("cloudpath", "message"),
    [
        ("nothing://bucket/layer", "the scheme 'nothing' is unknown"),
        (
            "boss://collection/experiment/channel",
            "no storage for protocol None; there is file, mem",
        ),
        ("mem://", "names no bucket"),
    ],
)
def test_no_such_backend(cloudpath, message):
    """The message says what there is."""
    with pytest.raises(UnsupportedProtocolError, match=message):
        open_backend(cloudpath)


@pytest.fixture
def restored(monkeypatch):
    """Whatever is registered is forgotten after the test."""
    monkeypatch.setattr(registry, "_BACKENDS", dict(registry._BACKENDS))
    before = list(paths.ALLOWED_PROTOCOLS)
    yield
    paths.ALLOWED_PROTOCOLS[:] = before


@pytest.mark.usefixtures("restored")
def test_a_protocol_of_ones_own():
    """A registered protocol can stand in a cloudpath, and one can be replaced."""
    for protocol in ("scratch", "scratch", "gs"):
        register_backend(protocol, "cloudvolume.storage.memory:MemoryBackend")
    store = StorageClient("scratch://bucket/dataset/layer")
    store.put("key", b"x")
    assert bytes(store.get("key")) == b"x"
    assert paths.ALLOWED_PROTOCOLS.count("scratch") == paths.ALLOWED_PROTOCOLS.count("gs") == 1
    assert paths.strict_extract("scratch://bucket/dataset/layer").layer == "layer"
    assert type(open_backend("gs://bucket/layer")) is MemoryBackend


def test_backends_are_imported_on_first_use():
    """A volume on one store does not load the parts of another."""
    code = (
        "import sys, cloudvolume.storage as s; s.open_backend('mem://a/b'); "
        "print(*(m for m in sys.modules if m.startswith('cloudvolume.storage.')))"
    )
    command = [sys.executable, "-c", code]
    root = Path(cloudvolume.__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    assert "cloudvolume.storage.memory" in done.stdout.split()
    assert "cloudvolume.storage.file" not in done.stdout.split()
