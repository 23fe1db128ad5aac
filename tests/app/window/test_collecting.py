"""Cycles are collected, but never by another thread."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.window.collecting import Collector


class Cycle:
    """Refers to itself, and remembers in which thread it ended."""

    def __init__(self, ends: list[int]) -> None:
        self.itself, self._ends = self, ends

    def __del__(self) -> None:
        self._ends.append(threading.get_ident())


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    gc.collect()
    made = Collector()
    made.start()
    yield made
    made.stop()


def waste(count: int) -> None:
    """Allocate as a busy thread does; the automatic collector would run many times."""
    kept = []
    for _ in range(count):
        kept.append([kept])


def test_another_thread_never_collects_and_the_window_s_does(collector: Collector, qtbot: QtBot) -> None:
    ends: list[int] = []
    Cycle(ends)
    thread = threading.Thread(target=waste, args=(20_000,))
    thread.start()
    thread.join()
    assert ends == []
    qtbot.waitUntil(lambda: ends != [], timeout=5000)
    assert ends == [threading.get_ident()]


def test_what_is_not_due_is_left(collector: Collector) -> None:
    gc.collect()
    kept = Cycle([])
    there = weakref.ref(kept)
    del kept
    collector.collect()
    assert there() is not None


def test_it_puts_back_what_was(qtbot: QtBot) -> None:
    assert gc.isenabled()
    made = Collector()
    made.start()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()
    gc.disable()
    try:
        made.start()
        made.stop()
        assert not gc.isenabled()
    finally:
        gc.enable()
