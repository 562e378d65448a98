"""Where a ``redirect`` in an info file may lead."""

from __future__ import annotations

from typing import Any

from .... import paths
from ....exceptions import RedirectError

__all__ = ["redirect_target"]

_LOCAL_PROTOCOLS = ("file", "mem")


def redirect_target(
    source: paths.ExtractedPath, redirect: Any, use_https: bool
) -> paths.ExtractedPath:
    """The layer that the info at ``source`` redirects to.

    Raises
    ------
    RedirectError
        The redirect is no cloudpath, or leads from the network to this machine.
    """
    where = f"{paths.to_cloudpath(source)}/info"
    if not isinstance(redirect, str):
        raise RedirectError(f"{where}: redirect must be a cloudpath, got {redirect!r}")
    try:
        path = paths.strict_extract(paths.to_https_protocol(redirect) if use_https else redirect)
    except ValueError as err:
        raise RedirectError(f"{where}: cannot follow redirect {redirect!r}: {err}") from err
    if path.protocol in _LOCAL_PROTOCOLS and source.protocol not in _LOCAL_PROTOCOLS:
        raise RedirectError(f"{where}: will not follow a redirect from the network to {redirect!r}")
    return path
