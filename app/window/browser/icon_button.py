"""A small button with a picture, which a screen reader and the line below call by its name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from app.window.browser.icons import draw_icon
from app.window.theme.theme import Theme

__all__ = ["IconButton"]

PICTURE = 15.0


class IconButton(QToolButton):
    """The style paints the button, this class the picture.

    Args:
        name: of the icon; text: what it is called; tip: the line of help.
        fills: the picture is filled while the button is checked, and the button itself is not.
    """

    def __init__(
        self, theme: Theme, name: str, text: str, tip: str, parent: QWidget | None = None, *, fills: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme, self._name, self._fills = theme, name, fills
        self.setFixedSize(QSize(26, 28))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; width: 0; }")
        self.name_it(text, tip)
        theme.changed.connect(self.update)

    def name_it(self, text: str, tip: str) -> None:
        """Say something else about it."""
        self.setAccessibleName(text)
        self.setStatusTip(tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, then the picture in the colour of its state."""
        if not (self._fills and self.isChecked()):
            super().paintEvent(event)
        painter = QPainter(self)
        is_loved = self._fills and self.isChecked()
        if is_loved and self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._theme.colour("focus"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        role = "accent" if is_loved else "text" if self.isEnabled() else "line"
        middle = QPointF(self.width() / 2, self.height() / 2)
        box = QRectF(middle.x() - PICTURE / 2, middle.y() - PICTURE / 2, PICTURE, PICTURE)
        draw_icon(painter, self._name, box, self._theme.colour(role), is_filled=is_loved)
