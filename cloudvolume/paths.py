r"""Cloudpaths, the URLs of layers: taking them apart and putting them together. Pure, no I/O.

A cloudpath is ``[FORMAT://]PROTOCOL://BUCKET/.../DATASET/LAYER``, or a bare path of the file
system, which means ``file://``. The format is ``precomputed`` unless the path says otherwise::

    graphene://https://host:8080/seg/1.0/vol
    └format┘   └prot┘  └bucket─┘ └──┬──┘ └┴─ layer
                       └ basepath ──┘     (dataset is the last component of basepath: 1.0)

``boss://COLLECTION/EXPERIMENT/CHANNEL`` has no protocol. Neuroglancer's ``PATH|zarr2:`` also
names the format, and ``PATH|neuroglancer-precomputed:`` is the same as ``PATH``.
"""

import ntpath
import os
import posixpath
import re
from typing import NamedTuple, NoReturn, Optional, Union, overload

from .exceptions import UnsupportedProtocolError

__all__ = [
    "ALLOWED_FORMATS",
    "ALLOWED_PROTOCOLS",
    "ExtractedPath",
    "ascloudpath",
    "cloudpath_error",
    "extract",
    "extract_format_protocol",
    "pop_protocol",
    "strict_extract",
    "to_cloudpath",
    "to_https_protocol",
]

ALLOWED_PROTOCOLS = [
    "gs",
    "file",
    "s3",
    "http",
    "https",
    "mem",
    "middleauth+https",
    "ngauth+https",
    "nokura",
    "matrix",
    "tigerdata",
]
ALLOWED_FORMATS = ["graphene", "precomputed", "boss", "n5", "zarr", "zarr2", "zarr3"]

_DEFAULT_FORMAT = "precomputed"
_FORMATS_WITHOUT_PROTOCOL = ("boss",)

_HTTPS_ENDPOINTS = {
    "gs": "https://storage.googleapis.com/",
    "s3": "https://s3.amazonaws.com/",
    "matrix": "https://s3-hpcrc.rc.princeton.edu/",
    "tigerdata": "https://td.princeton.edu/",
    "nokura": "https://c10s.pni.princeton.edu/",
}

_SCHEME = re.compile(r"(?P<scheme>[^/\\]*?)://")
_SUFFIX = re.compile(r"/?\|(?P<name>[^|/\\:]*):/?$")
_BUCKET = re.compile(r"([\w.~-]+|\[[0-9a-fA-F:.]+\])(:\d+)?")  # in brackets: an IPv6 address
_DRIVE = re.compile(r"[a-zA-Z]:[\\/]")
_WINDOWS_ROOT = re.compile(r"[a-zA-Z]:\\|\\\\")
_USERINFO = re.compile(r"(?<=//)[^/@]*@")
_QUERY = re.compile(r"\?.*", re.DOTALL)

PathLike = Union[str, "os.PathLike[str]"]


class ExtractedPath(NamedTuple):
    """The parts of a cloudpath.

    Attributes
    ----------
    format : str
        How the layer is stored: one of ``ALLOWED_FORMATS``.
    protocol : str or None
        How it is reached: one of ``ALLOWED_PROTOCOLS``; None for ``boss``.
    bucket : str
        First component; with the host's port, and for ``file`` with the root: ``/tmp``, ``C:\\a``.
    basepath : str
        All but the layer, bucket included; ``''`` if there is only a bucket.
    no_bucket_basepath : str
        ``basepath`` without the bucket.
    dataset, layer : str
        The last two components; both name the bucket if there is nothing else.
    """

    format: str
    protocol: Optional[str]
    bucket: str
    basepath: str
    no_bucket_basepath: str
    dataset: str
    layer: str


def cloudpath_error(cloudpath: PathLike, reason: str = "") -> str:
    """Say what is wrong with a cloudpath and what one looks like.

    Parameters
    ----------
    cloudpath : str
        What was given. Passwords and query strings do not get into the message.
    reason : str, optional
        What is wrong with it.
    """
    shown = _QUERY.sub("?...", _USERINFO.sub("...@", str(cloudpath)))
    return (
        f"{shown!r} is not a cloudpath{': ' if reason else ''}{reason}; "
        "expected [FORMAT://]PROTOCOL://BUCKET/.../DATASET/LAYER such as "
        "'gs://bucket/dataset/layer' or 'graphene://https://example.com/seg/table', "
        f"with a format of {', '.join(ALLOWED_FORMATS)} and a protocol of "
        f"{', '.join(ALLOWED_PROTOCOLS)}, or a path of the file system"
    )


def pop_protocol(cloudpath: str) -> tuple[Optional[str], str]:
    """Split off the first scheme, whatever it is.

    Returns
    -------
    (str or None, str)
        ``('gs', 'b/l')`` for ``gs://b/l``, ``(None, '/b/l')`` for ``/b/l``.
    """
    match = _SCHEME.match(cloudpath)
    if match is None:
        return None, cloudpath
    return match["scheme"], cloudpath[match.end() :]


