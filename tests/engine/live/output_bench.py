"""An output on devices that come, refuse, go and hang, through a stream that calls the real callback at its pace."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from accel.program import Program
from engine.events import Kind
from engine.live.core import Core, make_core
from engine.live.deadline import StuckError
from engine.live.devices import Device
from engine.live.layout import BYTES, State, carve, prepare
from engine.live.output import Output
from engine.live.protocol import Answer, OpenStream, StreamChanged
from engine.live.stream import Callbacks, Plan
from engine.part import Part
from engine.patch import Patch
from engine.realtime.rig import SAFE, WORD_AT

__all__ = ["PERIOD", "Bench", "FakeStream", "Machine", "ahead", "device", "played", "wait"]


AUDIO = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p
)
PERIOD = 384
"""Of a JACK server."""


def device(name: str, rates: tuple[int, ...] = (48_000,), inputs: int = 0, host: str = "ALSA") -> Device:
    return Device(host, name, 2, inputs, rates, rates[0], 0.005, False)


class Machine:
    """Which devices there are, and what they do."""

    def __init__(self) -> None:
        self.devices = [device("card"), device("other", (96_000,), 4)]
        self.refusal: Exception | None = None
        self.hangs = False
        self.given = 0.0  # by all inputs
        self.open: list[FakeStream] = []
        self.rescans = 0

    def rescan(self) -> None:
        self.rescans += 1


class FakeStream:
    """Calls like a sound card: a block each time its block has passed."""

    machine: Machine

    def __init__(self, plan: Plan, callbacks: Callbacks) -> None:
        if self.machine.refusal is not None:
            raise self.machine.refusal
        assert not self.machine.open, "one at a time"
        self.plan, self.rate, self.latency, self.frame_clock = plan, plan.rate, 240, (0, 0)
        self.block = plan.block or PERIOD
        self._audio, self._data = AUDIO(callbacks.audio), callbacks.data
        self.heard: list[np.ndarray] = []
        self._pulled = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.machine.open.append(self)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        given = np.zeros((self.block, max(self.plan.inputs, 1)), np.float32)
        due = time.monotonic()
        while not self._pulled.is_set():
            given[:] = self.machine.given
            out = np.full((self.block, 2), 9.0, np.float32)
            self._audio(given.ctypes.data, out.ctypes.data, self.block, None, 0, self._data)
            self.heard.append(out)
            due += self.block / self.plan.rate
            time.sleep(max(0.0, due - time.monotonic()))

    @property
    def is_alive(self) -> bool:
        return not self._pulled.is_set()

    def unplug(self) -> None:
        self._pulled.set()
        self._thread.join()

    def close(self, seconds: float = 3.0) -> None:
        self.machine.open.remove(self)
        self._pulled.set()
        self._thread.join()
        if self.machine.hangs:
            raise StuckError("PortAudio: no answer within 3 s")


class Bench:
    """An output on a core whose deck is empty."""

    def __init__(self) -> None:
        self.arrays = carve(np.zeros(BYTES, np.uint8))
        prepare(self.arrays, 1)
        self.core: Core = make_core(self.arrays)
        self.notices: list[Answer] = []
        self.marks: list[tuple[int, str, float]] = []
        self.knobs = ["shape"]
        self.output = Output(
            self.core, knobs=lambda: self.knobs, post=self.notices.append, mark=lambda *mark: self.marks.append(mark)
        )
        self.output.prepare()
        self.output.start()

    def open(self, **options: Any) -> Any:
        return self.output.open(OpenStream(**options)).result(20)

    def hum(self, program: Program) -> None:
        """A note that goes on."""
        self.core.keeper.fill(0, Part(Patch("hum", "tiny"), program, seed=1), 1)
        assert self.core.control.push([(0, Kind.OPEN, 1, 0, -1.0), (0, Kind.NOTE_ON, 0, 60, 100.0)]) == 2

    @property
    def state(self) -> State:
        return State(int(self.arrays["header"]["state"][0]))

    def until(self, is_so: Callable[[], Any]) -> None:
        end = time.monotonic() + 20
        while not is_so():
            self.output.tick()
            assert time.monotonic() < end, self.notices
            time.sleep(0.005)

    def lines(self) -> list[str]:
        return [notice.line for notice in self.notices if isinstance(notice, StreamChanged)]


def ahead(bench: Bench) -> int:
    """Blocks that are rendered ahead now; 0: direct."""
    words = bench.core.rig.words
    return int(words[WORD_AT["ahead"]] // words[WORD_AT["block"]]) if words[WORD_AT["mode"]] == SAFE else 0


def played(bench: Bench, *kinds: Kind) -> list[tuple[int, float]]:
    """(kind, value) of the events so far that are of some kinds."""
    return [(each[1], each[4]) for each in bench.core.take_journal().tolist() if each[1] in kinds]


def wait(bench: Bench, samples: int = 4800) -> None:
    end = bench.core.samples + samples
    bench.until(lambda: bench.core.samples > end)
