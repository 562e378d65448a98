"""Names of units and what they measure in metres and seconds."""

from ..exceptions import InvalidArgumentError

__all__ = ["UNIT_SCALES", "rescale", "spatial_unit_in_meters", "time_unit_in_seconds"]

_EXPONENTS = {
    "pm": -12,
    "nm": -9,
    "um": -6,
    "mm": -3,
    "m": 0,
    "km": 3,
    "Mm": 6,
    "Gm": 9,
    "Tm": 12,
}

UNIT_SCALES = {unit: float(f"1e{exponent}") for unit, exponent in _EXPONENTS.items()}

_PREFIXES = {
    "yocto": -24,
    "zepto": -21,
    "atto": -18,
    "femto": -15,
    "pico": -12,
    "nano": -9,
    "micro": -6,
    "milli": -3,
    "centi": -2,
    "deci": -1,
    "": 0,
    "deca": 1,
    "hecto": 2,
    "kilo": 3,
    "mega": 6,
    "giga": 9,
    "tera": 12,
    "peta": 15,
    "exa": 18,
    "zetta": 21,
    "yotta": 24,
}

_METERS = {
    **{f"{prefix}meter": float(f"1e{exponent}") for prefix, exponent in _PREFIXES.items()},
    "angstrom": 1e-10,
    "inch": 0.0254,
    "foot": 0.3048,
    "yard": 0.9144,
    "mile": 1609.344,
    "parsec": 3.0856775814913673e16,
}

_SECONDS = {
    **{f"{prefix}second": float(f"1e{exponent}") for prefix, exponent in _PREFIXES.items()},
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86400.0,
}


def spatial_unit_in_meters(unit: str) -> float:
    """Return the length of a unit, given by its English name (``nanometer``, ``inch``)."""
    return _look_up(unit, _METERS, "length")


def time_unit_in_seconds(unit: str) -> float:
    """Return the duration of a unit, given by its English name (``millisecond``, ``hour``)."""
    return _look_up(unit, _SECONDS, "time")


def rescale(values: list[float], unit: str, target: str) -> list[float]:
    """Convert lengths, multiplying or dividing by an exact power of ten; integers may stay so."""
    for name in (unit, target):
        if name not in _EXPONENTS:
            raise InvalidArgumentError(f"unknown unit {name!r}; known are {', '.join(_EXPONENTS)}")
    exponent = _EXPONENTS[unit] - _EXPONENTS[target]
    if exponent >= 0:
        return [value * 10**exponent for value in values]
    return [value / 10**-exponent for value in values]


def _look_up(unit: str, table: dict[str, float], kind: str) -> float:
    try:
        return table[unit]
    except KeyError:
        raise InvalidArgumentError(
            f"unknown unit of {kind} {unit!r}; known are {', '.join(table)}"
        ) from None
