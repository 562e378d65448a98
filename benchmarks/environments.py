"""Each library in an environment of its own, so that none sees the packages of another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from .libraries import LIBRARIES

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
TIMEOUT_S = 900
UNWANTED = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP")


class Environments:
    """Interpreters by name of library: those given, and virtual environments made when needed."""

    def __init__(self, directory: Path, given: dict[str, str]) -> None:
        self._directory = directory
        self._given = given

    def python(self, library: str) -> str:
        """Path of the interpreter that has this library."""
        name = LIBRARIES[library].environment or library
        if name not in self._given:
            self._given[name] = str(self._make(name))
        return self._given[name]

    def run(self, library: str, module: str, *arguments: object) -> dict:
        """Run a module of this package in a library's environment; the JSON it prints last."""
        command = [self.python(library), "-m", f"benchmarks.{module}", *map(str, arguments)]
        variables = {key: value for key, value in os.environ.items() if key not in UNWANTED}
        if library == "ours":
            variables["PYTHONPATH"] = str(ROOT)
        try:
            ran = subprocess.run(
                command,
                cwd=self._path(),
                env=variables,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
            )
        except subprocess.TimeoutExpired as err:
            raise RuntimeError(f"no end after {TIMEOUT_S} s") from err
        if ran.returncode:
            complaint = ran.stderr.strip().splitlines() or [f"exit {ran.returncode}"]
            raise RuntimeError(complaint[-1])
        lines = ran.stdout.splitlines()
        return json.loads(lines[-1]) if lines else {}

    def _path(self) -> Path:
        """A directory to import this package from where our ``cloudvolume`` is not beside it."""
        path = self._directory / "path"
        path.mkdir(parents=True, exist_ok=True)
        link = path / "benchmarks"
        if not link.exists():
            link.symlink_to(PACKAGE, target_is_directory=True)
        return path

    def _make(self, name: str) -> Path:
        directory = self._directory / name
        python = directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        done = directory / "installed"
        if not done.exists():
            print(f"making the environment of {name} in {directory}", file=sys.stderr)
            venv.create(directory, clear=True, with_pip=True)
            wanted = [part.format(root=ROOT) for part in LIBRARIES[name].requirements]
            subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=True)
            done.touch()
        return python
