"""The header's pictures, drawn: the same on every system, sharp at every scale, in the theme's colours."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from app.window.theme.theme import Theme

__all__ = ["IconButton"]

SIDE = 16.0


def _record(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(8, 8), 5.0, 5.0)


def _stop(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(3.5, 3.5, 9, 9), 1.5, 1.5)


def _menu(painter: QPainter, colour: QColor) -> None:
    for y in (4.0, 8.0, 12.0):
        painter.fillRect(QRectF(2.5, y - 0.75, 11, 1.5), colour)


def _settings(painter: QPainter, colour: QColor) -> None:
    """A wheel with eight teeth."""
    path = QPainterPath()
    points = QPolygonF()
    for tooth in range(8):
        for away, radius in ((-0.62, 5.2), (-0.42, 7.2), (0.42, 7.2), (0.62, 5.2)):
            angle = math.pi / 4 * (tooth + away / 2)
            points.append(QPointF(8 + radius * math.sin(angle), 8 - radius * math.cos(angle)))
    path.addPolygon(points)
    path.closeSubpath()
    hole = QPainterPath()
    hole.addEllipse(QPointF(8, 8), 2.4, 2.4)
    painter.fillPath(path.subtracted(hole), colour)


def _panic(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(6.9, 1.5, 2.2, 8.5), 1.1, 1.1)
    painter.drawEllipse(QPointF(8, 13), 1.5, 1.5)


_DRAW: dict[str, Callable[[QPainter, QColor], None]] = {
    "record": _record,
    "stop": _stop,
    "menu": _menu,
    "settings": _settings,
    "panic": _panic,
}


class IconButton(QToolButton):
    """A button with a picture, and perhaps a text right of it.

    Args:
        picture: record, stop, menu, settings or panic; role: the picture's colour while it is not checked.
    """

    def __init__(
        self, theme: Theme, picture: str, name: str, help: str, parent: QWidget | None = None, *, role: str = "text"
    ) -> None:
        super().__init__(parent)
        self._theme, self._picture, self._role = theme, picture, role
        self.setAccessibleName(name)
        self.setStatusTip(help)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A square, wider with a text."""
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 6 if self.text() else 0
        return QSize(28 + wide, 28)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def show_picture(self, picture: str, role: str) -> None:
        """Another picture, in another colour."""
        if (picture, role) != (self._picture, self._role):
            self._picture, self._role = picture, role
            self.update()

    def paintEvent(self, event: object) -> None:
        """The style's own button, and on it the picture."""
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        text, option.text = option.text, ""
        option.features = QStyleOptionToolButton.ToolButtonFeature.None_
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = "on_accent" if self.isChecked() else self._role if self.isEnabled() else "muted"
        colour = self._theme.colour(role)
        if text:
            painter.setPen(QPen(colour))
            box = self.rect().adjusted(25, 0, -4, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.translate(6 if text else (self.width() - SIDE) / 2, (self.height() - SIDE) / 2)
        _DRAW[self._picture](painter, colour)
        painter.end()
