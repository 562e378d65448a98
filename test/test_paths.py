"""Cloudpaths: what each form means, what is refused, and that nothing is lost in between."""

import pathlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudvolume import paths
from cloudvolume.exceptions import CloudVolumeError, UnsupportedProtocolError
from cloudvolume.paths import ExtractedPath, extract, strict_extract

PRE = "precomputed"

OBJECT_PATHS = [
    pytest.param("gs://b/d/l", (PRE, "gs", "b", "b/d", "d", "d", "l"), id="three components"),
    pytest.param("gs://b/d/l/", (PRE, "gs", "b", "b/d", "d", "d", "l"), id="a trailing slash"),
    pytest.param("s3://b/x/y/d/l", (PRE, "s3", "b", "b/x/y/d", "x/y/d", "d", "l"), id="many"),
    pytest.param("gs://b/l", (PRE, "gs", "b", "b", "", "b", "l"), id="the bucket is the dataset"),
    pytest.param(
        "precomputed://gs://my-bucket-1/seg",
        (PRE, "gs", "my-bucket-1", "my-bucket-1", "", "my-bucket-1", "seg"),
        id="hyphens",
    ),
    pytest.param("s3://b/d9__3/l1", (PRE, "s3", "b", "b/d9__3", "d9__3", "d9__3", "l1"), id="__"),
    pytest.param("precomputed://gs://b_1", (PRE, "gs", "b_1", "", "", "b_1", "b_1"), id="bucket"),
    pytest.param(
        "graphene://http://host:8080/seg/1.0/vol",
        ("graphene", "http", "host:8080", "host:8080/seg/1.0", "seg/1.0", "1.0", "vol"),
        id="a port belongs to the bucket",
    ),
    pytest.param(
        "precomputed://https://host.com/x/d/l",
        (PRE, "https", "host.com", "host.com/x/d", "x/d", "d", "l"),
        id="a host",
    ),
    pytest.param(
        "http://[::1]:80/d/l", (PRE, "http", "[::1]:80", "[::1]:80/d", "d", "d", "l"), id="IPv6"
    ),
    pytest.param(
        "graphene://middleauth+https://h/table/x",
        ("graphene", "middleauth+https", "h", "h/table", "table", "table", "x"),
        id="an authenticated protocol",
    ),
    pytest.param("mem://b/d/l", (PRE, "mem", "b", "b/d", "d", "d", "l"), id="memory"),
    pytest.param("gs://b/d e/f|g", (PRE, "gs", "b", "b/d e", "d e", "d e", "f|g"), id="odd keys"),
    pytest.param("boss://a/b/c", ("boss", None, "a", "a/b", "b", "b", "c"), id="no protocol"),
    pytest.param("gs://b//l", (PRE, "gs", "b", "b/", "", "", "l"), id="empty dataset"),
    pytest.param("", ("", "", "", "", "", "", ""), id="nothing"),
]

LOCAL_PATHS = [
    pytest.param("file:///tmp/d/l", ("/tmp", "/tmp/d", "d", "d", "l"), id="absolute"),
    pytest.param("/tmp/d/l/", ("/tmp", "/tmp/d", "d", "d", "l"), id="bare, trailing slash"),
    pytest.param("precomputed:///a/d/l", ("/a", "/a/d", "d", "d", "l"), id="only a format"),
    pytest.param("/a/b/.h/d/l", ("/a", "/a/b/.h/d", "b/.h/d", "d", "l"), id="a hidden directory"),
    pytest.param("/a b(1)/c/d", ("/a b(1)", "/a b(1)/c", "c", "c", "d"), id="space in the bucket"),
    pytest.param("file:///a/./x/../b/c", ("/a", "/a/b", "b", "b", "c"), id="dots"),
    pytest.param("file:////a//b/c", ("/a", "/a/b", "b", "b", "c"), id="double slashes"),
    pytest.param("file:///x", ("/x", "", "", "x", "x"), id="one component"),
    pytest.param("/x/y", ("/x", "/x", "", "x", "y"), id="two components"),
]

