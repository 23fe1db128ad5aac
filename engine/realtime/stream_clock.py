"""Which sample is at which time: callbacks come when the machine finds time, the device takes samples evenly.

A line through the times of past callbacks, kept by a filter of two numbers (when the last one belongs, and the period):
at first it is the least-squares line through all there were, then one that forgets over 20 s, which is longer than
clocks take to drift by a microsecond. So stamps of MIDI do not inherit the callbacks' jitter. A DLL of 0.5 Hz, as JACK
has it, lets a tenth of the jitter through; this one a fiftieth.
"""

from __future__ import annotations

from typing import Any

from accel.emulator.entry import address_of
from accel.formats import RATE
from engine.jit import compiled
from engine.realtime.turn import begin_write, end_write

__all__ = ["publish_clock", "tick"]

MEMORY_SECONDS = 20.0
GAP_BLOCKS = 4.0
STRAYS = 8
"""So many callbacks in a row at another place than expected mean that the line has moved."""
WANDER = 0.05
"""Most that a period may differ from its rate's."""
NS = 1e9
ENGINE_RATE = float(RATE)


@compiled
def _restart(timing: Any, ns: float, frames: int, rate: float) -> float:
    timing.ticks, timing.start, timing.period = 1, ns, NS / rate
    timing.frames, timing.strays = frames, 0
    return 0.0


@compiled
def tick(timing: Any, ns: int, frames: int, rate: float, skipped: int) -> float:
    """Take in that a callback began.

    Args:
        timing: `rig.TIMING` record; `start` and `period` are the result, `ticks` = 0 begins anew.
        ns: of `native.now_ns`; frames: that it asks for; rate: of the device in Hz.
        skipped: frames that the device is known to have left out before it.

    Returns:
        By how many ns it began later than it belongs (negative: earlier).
    """
    if timing.ticks == 0:
        return _restart(timing, float(ns), frames, rate)
    block = max(timing.frames, frames) * timing.period
    expected = timing.start + (timing.frames + skipped) * timing.period
    late = ns - expected
    is_stray = abs(late) > 0.5 * block
    timing.strays = timing.strays + 1 if is_stray else 0
    if abs(late) > GAP_BLOCKS * block or timing.strays >= STRAYS:
        _restart(timing, float(ns), frames, rate)
        return late
    n = min(timing.ticks, max(int(MEMORY_SECONDS * rate / max(frames, 1)), STRAYS))
    # Gains of the least-squares line through n + 1 points.
    error = min(max(late, -0.5 * block), 0.5 * block)
    timing.start = expected + error * (2.0 * (2 * n + 1)) / ((n + 1.0) * (n + 2.0))
    period = timing.period + error * 6.0 / ((n + 1.0) * (n + 2.0)) / max(timing.frames + skipped, 1)
    timing.period = min(max(period, NS / rate * (1.0 - WANDER)), NS / rate * (1.0 + WANDER))
    timing.ticks += 1
    timing.frames = frames
    return late


@compiled
def publish_clock(rig: Any, sample: int, frames: int, rate: float, ahead: int, latency: int, frame: int) -> None:
    """Publish in `layout.CLOCK` what `tick` has found for the callback that plays the sound from `sample` on.

    Args:
        frames: of the callback, at the device's rate in Hz.
        ahead: samples that are rendered ahead of it.
        latency: samples at 48 kHz from the callback to the jack.
        frame: of JACK, at which the callback begins; 0 where there is none.
    """
    clock, timing = rig.clock[0], rig.timing[0]
    lock, number = address_of(rig.clock), clock.seq
    begin_write(lock, number)
    clock.sample, clock.time, clock.rate = sample, int(timing.start), int(rate)
    clock.period = timing.period * (rate / ENGINE_RATE)
    clock.block = -(-frames * RATE // int(rate))
    clock.delay = clock.block + ahead
    clock.latency, clock.jack_frame = latency, frame
    end_write(lock, number)
