"""What ``import cloudvolume`` offers, and that every ``__all__`` says exactly what a module offers."""

import ast
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import cloudvolume
from cloudvolume.exceptions import MissingDependencyError

PACKAGE_DIR = Path(__file__).parent.parent / "cloudvolume"

# Documented since 1.11, or in 12.x: code outside imports them from the package.
DOCUMENTED = [
    "AlignmentError",
    "Bbox",
    "CloudVolume",
    "DataLayerProvenance",
    "EmptyRequestException",
    "EmptyVolumeException",
    "SkeletonDecodeError",
    "SkeletonEncodeError",
    "Vec",
    "VolumeCutout",
    "__version__",
    "exceptions",
    "register_plugin",
]

# Reachable as attributes after ``import cloudvolume`` alone.
SUBMODULES = [
    "cloudvolume",
    "compression",
    "datasource",
    "exceptions",
    "frontends",
    "lib",
    "paths",
    "provenance",
    "scheduler",
    "storage",
    "types",
    "volumecutout",
]


def _declares_all(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    targets = [
        target
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def _modules_with_all() -> list[str]:
    """The modules of the package, but not the package itself, that declare what they export."""
    found = []
    for path in sorted(PACKAGE_DIR.rglob("*.py")):
        parts = path.relative_to(PACKAGE_DIR.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name != "cloudvolume" and parts[-1] != "__main__" and _declares_all(path):
            found.append(name)
    return found


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except MissingDependencyError as err:
        pytest.skip(str(err))
    except ModuleNotFoundError as err:
        if (err.name or "cloudvolume").split(".")[0] == "cloudvolume":
            raise
        pytest.skip(f"{name} needs {err.name}")


def _star_import(name: str) -> set[str]:
    namespace: dict[str, object] = {}
    exec(f"from {name} import *", namespace)
    return set(namespace) - {"__builtins__"}


def _run(script: str) -> list[str]:
    """What ``script`` prints as JSON in a fresh interpreter."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=PACKAGE_DIR.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_package_lists_what_it_exports():
    """Apart from submodules, the public names of the package are those of ``__all__``."""
    public = {
        name
        for name in dir(cloudvolume)
        if not name.startswith("_") and not inspect.ismodule(getattr(cloudvolume, name))
    }
    listed = {
        name
        for name in cloudvolume.__all__
        if not name.startswith("_") and not inspect.ismodule(getattr(cloudvolume, name))
    }
    assert listed == public


def test_package_all_is_sorted_and_unique():
    """A list that people read, without doubles."""
    assert list(cloudvolume.__all__) == sorted(set(cloudvolume.__all__))


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_name(name):
    """It stands in ``__all__``, is shown by ``dir`` and resolves."""
    assert name in cloudvolume.__all__
    assert name in dir(cloudvolume)
    assert getattr(cloudvolume, name) is not None


def test_every_listed_name_resolves():
    """A name that is listed is there, and stays the same object."""
    for name in cloudvolume.__all__:
        assert getattr(cloudvolume, name) is getattr(cloudvolume, name)
    assert set(cloudvolume.__all__) <= set(dir(cloudvolume))


def test_names_resolve_one_by_one_in_a_fresh_interpreter():
    """Before anything was loaded, ``dir`` shows every name and each can be the first one used."""
    names = _run("import cloudvolume, json; print(json.dumps(dir(cloudvolume)))")
    assert set(cloudvolume.__all__) <= set(names)
    broken = _run(
        "import cloudvolume, json\n"
        "print(json.dumps([n for n in reversed(cloudvolume.__all__) if not hasattr(cloudvolume, n)]))"
    )
    assert broken == []


def test_star_import_of_the_package():
    """``from cloudvolume import *`` brings the listed names."""
    assert _star_import("cloudvolume") == set(cloudvolume.__all__)


@pytest.mark.parametrize("name", SUBMODULES)
def test_submodule_is_an_attribute(name):
    """The documented submodules need no import of their own."""
    assert getattr(cloudvolume, name) is importlib.import_module(f"cloudvolume.{name}")


def test_submodules_are_attributes_in_a_fresh_interpreter():
    """``import cloudvolume; cloudvolume.lib`` works without further imports."""
    missing = _run(
        "import cloudvolume, json\n"
        f"print(json.dumps([n for n in {SUBMODULES!r} if not hasattr(cloudvolume, n)]))"
    )
    assert missing == []


def test_unknown_name_is_an_attribute_error():
    """Lazy lookup fails as an ordinary one does."""
    with pytest.raises(AttributeError, match="no attribute 'CloudVolumes'"):
        _ = cloudvolume.CloudVolumes
    with pytest.raises(ImportError, match="CloudVolumes"):
        exec("from cloudvolume import CloudVolumes")


def test_version():
    """Scripts compare it, so it is a string of numbers."""
    assert [int(part) for part in cloudvolume.__version__.split(".")[:2]] >= [13, 0]


@pytest.mark.parametrize("name", _modules_with_all())
def test_module_exports_what_it_lists(name):
    """Every listed name exists, once, and ``import *`` brings exactly the list."""
    module = _load(name)
    assert len(set(module.__all__)) == len(module.__all__)
    assert [entry for entry in module.__all__ if not hasattr(module, entry)] == []
    assert _star_import(name) == set(module.__all__)


@pytest.mark.parametrize("name", _modules_with_all())
def test_module_lists_what_it_defines(name):
    """A public class or function of the module is listed; what is not public has an underscore."""
    module = _load(name)
    defined = {
        key
        for key, value in vars(module).items()
        if not key.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == name
    }
    assert defined - set(module.__all__) == set()
