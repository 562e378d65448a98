"""The documented helpers, gathered in one place; each lives in a module of its own."""

from .filesystem import mkdir, toabs, touch
from .geometry import (
    MACHINE_EPSILON,
    UNIT_SCALES,
    Bbox,
    BboxLikeType,
    Vec,
    check_bounds,
    clamp,
    divisors,
    find_closest_divisor,
    floating,
    map2,
    max2,
    min2,
    spatial_unit_in_meters,
    time_unit_in_seconds,
    xyzrange,
)
from .iteration import duplicates, first, nvl, scatter, sip, toiter, totalfn
from .jsonio import NumpyEncoder, jsonify
from .movingaverage import moving_average
from .scalartypes import floating_types, integer_types, string_types
from .sliceimages import save_images
from .strings import generate_random_string, getprecision
from .terminal import COLORS, colorize, green, red, yellow

__all__ = [
    "COLORS",
    "MACHINE_EPSILON",
    "UNIT_SCALES",
    "Bbox",
    "BboxLikeType",
    "NumpyEncoder",
    "Vec",
    "check_bounds",
    "clamp",
    "colorize",
    "divisors",
    "duplicates",
    "find_closest_divisor",
    "first",
    "floating",
    "floating_types",
    "generate_random_string",
    "getprecision",
    "green",
    "integer_types",
    "jsonify",
    "map2",
    "max2",
    "min2",
    "mkdir",
    "moving_average",
    "nvl",
    "red",
    "save_images",
    "scatter",
    "sip",
    "spatial_unit_in_meters",
    "string_types",
    "time_unit_in_seconds",
    "toabs",
    "toiter",
    "totalfn",
    "touch",
    "xyzrange",
    "yellow",
]
