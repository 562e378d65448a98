"""Real faults of the machine: small disks, disks that refuse writes, and processes that are killed.

Whoever may mount gets real file systems. Others get what the kernel offers them: a limit on the
size of files, and the bits of a folder.
"""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cloudvolume

REPOSITORY = Path(cloudvolume.__file__).parents[1]
NOBODY = 65534


def python(code, *arguments):
    """A fresh interpreter on a piece of code, with pipes to it; a context manager."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def leftovers(folder):
    """Temporary files and lock files below a folder."""
    return [path for path in Path(folder).rglob(".cv-*") if path.is_file()]


@contextmanager
def _mounted(*commands) -> Iterator[bool]:
    """Whether the mounts could be made; the last word of each command is where."""
    done = []
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
            done.append(command[-1])
    except (OSError, subprocess.CalledProcessError):
        _unmount(done)
        yield False
        return
    try:
        yield True
    finally:
        _unmount(done)


def _unmount(places):
    for place in sorted(set(map(str, places))):
        subprocess.run(["umount", "-l", place], check=True)


@contextmanager
def small_disk(folder, nbytes=4 << 20) -> Iterator[None]:
    """A file system of its own at a new folder, where it is possible; see `full`."""
    folder.mkdir()
    with _mounted(["mount", "-t", "tmpfs", "-o", f"size={nbytes}", "tmpfs", folder]):
        yield


@contextmanager
def full(folder) -> Iterator[int]:
    """While it lasts nothing more goes onto the disk; the errno that says so."""
    if os.path.ismount(folder):
        ballast = folder / "ballast"
        with suppress(OSError), open(ballast, "wb", buffering=0) as file:
            while file.write(bytes(1 << 12)):
                pass
        try:
            yield errno.ENOSPC
        finally:
            ballast.unlink()
    else:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        try:
            yield errno.EFBIG
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def read_only(folder) -> Iterator[int]:
    """While it lasts nothing below the folder can be changed; the errno that says so."""
    bind = ["mount", "--bind", folder, folder]
    with _mounted(bind, ["mount", "-o", "remount,ro,bind", folder]) as mounted:
        if mounted:
            yield errno.EROFS
            return
        folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        user = os.geteuid()
        for path in folders:
            path.chmod(0o555)
        if user == 0:  # whom the bits do not bind
            os.seteuid(NOBODY)
        try:
            yield errno.EACCES
        finally:
            os.seteuid(user)
            for path in folders:
                path.chmod(0o755)


KILLED_AGAIN_AND_AGAIN = """
import os, signal, sys, time
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        write(int(line))
    time.sleep(int(line) / 1e6)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    print("killed", flush=True)
"""
"""To follow the definition of ``write``, which never ends: its process is killed after as many
microseconds as each line of input says."""


def kill_writers(code, arguments, delays_us) -> Iterator[None]:
    """Yields each time when a writer has been killed."""
    with python(code + KILLED_AGAIN_AND_AGAIN, *arguments) as process:
        try:
            for delay in delays_us:
                process.stdin.write(f"{delay}\n")
                process.stdin.flush()
                if process.stdout.readline() != "killed\n":
                    process.kill()
                    raise RuntimeError(process.stderr.read())
                yield
        finally:
            process.kill()
