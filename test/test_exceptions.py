"""The tree of errors: its shape, its documented bases, and what survives a process boundary."""

import copy
import errno
import inspect
import pickle
import re

import pytest

from cloudvolume import exceptions
from cloudvolume.exceptions import CloudVolumeError

CLASSES = {name: getattr(exceptions, name) for name in exceptions.__all__}
MADE_FROM_A_MESSAGE = [name for name in exceptions.__all__ if name != "UploadError"]

# The bases that callers of cloud-volume 1.11 and 12.x rely on.
DOCUMENTED_BASES = [
    ("InfoError", Exception),
    ("InfoUnavailableError", exceptions.InfoError),
    ("RedirectError", exceptions.InfoError),
    ("TooManyRedirects", exceptions.RedirectError),
    ("CyclicRedirect", exceptions.RedirectError),
    ("ScaleUnavailableError", IndexError),
    ("ReadOnlyException", Exception),
    ("AlignmentError", ValueError),
    ("EmptyVolumeException", Exception),
    ("EmptyFileException", Exception),
    ("EmptyRequestException", ValueError),
    ("DecodingError", Exception),
    ("EncodingError", Exception),
    ("DecompressionError", exceptions.DecodingError),
    ("CompressionError", exceptions.EncodingError),
    ("OutOfBoundsError", ValueError),
    ("UnsupportedCompressionType", ValueError),
    ("UnsupportedCompressionType", NotImplementedError),
    ("UnsupportedEncodingError", NotImplementedError),
    ("MeshDecodeError", ValueError),
    ("SkeletonUnassignedEdgeError", Exception),
    ("SkeletonDecodeError", Exception),
    ("SkeletonEncodeError", Exception),
    ("SkeletonTransformError", Exception),
    ("SkeletonAttributeMixingError", Exception),
    ("UnsupportedFormatError", Exception),
    ("UnsupportedProtocolError", ValueError),
    ("UnsupportedGrapheneAPIVersionError", Exception),
    ("SpecViolation", Exception),
    ("SpatialIndexGapError", Exception),
    ("WriteLockAcquisitionError", Exception),
    ("WriteLockReleaseError", Exception),
    ("AuthenticationError", Exception),
    ("DimensionError", Exception),
    ("SubvoxelVolumeError", ValueError),
    ("MeshMissingError", ValueError),
    ("ProvenanceError", ValueError),
    ("ProvenanceError", TypeError),
    ("StorageError", OSError),
    ("MissingDependencyError", ImportError),
]

TREE_LINE = re.compile(
    r"    (?P<indent>(?:│   |    )*)(?P<branch>├── |└── )?(?P<name>[A-Z]\w+)"
    r"(?: +(?:\((?P<builtins>[\w, ]+)\))?.*)?"
)


def drawn_tree():
    """The tree in the docstring, as ``{class: (parent, {builtin bases})}``."""
    tree = {}
    path = []
    for line in exceptions.__doc__.splitlines():
        match = TREE_LINE.fullmatch(line)
        if match is None:
            continue
        depth = len(match["indent"]) // 4 + 1 if match["branch"] else 0
        path[depth:] = [match["name"]]
        builtins = set(re.findall(r"\w+", match["builtins"] or ""))
        tree[match["name"]] = (path[depth - 1] if depth else None, builtins)
    return tree


def own_bases(cls):
    return {base.__name__ for base in cls.__bases__ if issubclass(base, CloudVolumeError)}


def builtin_bases(cls):
    return {base.__name__ for base in cls.__bases__ if base.__module__ == "builtins"}


@pytest.mark.parametrize(("name", "base"), DOCUMENTED_BASES)
def test_documented_base(name, base):
    """``except`` clauses written for the older versions still catch."""
    assert issubclass(CLASSES[name], base)


@pytest.mark.parametrize("name", exceptions.__all__)
def test_everything_is_a_cloudvolume_error(name):
    """One ``except CloudVolumeError`` catches whatever the library says."""
    assert issubclass(CLASSES[name], CloudVolumeError)
    assert inspect.getdoc(CLASSES[name])


def test_all_lists_every_class():
    """No error is left out of ``__all__``, and the list is sorted."""
    defined = {
        name
        for name, value in vars(exceptions).items()
        if inspect.isclass(value) and value.__module__ == exceptions.__name__
    }
    assert sorted(defined) == exceptions.__all__


def test_drawn_tree_has_every_class_once():
    """The docstring shows each class, and none that does not exist."""
    assert sorted(drawn_tree()) == exceptions.__all__
    for name in exceptions.__all__:
        assert len(re.findall(rf"── {name}\b|^ +{name}$", exceptions.__doc__, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", exceptions.__all__)
def test_drawn_tree_is_the_real_one(name):
    """Each class stands below its real parent, beside its real builtins."""
    parent, builtins = drawn_tree()[name]
    if parent is None:
        assert CLASSES[name] is CloudVolumeError
        return
    assert own_bases(CLASSES[name]) == {parent}
    assert builtin_bases(CLASSES[name]) == builtins


@pytest.mark.parametrize("duplicate", [lambda x: pickle.loads(pickle.dumps(x)), copy.copy])
@pytest.mark.parametrize("name", MADE_FROM_A_MESSAGE)
def test_errors_cross_processes(name, duplicate):
    """A worker's error arrives with its type and message, and shows the message as it is."""
    error = CLASSES[name]("chunk '1_2' is broken")
    again = duplicate(error)
    assert type(again) is CLASSES[name]
    assert str(again) == str(error) == "chunk '1_2' is broken"
    assert again.args == error.args


@pytest.mark.parametrize(
    "name", [name for name in MADE_FROM_A_MESSAGE if issubclass(CLASSES[name], OSError)]
)
def test_storage_errors_keep_errno(name):
    """The number of the operating system and the file name survive, in the right class."""
    error = CLASSES[name](errno.ENOSPC, "no space left", "info")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) is CLASSES[name]
    assert (again.errno, again.strerror, again.filename) == (errno.ENOSPC, "no space left", "info")
    assert str(again) == str(error)


def test_upload_error_keeps_the_failed_chunks():
    """The list of what was not stored survives the way from a worker, beside the number."""
    failed = [("a", ValueError("x")), ("b", OSError(5, "io"))]
    error = exceptions.UploadError(errno.ENOSPC, "2 chunks failed", failed)
    again = pickle.loads(pickle.dumps(error))
    assert (again.errno, again.strerror) == (errno.ENOSPC, "2 chunks failed")
    assert str(again) == str(error)
    assert [(key, repr(err)) for key, err in again.failed] == [
        ("a", "ValueError('x')"),
        ("b", "OSError(5, 'io')"),
    ]
    assert exceptions.UploadError(errno.EIO, "none").failed == []


def test_cause_is_kept_for_the_reader():
    """A translated error shows what it was translated from."""

    fields = {}

    def size():
        try:
            return fields["size"]
        except KeyError as err:
            raise exceptions.MissingFieldError("scale 0 has no 'size'") from err

    with pytest.raises(KeyError, match="^scale 0 has no 'size'$") as caught:
        size()
    assert isinstance(caught.value.__cause__, KeyError)
