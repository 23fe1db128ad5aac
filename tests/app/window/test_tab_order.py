"""Tab walks the whole window in reading order, on every page, after every page key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.panel import Panel
from app.window.panels import PAGES, PANELS
from app.window.tab_order import neighbour, show_whole, tab_stops
from tests.app.window.checks import controls
from tests.app.window.conftest import Open

KEYS = dict(zip(PAGES, (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4), strict=True))
MANY = 300


@pytest.fixture
def window(open_window: Open, qtbot: QtBot) -> MainWindow:
    """All of it, with the keyboard's focus."""
    found = open_window(*PANELS).window
    found.activateWindow()
    qtbot.waitUntil(found.isActiveWindow)
    return found


def focused() -> QWidget | None:
    return QApplication.focusWidget()


def walk(window: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """What `key` leads to, one after the other, until it has been everywhere."""
    found: list[QWidget] = []
    for _ in range(MANY):
        QTest.keyClick(focused() or window, key)
        widget = focused()
        assert widget is not None
        if widget in found:
            assert widget is found[0], "some controls are never left again"
            return found
        found.append(widget)
    raise AssertionError(f"more than {MANY} controls")


def panel_of(widget: QWidget) -> str:
    each: QWidget | None = widget
    while each is not None and not isinstance(each, Panel):
        each = each.parentWidget()
    return each.objectName() if each is not None else ""


def in_turn(names: list[str]) -> list[str]:
    """Without what repeats itself."""
    return [name for before, name in zip(["", *names], names, strict=False) if name != before and name]


@pytest.mark.parametrize("page", PAGES)
def test_tab_reaches_every_control_of_every_page(window: MainWindow, page: str) -> None:
    for key in (*KEYS.values(), KEYS[page]):
        QTest.keyClick(focused() or window, key)
    assert window.page == page
    walked = walk(window)
    assert set(walked) == set(controls(window))
    here = [spec.name for area in PAGES[page][2] for spec in PANELS if spec.area == area]
    assert in_turn([panel_of(each) for each in walked]) == [*here, "keys", "patch", "state"]
    assert walk(window, Qt.Key.Key_Backtab)[1:] == walked[-2::-1]


def test_after_a_page_key_nothing_is_lit_and_the_page_comes_next(window: MainWindow) -> None:
    for name, key in KEYS.items():
        QTest.keyClick(focused() or window, key)
        assert focused() not in controls(window)
        QTest.keyClick(focused() or window, Qt.Key.Key_Tab)
        assert panel_of(focused() or window) == next(spec.name for spec in PANELS if spec.area == PAGES[name][2][0])


def test_the_page_that_is_shown_is_the_stop_among_the_page_buttons(window: MainWindow) -> None:
    for key in (Qt.Key.Key_F3, Qt.Key.Key_F2):
        QTest.keyClick(window, key)
        (stop,) = [each for each in tab_stops(window) if each.accessibleName().startswith("Page ")]
        assert isinstance(stop, QToolButton)
        assert stop.isChecked()
    stop.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(stop, Qt.Key.Key_Right)
    button = focused()
    assert button is not None
    assert (window.page, button.accessibleName()) == ("analyse", "Page Analyse")


def test_a_click_on_a_page_takes_the_focus_out_of_what_it_hides(window: MainWindow) -> None:
    knob = next(each for each in tab_stops(window) if panel_of(each) == "knobs")
    keyboard = next(each for each in tab_stops(window) if panel_of(each) == "keys")
    buttons = {each.text(): each for each in window.findChildren(QToolButton) if each.text() in ("Play", "Array")}
    knob.setFocus()
    QTest.mouseClick(buttons["Array"], Qt.MouseButton.LeftButton)
    assert focused() not in controls(window)
    keyboard.setFocus()
    QTest.mouseClick(buttons["Play"], Qt.MouseButton.LeftButton)
    assert focused() is keyboard


@pytest.fixture
def made(qtbot: QtBot) -> QWidget:
    """Two columns made from right to left, a grid made from below, a card over the right column, one that is hidden."""
    window = QWidget()
    qtbot.addWidget(window)
    row, left, right, grid = QHBoxLayout(window), QVBoxLayout(), QVBoxLayout(), QGridLayout()
    right.addWidget(QPushButton("c"))
    right.addWidget(QPushButton("d"))
    for name, line, column in (("h", 1, 1), ("f", 0, 1), ("g", 1, 0), ("e", 0, 0)):
        grid.addWidget(QPushButton(name), line, column)
    left.addWidget(QPushButton("a"))
    left.addWidget(QPushButton("b"))
    for layout in (left, right, grid):
        row.addLayout(layout)
    hidden = QPushButton("hidden", window)
    window.show()
    hidden.hide()
    return window


def names(window: QWidget) -> str:
    return "".join(each.text() for each in tab_stops(window) if isinstance(each, QPushButton))


def test_reading_order_is_that_of_the_layouts(made: QWidget) -> None:
    assert names(made) == "abcdefgh"
    buttons = {each.text(): each for each in made.findChildren(QPushButton)}
    buttons["b"].setEnabled(False)
    buttons["f"].setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    assert names(made) == "acdegh"


def test_what_lies_over_others_comes_just_before_them(made: QWidget) -> None:
    over = next(each for each in made.findChildren(QPushButton) if each.text() == "c")
    card = QPushButton("!", made)
    card.setGeometry(QRect(over.pos(), over.size()))
    card.show()
    assert names(made) == "ab!cdefgh"


def test_it_goes_round_and_begins_anew_from_nowhere(made: QWidget, qtbot: QtBot) -> None:
    first, last = tab_stops(made)[0], tab_stops(made)[-1]
    assert neighbour(made, last, True) is first
    assert neighbour(made, first, False) is last
    assert neighbour(made, None, True) is first
    empty = QWidget()
    qtbot.addWidget(empty)
    assert neighbour(empty, None, True) is None


def test_what_is_out_of_sight_is_scrolled_to(qtbot: QtBot) -> None:
    area, inner = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    inner.setFixedSize(100, 2000)
    button = QPushButton("far", inner)
    button.move(0, 1900)
    area.setWidget(inner)
    area.resize(150, 200)
    area.show()
    show_whole(button)
    assert area.viewport().rect().contains(button.mapTo(area.viewport(), QPoint(0, 0)))
