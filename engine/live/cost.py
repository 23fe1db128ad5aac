"""What a model costs on this machine: measured once on a part that nobody hears, before the model is first played.

The governor (`engine.realtime.governor`) follows what blocks really take; this is where it begins, so that the first
chord of a new model is not let through at a price that belongs to another.
"""

from __future__ import annotations

import functools
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accel.program import Program
from engine.events import event_array
from engine.midi.rows import note_on
from engine.part import Part
from engine.patch import Patch

__all__ = ["Costs", "dry_run"]

SHORT, LONG, TURNS = 16, 512, 3


class Costs(NamedTuple):
    """ns of processor time: of a running network per sample, and of starting one."""

    sustain: float
    start: float


@functools.lru_cache(maxsize=64)
def dry_run(program: Program) -> Costs:
    """Measure a model: some milliseconds, in this thread. The least of three, since others may use the processor."""
    part, now = Part(Patch("cost", program.name), program, seed=0, room=(TURNS + 1, 1)), 0
    starts, sustains = [], []
    for turn in range(TURNS + 1):
        start = _spent(part, now, np.zeros((SHORT, 2), np.float32), turn)
        sustain = _spent(part, now + SHORT, np.zeros((LONG, 2), np.float32), None) / (LONG * (turn + 1))
        now += SHORT + LONG
        starts.append(start - sustain * SHORT * (turn + 1))
        sustains.append(sustain)
    return Costs(max(min(sustains[1:]), 1e-3), max(min(starts[1:]), 1e-3))  # without the first, which loads pages


def _spent(part: Part, now: int, out: NDArray[np.float32], turn: int | None) -> int:
    events = event_array([] if turn is None else [note_on(now, 0, 48 + turn, 100.0)])
    began = time.thread_time_ns()
    part.render(events, 0, now, out)
    return time.thread_time_ns() - began
