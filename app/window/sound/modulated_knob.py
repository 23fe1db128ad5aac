"""A knob that is also a target: with Alt (or Ctrl) it turns the armed source's amount; chips can be dropped on it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.window.theme.theme import Theme
from app.window.widgets.knob import FINE, NOTCH, PIXELS, WHEEL_TURNS, Knob
from engine.parameters import Parameter

__all__ = ["SOURCE_MIME", "ModulatedKnob"]

SOURCE_MIME = "application/x-systole-source"
"""What a dragged chip carries: the source's name."""
STEP, STEP_FINE = 0.02, 0.002
"""Amount of an arrow key."""
_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Left: -1}
_AMOUNT = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class ModulatedKnob(Knob):
    """Tells of amounts as differences; whoever owns it knows what they are now.

    Signals:
        amount_moved: by how much the armed source's amount is to change.
        amount_wanted: a source that was dropped here.
        looked_at: the mouse or the focus came or went.
    """

    amount_moved = Signal(float)
    amount_wanted = Signal(str)
    looked_at = Signal()

    def __init__(self, entry: Parameter, theme: Theme, parent: QWidget | None = None, *, side: int = 48) -> None:
        super().__init__(entry, theme, parent, side=side)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.is_target = self.is_armed = False
        self._from: float | None = None

    @property
    def is_turning_amount(self) -> bool:
        """A drag of the amount is on, or just ends."""
        return self._from is not None

    def set_target(self, is_target: bool, is_armed: bool) -> None:
        """Whether modulation reaches it, and whether a source is armed."""
        self.is_target, self.is_armed = is_target, is_armed and is_target
        self.setAcceptDrops(is_target)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the value, or with Alt of the amount."""
        if self.is_armed and event.modifiers() & _AMOUNT and event.button() == Qt.MouseButton.LeftButton:
            self._from = event.globalPosition().y()
            self.held.emit()
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn what was taken hold of."""
        if self._from is None:
            super().mouseMoveEvent(event)
            return
        place = event.globalPosition().y()
        moved = (self._from - place) / PIXELS
        self._from = place
        self.amount_moved.emit(moved / FINE if event.modifiers() & _SHIFT else moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._from is None:
            super().mouseReleaseEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()
            self._from = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Alt: the amount."""
        if self.is_armed and event.modifiers() & _AMOUNT:
            delta = event.angleDelta()
            notches = (delta.y() or delta.x()) / NOTCH
            self.amount_moved.emit(notches / WHEEL_TURNS / (FINE if event.modifiers() & _SHIFT else 1.0))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt and arrows: the amount, with Shift finer."""
        key = Qt.Key(event.key())
        if self.is_armed and event.modifiers() & _AMOUNT and key in _KEYS:
            self.amount_moved.emit(_KEYS[key] * (STEP_FINE if event.modifiers() & _SHIFT else STEP))
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A chip may land."""
        if self.is_target and event.mimeData().hasFormat(SOURCE_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A chip has landed."""
        self.amount_wanted.emit(bytes(event.mimeData().data(SOURCE_MIME).data()).decode("utf-8", "replace"))
        event.acceptProposedAction()

    def paintEvent(self, event: QPaintEvent) -> None:
        """On the panel's own colour, so that nothing behind need be painted sixty times a second."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colour("surface"))
        painter.end()
        super().paintEvent(event)

    def enterEvent(self, event: object) -> None:
        """The mouse came."""
        super().enterEvent(event)  # type: ignore[arg-type]
        self.looked_at.emit()

    def leaveEvent(self, event: object) -> None:
        """The mouse went."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        self.looked_at.emit()

    def focusInEvent(self, event: object) -> None:
        """The focus came."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.looked_at.emit()

    def focusOutEvent(self, event: object) -> None:
        """The focus went."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.looked_at.emit()
