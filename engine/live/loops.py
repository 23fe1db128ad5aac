"""The threads that run compiled loops (`engine.realtime.ahead`): started when they are needed, ended at the end.

They are Python's threads only in name: the loops never hold the GIL.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from engine.live.priority import AHEAD, CANARY, raise_thread
from engine.realtime.ahead import run_ahead, run_canary, run_silent
from engine.realtime.rig import DIRECT, WORD_AT, Rig

__all__ = ["Loops"]

_LOOPS: dict[str, Callable[[Any], None]] = {"silent": run_silent, "ahead": run_ahead, "canary": run_canary}
_PRIORITY = {"silent": AHEAD, "ahead": AHEAD, "canary": CANARY}
JOIN_SECONDS = 1.0


class Loops:
    """The loops of one rig. One thread at a time."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._threads: dict[str, threading.Thread] = {}

    def prepare(self) -> None:
        """Compile them, or load them: called while they may not run, they come back at once."""
        self._rig.words[WORD_AT["stop"]] = 1
        self._rig.words[WORD_AT["mode"]] = DIRECT
        for loop in _LOOPS.values():
            loop(self._rig)
        self._rig.words[WORD_AT["stop"]] = 0

    def run(self, name: str) -> None:
        """Let a loop run (`silent`, `ahead`, `canary`); what it waits for must be set after its last run has ended."""
        thread = self._threads.get(name)
        if thread is not None and thread.is_alive():
            return
        self._rig.words[WORD_AT[f"{name}_thread"]] = 0
        thread = threading.Thread(target=_LOOPS[name], args=(self._rig,), name=f"systole-{name}", daemon=True)
        self._threads[name] = thread
        thread.start()

    def wait(self, name: str) -> None:
        """Wait until a loop that was told to end has done so."""
        if name in self._threads:
            self._threads[name].join(JOIN_SECONDS)

    def raise_threads(self) -> str | None:
        """Give the threads that run real-time priority, once each; the line that says how to be allowed to."""
        line = None
        for name, thread in list(self._threads.items()):  # another thread may start one meanwhile
            number = int(self._rig.words[WORD_AT[f"{name}_thread"]])
            if thread.is_alive() and number > 0 and not getattr(thread, "is_raised", False):
                thread.is_raised = True  # type: ignore[attr-defined]
                line = raise_thread(number, _PRIORITY[name]) or line
        return line

    def stop(self) -> None:
        """End them all."""
        self._rig.words[WORD_AT["stop"]] = 1
        for thread in list(self._threads.values()):
            thread.join(JOIN_SECONDS)
