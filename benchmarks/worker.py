"""One measurement in this process: ``python -m benchmarks.worker LIBRARY WORKLOAD DIRECTORY SIZE``.

The last line of its output is JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

from .libraries import LIBRARIES, Library
from .meter import Meter
from .workloads import WORKLOADS, Job

ROOT = Path(__file__).resolve().parent.parent


def measure(name: str, workload_name: str, directory: Path, size: int) -> dict:
    library, workload = LIBRARIES[name], WORKLOADS[workload_name]
    job = Job(
        library=importlib.import_module(f"benchmarks.libraries.{name}"),
        module=library.module,
        name=workload.volume,
        directory=directory,
        size=size,
        meter=Meter(),
    )
    where = Path(sys.modules[library.module].__file__).parent
    if (where.parent == ROOT) != (name == "ours"):
        raise ImportError(f"{name!r} must not be {where}")
    right = workload.run(job)
    return {
        "right": bool(right),
        **job.meter.per_item(),
        "version": f"{_version(library)}, {where}",
    }


def _version(library: Library) -> str:
    number = getattr(sys.modules[library.module], "__version__", None)
    if number is None:
        (distribution, *_) = packages_distributions().get(library.module, ["?"])
        number = version(distribution)
    return str(number)


if __name__ == "__main__":
    outcome = measure(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps(outcome))
