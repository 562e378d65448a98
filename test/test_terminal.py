"""Colours on a terminal."""

import pytest

from cloudvolume.terminal import COLORS, colorize, green, red, yellow


@pytest.mark.parametrize(
    ("function", "name", "code"),
    [(yellow, "yellow", "1;93"), (red, "RED", "1;91"), (green, "Green", "1;92")],
)
def test_colors(function, name, code):
    """Text stands between the code of its colour and a reset."""
    assert function("x") == colorize(name, "x") == f"\033[{code}mx\033[m"
    assert COLORS[name.upper()] == f"\033[{code}m"


def test_unknown_color():
    """There are three."""
    with pytest.raises(KeyError, match="BLUE"):
        colorize("blue", "x")
