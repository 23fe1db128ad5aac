"""The title of a group of controls; of a source of modulation, with its colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["GroupTitle"]

HEIGHT, SWATCH = 22, 8


class GroupTitle(QWidget):
    """Painted, as its swatch follows the theme."""

    def __init__(self, text: str, theme: Theme, source: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._theme, self._source = text, theme, source
        self.setFont(font("title"))
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The text and the swatch."""
        wide = self.fontMetrics().horizontalAdvance(self._text)
        return QSize(wide + (SWATCH + 6 if self._source else 0) + 2, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Swatch and text."""
        painter, left = QPainter(self), 0
        if self._source is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour(f"source.{self._source}"))
            painter.drawEllipse(QRectF(1, (HEIGHT - SWATCH) / 2, SWATCH, SWATCH))
            left = SWATCH + 6
        painter.setPen(self._theme.colour("text"))
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)
        painter.end()
