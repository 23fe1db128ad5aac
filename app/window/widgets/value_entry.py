"""A line to type a value into, over the widget whose value it is: Return takes it, Escape or a click elsewhere not."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.window.theme.fonts import font

__all__ = ["ValueEntry"]

WIDTH = 76


class ValueEntry(QLineEdit):
    """Lives until it is answered.

    Signals:
        accepted: the text, on Return.
    """

    accepted = Signal(str)

    def __init__(self, owner: QWidget, text: str, *, selects: bool) -> None:
        super().__init__(text, owner.window())
        self._owner = owner
        self.setFont(font("number"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(self.tr("Value of {0}").format(owner.accessibleName()))
        if selects:
            self.selectAll()

    def show_over(self, owner: QWidget) -> None:
        """In the middle of `owner`, within its window."""
        window, height = owner.window(), self.sizeHint().height()
        middle = owner.mapTo(window, owner.rect().center())
        left = min(max(0, middle.x() - WIDTH // 2), max(0, window.width() - WIDTH))
        self.setGeometry(left, max(0, middle.y() - height // 2), WIDTH, height)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes the text, Escape drops it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = self.text()
            self._close()
            self.accepted.emit(text)
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Somebody works elsewhere: nothing is taken."""
        super().focusOutEvent(event)
        self._end()

    def _close(self) -> None:
        self._end()
        self._owner.setFocus(Qt.FocusReason.PopupFocusReason)

    def _end(self) -> None:
        self.hide()
        self.deleteLater()