def extract_format_protocol(
    cloudpath: PathLike, windows: Optional[bool] = None
) -> tuple[str, Optional[str], str]:
    """Split a cloudpath into format, protocol and the rest.

    Parameters
    ----------
    cloudpath : str or os.PathLike
    windows : bool, optional
        Read local paths as Windows does; by default if this is Windows.

    Returns
    -------
    (str, str or None, str)
        ``('precomputed', 'gs', 'b/l')`` for ``gs://b/l``. The protocol of a path without one is
        ``file``, or None for ``boss``.

    Raises
    ------
    UnsupportedProtocolError
        A scheme is unknown, there is a second protocol, or a protocol precedes a format.
    """
    text = _as_text(cloudpath)
    path, suffix_format = _pop_suffixes(text)
    schemes, rest = _pop_schemes(path, _is_windows(windows))
    prefix_format = schemes.pop(0) if schemes and schemes[0] in ALLOWED_FORMATS else None
    protocol = schemes.pop(0) if schemes and schemes[0] in ALLOWED_PROTOCOLS else None
    if schemes:
        _refuse_scheme(text, schemes[0])
    if None not in (prefix_format, suffix_format) and prefix_format != suffix_format:
        raise _error(text, f"it is both {prefix_format!r} and {suffix_format!r}")

    fmt = prefix_format or suffix_format or _DEFAULT_FORMAT
    if protocol is None and fmt not in _FORMATS_WITHOUT_PROTOCOL:
        protocol = "file"
    if not rest:
        raise _error(text, "it names no bucket")
    return fmt, protocol, rest


def extract(
    cloudpath: PathLike, windows: Optional[bool] = None, disable_toabs: bool = False
) -> ExtractedPath:
    """Take a cloudpath apart.

    Parameters
    ----------
    cloudpath : str or os.PathLike
        One trailing slash is ignored.
    windows : bool, optional
        Read local paths as Windows does; by default if this is Windows.
    disable_toabs : bool
        Leave local paths as they are, instead of expanding ``~`` and making them absolute.

    Returns
    -------
    ExtractedPath
        All fields are ``''`` for an empty string.

    Raises
    ------
    UnsupportedProtocolError
        The path cannot be parsed.
    """
    text = _as_text(cloudpath)
    if not text:
        return ExtractedPath("", "", "", "", "", "", "")
    if "\0" in text:
        raise _error(text, "it holds a NUL character")
    windows = _is_windows(windows)
    fmt, protocol, rest = extract_format_protocol(text, windows)
    if protocol != "file":
        bucket, *keys = _strip_one(rest, "/").split("/")
        if "@" in bucket:
            raise _error(text, "credentials do not belong in it")
        if not _BUCKET.fullmatch(bucket):
            raise _error(text, f"the bucket or host cannot be {bucket!r}")
        return _assemble(fmt, protocol, bucket, keys, bucket, "/")

    root, components = _split_local(text, rest, windows, disable_toabs)
    name, *keys = components
    return _assemble(fmt, protocol, root + name, keys, name, "\\" if windows else "/")


def strict_extract(
    cloudpath: PathLike, windows: Optional[bool] = None, disable_toabs: bool = False
) -> ExtractedPath:
    """Take a cloudpath apart as `extract` does, and insist that it names a dataset and a layer.

    Raises
    ------
    UnsupportedProtocolError
        The path cannot be parsed, or its dataset or layer is empty.
    """
    path = extract(cloudpath, windows, disable_toabs)
    for field in ("layer", "dataset"):
        if not getattr(path, field):
            raise _error(cloudpath, f"the {field} is empty")
    return path


def to_cloudpath(path: ExtractedPath) -> str:
    """Put the parts together without the format: ``PROTOCOL://BASEPATH/LAYER``.

    This is the address for the storage layer: no trailing slash, and no scheme for a path that
    has no protocol (``boss``).
    """
    windows = path.protocol == "file" and _WINDOWS_ROOT.match(path.bucket)
    sep = "\\" if windows else "/"
    location = f"{path.basepath}{sep}{path.layer}" if path.basepath else path.bucket
    return f"{path.protocol}://{location}" if path.protocol else location


def ascloudpath(path: ExtractedPath) -> str:
    """Put the parts together: ``FORMAT://PROTOCOL://BASEPATH/LAYER``, the inverse of `extract`."""
    return f"{path.format}://{to_cloudpath(path)}" if path.format else to_cloudpath(path)


@overload
def to_https_protocol(cloudpath: str) -> str: ...


@overload
def to_https_protocol(cloudpath: ExtractedPath) -> ExtractedPath: ...


