"""Properties of a volume that only pass on to one of its parts, as a table."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

__all__ = ["forward", "forward_mip", "per_mip"]


def forward(path: str, doc: str, *, assignable: bool = False) -> property:
    """A property that is an attribute of a part, such as ``"image.bounded"``."""
    part, _, name = path.partition(".")

    def assign(self: Any, value: Any) -> None:
        setattr(getattr(self, part), name, value)

    return property(attrgetter(path), assign if assignable else None, None, doc)


def forward_mip(name: str, doc: str) -> property:
    """A property that is a method of the metadata, asked about the current mip."""

    def get(self: Any) -> Any:
        return getattr(self.meta, name)(self.mip)

    return property(get, None, None, f"{doc} at the current mip.")


def per_mip(name: str, doc: str) -> Any:
    """A method that is one of the metadata, asked about any mip."""

    def get(self: Any, mip: int) -> Any:
        return getattr(self.meta, name)(mip)

    get.__name__ = f"mip_{name}"
    get.__doc__ = f"{doc} at ``mip``, a list index.\n\nRaises\n------\nIndexError\n    There is no such scale."
    return get
