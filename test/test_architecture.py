"""A request flows down: the layers of DESIGN §2, held by reading the imports of every module."""

import ast
import graphlib
import json
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "cloudvolume"

# From low to high. A module may import its own layer and those above it in this table. ``a`` is
# the module or package ``cloudvolume.a`` alone, ``a.*`` also everything below it.
LAYERS = {
    "errors and types": ["exceptions", "types"],
    "geometry": ["geometry.*"],
    "small helpers": [
        "config",
        "filesystem",
        "iteration",
        "jsonio",
        "lib",
        "lru",
        "memory",
        "movingaverage",
        "paths",
        "pngwriter",
        "provenance",
        "scalartypes",
        "secrets",
        "sharedmemory",
        "sliceimages",
        "strings",
        "terminal",
        "volumecutout",
        "warning",
    ],
    "bytes and arrays": ["chunks", "codecs.*", "compression", "mesh.*", "skeleton.*"],
    "scheduler": ["scheduler.*", "threaded_queue"],
    "storage": ["connectionpools", "storage.*"],
    "cache": ["cacheservice"],
    "precomputed": ["datasource", "datasource.precomputed.*"],
    "other formats": [
        "datasource.boss.*",
        "datasource.graphene.*",
        "datasource.n5.*",
        "datasource.zarr.*",
    ],
    "frontends": ["frontends.*"],
    "facade": [PACKAGE, "cloudvolume"],
    "applications": ["__main__", "cli.*", "dask", "microviewer.*", "server"],
}

# These look their targets up by name and load them on first use.
LAZY = [PACKAGE, "cloudvolume", "__main__", "cli.*", "codecs.registry", "storage.registry"]

# ``import cloudvolume`` stays quick: none of these, whether installed or not.
HEAVY = [
    "PIL",
    "boto3",
    "botocore",
    "brotli",
    "dask",
    "deflate",
    "gevent",
    "google",
    "loky",
    "requests",
    "scipy",
    "simplejpeg",
    "tqdm",
    "urllib3",
    "zstandard",
]


@dataclass(frozen=True)
class Import:
    """One import of a module of the package."""

    source: str
    target: str
    line: int
    in_function: bool

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


class ImportFinder(ast.NodeVisitor):
    """Collects what a module imports from its own package, also inside functions."""

    def __init__(self, module: str, is_package: bool, modules: set[str]) -> None:
        self.module = module
        self.parents = module.split(".") if is_package else module.split(".")[:-1]
        self.modules = modules
        self.depth = 0
        self.found: list[Import] = []

    def visit_FunctionDef(self, node: ast.AST) -> None:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1

    visit_AsyncFunctionDef = visit_Lambda = visit_FunctionDef

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = self.parents[: len(self.parents) - node.level + 1] if node.level else []
        origin = ".".join([*base, *([node.module] if node.module else [])])
        for alias in node.names:
            submodule = f"{origin}.{alias.name}"
            self._add(submodule if submodule in self.modules else origin, node.lineno)

    def _add(self, target: str, line: int) -> None:
        if target == PACKAGE or target.startswith(f"{PACKAGE}."):
            self.found.append(Import(self.module, target, line, self.depth > 0))


def source_files(root: Path) -> dict[str, Path]:
    """The modules of the package below ``root``, by full name."""
    files = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


def find_imports(root: Path) -> list[Import]:
    """Every import of a module of the package by another, in the tree below ``root``."""
    files = source_files(root)
    found = []
    for module, path in files.items():
        finder = ImportFinder(module, path.name == "__init__.py", set(files))
        finder.visit(ast.parse(path.read_text(encoding="utf-8"), str(path)))
        found += finder.found
    return found


def matches(module: str, entries: list[str]) -> bool:
    """Whether a full module name is one of a table's entries."""
    name = module.removeprefix(f"{PACKAGE}.") if module != PACKAGE else ""
    for entry in entries:
        if entry == PACKAGE and name == "":
            return True
        stem = entry.removesuffix(".*")
        if name == stem or (entry.endswith(".*") and name.startswith(f"{stem}.")):
            return True
    return False


def layer_of(module: str) -> int:
    """The position of a module in the table; -1 if nothing matches."""
    for position, entries in enumerate(LAYERS.values()):
        if matches(module, entries):
            return position
    return -1


def unknown_modules(root: Path) -> list[str]:
    return [module for module in source_files(root) if layer_of(module) < 0]


def upward_imports(root: Path) -> list[str]:
    names = list(LAYERS)
    return [
        f"{found}, from {names[layer_of(found.source)]!r} up to {names[layer_of(found.target)]!r}"
        for found in find_imports(root)
        if 0 <= layer_of(found.source) < layer_of(found.target)
    ]


def hidden_imports(root: Path) -> list[str]:
    return [
        str(found)
        for found in find_imports(root)
        if found.in_function and not matches(found.source, LAZY)
    ]


def import_cycle(root: Path) -> list[str]:
    """One cycle of imports made while modules load; empty if there is none."""
    graph: dict[str, set[str]] = {}
    for found in find_imports(root):
        if not found.in_function:
            graph.setdefault(found.source, set()).add(found.target)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as err:
        return err.args[1][::-1]
    return []


