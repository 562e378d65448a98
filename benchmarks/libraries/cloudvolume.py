"""cloud-volume: whatever ``cloudvolume`` the interpreter of this process finds."""

from __future__ import annotations

from benchmarks.volumes import GZIP_WRITE_LEVEL
from cloudvolume import CloudVolume


def open(url):
    return CloudVolume(url, progress=False)


def read(volume, box):
    return volume[box]


def create(url, info, compression):
    level = GZIP_WRITE_LEVEL if compression else None
    volume = CloudVolume(
        url, info=info, compress=compression or False, compress_level=level, progress=False
    )
    volume.commit_info()
    return volume


def write(volume, box, array):
    volume[box] = array
