"""This repository: the same interface as cloud-volume, in another interpreter."""

from .cloudvolume import create, open, read, write

__all__ = ["create", "open", "read", "write"]
