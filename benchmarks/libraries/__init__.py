"""The libraries that are compared: one row here and one adapter module of the same name.

An adapter imports its library at the top and has four functions (boxes are three slices, in
voxels): ``open(url)``, ``read(volume, box)``, ``create(url, info, compression)`` and
``write(volume, box, array)``. Nothing else of the harness knows a library.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """What the harness knows of a library without importing it."""

    name: str
    module: str
    requirements: tuple[str, ...]
    lacks: frozenset[str] = frozenset()  # compressions that it cannot read and write
    environment: str = ""  # of another library, its own by default
    default: bool = True  # measured unless others are asked for


TENSORSTORE = ("tensorstore==0.1.86", "numpy")
NO_SUFFIXES = frozenset({"gzip"})

LIBRARIES = {
    library.name: library
    for library in (
        Library("ours", "cloudvolume", ("-e", "{root}[all_codecs]")),
        Library("cloudvolume", "cloudvolume", ("cloud-volume==12.15.2",)),
        Library("tensorstore", "tensorstore", TENSORSTORE, lacks=NO_SUFFIXES),
        Library(
            "tensorstore_c",
            "tensorstore",
            TENSORSTORE,
            lacks=NO_SUFFIXES,
            environment="tensorstore",
            default=False,
        ),
    )
}
