"""Small tools for local paths."""

import os

import pytest

from cloudvolume.filesystem import mkdir, toabs, touch


@pytest.mark.parametrize("path", ["~", ".", "", "~/x", "a/../b", "a"])
def test_toabs(path):
    """Any path becomes absolute, without dots or a tilde."""
    result = toabs(path)
    assert os.path.isabs(result)
    assert not set(result.split(os.sep)) & {".", "..", "~"}


def test_mkdir(tmp_path):
    """Parents are created, a directory that exists is fine, the absolute path is returned."""
    path = tmp_path / "a" / "b"
    assert mkdir(path) == mkdir(str(path)) == str(path)
    assert path.is_dir()


def test_mkdir_where_a_file_is(tmp_path):
    """A file is no directory."""
    touch(tmp_path / "a")
    with pytest.raises(FileExistsError, match="exists"):
        mkdir(tmp_path / "a")


def test_touch(tmp_path):
    """An empty file comes to be, with its parents; content that is there stays."""
    path = tmp_path / "a" / "b.txt"
    touch(path)
    assert path.read_bytes() == b""
    path.write_bytes(b"kept")
    os.utime(path, (0, 0))
    touch(str(path))
    assert path.read_bytes() == b"kept"
    assert path.stat().st_mtime > 0
