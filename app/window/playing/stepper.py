"""A small number with a button on each side: for what has few values and is no part of the sound."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.window.theme.fonts import font

__all__ = ["Stepper"]

NOTCH = 120


class Stepper(QWidget):
    """Shows `text(value)` between two arrows.

    Signals:
        changed: the new value, when the person stepped.
    """

    changed = Signal(int)

    def __init__(
        self,
        name: str,
        low: int,
        high: int,
        step: int,
        text: Callable[[int], str],
        help: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._step, self._text = low, high, step, text
        self._value = low
        self._label = QLabel(self)
        self._label.setFont(font("number"))
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setMinimumWidth(52)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self._buttons = []
        for sign, arrow, words in ((-1, "◂", self.tr("{0} down")), (1, "▸", self.tr("{0} up"))):
            button = QToolButton(self)
            button.setText(arrow)
            button.setFixedSize(22, 22)
            button.setAutoRepeat(True)
            button.setStyleSheet("padding: 0")
            button.setAccessibleName(words.format(name))
            button.setStatusTip(help)
            button.clicked.connect(lambda _=False, sign=sign: self.step(sign))
            self._buttons.append(button)
        row.addWidget(self._buttons[0])
        row.addWidget(self._label, 1)
        row.addWidget(self._buttons[1])
        self.setStatusTip(help)
        self.show_value(low)

    @property
    def value(self) -> int:
        """What it shows."""
        return self._value

    def show_value(self, value: int) -> None:
        """Show a value without telling anybody."""
        self._value = min(self._high, max(self._low, value))
        self._label.setText(self._text(self._value))
        for button, end in zip(self._buttons, (self._low, self._high), strict=True):
            button.setAccessibleDescription(self._text(self._value))
            button.setEnabled(self._value != end)

    def step(self, steps: int) -> None:
        """Go some steps up or down, as far as it goes."""
        before = self._value
        self.show_value(before + steps * self._step)
        if self._value != before:
            self.changed.emit(self._value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A notch is a step."""
        turned = event.angleDelta().y()
        if abs(turned) >= NOTCH:
            self.step(1 if turned > 0 else -1)
        event.accept()
