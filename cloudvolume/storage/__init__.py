"""Keys to bytes: backends behind one client."""

from .backend import ByteRange, ObjectReader, StorageBackend, StoredObject
from .client import StorageClient
from .registry import open_backend, register_backend
from .retry import RetryPolicy

__all__ = [
    "ByteRange",
    "ObjectReader",
    "RetryPolicy",
    "StorageBackend",
    "StorageClient",
    "StoredObject",
    "open_backend",
    "register_backend",
]
