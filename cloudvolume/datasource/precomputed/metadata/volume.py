"""The metadata of one volume: fetched, followed through redirects, looked up, committed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Optional, Union

from .... import paths
from ....exceptions import (
    CloudVolumeError,
    CyclicRedirect,
    DecodingError,
    InfoUnavailableError,
    InvalidArgumentError,
    InvalidInfoError,
    TooManyRedirects,
    WriteLockAcquisitionError,
    WriteLockReleaseError,
)
from ....geometry import Bbox, Vec
from ....provenance import DataLayerProvenance, as_provenance
from ....storage import StorageClient
from ....warning import warn_caller
from . import info as infos
from .fields import InfoFields
from .location import LayerLocation
from .mips import convert_box, convert_point, find_mip
from .redirects import redirect_target

__all__ = ["PrecomputedMetadata"]

_NO_CACHE = "no-cache"


class PrecomputedMetadata(LayerLocation, InfoFields):
    """Everything that the info and provenance files say of a layer.

    Parameters
    ----------
    cloudpath : str
    config : SharedConfiguration, optional
    cache : object with the verbs of `StorageClient`, optional
        Where info and provenance are read and written; a plain client of ``cloudpath`` by default.
    info : dict, optional
        Used as it is instead of the stored one; the same object is kept, so that edits show.
    provenance : dict, str or DataLayerProvenance, optional
        Used instead of the stored one.
    max_redirects : int
        Hops to follow at most; 0 or less reads the info in place and ignores its ``redirect``.
    use_https : bool
        Follow redirects to object stores over https.

    Raises
    ------
    InfoUnavailableError, InvalidInfoError, RedirectError, ProvenanceError
    """

    def __init__(  # noqa: PLR0913 the documented order of a public class
        self,
        cloudpath: str,
        config: Any = None,
        cache: Optional[StorageClient] = None,
        info: Optional[dict[str, Any]] = None,
        provenance: Any = None,
        max_redirects: int = 10,
        use_https: bool = False,
    ) -> None:
        self.path = paths.strict_extract(cloudpath)
        self.config = config
        self.cache = cache or StorageClient(paths.to_cloudpath(self.path))
        self.redirected_from: Optional[list[str]] = None
        self._max_redirects = max_redirects
        self._use_https = use_https
        self._provenance = None if provenance is None else as_provenance(provenance)
        if info is None:
            self.refresh_info()
        else:
            infos.check_info(info)
            self.info = info

    def __repr__(self) -> str:
        return f"PrecomputedMetadata({self.cloudpath!r})"

    create_info = staticmethod(infos.create_info)

    # info

    def refresh_info(
        self, max_redirects: Optional[int] = None, force_fetch: bool = False
    ) -> dict[str, Any]:
        """Fetch and check the info again.

        Parameters
        ----------
        max_redirects : int, optional
            As when the layer was opened by default.
        force_fetch : bool
            Pass by the cache.
        """
        info = self.redirectable_fetch_info(max_redirects)
        infos.check_info(info)
        self.info = info
        return info

    def fetch_info(self) -> dict[str, Any]:
        """Fetch the info of the current path, unchecked; redirects are not followed.

        Raises
        ------
        InfoUnavailableError
            There is none.
        InvalidInfoError
            It is not JSON.
        """
        return _fetch_info(self.cache)

    def redirectable_fetch_info(self, max_redirects: Optional[int] = None) -> dict[str, Any]:
        """Fetch the info, moving along its ``redirect`` as often as allowed.

        A chain that cannot be followed to its end leaves the metadata where it was.

        Raises
        ------
        TooManyRedirects
            No info without a redirect was found within ``max_redirects`` fetches.
        CyclicRedirect
            A redirect leads to a layer visited before.
        RedirectError
            A redirect has an unknown scheme or leads from the network to this machine.
        """
        max_redirects = self._max_redirects if max_redirects is None else max_redirects
        if max_redirects <= 0:
            return self.fetch_info()
        path, cache, visited = self.path, self.cache, [self.cloudpath]
        for _ in range(max_redirects):
            info = _fetch_info(cache)
            redirect = info.get("redirect") if isinstance(info, dict) else None
            target = redirect_target(path, redirect, self._use_https) if redirect else path
            cloudpath = paths.to_cloudpath(target)
            if cloudpath == visited[-1]:
                if len(visited) > 1:
                    self.path, self.cache, self.redirected_from = path, cache, visited[:-1]
                return info
            if cloudpath in visited:
                raise CyclicRedirect(
                    f"redirects go in a circle: {' -> '.join([*visited, cloudpath])}"
                )
            visited.append(cloudpath)
            path, cache = target, StorageClient(cloudpath)
        raise TooManyRedirects(
            f"more than {max_redirects} redirects: {' -> '.join(visited)}; raise max_redirects, or "
            "pass max_redirects=0 to open the first info in place"
        )

    def commit_info(self) -> None:
        """Check and store the info.

        Raises
        ------
        InvalidInfoError
            The info is not one that can be read again; nothing is stored.
        """
        infos.check_info(self.info)
        infos.check_encodings(self.info)
        self.cache.put_json("info", self.info, cache_control=_NO_CACHE)

    def reset_scales(self) -> None:
        """Forget all scales but the first; not committed."""
        self.info["scales"] = self.info["scales"][:1]

    def add_scale(
        self,
        factor: Sequence[float],
        encoding: Optional[str] = None,
        chunk_size: Optional[Sequence[int]] = None,
        info: Optional[dict[str, Any]] = None,
        encoding_level: Optional[int] = None,
    ) -> dict[str, Any]:
        """Add a scale ``factor`` times coarser than scale 0; not committed.

        Returns
        -------
        dict
            The new entry of ``info["scales"]``.
        """
        return infos.put_scale(
            self.info if info is None else info,
            factor,
            encoding=encoding,
            chunk_size=chunk_size,
            encoding_level=encoding_level,
        )

    # provenance

    @property
    def provenance(self) -> DataLayerProvenance:
        """The provenance; fetched when it is first asked for, so that it never blocks opening."""
        if self._provenance is None:
            self._provenance = self.fetch_provenance()
        return self._provenance

    @provenance.setter
    def provenance(self, value: Any) -> None:
        self._provenance = as_provenance(value)

    def refresh_provenance(self) -> DataLayerProvenance:
        """Fetch the provenance again."""
        self._provenance = self.fetch_provenance()
        return self._provenance

    def fetch_provenance(self) -> DataLayerProvenance:
        """Fetch the provenance; an empty one if there is none.

        Raises
        ------
        ProvenanceError
            It is neither JSON nor JSON5, or has fields of the wrong type.
        """
        data = self.cache.get("provenance", max_nbytes=256 << 20)
        return as_provenance(None if data is None else bytes(data).decode("utf-8", "replace"))

    def commit_provenance(self) -> None:
        """Check and store the provenance."""
        self.provenance.validate()
        self.cache.put_json("provenance", dict(self.provenance), cache_control=_NO_CACHE)

    # locks

    def lock_mips(self, mips: Union[int, Iterable[int]]) -> None:
        """Forbid writing to scales, for everybody who opens the layer from now on.

        Raises
        ------
        InvalidArgumentError
            There is no such mip.
        WriteLockAcquisitionError
            The info could not be changed.
        """
        self._set_locked(mips, True, WriteLockAcquisitionError)

    def unlock_mips(self, mips: Union[int, Iterable[int]]) -> None:
        """Allow writing to scales again; see `lock_mips`."""
        self._set_locked(mips, False, WriteLockReleaseError)

    def locked_mips(self) -> set[int]:
        """The mips that may not be written."""
        return {mip for mip, scale in enumerate(self.scales) if scale.get("locked", False)}

    # between scales

    def to_mip(self, mip: Any) -> int:
        """The index of a scale from an index or a resolution in nm.

        Raises
        ------
        ScaleUnavailableError
            There is none.
        """
        return find_mip(self.info, mip)

    def point_to_mip(self, pt: Sequence[float], mip: Any, to_mip: Any) -> Vec:
        """The voxel of scale ``to_mip`` that holds a point given in voxels of ``mip``."""
        return Vec(*convert_point(self.info, pt, self.to_mip(mip), self.to_mip(to_mip)))

    def bbox_to_mip(self, bbox: Any, mip: Any, to_mip: Any) -> Bbox:
        """The box of scale ``to_mip`` that covers a box given in voxels of ``mip``.

        The way goes scale by scale, rounding outward at each. A box in physical units is
        converted to voxels of ``mip`` first.
        """
        mip, to_mip = self.to_mip(mip), self.to_mip(to_mip)
        box = Bbox.create(bbox, self.bounds(mip))
        if box.is_physical:
            box = box.convert_units("vx", self.resolution(mip))
        if mip == to_mip:
            return box
        start, stop = convert_box(self.info, box.minpt, box.maxpt, mip, to_mip)
        return Bbox(start, stop, dtype=box.dtype)

    def _set_locked(self, mips: Union[int, Iterable[int]], locked: bool, error: type) -> None:
        wanted = list(mips) if isinstance(mips, Iterable) else [mips]
        for mip in wanted:
            if not 0 <= mip < len(self.scales):
                raise InvalidArgumentError(
                    f"no mip {mip!r} to lock: there are mips 0 to {len(self.scales) - 1}"
                )
        before = self.info
        try:
            self.refresh_info(max_redirects=0, force_fetch=True)
            for mip in wanted:
                self.scale(mip)["locked"] = locked
            self.commit_info()
        except CloudVolumeError as err:
            self.info = before  # what was not stored does not hold here either
            verb = "lock" if locked else "unlock"
            raise error(f"could not {verb} mips {wanted} of {self.cloudpath}: {err}") from err

    def check_for_placeholder_scale(self, mip: int) -> None:
        """Warn if a scale only stands in for one that was never made."""
        key = self.key(mip)
        if "placeholder" in key.lower():
            warn_caller(
                f"mip {mip} of {self.cloudpath} is a placeholder ({key!r}) and probably holds no "
                "data; choose another mip"
            )


def _fetch_info(cache: StorageClient) -> dict[str, Any]:
    try:
        info = cache.get_json("info")
    except DecodingError as err:
        raise InvalidInfoError(str(err)) from err
    if info is None:
        raise InfoUnavailableError(
            f"no info file at {cache.url('info')}: check the cloudpath, or pass info=… and call "
            "commit_info() to create the layer"
        )
    return info
