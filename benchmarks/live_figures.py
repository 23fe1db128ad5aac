"""From records of live playing to figures: what was lost and whose fault it was, and how long a note takes.

A block is lost where JACK's frames go on and the engine's callback was not there. It is the machine's fault where
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
LOST_TRACK, STRAY, STRAYS = 4.0, 0.5, 8
"""The engine's clock begins anew when a callback is four blocks late, or eight in a row are half a one
(`engine.realtime.stream_clock`)."""


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


def _begins_anew(late: NDArray[np.float64]) -> NDArray[np.bool_]:
    """At which callbacks the engine's clock, which says where they belong, began anew; `late` in blocks."""
    found, run, last = np.abs(late) > LOST_TRACK, 0, -1
    for at in np.flatnonzero(np.abs(late) > STRAY).tolist():
        run = run + 1 if at == last + 1 else 1
        if found[at] or run >= STRAYS:
            found[at], run = True, 0
        last = at
    return found


def find_gaps(log: NDArray[np.void], rate: int, witness: NDArray[np.int64]) -> list[Gap]:
    """Where the engine's callbacks left frames out.

    Args:
        log: `layout.LOG` records in order, of a stream that stayed open.
        rate: of the device, Hz.
        witness: int64 [n, 2], ns at which somebody was woken and by how many ns that was late.
    """
    if len(log) < 2:
        return []
    blocks = log["frames"] * NS / rate
    place = log["start"] - log["lateness"].astype(np.float64)  # where each callback belonged
    origin = np.where(_begins_anew(log["lateness"] / blocks), log["start"], place)
    by_clock = np.round((place[1:] - origin[:-1]) / blocks[:-1]) - 1
    by_time = np.ceil(np.diff(log["start"]) / blocks[:-1]) - 1
    missing = np.minimum(by_clock, by_time)
    found = []
    for at in np.flatnonzero(missing > 0):
        start, end = int(log["start"][at]), int(log["start"][at + 1])
        reason = _blame(log[at], float(log["lateness"][at + 1]), float(blocks[at]), start, end, witness)
        samples = int(missing[at] * log["frames"][at])
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
