"""A knob's menu: default, clipboard, a controller of its own, and all that can be done with modulation."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from accel.errors import SystoleError
from app.window.opened import Opened
from app.window.sound.arming import Arming
from app.window.sound.knob_menu import knob_menu
from app.window.sound.labelled_knob import LabelledKnob
from app.window.sound.learning import Learning
from app.window.sound.model_panel import ModelPanel
from app.window.widgets.value_entry import ValueEntry
from engine.live.protocol import Forget, Learn, Learned
from engine.patch import ModulationRow
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.sound.handling import SPECS


@pytest.fixture
def opened(open_window: Open) -> Opened:
    return open_window(SPECS["knobs"])


@pytest.fixture
def knob(opened: Opened) -> LabelledKnob:
    panel = opened.window.panels["knobs"]
    assert isinstance(panel, ModelPanel)
    return panel.knobs[0]


def actions(menu: QMenu) -> dict[str, QAction]:
    """All of a menu and of its submenus, by text."""
    found = {action.text(): action for action in menu.actions()}
    for below in menu.findChildren(QMenu):
        found |= {f"{below.title()} > {action.text()}": action for action in below.actions()}
    return found


def press(opened: Opened, knob: LabelledKnob, text: str) -> None:
    menu = knob_menu(opened.services, knob)
    assert text in actions(menu), "\n".join(actions(menu))
    actions(menu)[text].trigger()


def test_default_and_clipboard(opened: Opened, knob: LabelledKnob) -> None:
    document = opened.services.document
    press(opened, knob, "Copy 0.25")
    assert QGuiApplication.clipboard().text() == "0.25"
    press(opened, knob, "Default: 0.50")
    assert document.sound.number("knobs.knob0") == 0.5
    press(opened, knob, "Paste 0.25")
    assert document.sound.number("knobs.knob0") == 0.25
    QGuiApplication.clipboard().setText("7")
    assert not actions(knob_menu(opened.services, knob))["Paste"].isEnabled()


def test_a_value_is_typed(opened: Opened, knob: LabelledKnob) -> None:
    press(opened, knob, "Type a value…")
    entry = opened.window.findChild(ValueEntry)
    assert entry is not None
    entry.setText("0.125")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert opened.services.document.sound.number("knobs.knob0") == 0.125


def test_a_controller_is_learned_and_forgotten(
    opened: Opened, knob: LabelledKnob, engine: FakeEngine, qtbot: QtBot
) -> None:
    notices = opened.services.notices
    press(opened, knob, "Learn a MIDI controller")
    qtbot.waitUntil(lambda: any(isinstance(each, Learn) for each in engine.asked))
    assert engine.asked[-1] == Learn(target="knobs.knob0")
    qtbot.waitUntil(lambda: "Move a controller for Knob 0" in [each.text for each in notices.history])
    engine.say(Learned("knobs.knob0", "CC 74"))
    qtbot.waitUntil(lambda: notices.history[-1].text == "Knob 0 follows CC 74")
    press(opened, knob, "Forget CC 74")
    qtbot.waitUntil(lambda: "no controller" in notices.history[-1].text)
    assert engine.asked[-1] == Forget(target="knobs.knob0")
    assert Learning.of(opened.services).controller("knobs.knob0") is None


def test_learning_can_be_left(opened: Opened, knob: LabelledKnob, engine: FakeEngine, qtbot: QtBot) -> None:
    press(opened, knob, "Learn a MIDI controller")
    qtbot.waitUntil(
        lambda: bool(opened.services.notices.history) and opened.services.notices.history[-1].label == "Cancel"
    )
    call = opened.services.notices.history[-1].call
    assert call is not None
    call()
    qtbot.waitUntil(lambda: engine.asked[-1] == Learn(target=None))


def test_what_the_engine_refuses_is_a_line(
    opened: Opened, knob: LabelledKnob, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.replies[Learn] = SystoleError("MIDI: there is no port")
    press(opened, knob, "Learn a MIDI controller")
    qtbot.waitUntil(
        lambda: (
            bool(opened.services.notices.history)
            and opened.services.notices.history[-1].text == "MIDI: there is no port"
        )
    )


def test_a_controller_moves_on_to_another_knob(opened: Opened, knob: LabelledKnob, engine: FakeEngine) -> None:
    learning = Learning.of(opened.services)
    opened.services.link.learned.emit(Learned("knobs.knob0", "CC 74"))
    opened.services.link.learned.emit(Learned("knobs.gone", "CC 74"))
    assert learning.controller("knobs.knob0") is None
    assert opened.services.notices.history[-1].text == "gone follows CC 74"


def test_modulation_begins_changes_and_ends(opened: Opened, knob: LabelledKnob) -> None:
    document = opened.services.document
    press(opened, knob, "Modulate Knob 0 by > LFO 1")
    assert document.sound.rows[0] == ModulationRow("lfo1", "knob0", 0.25)
    assert Arming.of(opened.services).armed == "lfo1"
    press(opened, knob, "LFO 1  +25 % > Turn around")
    assert document.sound.rows[0].amount == -0.25
    press(opened, knob, "LFO 1  -25 % > Remove")
    assert document.sound.patch.modulation == ()


def test_an_amount_is_typed(opened: Opened, knob: LabelledKnob) -> None:
    document = opened.services.document
    press(opened, knob, "Modulate Knob 0 by > Env 2")
    for text in ("12,5", "900", "much"):
        amount = document.sound.rows[0].amount
        press(opened, knob, f"Env 2  {100 * amount:+.0f} % > Type the amount in %…")
        entry = next(each for each in opened.window.findChildren(ValueEntry) if each.isVisible())
        entry.setText(text)
        QTest.keyClick(entry, Qt.Key.Key_Return)
        assert document.sound.rows[0].amount == 0.125
    assert "'much'" in opened.services.notices.history[-1].text


def test_all_modulation_goes_in_one_step(opened: Opened, knob: LabelledKnob) -> None:
    document = opened.services.document
    document.set_row(0, ModulationRow("lfo1", "knob0", 0.25))
    document.set_row(2, ModulationRow("env2", "knob0", 0.5))
    document.set_row(5, ModulationRow("env2", "knob1", 0.5))
    before = document.sound
    press(opened, knob, "Remove all modulation")
    assert document.sound.patch.modulation[-1] == ModulationRow("env2", "knob1", 0.5)
    assert sum(row.source != "none" for row in document.sound.rows) == 1
    document.undo()
    assert document.sound is before


def test_the_menu_key_opens_it(opened: Opened, knob: LabelledKnob, qtbot: QtBot) -> None:
    knob.knob.menu_wanted.emit(knob.mapToGlobal(knob.rect().center()))
    qtbot.waitUntil(lambda: knob.findChild(QMenu) is not None and knob.findChild(QMenu).isVisible())
    menu = knob.findChild(QMenu)
    assert menu is not None
    menu.close()
