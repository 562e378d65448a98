"""Small tools that make or read short strings."""

import random
import string
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = ["generate_random_string", "getprecision"]


def generate_random_string(size: int = 6) -> str:
    """Return ``size`` random lower-case letters and digits; not fit for secrets."""
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=size))


def getprecision(num: Any) -> int:
    """Return the number of digits after the decimal point that ``num`` is written with.

    An integer has none, ``4.0`` has one, ``4.25`` two, ``1e-7`` seven.
    """
    try:
        exponent = Decimal(str(num)).as_tuple().exponent
    except InvalidOperation:
        return 0
    return max(0, -exponent) if isinstance(exponent, int) else 0  # infinity and NaN have letters
