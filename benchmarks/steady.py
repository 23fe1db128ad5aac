"""Our blocks over a long run: how even their times are, what they allocate, what short blocks cost."""

from __future__ import annotations

import functools
import importlib
import itertools
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba.core.runtime import rtsys

from benchmarks.driver import Voices
from benchmarks.measure import Effort
from benchmarks.peak import Peak, available
from benchmarks.scaling import Fit
from benchmarks.timing import calm, times_of
from benchmarks.workloads import Workload, take_of

__all__ = [
    "Allocations",
    "BlockCost",
    "Percentiles",
    "allocations",
    "allocations_of",
    "block_cost",
    "percentiles",
    "voices_per_core",
]

_REPEATS = 4
"""Of each allocation count, whose smallest is taken: Python's free lists make single ones uneven by some bytes."""
_ROUNDS = 5
"""Of a distribution of block times: what disturbs the machine for a while disturbs one of them."""
LOAD = 0.7
"""Part of a core that voices may take: the rest is the instrument's and the system's."""


@dataclass(frozen=True)
class Percentiles:
    """CPU seconds of a block: median, 99 % and 99.9 % (medians over rounds), largest; over so many blocks in all.

    `machine` is 99.9 % to median of a loop in registers that takes as long as a block, in the same rounds: what
    remains where there is neither memory nor a branch that could vary is the machine's doing, not the program's.
    """

    blocks: int
    p50: float
    p99: float
    p999: float
    largest: float
    machine: float = 0.0


def percentiles(workload: Workload, block: int, effort: Effort) -> Percentiles:
    """Block times of one voice, in turn with a loop of the same length."""
    voices, peak = Voices(workload.program, take_of(workload), block), Peak(available()[0])
    seconds, most = effort.steady / _ROUNDS / 2, max(100, effort.blocks // _ROUNDS)
    length = float(np.median(times_of(voices.run, seconds=0.01)))
    turns = max(1, round(length * float(np.median([peak.measure() for _ in range(9)])) / peak.macs))
    found, other, blocks, largest = [], [], 0, 0.0
    with calm():
        for _ in range(_ROUNDS):
            times = times_of(voices.run, seconds=seconds, least=100, most=most)
            found.append(np.percentile(times, (50, 99, 99.9)))
            blocks, largest = blocks + len(times), max(largest, float(times.max()))
            loop = times_of(functools.partial(peak.measure, turns), seconds=seconds, least=100, most=most)
            other.append(float(np.percentile(loop, 99.9) / np.median(loop)))
    p50, p99, p999 = np.median(found, axis=0).tolist()
    return Percentiles(blocks, p50, p99, p999, largest, float(np.median(other)))


@dataclass(frozen=True)
class Allocations:
    """What `blocks` blocks requested: memory blocks of Numba's runtime; and bytes that Python kept per block."""

    blocks: int
    numba: int
    python: int


def allocations(workload: Workload, block: int, blocks: int) -> Allocations:
    """Count what rendering `blocks` blocks of one voice requests."""
    return allocations_of(Voices(workload.program, take_of(workload), block).run, blocks)


def allocations_of(run: Callable[[int], None], blocks: int) -> Allocations:
    """Allocations of run(1 + blocks) beyond those of run(1): a call itself wraps its arguments."""

    def requested(count: int) -> tuple[int, int]:
        before = rtsys.get_allocation_stats()
        python_before = tracemalloc.get_traced_memory()
        run(count)
        python_after = tracemalloc.get_traced_memory()
        after = rtsys.get_allocation_stats()
        made = after.alloc + after.mi_alloc - before.alloc - before.mi_alloc
        return made, python_after[0] - python_before[0]

    _count_in_numba(True)
    tracemalloc.start()
    try:
        with calm():
            pairs = [(requested(1), requested(1 + blocks)) for _ in range(_REPEATS)]
    finally:
        tracemalloc.stop()
        _count_in_numba(False)
    short, long = np.min(pairs, axis=0)
    numba_more, python_more = (long - short).tolist()
    return Allocations(blocks, numba_more, max(0, python_more) // blocks)


def _count_in_numba(wanted: bool) -> None:
    """Numba counts only when told so."""
    runtime: Any = importlib.import_module("numba.core.runtime._nrt_python")
    switch = runtime.memsys_enable_stats if wanted else runtime.memsys_disable_stats
    switch()


@dataclass(frozen=True)
class BlockCost:
    """Cost of a sample in blocks of `short` and `long` samples, in seconds, and their ratio."""

    short: int
    long: int
    seconds_short: float
    seconds_long: float
    ratio: float


def block_cost(workload: Workload, effort: Effort, short: int = 32, long: int = 512) -> BlockCost:
    """Per-sample cost of short blocks against long ones, in turn."""
    sizes = (short, long)
    voices = [Voices(workload.program, take_of(workload), size) for size in sizes]
    found: list[list[float]] = [[], []]
    with calm():
        for _, (index, size) in itertools.product(range(effort.rounds), enumerate(sizes)):
            voices[index].run()
            found[index].append(float(np.median(times_of(voices[index].run, seconds=effort.turn))) / size)
    ratio = float(np.median(np.array(found[0]) / np.array(found[1])))
    return BlockCost(short, long, float(np.median(found[0])), float(np.median(found[1])), ratio)


def voices_per_core(workload: Workload, block: int, fit: Fit) -> int:
    """Voices whose blocks fit into LOAD of a core, from the fit of block time over voices."""
    budget = LOAD * block / workload.shape.rate
    return max(0, int((budget - fit.start) / fit.slope))