WINDOWS_PATHS = [
    pytest.param(
        r"file://C:\a\b\c\d\e", (r"C:\a", r"C:\a\b\c\d", r"b\c\d", "d", "e"), id="backslashes"
    ),
    pytest.param("C:\\a\\b\\c\\", (r"C:\a", r"C:\a\b", "b", "b", "c"), id="trailing backslash"),
    pytest.param(r"C:\a\b\c", (r"C:\a", r"C:\a\b", "b", "b", "c"), id="bare"),
    pytest.param("c:/a/b/c", (r"c:\a", r"c:\a\b", "b", "b", "c"), id="slashes"),
    pytest.param("C://a/b", (r"C:\a", r"C:\a", "", "a", "b"), id="a drive is no scheme"),
    pytest.param("file:///C:/a/b", (r"C:\a", r"C:\a", "", "a", "b"), id="as browsers write it"),
    pytest.param(r"file://\\s\t\a\b", (r"\\s\t\a", r"\\s\t\a", "", "a", "b"), id="a share"),
    pytest.param(r"precomputed://C:\a\b", (r"C:\a", r"C:\a", "", "a", "b"), id="a format"),
    pytest.param(r"file://C:\a", (r"C:\a", "", "", "a", "a"), id="one component"),
]

REFUSED = [
    pytest.param("gs://graphene://b/l", "format 'graphene' must come first", id="format second"),
    pytest.param("graphene://n5://b/l", "format 'n5' must come first", id="two formats"),
    pytest.param("gs://gs://b/l", "'gs' is a second protocol", id="two protocols"),
    pytest.param("zarr://gs://s3://b", "'s3' is a second protocol", id="three schemes"),
    pytest.param("s3://https://h/b/l", "'https' is a second protocol", id="an endpoint"),
    pytest.param("s4://b/l", "scheme 's4' is unknown", id="unknown"),
    pytest.param("zarr://s4://b/l", "scheme 's4' is unknown", id="unknown after a format"),
    pytest.param("GS://b/l", "scheme 'GS' is unknown", id="upper case"),
    pytest.param("://b/l", "scheme '' is unknown", id="empty scheme"),
    pytest.param("gs:/b/l", "write gs:// with two slashes", id="one slash"),
    pytest.param("gs://", "it names no bucket", id="no bucket"),
    pytest.param("file://", "it names no bucket", id="no directory"),
    pytest.param("gs:////", "bucket or host cannot be ''", id="slashes"),
    pytest.param("gs:///b/l", "bucket or host cannot be ''", id="empty bucket"),
    pytest.param("gs://buck et/d/l", "bucket or host cannot be 'buck et'", id="space in bucket"),
    pytest.param("https://h:x/d/l", "bucket or host cannot be 'h:x'", id="port is no number"),
    pytest.param("https://h\n/d/l", "bucket or host cannot be", id="a line break in the host"),
    pytest.param("file:///", "root of a file system", id="the root"),
    pytest.param("file:///..", "root of a file system", id="the parent of the root"),
    pytest.param("gs://b/l|foo:", r"suffix '\|foo:' is unknown", id="unknown suffix"),
    pytest.param("graphene://https://h/t|zarr2:", "both 'graphene' and 'zarr2'", id="two formats?"),
    pytest.param("gs://b/l|zarr2:|n5:", "both 'zarr2' and 'n5'", id="two suffixes"),
    pytest.param(3, "a int is not a str", id="a number"),
    pytest.param(None, "a NoneType is not a str", id="None"),
    pytest.param(b"gs://b/l", "a bytes is not a str", id="bytes"),
]


@pytest.mark.parametrize(("cloudpath", "expected"), OBJECT_PATHS)
@pytest.mark.parametrize("windows", [False, True], ids=["posix", "windows"])
def test_paths_of_object_stores(cloudpath, expected, windows):
    """A path outside the file system means the same on every operating system."""
    assert extract(cloudpath, windows=windows) == expected


@pytest.mark.parametrize(("cloudpath", "expected"), LOCAL_PATHS)
def test_local_paths(cloudpath, expected):
    """A local path is made absolute, and its first directory with the root is the bucket."""
    assert extract(cloudpath, windows=False) == (PRE, "file", *expected)


@pytest.mark.parametrize(("cloudpath", "expected"), WINDOWS_PATHS)
@pytest.mark.parametrize("disable_toabs", [False, True], ids=["absolute", "as it is"])
def test_windows_paths(cloudpath, expected, disable_toabs):
    """Drives and shares belong to the bucket, and both slashes separate."""
    path = extract(cloudpath, windows=True, disable_toabs=disable_toabs)
    assert path == (PRE, "file", *expected)


