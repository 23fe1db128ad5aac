"""Everything that is measured, as one document: what the JSON file holds and what the tables are made of."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from accel.atomic import atomic_path
from benchmarks import memory, scaling, startup, steady
from benchmarks.measure import Contest, Effort, contest
from benchmarks.peak import features
from benchmarks.peers import PEERS
from benchmarks.timing import Say, quiet
from benchmarks.workloads import WORKLOADS, Workload

__all__ = ["BLOCK", "QUICK", "Machine", "Report", "Single", "load_report", "measure", "save_report"]

BLOCK = 128
_COUNTED = 500
"""Blocks whose allocations are counted."""
QUICK = Effort(rounds=3, turn=0.001, blocks=200, steady=0.2)
"""To see that everything runs; the figures mean little."""
_PACKAGES = ("numpy", "numba", "llvmlite", "onnxruntime", "torch")
_FEATURES = ("avx512vnni", "avx512bw", "avxvnni", "avx2", "sse4.1", "neon", "dotprod")


@dataclass(frozen=True)
class Machine:
    """Where and with what it was measured."""

    cpu: str
    features: list[str]
    system: str
    python: str
    packages: dict[str, str]
    date: str


@dataclass(frozen=True)
class Single:
    """All results on one workload. `macs_per_sample` are computed, `published` as the literature counts them."""

    name: str
    title: str
    note: str
    rate: int
    macs_per_sample: float
    published: float | None
    contest: Contest
    percentiles: steady.Percentiles
    allocations: steady.Allocations
    block_cost: steady.BlockCost
    fits: list[scaling.Fit]
    voices: int


@dataclass(frozen=True)
class Report:
    """A whole run; memory and start-up are None where they were left out."""

    machine: Machine
    quick: bool
    block: int
    singles: list[Single]
    memory: memory.Memory | None = None
    startup: startup.Startup | None = None


def _cpu_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if platform.system() == "Darwin":
        done = subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True)
        return done.stdout.strip() or platform.machine()
    return platform.processor() or platform.machine()


def this_machine() -> Machine:
    """CPU, its vector features, system and versions."""
    has = features()
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return Machine(
        _cpu_name(),
        [name for name in _FEATURES if has.get(name, False)],
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        platform.python_version(),
        versions,
        datetime.datetime.now(datetime.UTC).date().isoformat(),
    )


def _measure_one(workload: Workload, effort: Effort, peers: Sequence[str], say: Say) -> Single:
    result = contest(workload, BLOCK, effort, names=peers, say=say)
    fits = scaling.measure_scaling(workload, BLOCK, effort, say=say)
    say(f"{workload.title}: block times")
    return Single(
        name=workload.name,
        title=workload.title,
        note=workload.note,
        rate=workload.shape.rate,
        macs_per_sample=workload.macs_per_sample,
        published=workload.published,
        contest=result,
        percentiles=steady.percentiles(workload, BLOCK, effort),
        allocations=steady.allocations(workload, BLOCK, _COUNTED),
        block_cost=steady.block_cost(workload, effort),
        fits=fits,
        voices=steady.voices_per_core(workload, BLOCK, fits[0]),
    )


def measure(
    names: Sequence[str],
    effort: Effort,
    *,
    peers: Sequence[str] = tuple(PEERS),
    minutes: float = 60.0,
    quick: bool = False,
    say: Say = quiet,
) -> Report:
    """Measure the named workloads; `minutes` of music for the memory, 0 leaves memory and start-up out."""
    singles = [_measure_one(WORKLOADS[name], effort, peers, say) for name in names]
    report = Report(this_machine(), quick, BLOCK, singles)
    if minutes:
        report = replace(
            report,
            startup=startup.measure_startup(cold=not quick, say=say),
            memory=memory.measure_memory(minutes, say=say),
        )
    return report


def save_report(report: Report, path: Path) -> None:
    """Write a report as indented JSON."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def load_report(path: Path) -> Report:
    """Read a report.

    Raises:
        msgspec.ValidationError: not a report of this version.
    """
    return msgspec.json.decode(path.read_bytes(), type=Report)
