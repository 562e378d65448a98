"""Names of units."""

import pytest

from cloudvolume.exceptions import CloudVolumeError
from cloudvolume.geometry import spatial_unit_in_meters, time_unit_in_seconds


@pytest.mark.parametrize(
    ("unit", "meters"),
    [
        ("meter", 1.0),
        ("nanometer", 1e-9),
        ("micrometer", 1e-6),
        ("millimeter", 1e-3),
        ("centimeter", 1e-2),
        ("angstrom", 1e-10),
        ("inch", 0.0254),
        ("foot", 0.3048),
        ("yard", 0.9144),
        ("kilometer", 1e3),
    ],
)
def test_lengths(unit, meters):
    """English names give metres."""
    assert spatial_unit_in_meters(unit) == meters


@pytest.mark.parametrize(
    ("unit", "seconds"),
    [
        ("second", 1.0),
        ("millisecond", 1e-3),
        ("microsecond", 1e-6),
        ("minute", 60.0),
        ("hour", 3600.0),
        ("day", 86400.0),
        ("yottasecond", 1e24),
    ],
)
def test_times(unit, seconds):
    """English names give seconds."""
    assert time_unit_in_seconds(unit) == seconds


@pytest.mark.parametrize("function", [spatial_unit_in_meters, time_unit_in_seconds])
@pytest.mark.parametrize("unit", ["nm", "ms", "Meter", "fortnight", ""])
def test_unknown_names(function, unit):
    """An unknown name is a ``ValueError`` that lists the known ones."""
    with pytest.raises(
        ValueError, match=f"unknown unit of .* {unit!r}; known are .*milli"
    ) as caught:
        function(unit)
    assert isinstance(caught.value, CloudVolumeError)
