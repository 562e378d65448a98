"""The info document of a new layer, as users ask for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional, Union

from ..datasource.precomputed.metadata import create_info

__all__ = ["create_new_info"]


def create_new_info(  # noqa: PLR0913 the documented order of a public function
    num_channels: int,
    layer_type: str,
    data_type: Any,
    encoding: str,
    resolution: Sequence[float],
    voxel_offset: Sequence[int],
    volume_size: Sequence[int],
    mesh: Union[None, bool, str] = None,
    skeletons: Union[None, bool, str] = None,
    chunk_size: Sequence[int] = (64, 64, 64),
    compressed_segmentation_block_size: Sequence[int] = (8, 8, 8),
    max_mip: int = 0,
    factor: Sequence[int] = (2, 2, 1),
    redirect: Optional[str] = None,
    encoding_level: Optional[int] = None,
    encoding_effort: Optional[int] = None,
) -> dict[str, Any]:
    """Build the info of a new layer; nothing is written.

    Parameters
    ----------
    num_channels : int
    layer_type : str
        ``image`` or ``segmentation``.
    data_type : dtype-like
        Such as ``"uint8"``.
    encoding : str
        ``raw``, ``jpeg``, …
    resolution : (x, y, z)
        Nanometres per voxel.
    voxel_offset, volume_size : (x, y, z)
        The lowest corner, and the extent, in voxels.
    mesh, skeletons : str or bool, optional
        Directories of meshes and skeletons; ``True`` for the usual names.
    chunk_size : (x, y, z)
    compressed_segmentation_block_size : (x, y, z)
    max_mip : int
        How many coarser scales to add.
    factor : (x, y, z)
        How much coarser each is than the one before.
    redirect : str, optional
        The cloudpath where the layer really is.
    encoding_level, encoding_effort : int, optional
        Quality or level of the encoding, for every scale.

    Returns
    -------
    dict
        To be passed as ``CloudVolume(path, info=info)``, then ``commit_info()``.

    Raises
    ------
    InvalidInfoError
        A value is impossible; the message names the field.
    """
    return create_info(**locals())
