"""What a person does in the window before its picture is taken; for `window_pictures`."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLineEdit, QWidget

from app.window.array.timeline_view import TimelineView
from app.window.opened import Opened, application

__all__ = [
    "PIECE",
    "action",
    "armed",
    "gesture",
    "large_array",
    "newest_dialog",
    "render",
    "settings",
    "wait",
    "wave",
    "whole_frame",
]

PIECE = Path(__file__).resolve().parents[1] / "presets" / "demo" / "bach_bwv66_6.mid"


def wait(seconds: float) -> None:
    """Let the window live."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def newest_dialog() -> QDialog | None:
    """The newest one that is open."""
    found = [each for each in application().topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
    return found[-1] if found else None


def _one(inside: QWidget, kind: type[QWidget], name: str) -> QWidget | None:
    """The control with a name or a text; None: there is none, as where a panel is missing."""
    for each in inside.findChildren(kind):
        if name in (each.accessibleName(), getattr(each, "text", str)()):
            return each
    return None


def _press(inside: QWidget, name: str) -> None:
    button = _one(inside, QAbstractButton, name)
    if isinstance(button, QAbstractButton):
        button.click()


def _choose(inside: QWidget, name: str, number: int) -> None:
    box = _one(inside, QComboBox, name)
    if isinstance(box, QComboBox):
        box.setCurrentIndex(number)
        wait(0.5)


def wave(opened: Opened) -> None:
    """The array stands where a wave of steps begins to run through it."""
    for timeline in opened.window.findChildren(TimelineView):
        timeline.sought.emit(round(0.31 * timeline.maximum()))
        timeline.stepped.emit("tile", 1)
        for _ in range(6):
            timeline.stepped.emit("cycle", 1)


def large_array(opened: Opened) -> None:
    """The same on the bigger FPGA."""
    _choose(opened.window, "FPGA", 1)
    wave(opened)


def whole_frame(opened: Opened) -> None:
    """How busy each element is."""
    _press(opened.window, "Whole frame")


def gesture(opened: Opened) -> None:
    """A figure is drawn on the map, and goes round."""
    panel = opened.window.panels["map"]
    pad = panel.pad  # type: ignore[attr-defined]
    _press(panel, "Rec")
    for step in range(121):
        turn = 2 * math.pi * step / 120
        place = QPointF(pad.width() * (0.5 + 0.36 * math.sin(turn)), pad.height() * (0.5 + 0.34 * math.sin(2 * turn)))
        if step == 0:
            QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=place.toPoint())
        QTest.mouseMove(pad, place.toPoint())
        wait(0.02)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=place.toPoint())
    _press(panel, "Rec")
    _press(panel, "Loop")
    wait(1.0)


def armed(opened: Opened) -> None:
    """A source was pressed, so that its amounts can be set."""
    _press(opened.window.panels["matrix"], "LFO 1")


def settings(page: str) -> Callable[[Opened], None]:
    """A page of the settings is open."""

    def act(opened: Opened) -> None:
        opened.window.panels["state"].tools.settings(page)  # type: ignore[attr-defined]
        wait(3.0)

    return act


def action(name: str, seconds: float = 0.5) -> Callable[[Opened], None]:
    """Something of the table of actions was done."""

    def act(opened: Opened) -> None:
        opened.services.actions[name].trigger()
        wait(seconds)

    return act


def render(opened: Opened) -> None:
    """A file was chosen, and is ready to be rendered."""
    action("render")(opened)
    dialog = newest_dialog()
    source = None if dialog is None else _one(dialog, QLineEdit, "From")
    if isinstance(source, QLineEdit):
        source.setText(PIECE.name)
        source.textEdited.emit(PIECE.name)
