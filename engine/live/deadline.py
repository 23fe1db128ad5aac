"""Calls into a sound library that may never return: all made by one thread, waited for as long as is reasonable.

One thread, because PortAudio is not thread-safe, and on Windows belongs to the thread that initialised it. A thread
that is stuck in C cannot be ended. What it holds is lost, and asking the library again may hang too or abort the
process; so whoever gets a `StuckError` ends this process, which is made to be replaced.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from accel.errors import SystoleError

__all__ = ["RESTART", "StuckError", "Worker"]

RESTART = 75
"""Exit status of a process that wants to be started again (sysexits' EX_TEMPFAIL)."""

Result = TypeVar("Result")


class StuckError(SystoleError):
    """The sound library does not come back; only a new process can go on."""


class Worker:
    """A thread that makes calls, one after the other.

    Args:
        name: of what it calls, for people.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_stuck = False

    def _serve(self) -> None:
        while True:
            self._calls.get()()

    def call(self, seconds: float, function: Callable[[], Result]) -> Result:
        """What `function` returns, or raises. Called by the thread itself, `function` just runs.

        Raises:
            StuckError: it did not end in time, or an earlier one has not.
        """
        if threading.current_thread() is self._thread:
            return function()
        with self._turn:
            return self._call(seconds, function)

    def call_if_idle(self, seconds: float, function: Callable[[], Result], otherwise: Result) -> Result:
        """As `call`, but where another call is under way `otherwise`, at once: for whoever must not wait for that."""
        if not self._turn.acquire(blocking=False):
            return otherwise
        try:
            return self._call(seconds, function)
        finally:
            self._turn.release()

    def _call(self, seconds: float, function: Callable[[], Result]) -> Result:
        outcome: list[Any] = []
        ended = threading.Event()

        def run() -> None:
            try:
                outcome.extend((function(), None))
            except BaseException as error:
                outcome.extend((None, error))
            ended.set()

        if self._is_stuck:
            raise StuckError(f"{self._name}: does not answer any more")
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        self._calls.put(run)
        if not ended.wait(seconds):
            self._is_stuck = True
            raise StuckError(f"{self._name}: no answer within {seconds:g} s")
        result, error = outcome
        if error is not None:
            raise error
        found: Result = result
        return found
