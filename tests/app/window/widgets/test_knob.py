"""A knob turns by drag, wheel, keys and typing, tells what the person wants and nothing else, and can be read aloud."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.window.theme.theme import Theme
from app.window.widgets.knob import STEPS, Knob
from app.window.widgets.knob_paint import Arc
from app.window.widgets.value_entry import ValueEntry
from engine.parameters import knob_parameter, parameter
from tests.app.window.checks import paint_seconds

CUTOFF = knob_parameter("cutoff", "Cutoff", "Where the filter closes.", 0.5, 0)
SHIFT = Qt.KeyboardModifier.ShiftModifier
Make = Callable[..., Knob]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme("dark")


@pytest.fixture
def make(qtbot: QtBot, theme: Theme) -> Make:
    """A knob in a window of its own; `knob.heard` is what it emitted."""

    def made(id: str | None = None, **options: int) -> Knob:
        window = QWidget()
        knob = Knob(CUTOFF if id is None else parameter(id), theme, **options)
        QVBoxLayout(window).addWidget(knob)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        knob.heard = []  # type: ignore[attr-defined]
        knob.edited.connect(knob.heard.append)  # type: ignore[attr-defined]
        knob.keep = window  # type: ignore[attr-defined]
        return knob

    return made


def heard(knob: Knob) -> list[float]:
    found: list[float] = knob.heard  # type: ignore[attr-defined]
    return found


def drag(knob: Knob, up: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    middle = knob.rect().center()
    QTest.mousePress(knob, Qt.MouseButton.LeftButton, modifier, middle)
    for step in range(1, 5):
        place = QPointF(middle) - QPointF(0, up * step / 4)
        QApplication.sendEvent(knob, mouse_move(knob, place, modifier))
    QTest.mouseRelease(knob, Qt.MouseButton.LeftButton, modifier, middle - QPoint(0, up))


def mouse_move(knob: Knob, place: QPointF, modifier: Qt.KeyboardModifier) -> QMouseEvent:
    left = Qt.MouseButton.LeftButton
    return QMouseEvent(QEvent.Type.MouseMove, place, QPointF(knob.mapToGlobal(place)), left, left, modifier)


def wheel(knob: Knob, notches: float, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    middle = QPointF(knob.rect().center())
    turn = QPoint(0, round(120 * notches))
    phase = Qt.ScrollPhase.NoScrollPhase
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(middle, QPointF(knob.mapToGlobal(middle)), QPoint(), turn, none, modifier, phase, False)
    QApplication.sendEvent(knob, event)


def test_showing_a_number_tells_nobody(make: Make) -> None:
    knob = make()
    knob.show_number(0.3)
    assert (knob.number, knob.value(), heard(knob)) == (0.3, round(0.3 * STEPS), [])


def test_a_drag_is_held_turned_and_released(make: Make, qtbot: QtBot) -> None:
    knob = make()
    with qtbot.waitSignals([knob.held, knob.released], order="strict"):
        drag(knob, 50)
    assert heard(knob)[-1] == pytest.approx(0.75)
    assert heard(knob) == sorted(heard(knob))


def test_shift_is_ten_times_finer(make: Make) -> None:
    knob = make()
    drag(knob, 50, SHIFT)
    assert knob.number == pytest.approx(0.525)


def test_a_drag_ends_at_the_end_and_comes_back_at_once(make: Make) -> None:
    knob = make()
    drag(knob, 5000)
    assert knob.number == 1.0
    drag(knob, -20)
    assert knob.number == pytest.approx(0.9)


def test_the_wheel(make: Make) -> None:
    knob = make()
    wheel(knob, 1)
    assert knob.number == pytest.approx(0.52)
    wheel(knob, -1, SHIFT)
    assert knob.number == pytest.approx(0.518)


def test_the_wheel_steps_through_choices_also_by_parts_of_a_notch(make: Make) -> None:
    knob = make("lfo1.shape")
    wheel(knob, 1)
    assert knob.text == "triangle"
    for _ in range(4):
        wheel(knob, 0.25)
    assert knob.text == "saw"
    wheel(knob, 50)
    assert knob.text == "random"


def test_double_click_and_delete_go_to_the_default(make: Make) -> None:
    knob = make()
    knob.show_number(0.1)
    QTest.mouseDClick(knob, Qt.MouseButton.LeftButton, pos=knob.rect().center())
    assert heard(knob) == [0.5]
    knob.show_number(0.1)
    QTest.keyClick(knob, Qt.Key.Key_Delete)
    assert heard(knob) == [0.5, 0.5]


@pytest.mark.parametrize(
    ("key", "modifier", "wanted"),
    [
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, 0.51),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, 0.49),
        (Qt.Key.Key_Up, SHIFT, 0.501),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 0.6),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0.0),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 1.0),
    ],
)
def test_keys(make: Make, key: Qt.Key, modifier: Qt.KeyboardModifier, wanted: float) -> None:
    knob = make()
    QTest.keyClick(knob, key, modifier)
    assert knob.number == pytest.approx(wanted, abs=2e-4)
    assert len(heard(knob)) == 1


@pytest.mark.parametrize(
    ("id", "up"), [("voice.mode", "mono"), ("voice.polyphony", "13"), ("voice.transpose", "+1 st")]
)
def test_an_arrow_is_one_whole_step_of_what_has_steps(make: Make, id: str, up: str) -> None:
    knob = make(id)
    QTest.keyClick(knob, Qt.Key.Key_Up)
    assert knob.text == up
    QTest.keyClick(knob, Qt.Key.Key_Down)
    assert knob.number == parameter(id).default


def entry_of(knob: Knob) -> ValueEntry:
    (found,) = [each for each in knob.window().findChildren(ValueEntry) if each.isVisible()]
    return found


def test_a_value_can_be_typed(make: Make) -> None:
    knob = make("amp.attack")
    QTest.keyClick(knob, Qt.Key.Key_2)
    QTest.keyClicks(entry_of(knob), "50 ms")
    QTest.keyClick(entry_of(knob), Qt.Key.Key_Return)
    assert heard(knob) == [0.25]
    assert knob.window().focusWidget() is knob


def test_escape_leaves_it_as_it_was(make: Make) -> None:
    knob = make("amp.attack")
    QTest.keyClick(knob, Qt.Key.Key_Return)
    assert entry_of(knob).selectedText() == "5.00 ms"
    QTest.keyClicks(entry_of(knob), "9")
    QTest.keyClick(entry_of(knob), Qt.Key.Key_Escape)
    assert heard(knob) == []
    assert not [each for each in knob.window().findChildren(ValueEntry) if each.isVisible()]


def test_nonsense_is_refused_in_a_line(make: Make, qtbot: QtBot) -> None:
    knob = make("amp.attack")
    knob.type_value()
    with qtbot.waitSignal(knob.refused) as line:
        QTest.keyClicks(entry_of(knob), "soon")
        QTest.keyClick(entry_of(knob), Qt.Key.Key_Return)
    assert "0.001 to 20 s" in line.args[0]
    assert heard(knob) == []


def test_a_typed_number_stays_exactly_that(make: Make) -> None:
    knob = make()
    knob.type_value()
    QTest.keyClicks(entry_of(knob), "0.3")
    QTest.keyClick(entry_of(knob), Qt.Key.Key_Return)
    assert heard(knob) == [0.3]


def test_letters_are_left_to_who_plays_notes(make: Make) -> None:
    knob = make()
    QTest.keyClicks(knob, "asdf")
    assert heard(knob) == []
    assert knob.window().findChildren(ValueEntry) == []


def test_a_screen_reader_finds_role_name_and_value(make: Make) -> None:
    knob = make("amp.attack")
    knob.show_number(0.25)
    found = QAccessible.queryAccessibleInterface(knob)
    assert found.role() == QAccessible.Role.Dial
    assert found.text(QAccessible.Text.Name) == "Attack"
    assert found.text(QAccessible.Text.Description).startswith("250 ms. Rise of the loudness")
    value = found.valueInterface()
    assert (value.minimumValue(), value.maximumValue(), value.currentValue()) == (0, STEPS, knob.value())
    value.setCurrentValue(STEPS)
    assert heard(knob) == [20.0]


def test_the_menu_is_asked_for_by_mouse_and_key(make: Make, qtbot: QtBot) -> None:
    knob = make()
    for reason in (QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard):
        with qtbot.waitSignal(knob.menu_wanted):
            QApplication.sendEvent(knob, QContextMenuEvent(reason, QPoint(5, 5), QPoint(50, 60)))


def picture(knob: Knob) -> QImage:
    return knob.grab().toImage()


def test_what_it_shows_can_be_seen(make: Make, theme: Theme) -> None:
    knob = make(side=72)
    still = picture(knob)
    knob.show_live(0.9)
    with_dot = picture(knob)
    knob.show_arcs([Arc("lfo1", 0.3)])
    with_arc = picture(knob)
    assert len({bytes(each.constBits()) for each in (still, with_dot, with_arc)}) == 3
    colours = {with_arc.pixelColor(x, y).name() for x in range(with_arc.width()) for y in range(with_arc.height())}
    assert {theme.colour("live").name(), theme.colour("accent").name()} <= colours
    knob.show_live(None)
    knob.show_arcs([])
    assert picture(knob) == still


def test_a_source_that_swings_shows_both_sides(make: Make) -> None:
    knob = make()
    knob.show_arcs([Arc("lfo1", 0.3)])
    one_side = picture(knob)
    knob.show_arcs([Arc("lfo1", 0.3, is_both=True)])
    assert picture(knob) != one_side


def test_another_theme_repaints_it(make: Make, theme: Theme) -> None:
    knob = make()
    before = picture(knob)
    theme.set_mode("light")
    assert picture(knob) != before


def test_only_what_can_be_seen_repaints(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    knob, updates = make(), list[int]()
    monkeypatch.setattr(knob, "update", lambda: updates.append(1))
    for live in (0.5, 0.50001, None, None):
        knob.show_live(live)
    knob.show_arcs([Arc("lfo1", 0.3)])
    knob.show_arcs([Arc("lfo1", 0.3)])
    knob.show_number(knob.number)
    assert len(updates) == 3


def test_thirty_moving_knobs_are_painted_in_four_milliseconds(make: Make) -> None:
    knob = make(side=56)
    knob.show_arcs([Arc("lfo1", 0.3), Arc("env2", -0.2)])
    assert 30 * paint_seconds(knob, lambda number: knob.show_live(number / 60)) < 4e-3
