"""What a callback took, and whose fault it was where it took too long."""

from __future__ import annotations

import math
from typing import Any

from accel.emulator.entry import address_of
from accel.formats import RATE
from engine.jit import compiled, inlined
from engine.realtime.ahead_ring import take_missing
from engine.realtime.native import core_number, store_release
from engine.realtime.rig import SAFE, WORD_AT

__all__ = ["log_ahead", "log_callback", "meter_load"]

MODE = WORD_AT["mode"]
NS = 1e9
MOST_NS = 2_000_000_000
MEMORY_SECONDS, WORST_SECONDS = 0.5, 2.0


@compiled
def meter_load(rig: Any, wall: int, count: int, rate: int) -> None:
    """Share of the time that rendering takes: its mean over half a second, and the worst of the last seconds.

    Args:
        wall: ns for `count` samples at `rate` Hz.
    """
    seconds = count / rate
    load = wall / (NS * seconds)
    meters = rig.meters[0]
    meters.load += (load - meters.load) * (1.0 - math.exp(-seconds / MEMORY_SECONDS))
    meters.load_worst = max(load, meters.load_worst * math.exp(-seconds / WORST_SECONDS))


@inlined
def _fill(rig: Any, entry: Any, start: int, wall: int, cpu: int, late: float, frames: int) -> None:
    entry.start, entry.wall, entry.cpu = start, min(wall, MOST_NS), min(cpu, MOST_NS)
    entry.lateness = int(min(max(late, -MOST_NS), MOST_NS))
    entry.frames, entry.core, entry.starting = frames, core_number(rig.words), rig.play[0].starting


@compiled
def log_callback(rig: Any, start: int, wall: int, cpu: int, late: float, frames: int, rate: int) -> None:
    """Count, meter and log one callback of at least one frame.

    Over-long is one that took more than its block lasts: by our fault if the processor worked on it for as long,
    else because it was taken away. Late is one that began half a block after its time.

    Args:
        start, wall, cpu, late: ns; frames at `rate` Hz.
    """
    counters, period = rig.counters[0], NS * frames / rate
    counters.callbacks += 1
    if wall > period:
        if cpu < period:
            counters.overruns_preempted += 1
        else:
            counters.overruns_own += 1
    if late > 0.5 * period:
        counters.late_starts += 1
    if rig.words[MODE] != SAFE:  # else this was only a copy
        meter_load(rig, wall, frames, rate)
    missing = take_missing(rig)
    head = rig.log_head[0]
    entry = rig.log[head & (rig.log.shape[0] - 1)]
    _fill(rig, entry, start, wall, cpu, late, frames)
    entry.missing = missing
    store_release(address_of(rig.log_head), head + 1)


@compiled
def log_ahead(rig: Any, start: int, wall: int, cpu: int, late: int, frames: int) -> None:
    """Meter and log one block rendered ahead; arguments as `log_callback`."""
    meter_load(rig, wall, frames, RATE)
    head = rig.ahead_log_head[0]
    entry = rig.ahead_log[head & (rig.ahead_log.shape[0] - 1)]
    _fill(rig, entry, start, wall, cpu, float(late), frames)
    entry.missing = 0
    store_release(address_of(rig.ahead_log_head), head + 1)
