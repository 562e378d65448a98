"""The info and provenance of a volume."""

from .info import check_info, create_info
from .scale import Scale, scale_of
from .volume import PrecomputedMetadata

__all__ = ["PrecomputedMetadata", "Scale", "check_info", "create_info", "scale_of"]
