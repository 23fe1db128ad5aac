"""Real-time priority: given to the thread that is meant, or explained."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from engine.live import priority
from engine.live.priority import lock_memory, raise_thread

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="SCHED_FIFO by thread is Linux's")


@linux
def test_a_thread_is_raised_and_no_other() -> None:
    started, ended = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: (started.set(), ended.wait(5)))
    thread.start()
    started.wait(5)
    assert thread.native_id is not None
    line = raise_thread(thread.native_id, 10)
    policy = os.sched_getscheduler(thread.native_id)
    mine = os.sched_getscheduler(threading.get_native_id())
    ended.set()
    thread.join()
    assert mine != os.SCHED_FIFO
    if line is None:
        assert policy == os.SCHED_FIFO
    else:
        assert line.startswith("no real-time priority: ")


@linux
def test_a_refusal_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    line = raise_thread(1, priority.AUDIO)
    assert line is not None
    assert "/etc/security/limits.d/audio.conf" in line
    assert "\n" not in line
    monkeypatch.setattr(priority.getpass, "getuser", lambda: (_ for _ in ()).throw(KeyError("uid not found")))
    assert "audio YOU" in str(raise_thread(1, priority.AUDIO))


def test_what_cannot_be_raised_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert raise_thread(0, 70) is None  # no thread yet
    assert raise_thread(2**22 + 1, 70) is None  # ended by now; above any number that Linux gives
    monkeypatch.delattr(os, "sched_setscheduler", raising=False)
    assert raise_thread(1, 70) is None


def test_locking_memory_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority.ctypes, "CDLL", lambda name: object())
    assert lock_memory() is False
