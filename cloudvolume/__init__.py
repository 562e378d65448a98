"""Read and write petavoxel Neuroglancer Precomputed layers, without a server.

>>> from cloudvolume import CloudVolume
>>> vol = CloudVolume("file:///data/cortex/image")
>>> cutout = vol[0:64, 0:64, 0:32]

Nothing beyond this file is imported before it is used.
"""

from importlib import import_module
from typing import Any

__version__ = "13.0.0"

# Where each public name lives; a name without a home is a submodule.
_HOMES = {
    "AlignmentError": "exceptions",
    "Bbox": "geometry",
    "CloudVolume": "cloudvolume",
    "DataLayerProvenance": "provenance",
    "EmptyRequestException": "exceptions",
    "EmptyVolumeException": "exceptions",
    "SkeletonDecodeError": "exceptions",
    "SkeletonEncodeError": "exceptions",
    "Vec": "geometry",
    "VolumeCutout": "volumecutout",
    "register_plugin": "cloudvolume",
}
_SUBMODULES = frozenset(
    {
        "cloudvolume",
        "codecs",
        "compression",
        "config",
        "datasource",
        "exceptions",
        "frontends",
        "geometry",
        "lib",
        "paths",
        "provenance",
        "scheduler",
        "storage",
        "types",
        "volumecutout",
    }
)

__all__ = sorted({*_HOMES, *_SUBMODULES, "__version__"})


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
