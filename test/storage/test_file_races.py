"""Writers, readers and forks that meet at one key of ``file://``."""

import os
import threading

import pytest

from cloudvolume.storage import StorageClient


@pytest.fixture
def client(tmp_path):
    return StorageClient(f"file://{tmp_path}/layer")


def test_writers_of_different_compressions_leave_one_whole_object(client):
    """Each may take the other's file for the stale one, but not both."""
    barrier = threading.Barrier(2)
    seen = []

    def write(compress):
        mine = StorageClient(client.cloudpath)
        for _ in range(300):
            barrier.wait(30)
            mine.put("key", b"voxels", compress=compress)
            if barrier.wait(30) == 0:
                seen.append((bytes(client.get("key")), len(os.listdir(client.backend.root))))
            barrier.wait(30)

    threads = [threading.Thread(target=write, args=(method,)) for method in ("gzip", "")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {(b"voxels", 1)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform cannot fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Python 3.12 on forks with threads
def test_a_child_forked_under_a_lock_gets_it_once_it_is_free(client):
    """Neither the child nor others wait for a lock that nobody holds any more."""
    held, free = threading.Event(), threading.Event()

    def hold():
        with client.lock("key"):
            held.set()
            free.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    ready_out, ready_in = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(ready_in, b".")
        with client.lock("key"):
            os._exit(7)
    os.read(ready_out, 1)
    free.set()
    thread.join()
    _, status = os.waitpid(child, 0)
    with client.lock("key"):
        pass
    assert os.waitstatus_to_exitcode(status) == 7
