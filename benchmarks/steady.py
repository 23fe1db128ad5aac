"""Our blocks over a long run: how even their times are, what they allocate, what short blocks cost."""

from __future__ import annotations

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
LOAD = 0.7
"""Part of a core that voices may take: the rest is the instrument's and the system's."""


@dataclass(frozen=True)
class Percentiles:
    """CPU seconds of a block: median, 99 %, 99.9 %, largest; over so many blocks."""

    blocks: int
    p50: float
    p99: float
    p999: float
    largest: float


def percentiles(workload: Workload, block: int, effort: Effort) -> Percentiles:
    """Block times of one voice."""
    voices = Voices(workload.program, take_of(workload), block)
    with calm():
        times = times_of(voices.run, seconds=effort.steady, least=100, most=effort.blocks)
    p50, p99, p999 = np.percentile(times, (50, 99, 99.9)).tolist()
    return Percentiles(len(times), p50, p99, p999, float(times.max()))


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
