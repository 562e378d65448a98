"""The front door: ``CloudVolume`` looks at the cloudpath and hands over to the right format."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from importlib import import_module
from typing import Any, Optional, Union

import numpy as np

from . import paths
from .config import SharedConfiguration, is_interactive
from .exceptions import DataTypeError, DimensionError, UnsupportedFormatError
from .frontends.newinfo import create_new_info
from .frontends.precomputed import create_precomputed
from .strings import generate_random_string
from .types import CacheType, CompressType, MipType, ParallelType, SecretsType

__all__ = ["CloudVolume", "SharedConfiguration", "register_plugin"]

# Formats by name, with the factory that opens a volume; all but the first are named as
# "module:factory", imported on first use.
_FORMATS: dict[str, Union[str, Callable[..., Any]]] = {
    "precomputed": create_precomputed,
}


def register_plugin(key: str, creation_function: Callable[..., Any]) -> None:
    """Open cloudpaths of a format by a function of your own.

    Parameters
    ----------
    key : str
        The format, as in ``key://protocol://…``; not case-sensitive.
    creation_function : callable
        Called with all parameters of `CloudVolume` by keyword; returns the volume.
    """
    key = key.lower()
    if key not in paths.ALLOWED_FORMATS:
        paths.ALLOWED_FORMATS.append(key)
    _FORMATS[key] = creation_function


def _factory(cloudpath: str) -> Callable[..., Any]:
    name = paths.strict_extract(cloudpath).format
    found = _FORMATS.get(name)
    if found is None:
        raise UnsupportedFormatError(
            f"{cloudpath!r}: no plugin opens format {name!r}; there is {', '.join(sorted(_FORMATS))}"
        )
    if isinstance(found, str):
        module, function = found.split(":")
        found = _FORMATS[name] = getattr(import_module(module), function)
    return found


_DEFAULT_PATH = f"file:///tmp/image/{generate_random_string(6)}"


class CloudVolume:
    """Open a volume.

    The object returned is of the class of its format, such as `CloudVolumePrecomputed`.

    Parameters
    ----------
    cloudpath : str
        ``[FORMAT://]PROTOCOL://BUCKET/.../DATASET/LAYER``, or a path of the local file system.
    mip : int or (x, y, z) resolution in nm
        The scale to read and write.
    bounded : bool
        Refuse requests that leave the bounds.
    autocrop : bool
        With ``bounded=False``, cut requests to the bounds.
    fill_missing : bool
        Read chunks that do not exist as ``background_color`` instead of raising.
    cache : bool or str
        Keep chunks on disk; text is the directory.
    compress_cache : None, bool or str
        Compression of the files there; ``None`` follows the layer.
    cdn_cache : None, bool, int or str
        Cache-Control of uploaded chunks: an hour, none, seconds, or the header itself.
    progress : bool, optional
        Show progress bars; by default only at an interactive prompt.
    info : dict, optional
        Used instead of the stored info file; the same object is kept.
    provenance : dict, str or DataLayerProvenance, optional
        Used instead of the stored provenance file.
    compress : None, bool or str
        Compression of uploaded chunks: ``"gzip"`` (or ``True``), ``"br"``, ``"zstd"``, …,
        ``False`` for none; ``None`` follows the encoding.
    compress_level : int, optional
    non_aligned_writes : bool
        Allow writing parts of chunks: these are read, changed and stored again.
    parallel : int or bool
        Worker processes; ``True`` is one per core.
    delete_black_uploads : bool
        Delete chunks that are all ``background_color`` instead of storing them.
    background_color : int or float
    green_threads : bool
        Use gevent.
    use_https : bool
        Read public buckets over https, without credentials.
    max_redirects : int
        How many redirects of info files to follow; 0 opens the first in place.
    overwrite_partial_chunks : bool
        With ``non_aligned_writes``, put background around the written part instead of reading.
    mesh_dir, skel_dir : str, optional
        Set ``info["mesh"]`` and ``info["skeletons"]``.
    agglomerate, timestamp
        For ``graphene://``.
    secrets : None, str or dict
        Credentials of this volume.
    spatial_index_db : str, optional
        Where the spatial index of meshes and skeletons is.
    lru_bytes : int
        Size of the cache of chunks in memory.
    cache_locking : bool
    lru_encoding : str
    codec_threads : int

    Raises
    ------
    UnsupportedProtocolError, UnsupportedFormatError
        The cloudpath cannot be opened.
    InfoUnavailableError
        There is no info file.
    InvalidInfoError
        The info file has an impossible value; the message names the field.
    ScaleUnavailableError
        There is no such mip.
    TypeError
        An unknown parameter.

    Examples
    --------
    >>> vol = CloudVolume("gs://bucket/dataset/image", mip=[8, 8, 40], fill_missing=True)
    >>> cutout = vol[1000:1100, 2000:2100, 300:310]
    """

    def __new__(  # noqa: PLR0913 the documented order of a public class
        cls,
        cloudpath: str,
        mip: MipType = 0,
        bounded: bool = True,
        autocrop: bool = False,
        fill_missing: bool = False,
        cache: CacheType = False,
        compress_cache: CompressType = None,
        cdn_cache: Union[None, bool, int, str] = True,
        progress: Optional[bool] = None,
        info: Optional[dict[str, Any]] = None,
        provenance: Any = None,
        compress: CompressType = None,
        compress_level: Optional[int] = None,
        non_aligned_writes: bool = False,
        parallel: ParallelType = 1,
        delete_black_uploads: bool = False,
        background_color: Union[int, float] = 0,
        green_threads: bool = False,
        use_https: bool = False,
        max_redirects: int = 10,
        overwrite_partial_chunks: bool = False,
        mesh_dir: Optional[str] = None,
        skel_dir: Optional[str] = None,
        agglomerate: bool = False,
        secrets: SecretsType = None,
        spatial_index_db: Optional[str] = None,
        lru_bytes: int = 0,
        cache_locking: bool = True,
        lru_encoding: str = "same",
        timestamp: Any = None,
        codec_threads: int = 1,
    ) -> Any:
        parameters = {name: value for name, value in locals().items() if name != "cls"}
        parameters["cloudpath"] = cloudpath = os.fspath(cloudpath)
        if progress is None:
            parameters["progress"] = is_interactive()
        return _factory(cloudpath)(**parameters)

    create_new_info = staticmethod(create_new_info)

    @classmethod
    def from_numpy(  # noqa: PLR0913 the documented order of a public method
        cls,
        arr: np.ndarray,
        vol_path: Optional[str] = None,
        resolution: Sequence[float] = (4, 4, 40),
        voxel_offset: Sequence[int] = (0, 0, 0),
        chunk_size: Sequence[int] = (128, 128, 64),
        layer_type: Optional[str] = None,
        max_mip: int = 0,
        encoding: str = "raw",
        compress: CompressType = None,
        progress: bool = False,
        encoding_level: Optional[int] = None,
        encoding_effort: Optional[int] = None,
    ) -> Any:
        """Make a layer that holds an array.

        Parameters
        ----------
        arr : np.ndarray of shape (x, y, z) or (x, y, z, channel)
        vol_path : str, optional
            The cloudpath; ``file:///tmp/image/`` and a random name by default, the same one
            throughout a process.
        resolution : (x, y, z)
            Nanometres per voxel.
        voxel_offset : (x, y, z)
            Where the array begins.
        chunk_size : (x, y, z)
        layer_type : str, optional
            By default ``segmentation`` for bool, uint16, uint32 and uint64, else ``image``.
        max_mip : int
            How many coarser scales to put into the info; they stay empty.
        encoding, compress, encoding_level, encoding_effort
            As in `create_new_info` and the constructor.
        progress : bool
            Show a progress bar.

        Returns
        -------
        The volume.

        Raises
        ------
        DataTypeError, DimensionError
            The array cannot be a volume.
        """
        if arr.ndim not in (3, 4):
            raise DimensionError(
                f"an array must have the axes (x, y, z) or (x, y, z, channel), "
                f"got {arr.ndim} of shape {arr.shape}"
            )
        info = cls.create_new_info(
            num_channels=arr.shape[3] if arr.ndim == 4 else 1,
            layer_type=layer_type or _layer_type(arr.dtype),
            data_type=arr.dtype.name,
            encoding=encoding,
            resolution=resolution,
            voxel_offset=voxel_offset,
            volume_size=arr.shape[:3],
            chunk_size=chunk_size,
            max_mip=max_mip,
            encoding_level=encoding_level,
            encoding_effort=encoding_effort,
        )
        volume = cls(
            vol_path or _DEFAULT_PATH,
            info=info,
            provenance={},  # of this array, not of what was there before
            bounded=True,
            compress=compress,
            progress=progress,
        )
        volume.commit_info()
        now = datetime.now(timezone.utc)
        volume.provenance.processing.append(
            {"method": "from_numpy", "date": now.strftime("%Y-%m-%d %H:%M %Z")}
        )
        volume.commit_provenance()
        volume[:, :, :] = arr
        return volume


def _layer_type(dtype: np.dtype) -> str:
    if dtype.name in ("bool", "uint16", "uint32", "uint64"):
        return "segmentation"
    if dtype.kind in "iuf":
        return "image"
    raise DataTypeError(
        f"a volume holds bool, integers or floating point numbers, got an array of {dtype}"
    )
