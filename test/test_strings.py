"""Small tools that make or read short strings."""

import string

import numpy as np
import pytest

from cloudvolume.strings import generate_random_string, getprecision


@pytest.mark.parametrize("size", [0, 1, 6, 100])
def test_generate_random_string(size):
    """So many lower-case letters and digits."""
    text = generate_random_string(size)
    assert len(text) == size
    assert set(text) <= set(string.ascii_lowercase + string.digits)


def test_random_strings_differ():
    """Six characters by default, hardly ever the same."""
    assert len({generate_random_string() for _ in range(20)}) > 1
    assert len(generate_random_string()) == 6


@pytest.mark.parametrize(
    ("num", "expected"),
    [
        (4, 0),
        (4.0, 1),
        (4.25, 2),
        ("3.14", 2),
        (-0.125, 3),
        (np.float32(0.1), 1),
        (np.int64(4), 0),
        (1e-7, 7),
        (1e20, 0),
        (float("nan"), 0),
        (float("inf"), 0),
        ("text", 0),
    ],
)
def test_getprecision(num, expected):
    """Digits after the decimal point, as the number is written."""
    assert getprecision(num) == expected
