"""An engine without sound or process, for tests of the window: it stands where it is told and remembers what it heard.

Its shared block is laid out as the real one and read by the real reader; notes, knobs, parameters and rows that are
sent show there at once. Requests get `Done`, or what `replies` says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from engine.events import Kind
from engine.live import protocol
from engine.live.layout import BYTES, State, carve
from engine.live.protocol import Answer, Done, Request, SetPatch
from engine.live.snapshot import Reader, Snapshot
from engine.midi.rows import Row
from engine.parameters import TABLE

RATE = 48_000


class FakeEngine:
    """Has what `app.window.link.port.EnginePort` asks for, and handles for tests.

    Attributes:
        rows: all events that were sent; asked: all requests.
        replies: type of a request -> its result, a SystoleError to raise, or a function of the request.
        arrays: the shared block, to be written to by tests.
        room: events that still fit.
        restarts: how often it was started again.
    """

    def __init__(self, knobs: int = 4) -> None:
        self.rows: list[Row] = []
        self.asked: list[Request] = []
        self.replies: dict[type, Any] = {}
        self.room = 1 << 30
        self.arrays = carve(np.zeros(BYTES, np.uint8))
        self.is_failed = self.is_over = False
        self.restarts = 0
        self._listeners: list[Callable[[Answer], None]] = []
        self._reader = Reader(self.arrays)
        self.stand(knobs=[0.5] * knobs, parameters={})
        self.arrays["header"]["state"] = State.PLAYING
        self.arrays["clock"]["rate"], self.arrays["clock"]["block"], self.arrays["clock"]["delay"] = RATE, 128, 128

    # What tests do to it.

    def stand(self, *, knobs: Sequence[float], parameters: dict[str, float], serial: int = 0) -> None:
        """Play a patch whose knobs and parameters stand there; those not named at their default."""
        part: Any = self.arrays["sound"]
        part["seq"], part["patch"], part["knobs_used"] = 2, serial, len(knobs)
        self.arrays["knobs"][: len(knobs)] = self.arrays["knobs_live"][: len(knobs)] = knobs
        for index, entry in enumerate(TABLE):
            self.arrays["parameters"][index] = parameters.get(entry.id, entry.default)

    def say(self, notice: Answer) -> None:
        """Tell the window something, as from the engine."""
        for listener in self._listeners:
            listener(notice)

    def sound(self, frequency: float, level: float = 0.5, voices: int = 1) -> None:
        """Fill the scope with a sine in Hz, and let meters and voices show it; level 0 is silence."""
        scope, meters = self.arrays["scope"], self.arrays["meters"]
        phase = 2 * math.pi * frequency / RATE * np.arange(len(scope))
        scope[:] = (level * np.sin(phase)).astype(np.float32)[:, None]
        self.arrays["scope_head"][0] += len(scope)
        meters["peak_left"] = meters["peak_right"] = level
        meters["rms_left"] = meters["rms_right"] = level / math.sqrt(2)
        meters["voices"] = voices if level else 0

    @property
    def held(self) -> set[int]:
        """Keys that are down."""
        return set(np.flatnonzero(self.arrays["held"]).tolist())

    # What the window does.

    def wait_ready(self, timeout: float) -> float:
        if self.is_failed:
            raise SystoleError("device none: there is no such device")
        self.say(protocol.Ready(0.1))
        return 0.1

    def on_notice(self, listener: Callable[[Answer], None]) -> None:
        self._listeners.append(listener)

    def send(self, rows: Sequence[Row] | NDArray[Any]) -> int:
        taken = [tuple(row) for row in rows][: self.room]
        self.room -= len(taken)
        self.rows += taken  # type: ignore[arg-type]
        for _, kind, _, index, value in taken:
            self._take(kind, index, value)
        return len(taken)

    def _take(self, kind: int, index: int, value: float) -> None:
        arrays = self.arrays
        places = {Kind.PARAMETER: "parameters", Kind.KNOB: "knobs"}
        fields = {Kind.ROW_SOURCE: "source", Kind.ROW_TARGET: "target", Kind.ROW_AMOUNT: "amount"}
        if kind in places:
            arrays[places[Kind(kind)]][index] = value
        elif kind in fields:
            arrays["rows"][fields[Kind(kind)]][index] = value
        elif kind in (Kind.NOTE_ON, Kind.NOTE_OFF):
            arrays["held"][index] = kind == Kind.NOTE_ON and value > 0
        elif kind == Kind.RELEASE_ALL:
            arrays["held"][:] = 0

    def restart(self) -> None:
        if not self.is_over:
            raise SystoleError("the engine is running")
        self.is_over, self.restarts = False, self.restarts + 1
        self.arrays["header"]["state"] = State.PLAYING

    def request(self, command: Request, timeout: float = 10.0) -> Done:
        self.asked.append(command)
        reply = self.replies.get(type(command))
        if isinstance(reply, SystoleError):
            raise reply
        if isinstance(command, protocol.Stop):
            self.is_over = True
            self.arrays["header"]["state"] = State.STOPPED
        if isinstance(command, SetPatch):
            serial = int(self.arrays["sound"]["patch"][0]) + 1
            self.arrays["sound"]["patch"] = serial
            self.say(protocol.PatchChanged(command.text, serial))
        return Done(command.id, reply(command) if callable(reply) else reply)

    def snapshot(self) -> Snapshot:
        return self._reader.read()

    def scope(self, frames: int) -> NDArray[Any]:
        found: NDArray[Any] = self.arrays["scope"][-frames:].copy()
        return found
