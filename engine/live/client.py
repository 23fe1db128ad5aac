"""The engine as a window or a command sees it: start it, play it, ask it, look at it. No Numba, no sound library here.

Notes and knobs go through the shared ring and are never waited for; requests go as messages and are answered; what
is shown is read from shared memory. An engine that dies is replaced and brought back to where it was; the owner only
gets a line about it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as LateError
from typing import Any

import msgspec
from numpy.typing import NDArray

from accel.errors import SystoleError
from engine.live import protocol
from engine.live.layout import State
from engine.live.options import Options, encode_options
from engine.live.protocol import Answer, Done, Line, PatchChanged, Ready, Refused, Request, encode
from engine.live.resume import read_state, reset
from engine.live.shared import SharedBlock
from engine.live.snapshot import Reader, Snapshot, latest
from engine.live.supervisor import RestartPolicy, Supervisor
from engine.midi.rows import Row
from engine.realtime.event_ring import EventRing
from engine.text import plain

__all__ = ["Engine", "Notice"]

Notice = Answer
_LASTING = (protocol.SetTuning, protocol.SetSeed)
"""Requests whose last one holds for the next engine too, beside those that `Options` hold."""
MOST_WAITING = 64


def _message(command: Request) -> bytes:
    """A request as it is sent.

    Raises:
        SystoleError: larger than the engine takes, or no text that could be sent.
    """
    name = type(command).__name__
    try:
        data = encode(command)
    except (TypeError, ValueError) as error:
        raise SystoleError(f"{name}: {plain(error)}") from None
    if len(data) > protocol.MAX_BYTES:
        raise SystoleError(f"{name}: {len(data)} bytes; allowed: {protocol.MAX_BYTES}")
    return data


class Engine:
    """An engine process and all that follows it, should it die. Methods may be called from any thread.

    with Engine() as engine:
        engine.start(Options())
        engine.wait_ready(30)
        engine.send([note_on(0, 0, 60, 100.0)])
    """

    def __init__(self, *, supervise: Callable[..., Supervisor] = Supervisor) -> None:
        self._block = SharedBlock.create()
        arrays = self._block.arrays
        self._arrays, self._reader, self._reading = arrays, Reader(arrays), threading.Lock()
        self._ring = EventRing(arrays["events"], arrays["heads"], arrays["tails"])
        self._supervisor = supervise(self._block, self, policy=RestartPolicy())
        self._listeners: list[Callable[[Notice], None]] = []
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._ids = 0
        self._options = Options()
        self._lasting: dict[type, Request] = {}
        self._recording: protocol.StartRecording | None = None
        self._resume: list[Row] = []
        self._last_error = ""
        self._ready: Future[float] = Future()

    def start(self, options: Options) -> None:
        """Start the engine process; returns at once. May be called once."""
        self._options = options
        self._supervisor.start()

    def wait_ready(self, timeout: float) -> float:
        """Wait until the engine plays; seconds that its start took.

        Raises:
            SystoleError: it cannot be started, or takes longer than `timeout` seconds.
        """
        try:
            return self._ready.result(timeout)
        except LateError:
            raise SystoleError(f"the engine was not ready after {timeout:g} s") from None

    def stop(self) -> None:
        """Fade out, finish recordings, end the process; at most about ten seconds. A second call does nothing."""
        self._supervisor.stop()
        self._fail("the engine was stopped")
        self._not_ready("the engine was stopped")
        self._arrays["header"]["state"] = State.STOPPED
        self._block.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *unused: object) -> None:
        self.stop()

    @property
    def is_failed(self) -> bool:
        """It could not be started; `wait_ready` says why."""
        return self._ready.done() and self._ready.exception() is not None

    @property
    def is_over(self) -> bool:
        """No engine runs and none will be started again."""
        return self._supervisor.has_ended

    def on_notice(self, listener: Callable[[Notice], None]) -> None:
        """Call `listener` with every notice (not with answers), in a thread of ours: it must return soon."""
        with self._lock:
            self._listeners.append(listener)

    def send(self, rows: Sequence[Row] | NDArray[Any]) -> int:
        """Play events, `time` 0 = at once, else sample positions as in `snapshot().clock`; returns how many fitted."""
        return self._ring.push(rows)

    def request(self, command: Request, timeout: float = 10.0) -> Done:
        """Ask for something and wait for it.

        Raises:
            SystoleError: refused, with the engine's reason; or no answer came within `timeout` seconds.
        """
        future: Future[Any] = Future()
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                raise SystoleError(f"the engine has not answered {MOST_WAITING} requests: it takes no more")
            self._ids += 1
            number = self._ids
            self._waiting[number] = future
        try:
            data = _message(msgspec.structs.replace(command, id=number))
            if isinstance(command, protocol.Stop):
                self._supervisor.expect_end()
            self._supervisor.send(data)
            answer = future.result(timeout)
        except LateError:
            raise SystoleError(f"{type(command).__name__}: no answer within {timeout:g} s") from None
        finally:
            with self._lock:
                self._waiting.pop(number, None)
        if isinstance(answer, Refused):
            raise SystoleError(answer.line)
        self._remember(command)
        done: Done = answer
        return done

    def snapshot(self) -> Snapshot:
        """What the engine is doing now."""
        with self._reading:
            return self._reader.read()

    def scope(self, frames: int) -> NDArray[Any]:
        """The last `frames` samples that were played, float32 [frames, 2], at 48 kHz; at most 32768."""
        return latest(self._arrays["scope"], int(self._arrays["scope_head"][0]), frames)

    def _remember(self, command: Request) -> None:
        """Keep what the next engine must be told if this one dies."""
        with self._lock:
            if isinstance(command, protocol.OpenStream):
                self._options = msgspec.structs.replace(self._options, stream=command)
            elif isinstance(command, protocol.CloseStream):
                self._options = msgspec.structs.replace(self._options, stream=None)
            elif isinstance(command, protocol.MidiPorts):
                self._options = msgspec.structs.replace(self._options, midi=command)
            elif isinstance(command, protocol.StartRecording):
                self._recording = msgspec.structs.replace(command, resume=True)
            elif isinstance(command, protocol.StopRecording):
                self._recording = None
            elif isinstance(command, protocol.SetCv):
                self._options = msgspec.structs.replace(self._options, cv=command.channels)
            elif isinstance(command, _LASTING):
                self._lasting[type(command)] = command

    # What the supervisor calls, in its thread.

    def first_message(self) -> bytes:
        """See `supervisor.Host`."""
        with self._lock:
            return encode_options(self._options)

    def received(self, answer: Answer) -> None:
        """See `supervisor.Host`."""
        if isinstance(answer, Done | Refused):
            with self._lock:
                future = self._waiting.get(answer.id)
            if future is not None and not future.done():
                future.set_result(answer)
            return
        if isinstance(answer, Line) and answer.level == "error":
            self._last_error = answer.text
        if isinstance(answer, protocol.RecordingStopped):
            with self._lock:
                self._recording = None
        elif isinstance(answer, PatchChanged):
            with self._lock:
                self._options = msgspec.structs.replace(self._options, patch=answer.text)
        elif isinstance(answer, Ready):
            self._greet(answer.seconds)
        self._tell(answer)

    def died(self, line: str) -> None:
        """See `supervisor.Host`."""
        header = self._arrays["header"]
        self._resume = read_state(self._arrays) or self._resume
        reset(self._arrays, os.getpid(), int(header["restarts"][0]) + 1)
        self._fail(line)
        self._tell(Line("warning", line))

    def gave_up(self, line: str) -> None:
        """See `supervisor.Host`."""
        self._not_ready(self._last_error or line)
        self._tell(Line("error", line))
        recording = self._recording
        if recording is not None:
            said = f"recording ended with the engine: {plain(recording.path)}.part holds what was heard"
            self.received(protocol.RecordingStopped(recording.path, 0.0, said))

    def _not_ready(self, line: str) -> None:
        with contextlib.suppress(InvalidStateError):
            self._ready.set_exception(SystoleError(line))

    def _greet(self, seconds: float) -> None:
        """A new engine plays: bring it to where the last one was."""
        rows, self._resume = self._resume, []
        self._ring.push(rows)
        with self._lock:
            lasting = list(self._lasting.values())
            if self._recording is not None:
                lasting.append(self._recording)
        for command in lasting:
            with contextlib.suppress(SystoleError):  # gone again already: the next one will be told
                self._supervisor.send(encode(msgspec.structs.replace(command, id=0)))
        with contextlib.suppress(InvalidStateError):  # not the first one
            self._ready.set_result(seconds)

    def _fail(self, line: str) -> None:
        """Nobody will answer what is waiting."""
        with self._lock:
            waiting = list(self._waiting.values())
        for future in waiting:
            if not future.done():
                future.set_result(Refused(0, line))

    def _tell(self, notice: Notice) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(notice)
            except Exception:  # a fault of the window must not end what keeps the sound alive
                logging.getLogger(__name__).exception("while a notice was shown")
