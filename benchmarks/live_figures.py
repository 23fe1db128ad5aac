"""From records of live playing to figures: what was lost and whose fault it was, and how long a note takes.

A block is lost where time goes on and the engine's callback was not there. It is the machine's fault where
something can be shown: the callback before it was taken off its core, or began late, and would else have been in time;
or it was never called, and a thread that only sleeps (`live_canary`), or the recording client, was kept waiting as
well. Everything else is ours: a callback that computed for longer than its block lasts, and whatever has no witness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gap", "Spread", "find_gaps", "long_callbacks", "match_onsets", "spread"]

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


def _blame(before: np.void, late_after: float, period: float, start: int, end: int, witness: NDArray[np.int64]) -> str:
    """Why the machine is at fault; "" if we are. Times in ns."""
    taken = max(float(before["lateness"]), 0.0) + float(before["wall"]) - float(before["cpu"])
    if before["cpu"] >= period:
        return ""
    if max(float(before["lateness"]), 0.0) + before["wall"] >= period:
        return "taken off its core" if taken >= TAKEN_SHARE * period else ""
    # In time, and yet not called, or too late: was anybody else kept waiting?
    seen = (witness[:, 0] >= start) & (witness[:, 0] - witness[:, 1] <= end + max(late_after, 0.0))
    return "others were kept waiting too" if seen.any() else ""


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


def find_gaps(log: NDArray[np.void], rate: int, witness: NDArray[np.int64]) -> list[Gap]:
    """Where there were fewer callbacks than blocks; those that came late, but came, lost nothing.

    By time alone: to a client that runs late JACK tells the frame of the next cycle, so its count says more than was
    lost.

    Args:
        log: `layout.LOG` records in order, of a stream that stayed open, with one size of block.
        rate: of the device, Hz.
        witness: int64 [n, 2], ns at which somebody was woken and by how many ns that was late.
    """
    if len(log) < 2:
        return []
    period = float(log["frames"][0]) * NS / rate
    apart, found = np.diff(log["start"]) / period, []
    for first, last in _uneven_runs(apart):
        missing = round(float(log["start"][last] - log["start"][first]) / period) - (last - first)
        if missing <= 0:
            continue
        at = first + int(np.argmax(apart[first:last]))
        start, end = int(log["start"][at]), int(log["start"][at + 1])
        reason = _blame(log[at], float(log["lateness"][at + 1]), period, start, end, witness)
        samples = missing * int(log["frames"][0])
        found.append(Gap(start, end, samples, not reason, reason or "computed too long, or no witness"))
    return found


def long_callbacks(log: NDArray[np.void], rate: int) -> tuple[int, int, float]:
    """Callbacks that took longer than their block lasts: through their own computing, and by being interrupted.

    Last comes the most that one computed, as a share of its block.
    """
    period = log["frames"] * NS / rate
    is_long, is_own = log["wall"] > period, log["cpu"] >= period
    worst = float((log["cpu"] / period).max()) if len(log) else 0.0
    return int((is_long & is_own).sum()), int((is_long & ~is_own).sum()), worst


def match_onsets(sent: NDArray[np.int64], onsets: NDArray[np.int64], within: int) -> NDArray[np.int64]:
    """For each frame at which a note was sent, how many later it began to sound; -1: not within `within` frames."""
    at = np.searchsorted(onsets, sent)
    found = np.full(len(sent), -1, np.int64)
    there = at < len(onsets)
    found[there] = onsets[at[there]] - sent[there]
    found[found > within] = -1
    return found
