"""What reading a volume returns: an array that knows where it comes from."""

from __future__ import annotations

import mmap
from typing import Any, Optional, Union

import numpy as np

from .geometry import Bbox, Vec
from .paths import ExtractedPath
from .sliceimages import save_images

__all__ = ["VolumeCutout"]

_INHERITED = (
    "dataset_name",
    "layer",
    "path",
    "resolution",
    "cloudpath",
    "mip",
    "layer_type",
    "bounds",
)


class VolumeCutout(np.ndarray):
    """A cutout of shape (x, y, z, channel) in Fortran order.

    Slices and results of arithmetic keep the attributes as they are; `bounds` in particular is
    that of the cutout they come from.

    Parameters
    ----------
    buf : np.ndarray
        Its memory is shared if it is in Fortran order, else copied.
    path : ExtractedPath
    cloudpath : str
    resolution : Vec
        Nanometres per voxel.
    mip : int
    layer_type : str
        ``image`` or ``segmentation``.
    bounds : Bbox
        In voxels of ``mip``.
    handle : mmap, optional
        What holds the memory, if it is to be closed.
    """

    dataset_name: Optional[str]
    layer: Optional[str]
    path: Optional[ExtractedPath]
    resolution: Optional[Vec]
    cloudpath: Optional[str]
    mip: Optional[int]
    layer_type: Optional[str]
    bounds: Optional[Bbox]
    handle: Optional[mmap.mmap]

    def __new__(  # noqa: PLR0913 the documented order of a public class
        cls,
        buf: np.ndarray,
        path: ExtractedPath,
        cloudpath: str,
        resolution: Vec,
        mip: int,
        layer_type: str,
        bounds: Bbox,
        handle: Optional[mmap.mmap] = None,
        *args: Any,
        **kwargs: Any,
    ) -> VolumeCutout:
        cutout = np.asfortranarray(buf).view(cls)
        cutout.dataset_name = path.dataset
        cutout.layer = path.layer
        cutout.path = path
        cutout.cloudpath = cloudpath
        cutout.resolution = resolution
        cutout.mip = mip
        cutout.layer_type = layer_type
        cutout.bounds = bounds
        cutout.handle = handle
        return cutout

    def __array_finalize__(self, source: Any) -> None:
        if source is None:
            return
        origin = getattr(source, "__dict__", None) or {}
        for name in _INHERITED:
            self.__dict__[name] = origin.get(name)
        self.handle = None

    def __reduce__(self) -> tuple:
        rebuild, arguments, state = super().__reduce__()
        return rebuild, arguments, (state, {name: getattr(self, name) for name in _INHERITED})

    def __setstate__(self, state: tuple) -> None:
        super().__setstate__(state[0])
        self.__dict__.update(state[1], handle=None)

    @classmethod
    def from_volume(
        cls,
        meta: Any,
        mip: int,
        buf: np.ndarray,
        bounds: Bbox,
        handle: Optional[mmap.mmap] = None,
    ) -> VolumeCutout:
        """Wrap an array that was read from the volume with this metadata."""
        return cls(
            buf,
            path=meta.path,
            cloudpath=meta.cloudpath,
            resolution=meta.resolution(mip),
            mip=mip,
            layer_type=meta.layer_type,
            bounds=bounds,
            handle=handle,
        )

    @property
    def num_channels(self) -> int:
        """Values per voxel."""
        return self.shape[3]

    def close(self) -> None:
        """Give the memory back, if it is that of a file; the array must not be used any more."""
        handle, self.handle = self.handle, None
        if handle is not None:
            handle.close()

    def save_images(  # noqa: PLR0913 the documented order of a public method
        self,
        directory: Optional[str] = None,
        axis: str = "z",
        channel: Optional[int] = None,
        global_norm: bool = True,
        image_format: str = "PNG",
        progress: Union[bool, str] = True,
    ) -> str:
        """Write the slices along an axis as picture files.

        Parameters
        ----------
        directory : str, optional
            ``./saved_images/<dataset>/<layer>/<mip>/<bounds>`` by default.
        axis : "x", "y" or "z"
        channel : int, optional
            Only this one.
        global_norm : bool
            Stretch floating point values over the whole cutout instead of slice by slice.
        image_format : str
        progress : bool or str

        Returns
        -------
        str
            The absolute path of the directory.
        """
        if directory is None:
            directory = "/".join(
                (
                    "./saved_images",
                    str(self.dataset_name),
                    str(self.layer),
                    str(self.mip),
                    self.bounds.to_filename(),
                )
            )
        return save_images(
            np.asarray(self),
            directory,
            axis=axis,
            channel=channel,
            global_norm=global_norm,
            image_format=image_format,
            progress=progress,
        )
