"""The first run: one click is a sound, also while the engine still compiles; whoever plays sees it no more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window.first.first_run import FirstRun
from app.window.opened import Opened
from app.window.panels import Area, PanelSpec
from app.window.playing.state_bar import StateBar
from engine.events import Kind
from engine.live.layout import State
from engine.live.protocol import DeviceName, StreamChanged
from tests.app.window.checks import same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine

STATE = PanelSpec("state", "State", Area.STATE, "app.window.playing.state_bar:StateBar")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(open_window: Open) -> Opened:
    return open_window(STATE)


@pytest.fixture
def card(opened: Opened, qtbot: QtBot) -> FirstRun:
    bar = opened.window.panels["state"]
    assert isinstance(bar, StateBar)
    qtbot.waitUntil(lambda: bar.tools.first_run is not None)
    found = bar.tools.first_run
    assert found is not None
    return found


def played(engine: FakeEngine) -> list[int]:
    return [row[3] for row in engine.rows if row[1] == Kind.NOTE_ON]


def test_one_click_is_a_sound(opened: Opened, card: FirstRun, engine: FakeEngine, qtbot: QtBot) -> None:
    QTest.mouseClick(card.play, LEFT)
    assert played(engine) == [60]
    qtbot.waitUntil(lambda: len(played(engine)) == 4 and engine.held == set(), timeout=5000)
    qtbot.waitUntil(lambda: opened.services.remembered.value.has_played)


def test_while_the_engine_compiles_the_click_is_kept(
    opened: Opened, card: FirstRun, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.arrays["header"]["state"] = State.STARTING
    opened.services.clock.tick()
    card._began -= 10
    QTest.mouseClick(card.play, LEFT)
    opened.services.clock.tick()
    assert card.wait.text() == "Getting ready for this processor, once: about 35 s. It will play by itself"
    assert card.bar.isVisible()
    assert played(engine) == []
    engine.arrays["header"]["state"] = State.PLAYING
    qtbot.waitUntil(lambda: played(engine) != [])
    assert card.wait.isHidden()


def test_it_says_where_the_sound_goes(opened: Opened, card: FirstRun, engine: FakeEngine, qtbot: QtBot) -> None:
    opened.services.clock.tick()
    assert card.where.text() == "The sound goes nowhere: no device is open"
    assert card.choose.isVisible()
    engine.say(StreamChanged(DeviceName("JACK", "system"), 48_000, 128, 0, ""))
    qtbot.waitUntil(lambda: card.where.text() == "The sound goes to system")
    assert card.choose.isHidden()


def test_whoever_plays_sees_it_no_more(opened: Opened, card: FirstRun, engine: FakeEngine, open_window: Open) -> None:
    engine.sound(440, 0.5, voices=1)
    opened.services.clock.tick()
    assert opened.services.remembered.value.has_played
    opened.window.close()
    again = open_window(STATE).window.panels["state"]
    assert isinstance(again, StateBar)
    QTest.qWait(20)
    assert again.tools.first_run is None


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_by_keys(opened: Opened, card: FirstRun, engine: FakeEngine, key: Qt.Key) -> None:
    QTest.keyClick(card.play, key)
    assert (played(engine) == [60]) == (key == Qt.Key.Key_Return)
    assert opened.services.remembered.value.has_played == (key == Qt.Key.Key_Escape)


def test_it_looks_as_it_did(opened: Opened, card: FirstRun) -> None:
    opened.services.clock.tick()
    opened.services.clock.stop()
    assert unreachable(card) == []
    assert unnamed(card) == []
    for theme in ("dark", "light"):
        opened.services.theme.set_mode(theme)
        same_picture(card, f"first_run_{theme}")
