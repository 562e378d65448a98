"""What users hold in their hands: one class per format, and the factory that makes it."""

from .precomputed import CloudVolumePrecomputed

__all__ = ["CloudVolumePrecomputed"]
