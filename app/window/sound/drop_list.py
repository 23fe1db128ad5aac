"""A list that opens: Qt's own, with a quiet arrow, a strip in the colour of a source, and letters left to the notes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from app.window.theme.theme import Theme

__all__ = ["DropList"]

ARROW = 3.5


class DropList(QComboBox):
    """The wheel goes on by one only while it has the focus, so that scrolling past changes nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strip: str | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def show_strip(self, source: str | None) -> None:
        """Mark it as being about a source of modulation."""
        if source != self._strip:
            self._strip = source
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Return and F4 as every list; letters and Space play."""
        is_character = bool(event.text()) and event.text().isprintable()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.showPopup()
        elif is_character:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One on."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's, the arrow, and the strip."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colour("muted" if self.isEnabled() else "border")
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        x, y = self.width() - 11.0, self.height() / 2
        ends = [QPointF(x - ARROW, y - ARROW / 2), QPointF(x, y + ARROW / 2), QPointF(x + ARROW, y - ARROW / 2)]
        painter.drawPolyline(QPolygonF(ends))
        if self._strip is not None:
            painter.fillRect(0, 5, 3, self.height() - 10, self._theme.colour(f"source.{self._strip}"))
        painter.end()
