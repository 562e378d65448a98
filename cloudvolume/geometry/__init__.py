"""Vectors, boxes, the chunk grid and its numbering: pure arithmetic on coordinates."""

from .bbox import Bbox, BboxLikeType
from .coordinates import Number, VecLike
from .grid import (
    ChunkNames,
    GridPoints,
    chunknames,
    divisors,
    find_closest_divisor,
    gridpoints,
    xyzrange,
)
from .measures import MACHINE_EPSILON
from .morton import (
    compressed_morton_code,
    morton_code_to_bbox,
    morton_code_to_gridpt,
)
from .slices import reify_slices
from .units import UNIT_SCALES, spatial_unit_in_meters, time_unit_in_seconds
from .vec import Vec, check_bounds, clamp, floating, map2, max2, min2

__all__ = [
    "MACHINE_EPSILON",
    "UNIT_SCALES",
    "Bbox",
    "BboxLikeType",
    "ChunkNames",
    "GridPoints",
    "Number",
    "Vec",
    "VecLike",
    "check_bounds",
    "chunknames",
    "clamp",
    "compressed_morton_code",
    "divisors",
    "find_closest_divisor",
    "floating",
    "gridpoints",
    "map2",
    "max2",
    "min2",
    "morton_code_to_bbox",
    "morton_code_to_gridpt",
    "reify_slices",
    "spatial_unit_in_meters",
    "time_unit_in_seconds",
    "xyzrange",
]
