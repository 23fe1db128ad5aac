"""The engine in the window's own thread: events go out at once, answers and notices arrive as signals.

Asking means waiting, up to minutes for a long recording, so it is done in threads, and nothing here ever blocks. Of
patches only the newest that waits is asked for: whoever browses quickly wants to hear the last one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from accel.errors import SystoleError
from app.window.handover import Handover
from app.window.link.port import EnginePort
from engine.live import protocol
from engine.live.protocol import Answer, Request, SetPatch
from engine.live.snapshot import Snapshot
from engine.midi.rows import Row

__all__ = ["EngineLink"]

READY_SECONDS = 600.0
END_SECONDS, END_LOOK_SECONDS = 15.0, 0.05
REQUESTS = 4
Then = Callable[[Any], None]
Otherwise = Callable[[str], None]


class EngineLink(QObject):
    """One for a window. Everything is called and told in the window's thread.

    Signals:
        ready: the engine plays, for the first time or again.
        failed: it could not be started, or will not be started again; the line says why.
        said: level and text of a line for the person.
        patch_changed, stream_changed, learned, recording_started, recording_stopped: the notices of `protocol` of
            those names.
    """

    ready = Signal()
    failed = Signal(str)
    said = Signal(str, str)
    patch_changed = Signal(object)
    stream_changed = Signal(object)
    learned = Signal(object)
    recording_started = Signal(object)
    recording_stopped = Signal(object)

    def __init__(self, engine: EnginePort, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._askers = ThreadPoolExecutor(REQUESTS, "systole-ask")
        self._patches = ThreadPoolExecutor(1, "systole-patch")
        self._newest, self._is_open = 0, True
        self.is_ready = False
        self._signals: dict[type, Any] = {
            protocol.PatchChanged: self.patch_changed,
            protocol.StreamChanged: self.stream_changed,
            protocol.Learned: self.learned,
            protocol.RecordingStarted: self.recording_started,
            protocol.RecordingStopped: self.recording_stopped,
        }
        self._handover = Handover(self)
        engine.on_notice(lambda notice: self._handover.hand(self._hear, notice))  # in a thread of the engine's client
        self._await_ready()

    def _await_ready(self) -> None:
        threading.Thread(target=self._wait, name="systole-ready", daemon=True).start()

    def play(self, rows: Sequence[Row] | NDArray[Any]) -> bool:
        """Play events at once; False if not all of them found room."""
        return self._engine.send(rows) == len(rows)

    def ask(
        self,
        command: Request,
        then: Then | None = None,
        otherwise: Otherwise | None = None,
        *,
        timeout: float = 10.0,
    ) -> None:
        """Ask for something; returns at once.

        Args:
            then: called with the answer's result; of a patch that another one overtook, with None.
            otherwise: called with the line that says why not; without it the line is shown.
            timeout: seconds that the engine may take.
        """
        if not self._is_open:
            return
        refused = otherwise or (lambda line: self.said.emit("warning", line))
        if isinstance(command, SetPatch):
            self._newest += 1
            self._patches.submit(self._ask, command, then, refused, timeout, self._newest)
        else:
            self._askers.submit(self._ask, command, then, refused, timeout, None)

    def snapshot(self) -> Snapshot:
        """What the engine is doing now; some 50 microseconds, so once a frame (see `clock.FrameClock`)."""
        return self._engine.snapshot()

    def scope(self, frames: int) -> NDArray[Any]:
        """What was last played, float32 [frames, 2] at 48 kHz; at most 32768."""
        return self._engine.scope(frames)

    @property
    def is_over(self) -> bool:
        """No engine runs and none will be started again."""
        return self._engine.is_over

    def restart(self, otherwise: Otherwise) -> None:
        """Let the engine that runs end in order, if one does, and start it again where it was; returns at once.

        Args:
            otherwise: called with the line that says why not. That it plays again is told as always, by `ready`.
        """
        if self._is_open:
            self._askers.submit(self._restart, otherwise)

    def _restart(self, otherwise: Otherwise) -> None:
        """In a thread of ours."""
        engine, until = self._engine, time.monotonic() + END_SECONDS
        try:
            if not engine.is_over:
                engine.request(protocol.Stop(), END_SECONDS)
                self._answer(self._set_ready, False)
            while not engine.is_over and time.monotonic() < until:
                time.sleep(END_LOOK_SECONDS)
            engine.restart()
        except SystoleError as error:
            self._answer(otherwise, str(error))
        else:
            self._await_ready()

    def _set_ready(self, is_ready: bool) -> None:
        self.is_ready = is_ready

    def close(self) -> None:
        """Hear and ask nothing more. The engine itself belongs to whoever started it."""
        self._is_open = False
        self._handover.close()
        for pool in (self._askers, self._patches):
            pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, command: Request, then: Then | None, refused: Otherwise, timeout: float, number: int | None) -> None:
        """In a thread of ours."""
        if number is not None and number != self._newest:
            self._answer(then, None)
            return
        try:
            result = self._engine.request(command, timeout).result
        except SystoleError as error:
            self._answer(refused, str(error))
        else:
            self._answer(then, result)

    def _answer(self, call: Then | Otherwise | None, value: Any) -> None:
        if call is not None:
            self._handover.hand(call, value)

    def _wait(self) -> None:
        try:
            self._engine.wait_ready(READY_SECONDS)
        except SystoleError as error:
            self._answer(self._failed, str(error))

    def _failed(self, line: str) -> None:
        self.failed.emit(line)

    def _hear(self, notice: Answer) -> None:
        if isinstance(notice, protocol.Ready):
            self.is_ready = True
            self.ready.emit()
        elif isinstance(notice, protocol.Line):
            self.said.emit(notice.level, notice.text)
        elif type(notice) in self._signals:
            self._signals[type(notice)].emit(notice)
