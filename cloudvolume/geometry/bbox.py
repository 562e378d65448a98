"""The axis-aligned bounding box."""

from collections.abc import Sequence
from typing import Union

from .alignment import BoxAlignment
from .arithmetic import BoxArithmetic
from .casting import BoxCasting
from .conversion import BoxConversion
from .measures import BoxMeasures
from .vec import Vec

__all__ = ["Bbox", "BboxLikeType"]


class Bbox(BoxMeasures, BoxAlignment, BoxArithmetic, BoxCasting, BoxConversion):
    """An axis-aligned box from its lowest corner up to, and without, its highest.

    Parameters
    ----------
    a, b : sequence of numbers
        Two opposite corners; swapped components are put in order. The shorter one decides on
        the number of axes.
    dtype : data type, optional
        Of the corners. By default float32 if a component is a float, else int32, or int64
        where the integers need it.
    unit : str, optional
        ``vx`` (voxels, the default), or a unit of length: pm, nm, um, mm, m, km, Mm, Gm, Tm.

    Attributes
    ----------
    minpt, maxpt : Vec
        The corners; assignable, also by component (``box.maxpt.z = 20``).
    unit : str
        Assignable.

    Notes
    -----
    Boxes are equal if their corners and units are, whatever their data types. A box may be a
    key of a dict as long as it is not changed.
    """

    __slots__ = ()


BboxLikeType = Union[Bbox, Sequence[slice], str, Vec]
