"""A thin meter of something that swings about zero: from its middle to where it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.theme.theme import Theme

__all__ = ["Swing"]


class Swing(QWidget):
    """Shows a value -1..1."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._value = theme, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Thin."""
        return QSize(160, 12)

    @property
    def value(self) -> float:
        """What it shows."""
        return self._value

    def show_value(self, value: float) -> None:
        """Show a value; paints only what can be seen to differ."""
        shown = round(min(1.0, max(-1.0, value)), 3)
        if shown != self._value:
            self._value = shown
            self.setAccessibleDescription(f"{shown:+.2f}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, bar, middle."""
        painter, half = QPainter(self), self.width() / 2
        painter.fillRect(QRectF(0, 2, self.width(), 8), self._theme.colour("raised"))
        length = half * self._value
        painter.fillRect(QRectF(min(half, half + length), 2, abs(length), 8), self._theme.colour("live"))
        painter.fillRect(QRectF(half - 0.5, 0, 1, 12), self._theme.colour("border"))
        painter.end()
