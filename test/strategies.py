"""What the properties are drawn from: vectors, boxes, chunk sizes, grids."""

import math

import numpy as np
from hypothesis import strategies as st

from cloudvolume.geometry import Bbox, Vec

INT32 = st.integers(-(2**31), 2**31 - 1)
INT48 = st.integers(-(2**48), 2**48)  # sums and small products of them fit into int64
VOXELS = st.integers(-300, 300)
FLOAT32 = st.floats(-1e6, 1e6, width=32)


def vecs(elements=INT48, ndim=3):
    """Vectors of ``ndim`` components."""
    return st.lists(elements, min_size=ndim, max_size=ndim).map(lambda values: Vec(*values))


def points(elements=INT48, ndim=3):
    """Tuples of ``ndim`` Python numbers."""
    return st.tuples(*[elements] * ndim)


def bboxes(elements=INT48, ndim=3):
    """Boxes, some of them empty."""
    return st.builds(Bbox, points(elements, ndim), points(elements, ndim))


def voxel_bboxes(max_size=40):
    """Boxes around the origin with at least one voxel and at most ``max_size`` along an axis."""

    def build(low, size):
        return Bbox(low, [x + extent for x, extent in zip(low, size, strict=True)])

    return st.builds(build, points(VOXELS), points(st.integers(1, max_size)))


def float_bboxes():
    """Boxes of float32."""
    corners = points(FLOAT32)
    return st.builds(lambda a, b: Bbox(a, b, dtype=np.float32), corners, corners)


def chunk_sizes(max_size=64, ndim=3):
    """Shapes of chunks."""
    return points(st.integers(1, max_size), ndim)


def grid_sizes(max_bits=64):
    """Shapes of chunk grids whose Morton codes have at most ``max_bits`` bits."""
    sizes = points(st.integers(0, 21).flatmap(lambda bits: st.integers(1, 2**bits)))
    return sizes.filter(lambda grid: sum(math.ceil(math.log2(n)) for n in grid) <= max_bits)


@st.composite
def grids_and_gridpoints(draw, max_points=20):
    """A grid and some positions in it."""
    grid = draw(grid_sizes())
    position = st.tuples(*(st.integers(0, size - 1) for size in grid))
    return grid, draw(st.lists(position, min_size=1, max_size=max_points))
