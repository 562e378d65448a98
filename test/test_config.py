"""Settings of the process, and the options that a volume shares with its parts."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cloudvolume
from cloudvolume.config import (
    ReadOptions,
    Settings,
    SharedConfiguration,
    WriteOptions,
    is_interactive,
)
from cloudvolume.exceptions import InvalidArgumentError

OPTIONS = {
    "cdn_cache": None,
    "compress": "br",
    "compress_level": 5,
    "green": False,
    "mip": 2,
    "parallel": 3,
    "progress": True,
}


@pytest.fixture
def environment(monkeypatch):
    """Sets variables, with none of ours from outside."""
    for name in list(os.environ):
        if name.startswith("CLOUD_VOLUME_"):
            monkeypatch.delenv(name)
    return lambda **values: [monkeypatch.setenv(name, value) for name, value in values.items()]


def test_defaults(environment):
    """Without any variable."""
    environment()
    assert Settings.from_environment() == Settings(requests_in_flight=64, fsync=False)


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("200", 200), ("007", 7), ("", 64)])
def test_requests_in_flight(environment, text, number):
    """A number from the environment; empty is not set."""
    environment(CLOUD_VOLUME_REQUESTS_IN_FLIGHT=text)
    assert Settings.from_environment().requests_in_flight == number


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "²", " 8", "1e3"])
def test_bad_requests_in_flight(environment, text):
    """A warning and the default: a typing error must not keep programs from starting."""
    environment(CLOUD_VOLUME_REQUESTS_IN_FLIGHT=text)
    with pytest.warns(UserWarning, match="must be a positive integer, got"):
        assert Settings.from_environment().requests_in_flight == 64


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("1", "true", "YES", "On")),
        *((text, False) for text in ("", "0", "false", "No", "OFF")),
    ],
)
def test_fsync(environment, text, value):
    """What people write for yes and no."""
    environment(CLOUD_VOLUME_FSYNC=text)
    assert Settings.from_environment().fsync is value


def test_bad_fsync(environment):
    """Who asks for safety and is not understood hears of it."""
    environment(CLOUD_VOLUME_FSYNC="always")
    with pytest.warns(UserWarning, match="CLOUD_VOLUME_FSYNC must be .*, got 'always'"):
        assert Settings.from_environment().fsync is False


def test_the_environment_counts_at_import():
    """Read once, when the process begins."""
    code = "from cloudvolume.config import settings; print(settings)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(cloudvolume.__file__).parents[1],
        env={**os.environ, "CLOUD_VOLUME_REQUESTS_IN_FLIGHT": "7", "CLOUD_VOLUME_FSYNC": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "Settings(requests_in_flight=7, fsync=True)"


def test_shared_options_are_assignable():
    """They come back as given, and take what is assigned."""
    config = SharedConfiguration(**OPTIONS)
    for name, value in OPTIONS.items():
        assert getattr(config, name) == value
    config.compress = "gzip"
    assert config.compress == "gzip"


@pytest.mark.parametrize(
    ("value", "n"), [(1, 1), (5, 5), (False, 1), (True, os.cpu_count()), (2.0, 2)], ids=repr
)
def test_parallel(value, n):
    """Processes; True is one per core."""
    config = SharedConfiguration(**{**OPTIONS, "parallel": value})
    assert config.parallel == n
    config.parallel = 1
    config.parallel = value
    assert config.parallel == n


@pytest.mark.parametrize("value", [0, -1, 0.5], ids=repr)
def test_bad_parallel(value):
    """Refused where it is given; the value before stays."""
    config = SharedConfiguration(**OPTIONS)
    with pytest.raises(InvalidArgumentError, match=f"parallel must be at least 1 .*{value!r}"):
        config.parallel = value
    assert config.parallel == 3


@pytest.mark.parametrize("options", [ReadOptions(), WriteOptions()], ids=lambda o: type(o).__name__)
def test_options_of_a_request_are_frozen(options):
    """What a request began with does not change under it."""
    with pytest.raises(dataclasses.FrozenInstanceError, match="fill_missing"):
        options.fill_missing = True


def test_interactive(monkeypatch):
    """A prompt has ``ps1``."""
    monkeypatch.delattr(sys, "ps1", raising=False)
    assert is_interactive() is False
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    assert is_interactive() is True
