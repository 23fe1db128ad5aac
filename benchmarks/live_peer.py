"""The engine's peer: the same emulator, called by a Python callback of sounddevice in the window's own process.

This is how most Python programs play sound. It renders the same bars of 32 voices, but neither MIDI nor changes of
patch, so it has less to do.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

import numpy as np

from benchmarks.live_music import BAR_SECONDS, PATCHES, bar
from engine.events import Kind, event_array
from engine.library import find_model, open_model
from engine.live.devices import JACK
from engine.live.layout import LOG
from engine.part import Part
from engine.patch import read_patch

__all__ = ["PythonCallback"]

RATE = 48_000
MOST_CALLS = 1 << 20


def _rows(start: int, number: int) -> list[tuple[int, int, int, int, float]]:
    """A bar as events of a part: its notes and knobs."""
    rows = []
    for at, (status, key, value) in bar(start, RATE, number)[0]:
        kind = {0x90: Kind.NOTE_ON, 0x80: Kind.NOTE_OFF, 0xB0: Kind.CONTROL}[status & 0xF0]
        rows.append((at, int(kind), 0, key, float(value)))
    return rows


class PythonCallback:
    """Plays to JACK as a context manager.

    Attributes:
        started: seconds from the construction to the stream.
    """

    def __init__(self) -> None:
        import sounddevice as sd

        began = time.perf_counter()
        patch = read_patch(PATCHES[0], "patch")
        self._part = Part(patch, open_model(find_model(patch.model)), seed=1)
        self._out, self._scope = np.zeros((8192, 2), np.float32), np.zeros((48_000, 2), np.float32)
        self._now, self._number, self._first = 0, 0, 0
        self._events = event_array(_rows(RATE // 2, 0))
        self._calls, self._played, self._began, self._from = 0, 0, time.perf_counter(), 0
        self._log = np.zeros(MOST_CALLS, LOG)
        hosts = sd.query_hostapis()
        device = next(host["default_output_device"] for host in hosts if host["name"] == JACK)
        self._part.render(event_array([]), 0, 0, self._out[:64])  # compile before, not in, the first callback
        self._stream = sd.OutputStream(
            device=device, samplerate=RATE, blocksize=0, channels=2, dtype="float32", latency="low", callback=self._play
        )
        self._stream.start()
        self.started = time.perf_counter() - began

    def _play(self, out: np.ndarray, frames: int, _time: Any, _status: Any) -> None:
        start, spent = time.perf_counter_ns(), time.thread_time_ns()
        bar_samples = int(BAR_SECONDS * RATE)
        if self._now > (self._number + 1) * bar_samples:
            self._number += 1
            self._events, self._first = event_array(_rows(self._number * bar_samples + RATE // 2, self._number)), 0
        self._first = self._part.render(self._events, self._first, self._now, self._out[:frames])
        self._now += frames
        self._played += frames
        out[:] = self._out[:frames]
        self._scope[: len(out)] = out
        if self._calls < MOST_CALLS:
            wall, cpu = time.perf_counter_ns() - start, time.thread_time_ns() - spent
            self._log[self._calls] = (start, wall, cpu, 0, frames, 0, -1, 0)
            self._calls += 1

    def reset(self) -> None:
        """Count from now on."""
        self._began, self._from = time.perf_counter(), self._played

    def scope(self, frames: int) -> np.ndarray:
        """Something to draw, float32 [frames, 2]."""
        return self._scope[:frames]

    @property
    def log(self) -> np.ndarray:
        """Its callbacks, `layout.LOG`."""
        return self._log[: self._calls]

    def figures(self) -> tuple[int, int]:
        """Samples played since `reset`, and those that were due."""
        due = round((time.perf_counter() - self._began) * RATE)
        return self._played - self._from, due

    def __enter__(self) -> PythonCallback:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.abort()
        self._stream.close()
