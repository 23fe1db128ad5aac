"""Witnesses of what a machine takes away: threads that only sleep and do a little sum, one tied to each core.

They have a higher priority than the sound. Who wakes late was kept from its core by nobody but the system or, under a
virtual machine, its host; the same sum that takes longer than it usually does beside the same sound says that the core
was slower or stopped. A guest counts such time as processor time of
whoever ran: so it is taken off a callback's time here, by what was seen on the same core while it ran. A sum lasts
microseconds: one that was stopped says what that stop took, and only where most of them were slow was the core slow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOTED_NS", "WITNESS", "longest_wait", "net_processor", "witnesses"]

WITNESS = np.dtype([("time", "<i8"), ("late", "<i8"), ("core", "<i4"), ("slow", "<f4")])
"""Somebody woke: ns of time.perf_counter_ns, how late in ns (with what a stopped sum lost), on which core (-1: on any),
and how many times longer than usual its sum took."""
NOTED_NS = 250_000
"""Who wakes up that much late was kept from it."""
EVERY_NS = 600_000
"""From one look to the next where nothing is noted."""


def witnesses(time: NDArray[np.int64], late: NDArray[np.int64], core: int = -1, slow: float = 1.0) -> NDArray[np.void]:
    """Records `WITNESS` [n] of times and latenesses in ns."""
    found = np.zeros(len(time), WITNESS)
    found["time"], found["late"], found["core"], found["slow"] = time, late, core, slow
    return found


def _waited(seen: NDArray[np.void], start: int, end: int) -> float:
    """ns between two times that witnesses, of one core, were kept waiting."""
    overlap = np.minimum(seen["time"], end) - np.maximum(seen["time"] - seen["late"], start)
    return float(np.maximum(overlap, 0).sum())


def longest_wait(seen: NDArray[np.void], start: int, end: int) -> float:
    """ns between two times, ns, that the witnesses of some core were kept waiting, each for longer than NOTED_NS."""
    late = seen[(seen["late"] > NOTED_NS) & (seen["time"] >= start) & (seen["time"] - seen["late"] <= end)]
    return max((_waited(late[late["core"] == core], start, end) for core in np.unique(late["core"])), default=0.0)


def _slowness(entry: np.void, seen: NDArray[np.void]) -> float:
    """How many times longer than usual more than half of all sums took on the callback's core while it ran."""
    start, end = int(entry["start"]), int(entry["start"]) + int(entry["wall"])
    during = seen[(seen["time"] >= start) & (seen["time"] <= end)]
    looks = max(len(during), round((end - start) / EVERY_NS), 1)
    slow = np.concatenate([np.ones(looks - len(during)), np.sort(during["slow"])])  # the others saw nothing
    return float(slow[(looks - 1) // 2])


def net_processor(log: NDArray[np.void], rate: int, witness: NDArray[np.void]) -> NDArray[np.float64]:
    """ns of processor time that callbacks really had, for those that seem to have needed longer than their block.

    Args:
        log: `layout.LOG` records; rate: of the device, Hz.
        witness: WITNESS records in any order.
    """
    found = log["cpu"].astype(np.float64)
    for at in np.flatnonzero(log["cpu"] >= log["frames"] * 1e9 / rate):
        entry = log[at]
        end = int(entry["start"]) + int(entry["wall"])
        of_core = witness[(witness["core"] == entry["core"]) & (witness["core"] >= 0)]
        near = of_core[(of_core["time"] >= entry["start"]) & (of_core["time"] - of_core["late"] <= end)]
        interrupted = float(entry["wall"]) - float(entry["cpu"])
        counted = max(_waited(near, int(entry["start"]), end) - interrupted, 0.0)  # what the guest did not see itself
        found[at] = max(found[at] - counted, 0.0) / _slowness(entry, near)
    return found
