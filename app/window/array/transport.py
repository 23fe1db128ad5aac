"""Run, stand, step, how slow: the buttons below the array."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.window.array.player import SPEEDS, slower

__all__ = ["Transport", "speed_text"]

STEPS = (
    ("layer", -1, "⇤ Layer"),
    ("tile", -1, "← Tile"),
    ("cycle", -1, "← Cycle"),
    ("cycle", 1, "Cycle →"),
    ("tile", 1, "Tile →"),
    ("layer", 1, "Layer ⇥"),
)


def speed_text(seconds: float) -> str:
    """`1 cycle = 50 ms`."""
    return f"1 cycle = {1000 * seconds:g} ms" if seconds < 1 else f"1 cycle = {seconds:g} s"


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
        for what, direction, text in STEPS:
            row.addWidget(self._step(what, direction, text))
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

    def _step(self, what: str, direction: int, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAutoRepeat(what != "layer")
        where = "next" if direction > 0 else "previous"
        button.setAccessibleName(f"{where.capitalize()} {what}")
        button.setStatusTip(self.tr("Go to the {0} {1}.").format(where, what))
        button.clicked.connect(partial(self.stepped.emit, what, direction))
        return button

    def show_running(self, is_running: bool) -> None:
        """Whether it runs."""
        self._run.setChecked(is_running)
        self._run.setText(self.tr("Stop") if is_running else self.tr("Run"))

    def show_clock(self, clock: float) -> None:
        """Say how much slower than with this clock in MHz."""
        self._slower.setText(self.tr("slowed down {0:,}×").format(slower(self._speed.currentData(), clock)))
