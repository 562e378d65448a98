"""The voxels of a volume."""

from .source import PrecomputedImageSource

__all__ = ["PrecomputedImageSource"]
