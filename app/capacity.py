"""What this machine can play: voices on one core, how even block times are, and the smallest safe block.

Measured through the instrument's own block function, with every note held at full level. Processor time says what
voices cost; the clock, which also sees what else the machine does, says which block is safe. What a live
stream adds (waking up in time, the sound card) is not in it, so a careful player takes one size more.
"""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.formats import RATE
from accel.program import Program
from engine.events import Kind, event_array
from engine.part import Part
from engine.patch import Patch

__all__ = ["BLOCKS", "COUNTS", "LOAD", "BlockLoad", "Capacity", "measure_capacity"]

LOAD = 0.7
"""Part of a core, or of a block's duration, that may be used."""
BLOCKS = (16, 32, 64, 128, 256, 512, 1024)
COUNTS = (1, 2, 4, 8, 16, 32)
"""Numbers of notes that are timed; the line through them gives the cost of one more."""
_LOWEST_NOTE = 36


@dataclass(frozen=True)
class BlockLoad:
    """Time by the clock of the slowest block in a thousand, in seconds and as part of the block's duration."""

    block: int
    p999: float
    load: float


@dataclass(frozen=True)
class Capacity:
    """Results. Times in seconds; p50, p99, p999: processor time of a block with `voices` notes.

    Attributes:
        voices_per_core: notes whose blocks take LOAD of one core.
        safe_block: smallest block whose slowest in a thousand takes at most LOAD of its duration, as in all larger
            ones; None: none.
    """

    patch: str
    model: str
    macs_per_sample: float
    block: int
    voices: int
    voices_per_core: int
    seconds_per_voice: float
    p50: float
    p99: float
    p999: float
    blocks: list[BlockLoad]
    safe_block: int | None

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


class _Held:
    """A patch with so many notes that never fade."""

    def __init__(self, patch: Patch, program: Program, notes: int, block: int) -> None:
        parameters = {
            **patch.parameters,
            "voice.mode": "poly",
            "voice.polyphony": COUNTS[-1],
            "amp.sustain": 1.0,
        }
        self._part = Part(replace(patch, parameters=parameters), program, seed=1)
        self._out = np.zeros((block, 2), np.float32)
        self._now = 0
        self.play(event_array([(0, Kind.NOTE_ON, 0, _LOWEST_NOTE + index, 100.0) for index in range(notes)]))
        self._none = event_array([])

    def play(self, events: NDArray[Any]) -> None:
        self._part.render(events, 0, self._now, self._out)
        self._now += len(self._out)

    def __call__(self) -> None:
        self.play(self._none)


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _times(action: Callable[[], None], seconds: float, clock: Callable[[], float]) -> NDArray[np.float64]:
    """Seconds of each call, for about `seconds` by the clock; at least 20 calls."""
    found: list[float] = []
    end = time.perf_counter() + seconds
    with _without_collection():
        while len(found) < 20 or time.perf_counter() < end:
            began = clock()
            action()
            found.append(clock() - began)
    return np.array(found)


def _safe(loads: Sequence[BlockLoad]) -> int | None:
    """The smallest block that stays within LOAD, as all larger ones do; a lucky short one does not count."""
    safe = None
    for each in sorted(loads, key=lambda each: -each.block):
        if each.load > LOAD:
            break
        safe = each.block
    return safe


def measure_capacity(
    patch: Patch,
    program: Program,
    *,
    voices: int,
    block: int,
    seconds: float,
    advance: Callable[[int], None] = lambda done: None,
) -> Capacity:
    """Measure a patch on this machine.

    Args:
        voices: notes held for block times and the safe block, 1..32.
        block: samples per block for voices per core and block times.
        seconds: of each of the measurements, whose number is len(COUNTS) + 1 + len(BLOCKS).
        advance: told how many measurements are done.
    """
    done = 0
    medians = []
    for done, count in enumerate(COUNTS, 1):
        medians.append(float(np.median(_times(_Held(patch, program, count, block), seconds, time.thread_time))))
        advance(done)
    slope, start = np.polyfit(COUNTS, medians, 1, w=1 / np.array(medians)).tolist()
    times = _times(_Held(patch, program, voices, block), seconds, time.thread_time)
    advance(done + 1)
    p50, p99, p999 = np.percentile(times, (50, 99, 99.9)).tolist()
    loads = []
    for index, size in enumerate(BLOCKS, done + 2):
        slow = float(np.percentile(_times(_Held(patch, program, voices, size), seconds, time.perf_counter), 99.9))
        loads.append(BlockLoad(size, slow, slow * RATE / size))
        advance(index)
    return Capacity(
        patch=patch.name,
        model=program.name,
        macs_per_sample=program.macs_per_sample,
        block=block,
        voices=voices,
        voices_per_core=max(0, int((LOAD * block / RATE - start) / slope)),
        seconds_per_voice=slope,
        p50=p50,
        p99=p99,
        p999=p999,
        blocks=loads,
        safe_block=_safe(loads),
    )
