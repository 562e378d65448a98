"""One measurement in this process: ``python -m benchmarks.worker LIBRARY WORKLOAD DIRECTORY SIZE``.

The last line of its output is JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .libraries import LIBRARIES
from .meter import Meter
from .workloads import WORKLOADS, Job


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
    right = workload.run(job)
    return {"right": bool(right), **job.meter.per_item(), "version": _version(library.module)}


def _version(module: str) -> str:
    loaded = sys.modules[module]
    try:
        number = version({"cloudvolume": "cloud-volume"}.get(module, module))
    except PackageNotFoundError:
        number = "?"
    return f"{getattr(loaded, '__version__', number)} in {Path(loaded.__file__).parent}"


if __name__ == "__main__":
    outcome = measure(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps(outcome))
