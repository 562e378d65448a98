"""Medians, ratios and verdicts of one workload, as text."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Optional

from .workloads import Workload

QUANTITIES = ("wall", "cpu", "peak", "extra", "stored")

# Theirs divided by ours, at least; DESIGN section 5.
RATIOS = {
    "cloudvolume": {"wall": 2.0, "cpu": 1.0, "peak": 1.0},
    "tensorstore": {"wall": 1.0},
}
NOT_COMPARED = {("import_time", "tensorstore")}  # has a limit of its own
OF_PHYSICAL_LIMIT = 0.7
INSTEAD_OF_RATIO = 0.8  # of the physical limit, where that forbids the ratio
JUDGED = {"read": ("memory", "codec"), "write": ("files", "codec")}
LEAST_MB = 0.01  # below, bytes per second mean nothing
ABOVE_CHUNK_S = 0.25e-3
OPEN_S = 1e-3
IMPORT_S = 0.15


@dataclass(frozen=True)
class Result:
    """What all rounds of one library gave for a workload."""

    medians: dict[str, float]
    error: str = ""

    @classmethod
    def of(cls, rounds: list[dict]) -> Result:
        for one in rounds:
            if "error" in one:
                return cls({}, one["error"])
        if not all(one["right"] for one in rounds):
            return cls({}, "WRONG result")
        return cls({name: median(one[name] for one in rounds) for name in QUANTITIES})


@dataclass(frozen=True)
class Verdict:
    """One limit and whether we keep it."""

    what: str
    passed: bool

    def __str__(self) -> str:
        return f"{'PASS' if self.passed else 'MISS'} {self.what}"


def report(
    workload: Workload, size: int, results: dict[str, Result], physical: dict[str, float]
) -> tuple[str, list[Verdict]]:
    """Table of a workload and its verdicts."""
    megabytes = workload.nbytes(size) / 1e6
    amount = f"{megabytes:.6g} MB per request" if workload.moves else ""
    lines = [f"\n{workload.name}  {amount}".rstrip()]
    if not amount or megabytes < LEAST_MB:
        megabytes = 0.0  # no column of MB/s
    lines.append(f"  {'':14}{'wall ms':>10}{'CPU ms':>10}{'peak MB':>9}{'extra MB':>9}{'MB/s':>9}")
    for name, result in results.items():
        lines.append(f"  {name:14}{_row(result, megabytes)}")
    for name, seconds in physical.items():
        rate = f"{'':28}{megabytes / seconds:9.0f}" if megabytes else ""
        lines.append(f"  {'limit ' + name:14}{seconds * 1e3:10.3f}{rate}")
    found = verdicts(workload, results, physical)
    return "\n".join([*lines, *(f"  {verdict}" for verdict in found)]), found


def _row(result: Result, megabytes: float) -> str:
    if result.error:
        return f"   {result.error}"
    wall, cpu, peak, extra, stored = (result.medians[name] for name in QUANTITIES)
    memory = f"{peak / 1e6:9.1f}{extra / 1e6:9.1f}"
    rate = f"{megabytes / wall:9.0f}" if megabytes else ""
    files = f"   {stored / 1e6:.1f} MB of files" if stored else ""
    return f"{wall * 1e3:10.3f}{cpu * 1e3:10.3f}{memory}{rate}{files}"


def verdicts(
    workload: Workload, results: dict[str, Result], physical: dict[str, float]
) -> list[Verdict]:
    """Every limit that can be judged, in the order of DESIGN section 5."""
    ours = results.get("ours")
    if ours is None:
        return []
    if ours.error:
        return [Verdict(f"ours: {ours.error}", False)]
    floor = physical_floor(workload, physical)
    found = []
    for peer, wanted in RATIOS.items():
        theirs = results.get(peer)
        if (workload.name, peer) in NOT_COMPARED:
            continue
        if theirs is not None and not theirs.error:
            found += _ratios(peer, wanted, ours.medians, theirs.medians, floor)
    return found + _absolute(workload.name, ours.medians["wall"], physical, floor)


def physical_floor(workload: Workload, physical: dict[str, float]) -> float:
    """Seconds that the machine needs for a whole volume; 0 for what is not judged by that."""
    if workload.edge is not None:
        return 0.0
    return max(physical.get(name, 0.0) for name in JUDGED[workload.moves])


def _ratios(
    peer: str, wanted: dict[str, float], ours: dict, theirs: dict, floor: float
) -> list[Verdict]:
    found = []
    for quantity, least in wanted.items():
        ratio = _divide(theirs[quantity], ours[quantity])
        what = f"{quantity:4} {peer} / ours {ratio:.2f}, at least {least:g}"
        passed = round(ratio, 2) >= least
        if quantity == "wall" and not passed and theirs["wall"] < least * floor:
            passed = ours["wall"] * INSTEAD_OF_RATIO <= floor
            what += f"; the machine forbids that, {INSTEAD_OF_RATIO:.0%} of its limit counts"
        found.append(Verdict(what, passed))
    return found


def _absolute(name: str, wall: float, physical: dict[str, float], floor: float) -> list[Verdict]:
    found = []
    if "chunk" in physical:
        above = wall - physical["chunk"]
        what = f"{above * 1e3:.3f} ms above its chunk, below {ABOVE_CHUNK_S * 1e3:g}"
        found.append(Verdict(what, above < ABOVE_CHUNK_S))
    if floor:
        share = _divide(floor, wall)
        what = f"{share:.0%} of the physical limit, at least {OF_PHYSICAL_LIMIT:.0%}"
        found.append(Verdict(what, round(share, 2) >= OF_PHYSICAL_LIMIT))
    absolute: Optional[float] = {"import_time": IMPORT_S, "open_volume": OPEN_S}.get(name)
    if absolute:
        what = f"{wall * 1e3:.2f} ms, at most {absolute * 1e3:g}"
        found.append(Verdict(what, wall <= absolute))
    return found


def _divide(a: float, b: float) -> float:
    return a / b if b else float("inf")
