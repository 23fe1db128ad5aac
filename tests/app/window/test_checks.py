"""The checks of panels find what they look for; the knob and the frame of the window pass them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.window.theme.theme import Theme
from app.window.widgets.knob import Knob
from app.window.widgets.knob_paint import Arc
from engine.parameters import parameter
from tests.app.window import checks
from tests.app.window.checks import paint_seconds, same_picture, unnamed, unreachable
from tests.app.window.conftest import Open


@pytest.fixture
def row(qtbot: QtBot) -> QWidget:
    """A window with two knobs, a button and a line."""
    window, theme = QWidget(), Theme("dark")
    theme.setParent(window)
    layout = QHBoxLayout(window)
    for name in ("amp.attack", "voice.pan"):
        layout.addWidget(Knob(parameter(name), theme, side=64))
    button = QToolButton()
    button.setText("Play")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    layout.addWidget(button)
    layout.addWidget(QLineEdit())
    qtbot.addWidget(window)
    window.show()
    return window


def knobs(row: QWidget) -> list[Knob]:
    return row.findChildren(Knob)


def test_what_only_the_mouse_reaches_is_found(row: QWidget) -> None:
    assert unreachable(row) == []
    knobs(row)[0].setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    assert unreachable(row) == ["Knob Attack"]


def test_what_has_no_name_is_found(row: QWidget) -> None:
    assert unnamed(row) == ["QLineEdit"]
    row.findChild(QLineEdit).setAccessibleName("Search")
    assert unnamed(row) == []


def test_the_frame_of_the_window_can_be_used_without_a_mouse(open_window: Open) -> None:
    window = open_window().window
    assert unreachable(window) == []
    assert unnamed(window) == []


def test_paint_is_measured(row: QWidget) -> None:
    def move(number: int) -> None:
        for knob in knobs(row):
            knob.show_live(number / 60)

    assert 0 < paint_seconds(row, move) < 3e-3


def test_another_look_is_found(row: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "PICTURES", tmp_path)
    with pytest.raises(AssertionError, match="missing"):
        same_picture(knobs(row)[0], "knob")
    monkeypatch.setenv("SYSTOLE_UPDATE_PICTURES", "1")
    same_picture(knobs(row)[0], "knob")
    monkeypatch.delenv("SYSTOLE_UPDATE_PICTURES")
    same_picture(knobs(row)[0], "knob")
    knobs(row)[0].show_number(2.0)
    with pytest.raises(AssertionError, match="far away"):
        same_picture(knobs(row)[0], "knob")


def test_the_knob_looks_as_it_should(qtbot: QtBot) -> None:
    for mode in ("dark", "light"):
        theme = Theme(mode)  # type: ignore[arg-type]
        knob = Knob(parameter("voice.pan"), theme, side=96)
        qtbot.addWidget(knob)
        knob.show_number(0.4)
        knob.show_live(0.8)
        knob.show_arcs([Arc("lfo1", 0.2), Arc("env2", -0.3)])
        same_picture(knob, f"knob_{mode}", QSize(96, 96))
