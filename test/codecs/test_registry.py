"""The table of encodings."""

import subprocess
import sys
from pathlib import Path

import pytest

import cloudvolume
from cloudvolume.codecs import ENCODINGS, ChunkCodec, get_codec, registry
from cloudvolume.exceptions import MissingDependencyError, UnsupportedEncodingError


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_has_a_codec(encoding):
    """Of the name under which it stands in the table."""
    codec = registry.get_codec_class(encoding)
    assert issubclass(codec, ChunkCodec)
    assert codec.encoding == encoding
    assert isinstance(get_codec({"encoding": encoding}), codec)


def test_the_table_is_sorted():
    assert list(ENCODINGS) == sorted(ENCODINGS)


@pytest.mark.parametrize("encoding", ["", "rgb", "tiff", "raw:raw"])
def test_an_unknown_encoding_names_those_that_there_are(encoding):
    with pytest.raises(UnsupportedEncodingError, match=f"{encoding!r}; there is .*jpeg.*raw"):
        get_codec({"encoding": encoding})


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        pytest.param("fancy", r"'fancy' needs: pip install 'cloud-volume\[fancy\]'", id="extra"),
        pytest.param(None, "'fancy' needs: pip install 'no_such_codec'", id="no extra"),
    ],
)
def test_a_missing_package_says_how_to_get_it(monkeypatch, extra, message):
    """Also for those who expect an ``ImportError``."""
    monkeypatch.setitem(ENCODINGS, "fancy", ("no_such_codec:Codec", extra))
    with pytest.raises(MissingDependencyError, match=message) as caught:
        get_codec({"encoding": "fancy"})
    assert isinstance(caught.value, ImportError)
    assert caught.value.name == "no_such_codec"


def test_a_codec_is_imported_when_it_is_asked_for():
    """Opening a raw volume loads no picture library."""
    script = (
        "import sys; from cloudvolume.codecs import get_codec; "
        "get_codec({'encoding': 'raw'}); assert 'simplejpeg' not in sys.modules; "
        "get_codec({'encoding': 'jpeg'}); assert 'simplejpeg' in sys.modules"
    )
    root = Path(cloudvolume.__file__).parent.parent
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root)