def test_every_module_has_a_layer():
    """A new module is given its place on purpose."""
    unknown = unknown_modules(ROOT)
    assert not unknown, (
        f"no layer for {', '.join(unknown)}: add each to LAYERS in test/test_architecture.py, "
        "in the lowest layer that is not below what the module imports"
    )


def test_imports_point_down():
    """No module knows of a layer above its own."""
    upward = upward_imports(ROOT)
    assert not upward, "imports that point up:\n" + "\n".join(upward)


def test_no_module_hides_an_import_in_a_function():
    """An import of ours inside a function would only hide a cycle; lazy tables hold names."""
    hidden = hidden_imports(ROOT)
    assert not hidden, (
        "move these to the top of the module, or make the caller pass what is needed:\n"
        + "\n".join(hidden)
    )


def test_no_import_cycles():
    """Modules can be loaded in any order, also those of one layer."""
    cycle = import_cycle(ROOT)
    assert not cycle, f"import cycle: {' imports '.join(cycle)}"


def test_import_is_light():
    """``import cloudvolume`` loads no SDK, codec or progress bar, whether installed or not."""
    # What the interpreter loads by itself (``.pth`` files of the environment) does not count.
    script = (
        "import sys; before = set(sys.modules); import cloudvolume; "
        "after = {m.split('.')[0] for m in set(sys.modules) - before}; "
        "import json; print(json.dumps([cloudvolume.__file__, *after]))"
    )
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    origin, *loaded = json.loads(result.stdout)
    assert origin is not None, "cloudvolume/__init__.py is missing"
    assert Path(origin) == ROOT / PACKAGE / "__init__.py"
    assert not set(loaded) & set(HEAVY)


@pytest.fixture
def tree(tmp_path):
    """Write a package of the given sources and return the directory that holds it."""

    def write(sources: dict[str, str]) -> Path:
        for name, text in sources.items():
            path = tmp_path / PACKAGE / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(
    "statement",
    [
        "import cloudvolume.storage.file",
        "from cloudvolume.storage import file",
        "from cloudvolume.storage.file import FileBackend",
        "from .storage import file",
        "from . import storage",
        "def f():\n    import cloudvolume.storage.file",
        "class A:\n    from cloudvolume.storage import file",
        "try:\n    import cloudvolume.storage\nexcept ImportError:\n    pass",
    ],
)
def test_upward_import_is_found(tree, statement):
    """Every way to write an import is seen."""
    root = tree({"paths.py": statement, "storage/__init__.py": "", "storage/file.py": ""})
    (message,) = upward_imports(root)
    assert "cloudvolume.paths:" in message
    assert "imports cloudvolume.storage" in message
    assert "from 'small helpers' up to 'storage'" in message


@pytest.mark.parametrize(
    "statement",
    [
        "import json, numpy.linalg",
        "from ..exceptions import InfoError",
        "from cloudvolume import exceptions, paths",
        "TABLE = {'jpeg': 'cloudvolume.frontends:create'}",
        "import cloudvolumes.frontends",
        "def f():\n    import scipy",
    ],
)
def test_other_imports_are_allowed(tree, statement):
    """Downward imports, other packages and names in strings are no offence."""
    names = ("exceptions.py", "paths.py", "frontends.py")
    root = tree({**dict.fromkeys(names, ""), "storage/file.py": statement})
    assert upward_imports(root) == hidden_imports(root) == import_cycle(root) == []


def test_facade_is_above_its_parts(tree):
    """A name taken from the package itself comes from the facade."""
    sources = {
        "__init__.py": "",
        "paths.py": "from cloudvolume import CloudVolume",
        "storage/file.py": "from .. import CloudVolume",
    }
    assert len(upward_imports(tree(sources))) == 2


def test_hidden_import_is_found(tree):
    """Only the modules that load others by name may import inside a function."""
    text = "def f():\n    async def g():\n        from cloudvolume import exceptions\n"
    names = ("codecs/registry.py", "codecs/jpeg.py", "paths.py")
    assert hidden_imports(tree({"exceptions.py": "", **dict.fromkeys(names, text)})) == [
        "cloudvolume.codecs.jpeg:3 imports cloudvolume.exceptions",
        "cloudvolume.paths:3 imports cloudvolume.exceptions",
    ]


def test_cycle_is_found(tree):
    """A cycle is reported in the order of its imports."""
    sources = {
        "lib.py": "from cloudvolume.lru import LRU",
        "lru.py": "from . import paths",
        "paths.py": "import cloudvolume.lib",
        "config.py": "def f():\n    import cloudvolume.config",
    }
    cycle = import_cycle(tree(sources))
    assert cycle[0] == cycle[-1]
    assert set(pairwise(cycle)) == {
        ("cloudvolume.lib", "cloudvolume.lru"),
        ("cloudvolume.lru", "cloudvolume.paths"),
        ("cloudvolume.paths", "cloudvolume.lib"),
    }


def test_unknown_module_is_found(tree):
    """Neither a new module nor a new format slips in under an existing entry."""
    names = ("paths.py", "utils.py", "datasource/hdf5/image.py", "datasource/boss/image.py")
    assert unknown_modules(tree(dict.fromkeys(names, ""))) == [
        "cloudvolume.datasource.hdf5.image",
        "cloudvolume.utils",
    ]
