"""JSON of structures that contain numpy values."""

import json
from typing import Any

import numpy as np

__all__ = ["NumpyEncoder", "jsonify"]


class NumpyEncoder(json.JSONEncoder):
    """Writes arrays as nested lists and numpy scalars as plain numbers and booleans."""

    def default(self, o: Any) -> Any:
        """Return a plain value for a numpy one."""
        if isinstance(o, np.ndarray):
            return o.tolist()
        if isinstance(o, (np.integer, np.floating, np.bool_)):
            return o.item()
        return super().default(o)


def jsonify(obj: Any, **kwargs: Any) -> str:
    """Return the JSON of ``obj``, in which numpy values are allowed.

    Parameters
    ----------
    obj : object
        What `json.dumps` takes, and numpy arrays, integers, floats and booleans.
    **kwargs
        Passed to `json.dumps`.
    """
    return json.dumps(obj, cls=NumpyEncoder, **kwargs)
