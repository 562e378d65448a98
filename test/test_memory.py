"""How much memory there is, and requests that would not fit."""

import builtins
import io
import os
import platform
import subprocess
import sys

import pytest

from cloudvolume.exceptions import OversizeRequestError
from cloudvolume.memory import available_nbytes, check_allocation

MEMINFO = "MemTotal: 1000 kB\nMemAvailable:   {} kB\nSwapFree: {} kB\nHugePages_Total:  0\n"


@pytest.fixture
def meminfo(monkeypatch):
    """Replaces what the system says of its memory; None for a system that says nothing."""
    real = builtins.open

    def install(text):
        def fake(path, *args, **kwargs):
            if path != "/proc/meminfo":
                return real(path, *args, **kwargs)
            if text is None:
                raise FileNotFoundError(path)
            return io.StringIO(text)

        monkeypatch.setattr(builtins, "open", fake)

    return install


def test_this_machine():
    """A number between nothing and everything."""
    assert 1 << 20 < available_nbytes() < 1 << 62


def test_memory_and_swap_count(meminfo):
    """In bytes."""
    meminfo(MEMINFO.format(300, 20))
    assert available_nbytes() == 320 * 1024


@pytest.mark.parametrize("text", [None, "", "MemTotal: 5 kB\n", "nonsense", "MemAvailable: x\n"])
def test_other_systems(meminfo, monkeypatch, text):
    """What is built in, where the system does not say what is free; no limit where it says less."""
    meminfo(text)
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 10, "SC_PAGE_SIZE": 4096}.get)
    assert available_nbytes() == 40960
    monkeypatch.delattr(os, "sysconf")
    assert available_nbytes() == 1 << 62


@pytest.mark.parametrize("nbytes", [0, 1, 1 << 30], ids=["nothing", "little", "a gigabyte"])
def test_small_requests_are_not_questioned(meminfo, nbytes):
    """Reading the state of the machine for each cutout would cost more than the cutout."""
    meminfo("must not be read")
    check_allocation(nbytes, "a cutout")


def test_large_requests(meminfo):
    """Up to what there is; beyond, the message has the sizes and the way out."""
    meminfo(MEMINFO.format(2 << 20, 1 << 20))
    check_allocation(3 << 30, "a cutout")
    with pytest.raises(
        OversizeRequestError, match=r"a cutout takes \d+ bytes \(3.0 GiB\), available.*coarser mip"
    ) as caught:
        check_allocation((3 << 30) + 1, "a cutout")
    assert isinstance(caught.value, MemoryError)
    assert isinstance(caught.value, ValueError)


def test_numbers_beyond_64_bits():
    """A size that overflows elsewhere is refused like any other."""
    with pytest.raises(OversizeRequestError, match=str(2**70)):
        check_allocation(2**70, "a cutout")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries decide otherwise")
def test_freed_buffers_serve_again():
    """Taking and freeing a buffer of the size of a chunk, again and again, faults no page in."""
    script = """
import resource
import numpy as np
from cloudvolume.memory import keep_freed_memory

keep_freed_memory()
for rounds in (1, 100):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(rounds):
        np.empty(1 << 20, np.uint8)[::4096] = 1
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(faults)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 100