@pytest.mark.parametrize(
    "cloudpath", ["file://a/b", r"\a\b", "/a/b", "C:a", "file://C:\\", "file://\\\\srv\\share"]
)
def test_windows_paths_without_a_root_or_a_name_are_refused(cloudpath):
    """Where the current drive cannot be asked, a path must name its own, and a directory."""
    with pytest.raises(UnsupportedProtocolError, match="needs a drive|root of a file system"):
        extract(cloudpath, windows=True, disable_toabs=True)


@pytest.mark.parametrize("cloudpath", [r"file://C:\a\b", r"C:\a\b\c", r"file:///C:\a\b"])
@pytest.mark.parametrize("disable_toabs", [False, True])
def test_windows_paths_are_refused_elsewhere(cloudpath, disable_toabs):
    """A drive is not a strange file name below the current directory."""
    with pytest.raises(UnsupportedProtocolError, match="with a drive needs Windows"):
        strict_extract(cloudpath, windows=False, disable_toabs=disable_toabs)


@pytest.mark.parametrize(("cloudpath", "message"), REFUSED)
@pytest.mark.parametrize("function", [extract, strict_extract])
def test_what_is_refused(function, cloudpath, message):
    """The error names the part that is wrong, and is a ValueError."""
    with pytest.raises(UnsupportedProtocolError, match=message) as caught:
        function(cloudpath, windows=False)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, CloudVolumeError)


@pytest.mark.parametrize(
    ("cloudpath", "field"),
    [("", "layer"), ("gs://b//l", "dataset"), ("gs://b/d//", "layer")],
)
def test_strict_extract_insists_on_names(cloudpath, field):
    """`extract` lets an empty dataset or layer through, `strict_extract` does not."""
    assert getattr(extract(cloudpath), field) == ""
    with pytest.raises(UnsupportedProtocolError, match=f"the {field} is empty"):
        strict_extract(cloudpath)


def test_strict_extract_returns_what_extract_does():
    """Strictness only refuses."""
    assert strict_extract("gs://b/d/l") == extract("gs://b/d/l")


@pytest.mark.parametrize(
    "cloudpath", ["file://b/dataset/layer", "b/dataset/layer", "./b/dataset/layer"]
)
def test_relative_paths_begin_at_the_current_directory(tmp_path, monkeypatch, cloudpath):
    """``file://`` and bare paths are made absolute."""
    monkeypatch.chdir(tmp_path)
    here = pathlib.Path.cwd().as_posix()
    path = extract(cloudpath, windows=False)
    assert path.bucket == "/" + here.split("/")[1]
    assert path.basepath == f"{here}/b/dataset"
    assert (path.dataset, path.layer) == ("dataset", "layer")


@pytest.mark.parametrize("cloudpath", ["file://~/d/l", "~/d/l", "zarr://~/d/l"])
def test_home_is_expanded(monkeypatch, cloudpath):
    """``~`` is the home directory."""
    monkeypatch.setenv("HOME", "/home/someone")
    assert extract(cloudpath, windows=False)[1:4] == ("file", "/home", "/home/someone/d")


def test_disable_toabs_leaves_relative_paths():
    """Without the absolute-path step a relative path stays relative."""
    path = extract("file://~/b/c", windows=False, disable_toabs=True)
    assert path == ("precomputed", "file", "~", "~/b", "b", "b", "c")


def test_path_objects_are_local_paths(tmp_path):
    """Whatever has a file system path is one; a URL that went through pathlib is caught."""
    assert extract(tmp_path / "layer") == extract(f"{tmp_path}/layer")
    with pytest.raises(UnsupportedProtocolError, match="write gs:// with two slashes"):
        extract(pathlib.PurePosixPath("gs://bucket/layer"))


