"""JSON of structures that contain numpy values."""

import json

import numpy as np
import pytest

from cloudvolume.geometry import Vec
from cloudvolume.jsonio import NumpyEncoder, jsonify


@pytest.mark.parametrize(
    ("obj", "text"),
    [
        pytest.param(
            {"c": np.int32(5), "a": [np.array([1, 2], np.uint64)], "b": [{}, {}], "d": "x"},
            '{"a": [[1, 2]], "b": [{}, {}], "c": 5, "d": "x"}',
            id="mixed",
        ),
        pytest.param(np.float32(0.5), "0.5", id="float32"),
        pytest.param(np.float64(0.1), "0.1", id="float64"),
        pytest.param([np.bool_(True), np.False_], "[true, false]", id="booleans"),
        pytest.param(np.uint64(2**64 - 1), "18446744073709551615", id="largest label"),
        pytest.param(np.array([[True], [False]]), "[[true], [false]]", id="array of booleans"),
        pytest.param(Vec(1, 2), "[1, 2]", id="vector"),
        pytest.param(np.array(3), "3", id="array without axes"),
    ],
)
def test_numpy_values_become_plain(obj, text):
    """The text is that of json.dumps for the plain values."""
    assert jsonify(obj, sort_keys=True) == text
    assert json.dumps(obj, cls=NumpyEncoder, sort_keys=True) == text


@pytest.mark.parametrize(
    "obj", [object(), {1}, b"x", 1j], ids=["object", "set", "bytes", "complex"]
)
def test_other_values_are_refused(obj):
    """What JSON has no form for stays an error."""
    with pytest.raises(TypeError, match="not JSON serializable"):
        jsonify({"a": obj})


def test_options_are_passed_on():
    """Keywords are those of json.dumps."""
    assert jsonify([np.int8(1)], indent=1) == "[\n 1\n]"
