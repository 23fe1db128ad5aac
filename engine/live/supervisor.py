"""Keeps one engine process alive: starts it, hears it, notices its death or silence, and starts the next one.

Runs in a thread of the owner. A dead engine is one line for the person and a second without sound; five deaths in a
minute mean that starting again will not help. An engine that hangs is ended: its heartbeat is watched, but only for
as long as this thread itself runs, so that a machine that slept, or an owner that was stopped, kills nobody.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from accel.errors import SystoleError
from engine.live.layout import State
from engine.live.protocol import MAX_BYTES, Answer, Line, decode_answer
from engine.live.shared import SharedBlock
from engine.live.spawn import Child, spawn

__all__ = ["FATAL", "Host", "RestartPolicy", "Supervisor"]

FATAL = 78
"""Exit status of an engine that cannot play what it was given: another one could not either (sysexits' EX_CONFIG)."""
POLL_SECONDS = 0.1
HUNG_SECONDS = 5.0
END_SECONDS = 8.0
MANY_MESSAGES = 64


class RestartPolicy:
    """How long to wait before the next start: 0, 1, 2, 4 s and so on; None after five deaths within a minute."""

    DEATHS, WINDOW = 5, 60.0

    def __init__(self) -> None:
        self._deaths: deque[float] = deque()

    def died(self, now: float) -> float | None:
        """Seconds to wait after a death at `now` (s, of any clock that only goes forward)."""
        while self._deaths and self._deaths[0] <= now - self.WINDOW:
            self._deaths.popleft()
        self._deaths.append(now)
        count = len(self._deaths)
        if count >= self.DEATHS:
            return None
        return 0.0 if count == 1 else float(1 << (count - 2))


class Host(Protocol):
    """Whom a supervisor works for. All calls come from its thread."""

    def first_message(self) -> bytes:
        """What a new engine is sent before anything else."""

    def received(self, answer: Answer) -> None:
        """The engine said something."""

    def died(self, line: str) -> None:
        """The engine is gone; what it was asked will not be answered. The block still holds what it played."""

    def gave_up(self, line: str) -> None:
        """No other engine will be started; comes after `died`."""


class Supervisor:
    """Runs engines on a block, one after the other, until `stop`.

    Args:
        block: must outlive this; only this side writes to it while no engine lives.
        start: makes a child; for tests.
    """

    def __init__(
        self,
        block: SharedBlock,
        host: Host,
        *,
        policy: RestartPolicy | None = None,
        start: Callable[[SharedBlock], Child] = spawn,
    ) -> None:
        self._block, self._host, self._start = block, host, start
        self._policy = policy or RestartPolicy()
        self._child: Child | None = None
        self._sending = threading.Lock()
        self._stop, self._ended = threading.Event(), threading.Event()
        self._may_end = False
        self._thread = threading.Thread(target=self._run, name="systole-supervisor", daemon=True)

    def start(self) -> None:
        """Begin; an engine that cannot be started at all is reported like one that dies."""
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """No engine lives and none will be started."""
        return self._ended.is_set()

    def send(self, data: bytes) -> None:
        """Send a message to the engine.

        Raises:
            SystoleError: there is none just now.
        """
        with self._sending:
            child = self._child
            if child is None:
                raise SystoleError("the engine is not running")
            try:
                child.connection.send_bytes(data)
            except (OSError, ValueError):
                raise SystoleError("the engine has just ended") from None

    def expect_end(self) -> None:
        """The engine is about to be asked to end: if it does, that is no death."""
        self._may_end = True

    def stop(self) -> None:
        """Hang up, which ends the engine in order; wait until it is gone. A second call does nothing."""
        self._stop.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(2 * END_SECONDS)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                line, again = self._live()
                if self._stop.is_set():
                    break
                delay = self._policy.died(time.monotonic()) if again else None
                self._host.died(line)
                if delay is None:
                    self._give_up(again)
                    break
                self._stop.wait(delay)
        finally:
            self._ended.set()

    def _give_up(self, again: bool) -> None:
        self._block.arrays["header"]["state"] = State.FAILED
        often = f"the engine died {RestartPolicy.DEATHS} times within a minute"
        self._host.gave_up(f"{often if again else 'the engine cannot play'}: it is not started again")

    def _live(self) -> tuple[str, bool]:
        """One engine's life; how it ended, for a person, and whether another one may do better."""
        try:
            child = self._start(self._block)
        except OSError as error:
            return f"the engine cannot be started: {error.strerror or error}", True
        with self._sending:
            self._child = child
        try:
            try:
                child.connection.send_bytes(self._host.first_message())
                line = self._attend(child)
            except (OSError, EOFError, ValueError):
                line = ""
        finally:
            with self._sending:
                self._child = None
                child.connection.close()
        status = self._end(child)
        if status == 0 and self._may_end:
            self._stop.set()
        if status == FATAL:
            return "the engine cannot play", False
        return line or f"the engine has ended ({child.death})", True

    def _attend(self, child: Child) -> str:
        """Hear an engine until it has to go or, by EOFError, has gone; why it has to."""
        header = self._block.arrays["header"]
        last, still = -1, 0.0
        while not self._stop.is_set():
            began = time.monotonic()
            for _ in range(MANY_MESSAGES):  # and then look at the heartbeat, even while it talks without pause
                if not child.connection.poll(POLL_SECONDS if _ == 0 else 0):
                    break
                self._hear(child.connection.recv_bytes(MAX_BYTES))
            beat, starting = int(header["heartbeat"][0]), int(header["state"][0]) == State.STARTING
            passed = min(time.monotonic() - began, 2 * POLL_SECONDS)
            last, still = (beat, 0.0) if beat != last or starting else (last, still + passed)
            if still > HUNG_SECONDS:
                child.kill()
                return f"the engine did not answer for {HUNG_SECONDS:g} s and was ended"
        return ""

    def _hear(self, data: bytes) -> None:
        try:
            answer: Any = decode_answer(data)
        except SystoleError as error:
            answer = Line("warning", f"from the engine: {error}")
        self._host.received(answer)

    def _end(self, child: Child) -> int | None:
        """Wait for an engine that was hung up on, and end it if it stays; its exit status."""
        try:
            status: int = child.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            return None
        return status
