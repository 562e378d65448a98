"""Which Python and numpy classes count as an integer, a float, a string."""

import numpy as np

__all__ = ["floating_types", "integer_types", "string_types"]

integer_types = (int, np.integer)
floating_types = (float, np.floating)
string_types = (str,)
