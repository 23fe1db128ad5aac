"""Keys, mouse, wheels: what is played, and that nothing hangs when the window, the focus or the octave goes away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from app.window.clock import Frame
from app.window.opened import Opened
from app.window.panels import Area, PanelSpec
from app.window.playing.keys_panel import KeysPanel
from app.window.playing.wheels import PITCH_MIDDLE
from engine.events import Kind
from engine.live.layout import State
from tests.app.window.checks import paint_seconds, same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.playing.typing import key_down, key_up

KEYS = PanelSpec("keys", "Keyboard", Area.KEYS, "app.window.playing.keys_panel:KeysPanel")
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


@pytest.fixture
def opened(open_window: Open, qtbot: QtBot) -> Opened:
    found = open_window(KEYS)
    found.services.clock.tick()
    return found


@pytest.fixture
def panel(opened: Opened) -> KeysPanel:
    found = opened.window.panels["keys"]
    assert isinstance(found, KeysPanel)
    return found


def velocities(engine: FakeEngine) -> list[float]:
    return [row[4] for row in engine.rows if row[1] == Kind.NOTE_ON]


def place(panel: KeysPanel, note: int, depth: float) -> QPoint:
    box = panel.view.shape_shown.boxes[note]
    return QPoint(round(box.left() + 3), round(box.top() + depth * (box.height() - 1)))


def glide(panel: KeysPanel, to: QPoint) -> None:
    place, none = QPointF(to), Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, place, QPointF(panel.view.mapToGlobal(to)), LEFT, LEFT, none)
    QApplication.sendEvent(panel.view, move)


def test_letters_play_from_c(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    for key in (Key.Key_A, Key.Key_D, Key.Key_G):
        key_down(opened.window, key)
    assert engine.held == {48, 52, 55}
    assert velocities(engine) == [96, 96, 96]
    for key in (Key.Key_A, Key.Key_D, Key.Key_G):
        key_up(opened.window, key)
    assert engine.held == set()


def test_a_key_that_repeats_itself_is_one_note(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    key_down(opened.window, Key.Key_A)
    for _ in range(5):
        key_up(opened.window, Key.Key_A, repeats=True)
        key_down(opened.window, Key.Key_A, repeats=True)
    assert engine.held == {48}
    assert len(engine.rows) == 1


def test_the_octave_may_change_while_a_key_is_down(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    key_down(opened.window, Key.Key_A)
    key_down(opened.window, Key.Key_X)
    key_up(opened.window, Key.Key_X)
    assert panel.octave.value == 4
    assert opened.services.remembered.value.octave == 4
    key_down(opened.window, Key.Key_S)
    assert engine.held == {48, 62}
    key_up(opened.window, Key.Key_A)
    key_up(opened.window, Key.Key_S)
    assert engine.held == set()


def test_velocity_by_key(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    key_down(opened.window, Key.Key_C)
    key_down(opened.window, Key.Key_A)
    assert velocities(engine) == [88]


def test_losing_the_window_lets_everything_go(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    for event in (QEvent.Type.FocusOut, None):
        key_down(opened.window, Key.Key_A)
        key_down(opened.window, Key.Key_Space)
        assert engine.held == {48}
        if event is not None:
            QApplication.sendEvent(opened.window.windowHandle(), QEvent(event))
        else:
            QApplication.sendEvent(opened.window, QEvent(QEvent.Type.WindowDeactivate))
        assert engine.held == set()
        assert not panel.player.is_sustained
        key_up(opened.window, Key.Key_A)


def test_a_dialog_takes_the_keys_away(opened: Opened, panel: KeysPanel, engine: FakeEngine, qtbot: QtBot) -> None:
    key_down(opened.window, Key.Key_A)
    button = QPushButton("Another window")
    qtbot.addWidget(button)
    button.show()
    button.activateWindow()
    qtbot.waitUntil(lambda: engine.held == set())


def test_another_page_changes_nothing(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    key_down(opened.window, Key.Key_A)
    opened.window.show_page("array")
    assert engine.held == {48}
    key_up(opened.window, Key.Key_A)
    assert engine.held == set()


def test_where_text_is_typed_nothing_plays(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    key_down(opened.window, Key.Key_S)
    field = QLineEdit(opened.window)
    field.show()
    field.setFocus()
    key_down(opened.window, Key.Key_A)
    assert (field.text(), engine.held) == ("a", {50})
    key_down(opened.window, Key.Key_S, repeats=True)
    assert field.text() == "a"
    key_up(opened.window, Key.Key_S)
    assert engine.held == set()


def test_where_a_menu_is_open_nothing_plays(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    menu = QMenu(opened.window)
    menu.addAction("Aloud")
    menu.popup(opened.window.mapToGlobal(QPoint(10, 10)))
    key_down(opened.window, Key.Key_S)
    menu.close()
    assert engine.held == set()


def test_shortcuts_are_no_notes(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    key_down(opened.window, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert engine.held == set()


def test_space_is_the_pedal_and_with_shift_hold(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    key_down(opened.window, Key.Key_Space)
    assert engine.rows[-1] == (0, Kind.CONTROL, 0, 64, 127.0)
    assert panel.pedal.isChecked()
    key_up(opened.window, Key.Key_Space)
    assert engine.rows[-1] == (0, Kind.CONTROL, 0, 64, 0.0)
    key_down(opened.window, Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    key_up(opened.window, Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert panel.hold.isChecked()
    key_down(opened.window, Key.Key_A)
    key_up(opened.window, Key.Key_A)
    assert engine.held == {48}
    QTest.mouseClick(panel.hold, LEFT)
    assert engine.held == set()


def test_who_walks_by_tab_presses_buttons_with_space(opened: Opened, panel: KeysPanel) -> None:
    panel.hold.setFocus()
    key_down(opened.window, Key.Key_Tab)
    panel.hold.setFocus()
    key_down(opened.window, Key.Key_Space)
    key_up(opened.window, Key.Key_Space)
    assert panel.hold.isChecked()
    assert not panel.player.is_sustained


def test_the_mouse_strikes_harder_further_down_and_glides(panel: KeysPanel, engine: FakeEngine) -> None:
    QTest.mousePress(panel.view, LEFT, pos=place(panel, 60, 0.0))
    assert engine.held == {60}
    glide(panel, place(panel, 62, 0.9))
    assert engine.held == {62}
    glide(panel, QPoint(-50, -50))
    assert engine.held == set()
    QTest.mouseRelease(panel.view, LEFT, pos=QPoint(-50, -50))
    QTest.mousePress(panel.view, LEFT, pos=place(panel, 62, 1.0))
    assert engine.held == {62}
    QTest.mouseRelease(panel.view, LEFT, pos=QPoint(-50, -50))
    assert engine.held == set()
    assert velocities(engine)[0] == 20
    assert velocities(engine)[-1] == 127


def test_the_black_key_is_over_the_white_one(panel: KeysPanel, engine: FakeEngine) -> None:
    box = panel.view.shape_shown.boxes[61]
    QTest.mousePress(panel.view, LEFT, pos=box.center().toPoint())
    assert engine.held == {61}


@pytest.mark.parametrize("event", [QEvent.Type.UngrabMouse, QEvent.Type.WindowDeactivate])
def test_a_mouse_that_is_taken_away_lets_go(panel: KeysPanel, engine: FakeEngine, event: QEvent.Type) -> None:
    QTest.mousePress(panel.view, LEFT, pos=place(panel, 60, 0.5))
    QApplication.sendEvent(panel.view, QEvent(event))
    assert engine.held == set()


def test_a_window_that_is_hidden_lets_go(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    QTest.mousePress(panel.view, LEFT, pos=place(panel, 60, 0.5))
    key_down(opened.window, Key.Key_A)
    opened.window.hide()
    assert engine.held == set()


def test_arrows_and_return_play(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    panel.view.setFocus()
    QTest.keyClick(panel.view, Key.Key_Right)
    QTest.keyPress(panel.view, Key.Key_Return)
    assert engine.held == {61}
    assert "C♯4 is chosen" in panel.view.accessibleDescription()
    panel.hold.setFocus()
    assert engine.held == set()


def test_the_pitch_wheel_springs_back(panel: KeysPanel, engine: FakeEngine) -> None:
    top, middle = QPoint(10, 4), QPoint(10, 40)
    QTest.mousePress(panel.pitch, LEFT, pos=middle)
    QTest.mouseMove(panel.pitch, top)
    panel.pitch.setValue(16383)
    assert engine.rows[-1] == (0, Kind.BEND, 0, 0, 1.0)
    QTest.mouseRelease(panel.pitch, LEFT, pos=top)
    assert panel.pitch.value() == PITCH_MIDDLE
    assert engine.rows[-1] == (0, Kind.BEND, 0, 0, 0.0)
    QTest.keyPress(panel.pitch, Key.Key_Up)
    assert panel.pitch.value() > PITCH_MIDDLE
    QTest.keyRelease(panel.pitch, Key.Key_Up)
    assert panel.pitch.value() == PITCH_MIDDLE


def test_the_modulation_wheel_stays(panel: KeysPanel, engine: FakeEngine) -> None:
    QTest.keyClick(panel.mod, Key.Key_PageUp)
    assert engine.rows[-1] == (0, Kind.CONTROL, 0, 1, 16.0)
    assert panel.mod.value() == 16
    QTest.mouseDClick(panel.mod, LEFT)
    assert panel.mod.value() == 0


def test_while_the_engine_starts_a_line_says_so(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    engine.arrays["header"]["state"] = State.STARTING
    opened.services.clock.tick()
    key_down(opened.window, Key.Key_A)
    key_up(opened.window, Key.Key_A)
    assert engine.rows == []
    assert "getting ready" in opened.services.notices.history[-1].text


def test_another_engine_begins_with_no_key_down(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    key_down(opened.window, Key.Key_A)
    engine.arrays["header"]["restarts"] += 1
    engine.arrays["held"][:] = 0
    opened.services.clock.tick()
    key_up(opened.window, Key.Key_A)
    key_down(opened.window, Key.Key_A)
    assert engine.held == {48}


def test_octave_and_velocity_come_back(open_window: Open) -> None:
    first = open_window(KEYS)
    keys = first.window.panels["keys"]
    assert isinstance(keys, KeysPanel)
    keys.octave.step(1)
    keys.velocity.step(-1)
    first.window.close()
    again = open_window(KEYS).window.panels["keys"]
    assert isinstance(again, KeysPanel)
    assert (again.octave.value, again.velocity.value) == (4, 88)


def chord(engine: FakeEngine, number: int = 0) -> None:
    """Two notes are down, one rings on."""
    engine.arrays["held"][[60, 64]] = 1
    engine.arrays["meters"]["voices"] = 3
    for index, (note, env) in enumerate(((60, 1.0), (64, 0.6), (66, 0.3))):
        engine.arrays["voices"][index] = (3, note, max(0.05, env - 0.01 * (number % 60)), 0.0)


def test_it_looks_as_it_did(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    chord(engine)
    panel.mod.setValue(40)
    for width, keys in ((1012, 61), (1348, 88)):
        panel.resize(width, 96)
        layout = panel.layout()
        assert layout is not None
        layout.activate()
        opened.services.clock.tick()
        assert len(panel.view.shape_shown.boxes) == keys
        for theme in ("dark", "light"):
            opened.services.theme.set_mode(theme)
            same_picture(panel, f"keys_{width}_{theme}", QSize(width, 96))


def test_every_control_is_reached_and_named(opened: Opened, panel: KeysPanel) -> None:
    assert unreachable(panel) == []
    assert unnamed(panel) == []
    for each in (panel.pitch, panel.mod, panel.view, panel.hold, panel.pedal, panel.octave, panel.velocity):
        assert each.statusTip()


def test_a_frame_is_cheap(opened: Opened, panel: KeysPanel, engine: FakeEngine) -> None:
    panel.resize(1348, 96)
    QApplication.processEvents()
    frames: list[Frame] = []
    opened.services.clock.frame.connect(frames.append)
    opened.services.clock.tick()

    def move(number: int) -> None:
        chord(engine, number)
        frame = frames[0]
        object.__setattr__(frame, "snapshot", engine.snapshot())
        panel.show_frame(frame)

    seconds = paint_seconds(panel.view, move)
    assert seconds < 0.5e-3, seconds
