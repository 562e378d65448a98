"""`cloudvolume.lib`: every documented name, at a low price."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from cloudvolume import lib

DOCUMENTED = [
    "Bbox",
    "BboxLikeType",
    "COLORS",
    "MACHINE_EPSILON",
    "NumpyEncoder",
    "UNIT_SCALES",
    "Vec",
    "check_bounds",
    "clamp",
    "colorize",
    "divisors",
    "duplicates",
    "find_closest_divisor",
    "first",
    "floating",
    "floating_types",
    "generate_random_string",
    "getprecision",
    "green",
    "integer_types",
    "jsonify",
    "map2",
    "max2",
    "min2",
    "mkdir",
    "moving_average",
    "nvl",
    "red",
    "save_images",
    "scatter",
    "sip",
    "spatial_unit_in_meters",
    "string_types",
    "time_unit_in_seconds",
    "toabs",
    "toiter",
    "totalfn",
    "touch",
    "xyzrange",
    "yellow",
]


def test_every_documented_name_is_there():
    """The public names are those that are documented."""
    assert sorted(lib.__all__) == sorted(DOCUMENTED)
    assert all(hasattr(lib, name) for name in DOCUMENTED)


def test_no_code():
    """The module gathers names and does nothing else."""
    tree = ast.parse(Path(lib.__file__).read_text())
    kinds = {type(node) for node in tree.body}
    assert kinds <= {ast.Expr, ast.ImportFrom, ast.Assign}


def test_import_is_cheap():
    """Only numpy and the standard library are loaded."""
    script = "import cloudvolume.lib, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(lib.__file__).parent.parent,
    )
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not loaded & {"tqdm", "PIL", "requests", "gevent", "boto3", "google"}


def test_constants():
    """The classes that count as integer, float and string, and the machine epsilon."""
    assert isinstance(np.uint8(1), lib.integer_types)
    assert isinstance(1, lib.integer_types)
    assert isinstance(np.float32(1), lib.floating_types)
    assert isinstance(1.0, lib.floating_types)
    assert isinstance("a", lib.string_types)
    assert lib.MACHINE_EPSILON == 2.220446049250313e-16
