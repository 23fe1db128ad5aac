"""The engine in the window's thread: nothing blocks, all arrives there, quick browsing asks only for the last."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from accel.errors import SystoleError
from app.window.link.link import EngineLink
from app.window.link.port import EnginePort
from engine.live.client import Engine
from engine.live.protocol import Done, Line, ListDevices, Panic, PatchChanged, Request, SetPatch, StartRecording, Stop
from engine.midi.rows import note_on
from tests.app.window.fake_engine import FakeEngine


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def link(engine: FakeEngine, qtbot: QtBot) -> Iterator[EngineLink]:
    found = EngineLink(engine)
    qtbot.waitUntil(lambda: found.is_ready)
    yield found
    found.close()


def test_the_real_engine_fits(engine: FakeEngine) -> None:
    """For the type checker as much as for this test: both are an EnginePort."""
    for port in (engine, Engine.__new__(Engine)):
        typed: EnginePort = port
        assert all(
            hasattr(type(typed), name) for name in ("send", "request", "restart", "snapshot", "scope", "on_notice")
        )


def test_events_go_at_once(link: EngineLink, engine: FakeEngine) -> None:
    assert link.play([note_on(0, 0, 60, 100.0)])
    assert engine.held == {60}
    engine.room = 0
    assert not link.play([note_on(0, 0, 62, 100.0)])


def test_answers_come_in_the_windows_thread(link: EngineLink, engine: FakeEngine, qtbot: QtBot) -> None:
    threads: list[QThread] = []
    asked_in: list[threading.Thread] = []
    engine.replies[ListDevices] = lambda _: asked_in.append(threading.current_thread()) or ["jack"]
    found: list[object] = []
    link.ask(ListDevices(), lambda result: (found.append(result), threads.append(QThread.currentThread())))
    qtbot.waitUntil(lambda: found == [["jack"]])
    assert threads == [link.thread()]
    assert asked_in[0] is not threading.main_thread()


def test_a_refusal_is_shown_or_handled(link: EngineLink, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.replies[StartRecording] = SystoleError("disk full")
    with qtbot.waitSignal(link.said) as shown:
        link.ask(StartRecording(path="a.wav"))
    assert shown.args == ["warning", "disk full"]
    lines: list[str] = []
    with qtbot.assertNotEmitted(link.said):
        link.ask(StartRecording(path="a.wav"), otherwise=lines.append)
        qtbot.waitUntil(lambda: lines == ["disk full"])


def test_notices_become_signals(link: EngineLink, engine: FakeEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(link.patch_changed) as changed:
        threading.Thread(target=engine.say, args=(PatchChanged("text", 3),)).start()
    assert changed.args == [PatchChanged("text", 3)]
    with qtbot.waitSignal(link.said) as said:
        engine.say(Line("info", "a line"))
    assert said.args == ["info", "a line"]


def test_of_patches_that_wait_only_the_last_is_asked_for(qtbot: QtBot) -> None:
    gate = threading.Event()

    class Slow(FakeEngine):
        def request(self, command: Request, timeout: float = 10.0) -> Done:
            gate.wait(10)
            return super().request(command, timeout)

    engine, answers = Slow(), list[object]()
    link = EngineLink(engine)
    for name in ("a", "b", "c", "d"):
        link.ask(SetPatch(text=name), lambda result, name=name: answers.append(name))
    gate.set()
    qtbot.waitUntil(lambda: len(answers) == 4)
    asked = [each.text for each in engine.asked if isinstance(each, SetPatch)]
    assert asked[-1] == "d"
    assert len(asked) <= 2
    link.close()


def test_an_engine_that_cannot_start_is_told(qtbot: QtBot) -> None:
    engine = FakeEngine()
    engine.is_failed = True
    link = EngineLink(engine)
    with qtbot.waitSignal(link.failed) as failed:
        pass
    assert failed.args == ["device none: there is no such device"]
    link.close()


def test_an_engine_that_runs_ends_in_order_and_plays_again(link: EngineLink, engine: FakeEngine, qtbot: QtBot) -> None:
    lines: list[str] = []
    with qtbot.waitSignal(link.ready):
        link.restart(lines.append)
    assert (engine.restarts, engine.is_over, lines) == (1, False, [])
    assert [type(each) for each in engine.asked] == [Stop]
    assert link.is_ready


def test_an_engine_that_does_not_end_is_not_restarted(link: EngineLink, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.replies[Stop] = SystoleError("Stop: no answer within 15 s")
    lines: list[str] = []
    link.restart(lines.append)
    qtbot.waitUntil(lambda: lines == ["Stop: no answer within 15 s"])
    assert link.is_ready and engine.restarts == 0


def test_a_closed_link_asks_nothing(link: EngineLink, engine: FakeEngine, qtbot: QtBot) -> None:
    link.close()
    link.ask(Panic())
    qtbot.wait(50)
    assert engine.asked == []
