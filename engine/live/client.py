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
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as LateError
from dataclasses import replace
from typing import Any

import msgspec
from numpy.typing import NDArray

from accel.errors import SystoleError
from engine.live import protocol
from engine.live.layout import State
from engine.live.options import Options
from engine.live.protocol import Answer, Done, Line, PatchChanged, Ready, Refused, Request, encode
from engine.live.requests import Requests, message, seconds_for
from engine.live.resume import read_state, reset
from engine.live.shared import SharedBlock
from engine.live.snapshot import Reader, Snapshot, latest
from engine.live.supervisor import RestartPolicy, Supervisor
from engine.live.wishes import Wishes
from engine.midi.rows import Row
from engine.realtime.event_ring import EventRing
from engine.text import plain

__all__ = ["Engine", "Notice"]

Notice = Answer
_READING = (State.PLAYING, State.SILENT)
"""When an engine reads events."""
WORST = "canary_worst_ns"
"""The one counter that is no sum."""


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
        self._supervise = supervise
        self._supervisor = supervise(self._block, self, policy=RestartPolicy())
        self._listeners: list[Callable[[Notice], None]] = []
        self._lock = threading.Lock()
        self._requests = Requests()
        self._wishes = Wishes()
        self._changing, self._is_stopped = threading.Lock(), False
        self._is_played = False  # an engine plays and has been told where the last one was
        self._serial = -1  # of the patch in the wishes
        self._resume: list[Row] = []
        self._resumed = 0  # where in the ring those rows end
        self._before: Counter[str] = Counter()  # counters of the engines before this one
        self._last_error = ""
        self._ready: Future[float] = Future()

    def start(self, options: Options) -> None:
        """Start the engine process; returns at once. May be called once."""
        self._wishes.options = options
        self._supervisor.start()

    def restart(self, options: Options | None = None) -> None:
        """Start again after all has ended (`is_over`): where it was, or as `options` say. Returns at once.

        Raises:
            SystoleError: an engine runs, or is about to be started; or `stop` was called.
        """
        with self._changing:
            if self._is_stopped:
                raise SystoleError("the engine was stopped")
            if not self._supervisor.has_ended:
                raise SystoleError("the engine is running")
            if self._is_played:  # it ended because it was asked to: nobody has told us of a death
                self._leave()
            if options is not None:
                self._wishes.options, self._resume = options, []
            self._arrays["header"]["state"] = State.STARTING
            self._last_error, self._ready = "", Future()
            self._supervisor = self._supervise(self._block, self, policy=RestartPolicy())
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
        with self._changing:
            self._is_stopped = True
        self._supervisor.stop()
        self._requests.fail("the engine was stopped")
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
        """Play events, `time` 0 = at once, else sample positions as in `snapshot().clock`; returns how many fitted.

        While no engine plays that is none: they would all sound together when the next one does.
        """
        with self._lock:
            return self._ring.push(rows) if self._arrays["header"]["state"][0] in _READING else 0

    def request(self, command: Request, timeout: float | None = None) -> Done:
        """Ask for something and wait for it.

        Args:
            timeout: seconds; None: as long as such a request may take. What is carried out later lasts all the same.

        Raises:
            SystoleError: refused, with the engine's reason; or no answer came in time.
        """
        seconds = seconds_for(command) if timeout is None else timeout
        number, future = self._requests.begin(command)
        is_late = False
        try:
            data = message(msgspec.structs.replace(command, id=number))
            if isinstance(command, protocol.Stop):
                self._supervisor.expect_end()
            self._supervisor.send(data)
            answer = future.result(seconds)
        except LateError:
            is_late = True
            raise SystoleError(f"{type(command).__name__}: no answer within {seconds:g} s") from None
        finally:
            self._requests.end(number, is_late=is_late)
        if isinstance(answer, Refused):
            raise SystoleError(answer.line)
        done: Done = answer
        return done

    def snapshot(self) -> Snapshot:
        """What the engine is doing now; its counters go on from those of the engines before it."""
        with self._reading:
            found, before = self._reader.read(), self._before
            counters = {name: value + before[name] for name, value in found.counters.items()}
            counters[WORST] = max(found.counters[WORST], before[WORST])
            return replace(found, counters=counters)

    def scope(self, frames: int) -> NDArray[Any]:
        """The last `frames` samples that were played, float32 [frames, 2], at 48 kHz; at most 32768."""
        return latest(self._arrays["scope"], int(self._arrays["scope_head"][0]), frames)

    # What the supervisor calls, in its thread.

    def first_message(self) -> bytes:
        """See `supervisor.Host`."""
        return self._wishes.first_message()

    def received(self, answer: Answer) -> None:
        """See `supervisor.Host`."""
        if isinstance(answer, Done | Refused):
            self._answered(answer)
            return
        if isinstance(answer, Line) and answer.level == "error":
            self._last_error = answer.text
        self._wishes.noticed(answer)
        if isinstance(answer, PatchChanged):
            self._serial = answer.serial
        elif isinstance(answer, Ready):
            self._greet(answer.seconds)
        self._tell(answer)

    def _answered(self, answer: Done | Refused) -> None:
        future, command = self._requests.find(answer)
        if command is not None and isinstance(answer, Done):
            self._wishes.carried_out(command, answer.result)
        if future is not None and not future.done():
            future.set_result(answer)

    def died(self, line: str) -> None:
        """See `supervisor.Host`."""
        self._leave()
        self._requests.fail(line)
        self._tell(Line("warning", line))

    def _leave(self) -> None:
        """An engine is gone: keep what it played and counted, and make the block ready for the next."""
        with self._lock, self._reading:
            was_played, self._is_played = self._is_played, False
            # One that died before it had heard where the last one was has nothing of its own.
            if was_played and int(self._arrays["tails"][0]) >= self._resumed:
                self._resume = read_state(self._arrays, self._serial) or self._resume
            self._serial = -1
            for name, value in self._reader.read().counters.items():
                self._before[name] = max(value, self._before[name]) if name == WORST else value + self._before[name]
            reset(self._arrays, os.getpid(), int(self._arrays["header"]["restarts"][0]) + 1)

    def gave_up(self, line: str) -> None:
        """See `supervisor.Host`."""
        self._not_ready(self._last_error or line)
        self._tell(Line("error", line))
        recording = self._wishes.recording
        if recording is not None:
            said = f"recording ended with the engine: {plain(recording.path)}.part holds what was heard"
            self.received(protocol.RecordingStopped(recording.path, 0.0, said))

    def _not_ready(self, line: str) -> None:
        with contextlib.suppress(InvalidStateError):
            self._ready.set_exception(SystoleError(line))

    def _greet(self, seconds: float) -> None:
        """A new engine plays: bring it to where the last one was."""
        with self._lock:
            self._ring.push(self._resume)
            self._resumed = int(self._arrays["heads"][0])
            self._is_played = True
        for command in self._wishes.rest():
            with contextlib.suppress(SystoleError):  # gone again already: the next one will be told
                self._supervisor.send(encode(msgspec.structs.replace(command, id=0)))
        with contextlib.suppress(InvalidStateError):  # not the first one
            self._ready.set_result(seconds)

    def _tell(self, notice: Notice) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(notice)
            except Exception:  # a fault of the window must not end what keeps the sound alive
                logging.getLogger(__name__).exception("while a notice was shown")
