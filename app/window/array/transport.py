"""Run, stand, step, how slow: the buttons below the array."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.window.array.player import SPEEDS, slower
from app.window.words import marked, translate

__all__ = ["Transport", "speed_text"]

STEPS = (
    ("layer", -1, marked("Transport", "⇤ Layer"), marked("Transport", "Previous layer")),
    ("tile", -1, marked("Transport", "← Tile"), marked("Transport", "Previous tile")),
    ("cycle", -1, marked("Transport", "← Cycle"), marked("Transport", "Previous cycle")),
    ("cycle", 1, marked("Transport", "Cycle →"), marked("Transport", "Next cycle")),
    ("tile", 1, marked("Transport", "Tile →"), marked("Transport", "Next tile")),
    ("layer", 1, marked("Transport", "Layer ⇥"), marked("Transport", "Next layer")),
)
"""What is stepped by, where to, and the button's text and name, marked for translation."""


def speed_text(seconds: float) -> str:
    """`1 cycle = 50 ms`."""
    length = f"{1000 * seconds:g} ms" if seconds < 1 else f"{seconds:g} s"
    return translate("Transport", "1 cycle = {0}").format(length)


class Transport(QWidget):
    """Buttons.

    Signals:
        run: whether it shall run.
        stepped: `cycle`, `tile` or `layer`, and 1 or -1.
        speed: seconds that a cycle shall last.
        whole: the sum over the whole frame shall be shown.
    """

    run = Signal(bool)
    stepped = Signal(str, int)
    speed = Signal(float)
    whole = Signal()

    def __init__(self, seconds: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._run = QPushButton(self.tr("Run"), self)
        self._run.setCheckable(True)
        self._run.setFixedWidth(64)
        self._run.setStatusTip(self.tr("Let the array run in slow motion, or stop it."))
        self._run.clicked.connect(self.run)
        row.addWidget(self._run)
        row.addSpacing(8)
        for what, direction, text, name in STEPS:
            row.addWidget(self._step(what, direction, self.tr(text), self.tr(name)))
        row.addSpacing(8)
        self._whole = QToolButton(self)
        self._whole.setText(self.tr("Whole frame"))
        self._whole.setStatusTip(self.tr("Light every PE by the part of the whole frame in which it multiplies."))
        self._whole.clicked.connect(self.whole)
        row.addWidget(self._whole)
        row.addStretch(1)
        self._slower = QLabel(self)
        self._slower.setProperty("role", "muted")
        row.addWidget(self._slower)
        self._speed = QComboBox(self)
        for each in SPEEDS:
            self._speed.addItem(speed_text(each), each)
        self._speed.setCurrentIndex(SPEEDS.index(seconds))
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.setStatusTip(self.tr("How long a cycle lasts while it runs."))
        self._speed.currentIndexChanged.connect(lambda: self.speed.emit(self._speed.currentData()))
        row.addWidget(self._speed)

    def _step(self, what: str, direction: int, text: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAutoRepeat(what != "layer")
        button.setAccessibleName(name)
        button.setStatusTip(name)
        button.clicked.connect(partial(self.stepped.emit, what, direction))
        return button

    def show_running(self, is_running: bool) -> None:
        """Whether it runs."""
        self._run.setChecked(is_running)
        self._run.setText(self.tr("Stop") if is_running else self.tr("Run"))

    def show_clock(self, clock: float) -> None:
        """Say how much slower than with this clock in MHz."""
        self._slower.setText(self.tr("slowed down {0:,}×").format(slower(self._speed.currentData(), clock)))
