"""A box in another unit, data type or order of axes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import bboxes, points, voxel_bboxes

from cloudvolume.exceptions import CloudVolumeError, DataTypeError
from cloudvolume.geometry import UNIT_SCALES, Bbox

VOXELS = Bbox([0, 0, 0], [1, 1, 1])
NANOMETERS = Bbox([0, 0, 0], [4, 4, 40], unit="nm")
MICROMETERS = Bbox([0, 0, 0], [0.004, 0.004, 0.04], dtype=np.float32, unit="um")
MILLIMETERS = Bbox([0, 0, 0], [4e-6, 4e-6, 4e-5], dtype=np.float32, unit="mm")
RESOLUTION = [4, 4, 40]


@pytest.mark.parametrize(
    ("box", "unit", "expected"),
    [
        pytest.param(VOXELS, "vx", VOXELS, id="voxels to voxels"),
        pytest.param(VOXELS, "nm", NANOMETERS, id="voxels to nanometers"),
        pytest.param(VOXELS, "um", MICROMETERS, id="voxels to micrometers"),
        pytest.param(NANOMETERS, "nm", NANOMETERS, id="nanometers to nanometers"),
        pytest.param(NANOMETERS, "um", MICROMETERS, id="nanometers to micrometers"),
        pytest.param(MICROMETERS, "nm", NANOMETERS, id="micrometers to nanometers"),
        pytest.param(MICROMETERS, "mm", MILLIMETERS, id="micrometers to millimeters"),
        pytest.param(NANOMETERS, "vx", VOXELS, id="nanometers to voxels"),
        pytest.param(MICROMETERS, "vx", VOXELS, id="micrometers to voxels"),
        pytest.param(MILLIMETERS, "vx", VOXELS, id="millimeters to voxels"),
    ],
)
def test_convert_units(box, unit, expected):
    """Each unit converts to each other; voxels are integers, and the box stays as it was."""
    before = box.clone()
    result = box.convert_units(unit, RESOLUTION)
    assert result == expected
    assert result is not box
    assert box == before
    if unit == "vx":
        assert result.dtype.kind == "i"


@given(
    box=voxel_bboxes(),
    resolution=points(st.integers(1, 2000)),
    unit=st.sampled_from(["pm", "nm", "um", "mm"]),
)
def test_voxels_survive_every_unit(box, resolution, unit):
    """A box of voxels comes back from any unit of length, in spite of float32."""
    lengths = box.convert_units(unit, resolution)
    assert lengths.unit == unit
    assert lengths.convert_units("vx", resolution) == box


def test_resolution_has_a_unit():
    """The resolution is in ``resolution_unit``, also where the box is not."""
    assert VOXELS.convert_units("nm", 4, resolution_unit="um") == Bbox(
        [0] * 3, [4000] * 3, unit="nm"
    )


def test_voxels_are_rounded_down():
    """A voxel that is not reached whole does not count."""
    box = Bbox([-1, 0, 0], [7, 4, 79], unit="nm")
    assert box.convert_units("vx", RESOLUTION).to_list() == [-1, 0, 0, 1, 1, 1]
    halves = Bbox([0, 0, 0], [0.0059, 0.0061, 0.1], unit="um")
    assert halves.convert_units("vx", RESOLUTION).to_list() == [0, 0, 0, 1, 1, 2]


def test_double_precision_is_kept():
    """A float64 box stays one."""
    box = Bbox([0.1, 0, 0], [1e9 + 0.1, 1, 1], dtype=np.float64, unit="nm")
    assert box.convert_units("um").dtype == np.float64


@pytest.mark.parametrize("box", [VOXELS, NANOMETERS], ids=["from voxels", "from nanometers"])
def test_unknown_unit(box):
    """The message lists the units there are."""
    with pytest.raises(CloudVolumeError, match="unknown unit 'ell'; known are pm, nm, um"):
        box.convert_units("ell")


def test_unit_scales():
    """Metres per unit, as the nearest float."""
    assert UNIT_SCALES == {
        "pm": 1e-12,
        "nm": 1e-9,
        "um": 1e-6,
        "mm": 1e-3,
        "m": 1.0,
        "km": 1e3,
        "Mm": 1e6,
        "Gm": 1e9,
        "Tm": 1e12,
    }


def test_astype():
    """Fractions are cut off for integers; the unit is kept."""
    box = Bbox((0.5, 0, 0), (10.25, 20, 30), unit="nm")
    assert box.astype(int) == Bbox((0, 0, 0), (10, 20, 30), unit="nm")
    assert box.astype(np.float64).dtype == np.float64
    with pytest.raises(DataTypeError, match="does not fit into int32"):
        Bbox((0, 0, 0), (2**40, 1, 1)).astype(np.int32)


@given(box=bboxes(ndim=4))
def test_transpose(box):
    """Axes in reverse order; twice is once around."""
    result = box.transpose()
    assert result.minpt.tolist() == box.minpt.tolist()[::-1]
    assert result.maxpt.tolist() == box.maxpt.tolist()[::-1]
    assert result.transpose() == box