@pytest.mark.parametrize(
    ("cloudpath", "fmt", "rest"),
    [
        pytest.param("gs://b/d/l|zarr2:", "zarr2", "gs://b/d/l", id="zarr2"),
        pytest.param("gs://b/d/l/|zarr3:", "zarr3", "gs://b/d/l", id="after a slash"),
        pytest.param("gs://b/d/l|n5:/", "n5", "gs://b/d/l", id="before a slash"),
        pytest.param("zarr2://gs://b/l|zarr2:", "zarr2", "gs://b/l", id="said twice"),
        pytest.param("/a/b|zarr:", "zarr", "file:///a/b", id="local"),
        pytest.param("gs://b/l|neuroglancer-precomputed:", "precomputed", "gs://b/l", id="dropped"),
        pytest.param(
            "gs://b/l|zarr3:|neuroglancer-precomputed:", "zarr3", "gs://b/l", id="a chain"
        ),
    ],
)
def test_suffixes(cloudpath, fmt, rest):
    """Neuroglancer's suffixes name the format, like a prefix."""
    path = extract(cloudpath, windows=False)
    assert path.format == fmt
    assert paths.to_cloudpath(path) == rest


@pytest.mark.parametrize(
    ("cloudpath", "expected"),
    [
        ("gs://b/d/l", ("precomputed", "gs", "b/d/l")),
        ("graphene://https://h/t", ("graphene", "https", "h/t")),
        ("boss://a/b/c", ("boss", None, "a/b/c")),
        ("boss://gs://a/b/c", ("boss", "gs", "a/b/c")),
        ("a/b", ("precomputed", "file", "a/b")),
        ("zarr://a/b", ("zarr", "file", "a/b")),
        ("gs://b/l|zarr2:", ("zarr2", "gs", "b/l")),
        ("gs://a/gs://b", ("precomputed", "gs", "a/gs://b")),
    ],
)
def test_extract_format_protocol(cloudpath, expected):
    """Format and protocol have their defaults, and the rest is as it was written."""
    assert paths.extract_format_protocol(cloudpath, windows=False) == expected


@pytest.mark.parametrize(
    ("cloudpath", "expected"),
    [
        ("gs://b/l", ("gs", "b/l")),
        ("graphene://gs://b/l", ("graphene", "gs://b/l")),
        ("s4://b", ("s4", "b")),
        ("/tmp/x://y", (None, "/tmp/x://y")),
        ("a/b", (None, "a/b")),
        ("", (None, "")),
    ],
)
def test_pop_protocol(cloudpath, expected):
    """One scheme is split off, known or not."""
    assert paths.pop_protocol(cloudpath) == expected


@pytest.mark.parametrize(
    ("cloudpath", "expected"),
    [
        ("gs://b/d/l", "precomputed://gs://b/d/l"),
        ("graphene://https://h/seg/1.0/v/", "graphene://https://h/seg/1.0/v"),
        ("gs://b", "precomputed://gs://b"),
        ("file:///x/", "precomputed://file:///x"),
        ("/a/b/c", "precomputed://file:///a/b/c"),
        ("/a\\b/c", "precomputed://file:///a\\b/c"),
        ("boss://a/b/c", "boss://a/b/c"),
        ("boss://a", "boss://a"),
        ("gs://b//l", "precomputed://gs://b//l"),
        ("", ""),
    ],
)
def test_ascloudpath(cloudpath, expected):
    """Parts are put together to what they were taken from, in its canonical form."""
    path = extract(cloudpath, windows=False)
    assert paths.ascloudpath(path) == expected
    assert paths.to_cloudpath(path) == expected.removeprefix(f"{path.format}://")


ENDPOINTS = [
    ("gs://b/d/l", "https://storage.googleapis.com/b/d/l"),
    ("s3://b/d/l", "https://s3.amazonaws.com/b/d/l"),
    ("matrix://b/d/l", "https://s3-hpcrc.rc.princeton.edu/b/d/l"),
    ("tigerdata://b/d/l", "https://td.princeton.edu/b/d/l"),
    ("nokura://b/d/l", "https://c10s.pni.princeton.edu/b/d/l"),
]


@pytest.mark.parametrize(("cloudpath", "expected"), ENDPOINTS)
def test_to_https_protocol(cloudpath, expected):
    """Stores are reached by their endpoint: alone, after a format, and in parts."""
    assert paths.to_https_protocol(cloudpath) == expected
    assert paths.to_https_protocol(f"graphene://{cloudpath}") == f"graphene://{expected}"
    assert paths.to_https_protocol(extract(cloudpath)) == extract(expected)


@pytest.mark.parametrize(
    "cloudpath",
    [
        "https://h/b",
        "file:///a/b",
        "/a/b",
        "mem://b/l",
        "boss://a/b/c",
        "s4://b",
        "https://h/gs://b",
        "",
    ],
)
def test_to_https_protocol_leaves_the_rest(cloudpath):
    """What is no object store comes back unchanged."""
    assert paths.to_https_protocol(cloudpath) == cloudpath


