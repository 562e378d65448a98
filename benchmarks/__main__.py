"""``python -m benchmarks [WORKLOAD ...]``: see README.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from fnmatch import fnmatch
from pathlib import Path

from .environments import PACKAGE, Environments
from .libraries import LIBRARIES
from .report import Result, report
from .volumes import VOLUMES
from .workloads import WORKLOADS, Workload


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("workload", nargs="*", default=["*"], help="names or patterns, e.g. 'read_*'; default all")
    add("--list", action="store_true", help="print the names of the workloads and stop")
    add("--rounds", type=int, default=5, help="fresh processes of each library (default 5)")
    add("--size", type=int, default=384, help="edge of the volumes in voxels (default 384)")
    defaults = [name for name, library in LIBRARIES.items() if library.default]
    add("--libraries", nargs="+", choices=LIBRARIES, default=defaults, metavar="NAME")
    add("--json", type=Path, help="also write every measurement to this file")
    add("--data", type=Path, default=PACKAGE / ".data", help="directory of the volumes")
    add("--envs", type=Path, default=PACKAGE / ".envs", help="directory of the environments")
    for name, library in LIBRARIES.items():
        if not library.environment:
            text = f"interpreter that has {name}"
            add(f"--python-{name}", type=interpreter, metavar="PATH", help=text)
    return parser.parse_args(arguments)


def interpreter(text: str) -> str:
    """Absolute path of an interpreter; links stay, for a virtual environment is one."""
    found = shutil.which(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a program")
    return os.path.abspath(found)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    chosen = [w for w in WORKLOADS.values() if any(fnmatch(w.name, p) for p in options.workload)]
    if not chosen:
        print(f"no workload matches {options.workload}; try --list", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(workload.name for workload in chosen))
        return 0
    given = {n: getattr(options, f"python_{n}", None) for n in LIBRARIES}
    environments = Environments(options.envs.resolve(), {n: p for n, p in given.items() if p})
    directory = options.data.resolve() / str(options.size)
    environments.run("tensorstore", "volumes", directory, options.size)
    collected, versions, missed = {}, {}, 0
    for workload in chosen:
        rounds, physical = measure(environments, workload, directory, options)
        results = {name: Result.of(ones) for name, ones in rounds.items()}
        text, verdicts = report(workload, options.size, results, physical)
        print(text, flush=True)
        missed += sum(not verdict.passed for verdict in verdicts)
        collected[workload.name] = {"rounds": rounds, "limits": physical}
        versions |= {name: ones[-1].get("version", "?") for name, ones in rounds.items()}
        if options.json:
            options.json.write_text(json.dumps(collected, indent=1))
    print("\n" + "\n".join(f"{name} is {version}" for name, version in versions.items()))
    print(f"on {platform.platform()} with {os.cpu_count()} cores; {missed} limits missed")
    return 1 if missed else 0


def measure(
    environments: Environments, workload: Workload, directory: Path, options: argparse.Namespace
) -> tuple[dict[str, list[dict]], dict[str, float]]:
    """All rounds of a workload, the libraries in turn, another one first each time."""
    compression = VOLUMES[workload.volume].compression
    names = [name for name in options.libraries if compression not in LIBRARIES[name].lacks]
    rounds: dict[str, list[dict]] = {name: [] for name in names}
    arguments = (workload.name, directory, options.size)
    warm(directory / workload.volume)
    for number in range(options.rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            rounds[name].append(attempt(environments, name, arguments))
    return rounds, environments.run("ours", "limits", *arguments)


def attempt(environments: Environments, name: str, arguments: tuple) -> dict:
    """One measurement, or the error that ended it."""
    try:
        return environments.run(name, "worker", name, *arguments)
    except RuntimeError as err:
        return {"error": str(err)}


def warm(volume: Path) -> None:
    """Bring the files of a volume into the page cache."""
    for path in volume.rglob("*"):
        if path.is_file():
            path.read_bytes()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
