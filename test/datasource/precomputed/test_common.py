"""What the parts of a Precomputed layer agree on."""

from types import SimpleNamespace

import pytest

from cloudvolume.codecs import ENCODINGS, get_codec
from cloudvolume.datasource.precomputed.common import (
    cdn_cache_control,
    content_type,
    should_compress,
)
from cloudvolume.exceptions import InvalidArgumentError, InvalidTypeError


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_media_type_is_that_of_the_codec(encoding):
    assert content_type(encoding) == get_codec({"encoding": encoding}).content_type


def test_unknown_encodings_are_just_bytes():
    """Nothing is known of them, and nothing assumed."""
    assert content_type("mystery") == "application/octet-stream"
    assert should_compress("mystery", None) is None
    assert should_compress("mystery", True) == "gzip"


@pytest.mark.parametrize(
    ("encoding", "compress", "wanted"),
    [
        pytest.param("raw", None, "gzip", id="raw by default"),
        pytest.param("jpeg", None, None, id="jpeg by default"),
        pytest.param("raw", True, "gzip", id="asked for"),
        pytest.param("jpeg", True, "gzip", id="asked for, jpeg"),
        pytest.param("raw", False, None, id="declined"),
        pytest.param("raw", "", None, id="declined by an empty name"),
        pytest.param("jpeg", "br", "br", id="by name"),
        pytest.param("raw", "no such thing", "no such thing", id="any name, checked by the store"),
    ],
)
def test_what_is_compressed(encoding, compress, wanted):
    assert should_compress(encoding, compress) == wanted


@pytest.mark.parametrize(
    ("of_cache", "iscache", "wanted"),
    [
        pytest.param(None, True, "br", id="the cache follows"),
        pytest.param("gzip", True, "gzip", id="the cache decides"),
        pytest.param(False, True, None, id="the cache declines"),
        pytest.param("gzip", False, "br", id="not for the layer"),
    ],
)
def test_the_cache_has_a_say_in_its_own_copy(of_cache, iscache, wanted):
    cache = SimpleNamespace(compress=of_cache)
    assert should_compress("raw", "br", cache, iscache) == wanted


@pytest.mark.parametrize(
    ("setting", "header"),
    [
        pytest.param(None, "max-age=3600, s-max-age=3600", id="None"),
        pytest.param(True, "max-age=3600, s-max-age=3600", id="True"),
        pytest.param(False, "no-cache", id="False"),
        pytest.param(0, "no-cache", id="0"),
        pytest.param(1, "max-age=1, s-max-age=1", id="1"),
        pytest.param(86400, "max-age=86400, s-max-age=86400", id="a day"),
        pytest.param("private", "private", id="text"),
        pytest.param("", "", id="empty text"),
    ],
)
def test_the_cache_header(setting, header):
    assert cdn_cache_control(setting) == header


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        pytest.param(-1, InvalidArgumentError, "must not be negative, got -1", id="negative"),
        pytest.param(1.5, InvalidTypeError, "got 1.5", id="float"),
        pytest.param([], InvalidTypeError, r"got \[\]", id="list"),
    ],
)
def test_an_impossible_cache_header_is_refused(setting, error, message):
    with pytest.raises(error, match=message):
        cdn_cache_control(setting)
