"""The golden files of other implementations, one entry for each layer.

The whole set is used where it can be found: in ``$CLOUDVOLUME_FIXTURES``, else in ``shared/fixtures``
beside the repository, else the part of it that is stored here in ``test/fixtures``.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
STORED = HERE / "fixtures"


@dataclass(frozen=True)
class Fixture:
    """One layer that another implementation wrote, and what a reader must find in it.

    ``entry`` is the record of the manifest, with all members that depend on the kind of the layer.
    """

    name: str
    kind: str
    tier: str
    layer: Path
    expected: Path
    entry: dict = field(repr=False, compare=False)

    @property
    def group(self) -> str:
        """The folder that it lies in: volumes, zarr_n5, meshes, …."""
        return self.layer.parent.parent.name

    @property
    def cloudpath(self) -> str:
        """What to open, with the format in front where it is not ``precomputed``."""
        prefix = self.entry.get("format", "precomputed")
        return (
            f"file://{self.layer}" if prefix == "precomputed" else f"{prefix}://file://{self.layer}"
        )

    @property
    def atol(self) -> float:
        """Largest difference between a reader's voxels and ``expected``; 0 unless stated."""
        return self.entry.get("atol", 0)

    @property
    def fill_missing(self) -> bool:
        """Whether some chunks are absent and count as background."""
        return bool(self.entry.get("fill_missing", False))

    def info(self) -> dict:
        """The info file of a precomputed layer, read without the library."""
        return json.loads((self.layer / "info").read_text())

    def arrays(self) -> dict:
        """What ``expected.npz`` holds."""
        with np.load(self.expected, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def document(self) -> dict:
        """What ``expected.json`` holds."""
        return json.loads(self.expected.read_text())


def directory() -> Path:
    """Where the fixtures of this run come from."""
    named = os.environ.get("CLOUDVOLUME_FIXTURES")
    candidates = [Path(named)] if named else [HERE.parents[1] / "shared" / "fixtures", STORED]
    for candidate in candidates:
        if (candidate / "manifest.json").is_file():
            return candidate.resolve()
    raise FileNotFoundError(f"no manifest.json in {[str(c) for c in candidates]}")


def load(root: Optional[Path] = None) -> list[Fixture]:
    """Every fixture below ``root``, in the order of its manifest."""
    root = directory() if root is None else root
    entries = json.loads((root / "manifest.json").read_text())["fixtures"]
    return [
        Fixture(
            name=entry["name"],
            kind=entry["kind"],
            tier=entry["tier"],
            layer=root / entry["path"],
            expected=root / entry["expected"],
            entry=entry,
        )
        for entry in entries
    ]


def params(wanted: Callable[[Fixture], bool], root: Optional[Path] = None) -> list:
    """The fixtures that are ``wanted``, as a table with ids for ``parametrize``."""
    return [pytest.param(fixture, id=fixture.name) for fixture in load(root) if wanted(fixture)]
