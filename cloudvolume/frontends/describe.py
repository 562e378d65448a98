"""A volume in words: what ``repr(vol)``, ``print(vol)`` and ``cloudvolume info`` say."""

from __future__ import annotations

from ..datasource.precomputed.metadata import PrecomputedMetadata
from ..exceptions import CloudVolumeError

__all__ = ["describe", "describe_briefly"]


def describe_briefly(meta: PrecomputedMetadata, mip: int) -> str:
    """Three lines: where it is, what it holds, and the current mip; or what is wrong with it."""
    title = f"CloudVolume({meta.cloudpath!r}, mip={mip})\n"
    try:
        return title + _summary(meta, mip)
    except (CloudVolumeError, KeyError) as err:
        return f"{title}  {err}"


def _summary(meta: PrecomputedMetadata, mip: int) -> str:
    scale = meta.at(mip)
    return (
        f"  {meta.layer_type} of {meta.data_type}, shape {meta.shape(mip)}, "
        f"{scale.encoding} chunks of {scale.chunk_size}\n"
        f"  {_numbers(meta.scale(mip)['resolution'])} nm per voxel, "
        f"bounds {_box(scale.voxel_offset, scale.stop)}, mip {mip} of 0 to {len(meta.scales) - 1}"
    )


def describe(meta: PrecomputedMetadata, mip: int = 0) -> str:
    """What the layer is and a table of its mips; the current one is marked."""
    rows = [("mip", "resolution nm", "size", "chunk", "bounds", "encoding", "key")]
    for index, entry in enumerate(meta.scales):
        scale = meta.at(index)
        rows.append(
            (
                f"{'*' if index == mip else ' '}{index}",
                _numbers(entry["resolution"]),
                _numbers(scale.size),
                _numbers(scale.chunk_size),
                _box(scale.voxel_offset, scale.stop),
                scale.encoding + (" sharded" if entry.get("sharding") else ""),
                scale.key,
            )
        )
    mip = mip if mip < len(meta.scales) else 0  # the scales may have been reset
    channels = f"{meta.num_channels} channel" + ("s" if meta.num_channels != 1 else "")
    shape = " × ".join(str(n) for n in meta.shape(mip))
    lines = [
        meta.cloudpath,
        f"{meta.layer_type}, {meta.data_type}, {channels}, shape {shape} at mip {mip}",
        *_notes(meta),
        "",
        *_columns(rows),
    ]
    return "\n".join(lines)


def _notes(meta: PrecomputedMetadata) -> list[str]:
    notes = []
    if meta.redirected_from:
        notes.append(f"redirected from {meta.redirected_from[0]}, read-only")
    if meta.mesh:
        notes.append(f"meshes in {meta.mesh}")
    if meta.skeletons:
        notes.append(f"skeletons in {meta.skeletons}")
    if meta.locked_mips():
        notes.append(f"locked mips: {_numbers(sorted(meta.locked_mips()))}")
    return notes


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(n) for cell, n in zip(row, widths)).rstrip() for row in rows]


def _numbers(values) -> str:
    return ", ".join(f"{v:.15g}" if isinstance(v, float) else str(v) for v in values)


def _box(start, stop) -> str:
    return " ".join(f"{lo}:{hi}" for lo, hi in zip(start, stop))
