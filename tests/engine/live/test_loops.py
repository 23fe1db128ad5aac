"""Loops are started by one thread and looked after by another."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from engine.live import loops as module
from engine.live.loops import Loops
from engine.realtime.rig import WORD_AT


def test_threads_are_raised_while_others_are_started(monkeypatch: pytest.MonkeyPatch) -> None:
    words, end = np.zeros(len(WORD_AT), np.int64), threading.Event()
    loops = Loops(SimpleNamespace(words=words))  # type: ignore[arg-type]
    monkeypatch.setattr(module, "_LOOPS", dict.fromkeys(("silent", "ahead", "canary"), lambda rig: end.wait(20)))
    raised: list[int] = []

    def raise_thread(number: int, priority: int) -> None:
        raised.append(number)
        loops.run("ahead")  # as the thread that changes devices may do at any moment

    monkeypatch.setattr(module, "raise_thread", raise_thread)
    loops.run("silent")
    words[WORD_AT["silent_thread"]] = 7
    assert loops.raise_threads() is None and raised == [7]
    words[WORD_AT["ahead_thread"]] = 8
    assert loops.raise_threads() is None and raised == [7, 8]
    end.set()
    loops.stop()