def to_https_protocol(cloudpath: Union[str, ExtractedPath]) -> Union[str, ExtractedPath]:
    """Rewrite the protocol of an object store as the store's https endpoint.

    Parameters
    ----------
    cloudpath : str or ExtractedPath
        ``gs``, ``s3``, ``matrix``, ``tigerdata`` and ``nokura`` are rewritten, after a format too;
        ``s3://https://host/...`` becomes ``https://host/...``; other paths come back unchanged.

    Returns
    -------
    Of the type of the argument
    """
    if isinstance(cloudpath, ExtractedPath):
        if cloudpath.protocol not in _HTTPS_ENDPOINTS:
            return cloudpath
        return extract(to_https_protocol(ascloudpath(cloudpath)))
    scheme, rest = pop_protocol(cloudpath)
    if scheme in ALLOWED_FORMATS:
        return f"{scheme}://{to_https_protocol(rest)}"
    if scheme not in _HTTPS_ENDPOINTS:
        return cloudpath
    if pop_protocol(rest)[0] in ("http", "https"):
        return rest
    return _HTTPS_ENDPOINTS[scheme] + rest


def _error(cloudpath: PathLike, reason: str) -> UnsupportedProtocolError:
    return UnsupportedProtocolError(cloudpath_error(cloudpath, reason))


def _is_windows(windows: Optional[bool]) -> bool:
    return os.name == "nt" if windows is None else bool(windows)


def _as_text(cloudpath: PathLike) -> str:
    text = os.fspath(cloudpath) if isinstance(cloudpath, os.PathLike) else cloudpath
    if not isinstance(text, str):
        raise _error(repr(cloudpath), f"a {type(cloudpath).__name__} is not a str")
    return text


def _strip_one(path: str, sep: str) -> str:
    return path[: -len(sep)] if path.endswith(sep) else path


def _pop_suffixes(text: str) -> tuple[str, Optional[str]]:
    """Split off Neuroglancer's ``|name:`` suffixes; return the rest and the format they name."""
    path, found = text, None
    while match := _SUFFIX.search(path):
        name = match["name"]
        if name not in ALLOWED_FORMATS and name != "neuroglancer-precomputed":
            raise _error(text, f"the suffix '|{name}:' is unknown")
        if name in ALLOWED_FORMATS:
            if found not in (None, name):
                raise _error(text, f"it is both {name!r} and {found!r}")
            found = name
        path = path[: match.start()]
    return path, found


def _pop_schemes(path: str, windows: bool) -> tuple[list[str], str]:
    schemes: list[str] = []
    while not (windows and _DRIVE.match(path)):
        scheme, rest = pop_protocol(path)
        if scheme is None:
            break
        schemes.append(scheme)
        path = rest
    return schemes, path


def _refuse_scheme(text: str, scheme: str) -> NoReturn:
    if scheme in ALLOWED_FORMATS:
        raise _error(text, f"the format {scheme!r} must come first, and only once")
    if scheme in ALLOWED_PROTOCOLS:
        raise _error(text, f"{scheme!r} is a second protocol")
    raise _error(text, f"the scheme {scheme!r} is unknown")


def _split_local(text: str, path: str, windows: bool, disable_toabs: bool) -> tuple[str, list[str]]:
    """Split a local path into its root (``/``, ``C:\\``) and its components, at least one."""
    if not windows:
        _refuse_foreign_path(text, path)
    elif _DRIVE.match(path[1:]):  # file:///C:/a is how browsers write it
        path = path[1:]
    if windows:
        path = path.replace("/", "\\")
    module, sep = (ntpath, "\\") if windows else (posixpath, "/")
    if not disable_toabs:
        path = module.abspath(module.expanduser(path))
    drive, tail = module.splitdrive(path)
    if windows and not (drive and tail.startswith(sep)):
        raise _error(text, "a path needs a drive or a share")
    root = drive + sep if tail.startswith(sep) else drive
    tail = _strip_one(tail.lstrip(sep), sep)
    if not tail:
        raise _error(text, "the root of a file system cannot be a layer")
    return root, tail.split(sep)


def _refuse_foreign_path(text: str, path: str) -> None:
    if re.match(r"/?[a-zA-Z]:\\", path):
        raise _error(text, "a path with a drive needs Windows")
    scheme, colon, _ = path.partition(":/")
    if path == text and colon and scheme in (*ALLOWED_FORMATS, *ALLOWED_PROTOCOLS):
        raise _error(text, f"write {scheme}:// with two slashes")


def _assemble(
    fmt: str, protocol: Optional[str], bucket: str, keys: list[str], name: str, sep: str
) -> ExtractedPath:
    """Fill the fields from the bucket, the components after it, and the bucket's bare name."""
    if not keys:
        return ExtractedPath(fmt, protocol, bucket, "", "", name, name)
    *parents, layer = keys
    basepath = sep.join([bucket, *parents])
    dataset = parents[-1] if parents else name
    return ExtractedPath(fmt, protocol, bucket, basepath, sep.join(parents), dataset, layer)
