"""A corner of a drawn shape that can be taken hold of: by mouse, or by Tab and the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.window.theme.theme import Theme

__all__ = ["SIDE", "Handle"]

SIDE = 17
RADIUS = 4.5
FINE = 10.0
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class Handle(QWidget):
    """Where it goes is its owner's business: it only tells how it was moved.

    Signals:
        moved: px to the right and up; stepped: the same in arrow presses; both a tenth with Shift.
        held, released: around a drag.
        reset_wanted: a double click, or Delete.
        looked_at: the mouse or the focus came or went.
    """

    moved = Signal(float, float)
    stepped = Signal(float, float)
    held = Signal()
    released = Signal()
    reset_wanted = Signal()
    looked_at = Signal()

    def __init__(self, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._owner = theme, parent
        self._from: QPointF | None = None
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    @property
    def is_looked_at(self) -> bool:
        """The mouse, the focus or a drag is on it."""
        return self._from is not None or self.underMouse() or self.hasFocus()

    def put(self, x: float, y: float) -> None:
        """Stand with its middle at a place of its parent, and within it."""
        left = min(max(0, round(x) - SIDE // 2), max(0, self._owner.width() - SIDE))
        top = min(max(0, round(y) - SIDE // 2), max(0, self._owner.height() - SIDE))
        if (left, top) != (self.x(), self.y()):
            self.move(left, top)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.globalPosition()
            self.held.emit()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell by how much since the last time."""
        if self._from is not None:
            way = event.globalPosition() - self._from
            self._from = event.globalPosition()
            part = 1 / FINE if event.modifiers() & _SHIFT else 1.0
            self.moved.emit(way.x() * part, -way.y() * part)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self._from is not None:
            self._from = None
            self.released.emit()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the default."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move it, Delete resets it."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            part = 1 / FINE if event.modifiers() & _SHIFT else 1.0
            x, y = _ARROWS[key]
            self.stepped.emit(x * part, y * part)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: object) -> None:
        """The mouse came."""
        super().enterEvent(event)  # type: ignore[arg-type]
        self._looked()

    def leaveEvent(self, event: object) -> None:
        """The mouse went."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        self._looked()

    def focusInEvent(self, event: object) -> None:
        """The focus came."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._looked()

    def focusOutEvent(self, event: object) -> None:
        """The focus went."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._looked()

    def _looked(self) -> None:
        self.update()
        self.looked_at.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dot; bigger while it is looked at."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_near = self._from is not None or self.underMouse()
        painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "text"), 2.0 if self.hasFocus() else 1.5))
        painter.setBrush(theme.colour("accent" if is_near or self.hasFocus() else "surface"))
        middle = SIDE / 2
        radius = RADIUS + (1.0 if is_near else 0.0)
        painter.drawEllipse(QPointF(middle, middle), radius, radius)
        painter.end()
