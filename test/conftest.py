"""What every test gets: no network, seeded randomness, and roots for its layers."""

import ipaddress
import random
import socket
import sys
import uuid
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# Properties are drawn the same way in every run and leave no database behind;
# `pytest --hypothesis-profile=explore` draws anew, and more.
settings.register_profile(
    "project",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile(
    "explore", parent=settings.get_profile("project"), derandomize=False, max_examples=1000
)
settings.load_profile("project")


class BlockedConnectionError(ConnectionRefusedError):
    """A test wanted to reach another machine."""


_attempts = []


def _is_here(host) -> bool:
    """Whether ``host`` is this machine, judged without asking a name server."""
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost", "localhost.localdomain", "ip6-localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return host == socket.gethostname()
    return address.is_loopback or address.is_unspecified


def _refuse_other_machines(event: str, args: tuple) -> None:
    """Audit hook: it sees the sockets of every library, also those of C code built on ``_socket``."""
    if not event.startswith("socket."):
        return
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not _is_here(host):
        _attempts.append(host)
        raise BlockedConnectionError(f"{event} to {host!r}: tests use loopback only")


sys.addaudithook(_refuse_other_machines)


@pytest.fixture
def blocked_connections():
    """The hosts that this process wanted to reach since the test began, each refused."""
    _attempts.clear()
    return _attempts


@pytest.fixture(autouse=True)
def _seeded(request):
    """Start the global generators from the name of the test, so that order does not matter."""
    seed = zlib.crc32(request.node.nodeid.encode())
    random.seed(seed)
    np.random.seed(seed)


@pytest.fixture
def rng(request) -> np.random.Generator:
    """Random numbers that are the same for a test in every run."""
    return np.random.default_rng(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture
def file_root(tmp_path) -> str:
    """Cloudpath of an empty directory."""
    return f"file://{tmp_path}/dataset"


@pytest.fixture(params=["file", "mem"])
def layer_root(request, tmp_path) -> str:
    """Cloudpath under which a test makes its layers: on disk, then in memory."""
    if request.param == "file":
        return f"file://{tmp_path}/dataset"
    return f"mem://test-{uuid.uuid4().hex}/dataset"