def test_to_https_protocol_keeps_parts_that_have_no_endpoint():
    """Not even the form of the path changes, whatever the operating system."""
    path = extract(r"C:\a\b", windows=True)
    assert paths.to_https_protocol(path) is path


@pytest.mark.parametrize("endpoint", ["https://host/b/l", "http://localhost:9000/b/l"])
def test_to_https_protocol_unwraps_an_endpoint(endpoint):
    """``s3://https://host/...`` says itself where the store is."""
    assert paths.to_https_protocol(f"s3://{endpoint}") == endpoint
    assert paths.to_https_protocol(f"zarr://s3://{endpoint}") == f"zarr://{endpoint}"


def test_extracted_path_is_a_tuple_of_seven():
    """Outside code builds it from positions and compares it with tuples."""
    path = ExtractedPath("precomputed", "gs", "b", "b/d", "d", "d", "l")
    assert path == ("precomputed", "gs", "b", "b/d", "d", "d", "l") == extract("gs://b/d/l")
    names = "format protocol bucket basepath no_bucket_basepath dataset layer"
    assert path._fields == tuple(names.split())


def test_error_message_shows_the_way_and_no_secrets():
    """The message lists what is known; passwords and signed queries stay out of it."""
    message = paths.cloudpath_error("s4://user:secret@h/a/b?token=secret")
    assert message.startswith("'s4://...@h/a/b?...' is not a cloudpath; expected ")
    for word in (*paths.ALLOWED_FORMATS, *paths.ALLOWED_PROTOCOLS):
        assert re.search(rf"\b{re.escape(word)}\b", message)
    with pytest.raises(UnsupportedProtocolError, match="credentials do not belong") as caught:
        extract("https://user:secret@h/a/b?token=secret")
    assert "secret" not in str(caught.value)


KEYS = st.text(
    st.characters(codec="utf-8", exclude_characters="/\\|:?\n\0"), min_size=1, max_size=8
).filter(lambda key: key not in (".", ".."))
BUCKETS = st.from_regex(r"[a-z0-9][a-z0-9._~-]{0,9}(:[0-9]{1,5})?", fullmatch=True)
NETWORK = [protocol for protocol in paths.ALLOWED_PROTOCOLS if protocol != "file"]


@given(
    fmt=st.sampled_from(paths.ALLOWED_FORMATS),
    protocol=st.sampled_from(NETWORK),
    bucket=BUCKETS,
    keys=st.lists(KEYS, max_size=5),
)
def test_round_trip(fmt, protocol, bucket, keys):
    """Nothing of a path is lost when it is taken apart and put together."""
    cloudpath = f"{fmt}://{protocol}://{'/'.join([bucket, *keys])}"
    path = strict_extract(cloudpath)
    assert paths.ascloudpath(path) == cloudpath
    assert (path.format, path.protocol, path.bucket) == (fmt, protocol, bucket)
    assert extract(cloudpath + "/") == path


@given(components=st.lists(KEYS, min_size=1, max_size=6))
def test_round_trip_of_local_paths(components):
    """A local path comes back whole, and so do its parts."""
    local = "/" + "/".join(components)
    path = strict_extract(f"file://{local}", windows=False)
    assert paths.to_cloudpath(path) == f"file://{local}"
    assert path.bucket == f"/{components[0]}"
    assert path.layer == components[-1]
    assert path.no_bucket_basepath == "/".join(components[1:-1])
    assert extract(paths.ascloudpath(path), windows=False) == path


@given(components=st.lists(KEYS, min_size=1, max_size=6), drive=st.sampled_from("CDz"))
def test_round_trip_of_windows_paths(components, drive):
    """The same with a drive and backslashes."""
    local = drive + ":\\" + "\\".join(components)
    path = strict_extract(f"file://{local}", windows=True, disable_toabs=True)
    assert paths.to_cloudpath(path) == f"file://{local}"
    assert extract(paths.ascloudpath(path), windows=True, disable_toabs=True) == path


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused(text):
    """Whatever is given, there are parts that can be put together, or our error."""
    try:
        path = strict_extract(text)
    except UnsupportedProtocolError:
        return
    assert strict_extract(paths.ascloudpath(path)) == path
