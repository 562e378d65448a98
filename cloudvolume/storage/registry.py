"""Which backend serves which protocol; each is imported on first use."""

from importlib import import_module

from ..exceptions import UnsupportedProtocolError
from ..paths import ALLOWED_PROTOCOLS, extract_format_protocol
from .backend import StorageBackend

__all__ = ["open_backend", "register_backend"]

_BACKENDS = {
    "file": "cloudvolume.storage.file:FileBackend",
    "mem": "cloudvolume.storage.memory:MemoryBackend",
}


def register_backend(protocol: str, location: str) -> None:
    """Serve ``protocol://`` by the class at ``"module:Class"``; cloudpaths may have it from now on."""
    _BACKENDS[protocol] = location
    if protocol not in ALLOWED_PROTOCOLS:
        ALLOWED_PROTOCOLS.append(protocol)


def open_backend(cloudpath: str) -> StorageBackend:
    """The backend for a cloudpath, rooted there; nothing is opened yet.

    Raises
    ------
    UnsupportedProtocolError
        No backend serves the protocol.
    """
    _, protocol, rest = extract_format_protocol(cloudpath)
    location = _BACKENDS.get(protocol or "")
    if location is None:
        raise UnsupportedProtocolError(
            f"{cloudpath!r}: no storage for protocol {protocol!r}; there is {', '.join(_BACKENDS)}"
        )
    module, name = location.split(":")
    backend: StorageBackend = getattr(import_module(module), name)(rest.rstrip("/"))
    return backend
