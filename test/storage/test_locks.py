"""Locks by name, among threads, processes and their forks."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import cloudvolume
from cloudvolume.storage.locks import NamedLocks, locked_file, unlink_unheld

REPOSITORY = Path(cloudvolume.__file__).parents[1]


def test_one_name_is_held_by_one():
    """Threads that count without a lock of their own lose no step."""
    locks, counts = NamedLocks(), {"a": 0, "b": 0}

    def count(name):
        for _ in range(50):
            with locks.hold(name):
                n = counts[name]
                time.sleep(0)
                counts[name] = n + 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, "ab" * 4))
    assert counts == {"a": 200, "b": 200}


def test_names_are_forgotten():
    """As many names as chunks of a layer leave nothing behind, errors neither."""
    locks = NamedLocks()
    for i in range(100):
        with locks.hold(f"name {i}"):
            pass
    with pytest.raises(KeyError, match="inside"), locks.hold("name"):
        raise KeyError("inside")
    assert locks._entries == {}


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "lock")


def test_the_file_is_there_while_it_is_held(path):
    """And gone afterwards, also after an error."""
    for _ in range(2):
        with locked_file(path):
            assert os.path.exists(path)
        assert not os.path.exists(path)
    with pytest.raises(KeyError, match="inside"), locked_file(path):
        raise KeyError("inside")
    assert not os.path.exists(path)


def test_no_descriptor_is_left_open(path):
    """A long write takes a lock for each chunk."""
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(50):
        with locked_file(path):
            pass
        with pytest.raises(OSError, match="No such file"), locked_file(f"{path}/missing/lock"):
            pass
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before + 5


_HOLDER = """
import sys
from cloudvolume.storage.locks import locked_file
with locked_file(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(path):
    """Another process that holds the lock until its input is closed."""
    command = [sys.executable, "-c", _HOLDER, path]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=pipe, stdout=pipe) as process:
        try:
            assert process.stdout.readline() == b"held\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("how", ["leaves", "is killed"])
def test_a_process_waits_for_another(holder, path, how):
    """Until it leaves or dies: a killed holder never blocks the next."""
    entered = threading.Event()

    def enter():
        with locked_file(path):
            entered.set()

    thread = threading.Thread(target=enter, daemon=True)
    thread.start()
    assert not entered.wait(0.2)
    if how == "leaves":
        holder.stdin.close()
    else:
        holder.kill()
    assert entered.wait(10)
    thread.join()
    assert not os.path.exists(path)


def test_a_file_left_behind_is_swept_unless_held(holder, path):
    """Removing the file of a holder would let a second one in."""
    os.utime(path, (0, 0))
    unlink_unheld(path)
    assert os.path.exists(path)
    holder.kill()
    holder.wait()
    assert os.path.exists(path)
    unlink_unheld(path)
    assert not os.path.exists(path)
    with pytest.raises(FileNotFoundError, match="lock"):
        unlink_unheld(path)


_FORK = """
import os, sys, threading
from cloudvolume.storage.locks import NamedLocks, locked_file
locks, path = NamedLocks(), sys.argv[1]
inside, done = threading.Event(), threading.Event()

def hold():
    with locks.hold("a"):
        inside.set()
        done.wait()

thread = threading.Thread(target=hold)
thread.start()
inside.wait()
locks._guard.acquire()
pid = os.fork()
if pid == 0:
    with locks.hold("a"), locked_file(path):
        os._exit(7)
locks._guard.release()
status = os.waitpid(pid, 0)[1]
done.set()
thread.join()
with locks.hold("a"):
    pid = os.fork()
    if pid == 0:
        pass
if pid == 0:
    os._exit(8)
print(os.waitstatus_to_exitcode(status), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform cannot fork")
def test_a_fork_holds_nothing(path):
    """Locks of threads that are not in the child do not block it, nor one held by the forker."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", _FORK, path]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout.split() == ["7", "8"], done.stderr
