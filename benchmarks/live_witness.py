"""Witnesses of what a machine takes away: threads that only sleep and do a little sum, one tied to each core.

They have a higher priority than the sound. Who wakes late was kept from its core by nobody but the system or, under a
virtual machine, its host; the same sum over the same memory that takes longer than it usually does beside the same
sound says that the core was slower or stopped, or others had the cache. A guest counts such time as processor time of
whoever ran: so it is taken off a callback's time here, by what was seen on the same core while it ran.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOTED_NS", "WITNESS", "net_processor", "witnesses"]

WITNESS = np.dtype([("time", "<i8"), ("late", "<i8"), ("core", "<i4"), ("slow", "<f4")])
"""Somebody woke: ns of time.perf_counter_ns, how late in ns, on which core (-1: on any), and how many times longer than
usual its sum took."""
NOTED_NS = 250_000
"""Who wakes up that much late was kept from it."""
EVERY_NS = 600_000
"""From one look to the next where nothing is noted."""


def witnesses(time: NDArray[np.int64], late: NDArray[np.int64], core: int = -1, slow: float = 1.0) -> NDArray[np.void]:
    """Records `WITNESS` [n] of times and latenesses in ns."""
    found = np.zeros(len(time), WITNESS)
    found["time"], found["late"], found["core"], found["slow"] = time, late, core, slow
    return found


def _stolen(entry: np.void, seen: NDArray[np.void]) -> float:
    """ns of a callback during which a thread of higher priority could not run either on its core."""
    start, end = int(entry["start"]), int(entry["start"]) + int(entry["wall"])
    overlap = np.minimum(seen["time"], end) - np.maximum(seen["time"] - seen["late"], start)
    return float(np.maximum(overlap, 0).sum())


def _slowness(entry: np.void, seen: NDArray[np.void]) -> float:
    """How many times longer sums took on the callback's core than usual, on the mean of all looks while it ran."""
    start, end = int(entry["start"]), int(entry["start"]) + int(entry["wall"])
    during = seen[(seen["time"] >= start) & (seen["time"] <= end)]
    looks = max(len(during), round((end - start) / EVERY_NS), 1)
    return float((during["slow"].sum() + looks - len(during)) / looks)


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
        counted = max(_stolen(entry, near) - interrupted, 0.0)  # what the guest did not see itself
        found[at] = max(found[at] - counted, 0.0) / _slowness(entry, near)
    return found
