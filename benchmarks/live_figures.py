"""From records of live playing to figures: what was lost and whose fault it was, and how long a note takes.

A block is lost where time goes on and the engine's callback was not there. It is the machine's fault where
something can be shown: the callback before it was taken off its core, or began late, and would else have been in time;
or it was never called, and a thread that only sleeps (`live_canary`), or the recording client, was kept waiting as
well. Everything else is ours: a callback that computed for longer than its block lasts, after what was visibly taken
from its core meanwhile (`live_witness.net_processor`), and whatever has no witness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.live_witness import NOTED_NS, net_processor

__all__ = ["Gap", "Spread", "find_gaps", "find_shortages", "long_callbacks", "match_onsets", "spread"]

NS = 1e9
TAKEN_SHARE = 0.1
"""Of a block's time: what must have been taken away from a callback for its delay to be the machine's fault."""
UNEVEN = 0.3
"""Blocks by which two callbacks may be further from, or closer to, each other than one block."""


@dataclass(frozen=True)
class Gap:
    """Samples that the engine did not give.

    Attributes:
        start, end: ns, of the callbacks before and after it.
        samples: of silence.
        is_ours: whose fault it is; reason: why that is so.
    """

    start: int
    end: int
    samples: int
    is_ours: bool
    reason: str


@dataclass(frozen=True)
class Spread:
    """Median, a high percentile, worst, and how many there were; all nan without any."""

    count: int
    median: float
    high: float
    worst: float


def spread(values: NDArray[np.float64], percentile: float = 99.9) -> Spread:
    """The figures of some values."""
    if not len(values):
        return Spread(0, float("nan"), float("nan"), float("nan"))
    return Spread(len(values), float(np.median(values)), float(np.percentile(values, percentile)), float(values.max()))


def _blame(before: np.void, after: np.void, computed: float, period: float, witness: NDArray[np.void]) -> str:
    """Why the machine is at fault; "" if we are.

    Args:
        before, after: the callbacks on both sides; computed: `net_processor` of the first; period: of a block, ns.
    """
    taken = max(float(before["lateness"]), 0.0) + float(before["wall"]) - computed
    if computed >= period:
        return ""
    if max(float(before["lateness"]), 0.0) + before["wall"] >= period:
        return "taken off its core" if taken >= TAKEN_SHARE * period else ""
    # In time, and yet not called, or too late: was anybody else kept waiting?
    start, end = int(before["start"]), int(after["start"]) + max(int(after["lateness"]), 0)
    seen = (witness["late"] > NOTED_NS) & (witness["time"] >= start) & (witness["time"] - witness["late"] <= end)
    return "others were kept waiting too" if seen.any() else ""


def _own_reason(before: np.void, computed: float, period: float) -> str:
    share, starts = computed / period, int(before["starting"])
    return f"computed for {share:.2f} of its block, in which {starts} networks started" if share > 1 else "no witness"


def _uneven_runs(apart: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Callbacks [first, last] between which steps are uneven; the steps on both sides are even. `apart` in blocks."""
    uneven = np.flatnonzero(np.abs(apart - 1) > UNEVEN)
    runs: list[tuple[int, int]] = []
    for at in uneven.tolist():
        first, last = max(at - 1, 0), min(at + 2, len(apart))
        if runs and first <= runs[-1][1]:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((first, last))
    return runs


def find_gaps(log: NDArray[np.void], rate: int, witness: NDArray[np.void]) -> list[Gap]:
    """Where there were fewer callbacks than blocks; those that came late, but came, lost nothing.

    By time alone: to a client that runs late JACK tells the frame of the next cycle, so its count says more than was
    lost.

    Args:
        log: `layout.LOG` records in order, of a stream that stayed open, with one size of block.
        rate: of the device, Hz.
        witness: `live_witness.WITNESS` records.
    """
    if len(log) < 2:
        return []
    period = float(log["frames"][0]) * NS / rate
    apart, computed, found = np.diff(log["start"]) / period, net_processor(log, rate, witness), []
    for first, last in _uneven_runs(apart):
        missing = round(float(log["start"][last] - log["start"][first]) / period) - (last - first)
        if missing <= 0:
            continue
        at = first + int(np.argmax(apart[first:last]))
        start, end = int(log["start"][at]), int(log["start"][at + 1])
        reason = _blame(log[at], log[at + 1], float(computed[at]), period, witness)
        samples = missing * int(log["frames"][0])
        found.append(Gap(start, end, samples, not reason, reason or _own_reason(log[at], float(computed[at]), period)))
    return found


def find_shortages(log: NDArray[np.void], ahead: NDArray[np.void], rate: int, witness: NDArray[np.void]) -> list[Gap]:
    """Where what is rendered ahead was not there in time: whose fault it was that its last block came too late.

    Args:
        log, ahead: `layout.LOG` records of callbacks and of blocks rendered ahead, both in order.
        rate, witness: as `find_gaps`.
    """
    if not len(ahead):
        return []
    period, computed, found = float(log["frames"][0]) * NS / rate, net_processor(ahead, rate, witness), []
    for callback in log[log["missing"] > 0]:
        at = max(int(np.searchsorted(ahead["start"], callback["start"])) - 1, 0)
        reason = _blame(ahead[at], callback, float(computed[at]), period, witness)
        start, samples = int(callback["start"]), int(callback["missing"])
        found.append(
            Gap(start, start, samples, not reason, reason or _own_reason(ahead[at], float(computed[at]), period))
        )
    return found


def long_callbacks(log: NDArray[np.void], rate: int, witness: NDArray[np.void]) -> tuple[int, int, float]:
    """Callbacks that took longer than their block lasts: through their own computing, and by being interrupted.

    Last comes the most that one computed, as a share of its block. Arguments as `find_gaps`.
    """
    period, computed = log["frames"] * NS / rate, net_processor(log, rate, witness)
    is_long, is_own = log["wall"] > period, computed >= period
    worst = float((computed / period).max()) if len(log) else 0.0
    return int((is_long & is_own).sum()), int((is_long & ~is_own).sum()), worst


def match_onsets(sent: NDArray[np.int64], onsets: NDArray[np.int64], within: int) -> NDArray[np.int64]:
    """For each frame at which a note was sent, how many later it began to sound; -1: not within `within` frames."""
    at = np.searchsorted(onsets, sent)
    found = np.full(len(sent), -1, np.int64)
    there = at < len(onsets)
    found[there] = onsets[at[there]] - sent[there]
    found[found > within] = -1
    return found
