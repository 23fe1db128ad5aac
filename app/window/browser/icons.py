"""The small pictures on buttons, as lines on a field of 16 by 16: sharp at any size and scale, in any colour.

Drawn here, since a font's arrows and hearts are other ones on every system, and some of them in colours of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

__all__ = ["ICONS", "draw_icon"]

FIELD, WIDTH = 16.0, 1.5


def _line(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(*point)
    return path


def _previous() -> QPainterPath:
    return _line((10, 3.5), (5.5, 8), (10, 12.5))


def _next() -> QPainterPath:
    return _line((6, 3.5), (10.5, 8), (6, 12.5))


def _heart() -> QPainterPath:
    path = QPainterPath(QPointF(8, 13.4))
    path.cubicTo(2.6, 9.6, 1.6, 7.2, 2.0, 5.4)
    path.cubicTo(2.6, 2.6, 6.4, 2.0, 8, 4.9)
    path.cubicTo(9.6, 2.0, 13.4, 2.6, 14.0, 5.4)
    path.cubicTo(14.4, 7.2, 13.4, 9.6, 8, 13.4)
    return path


def _undo() -> QPainterPath:
    path = _line((6, 2.5), (2.5, 6), (6, 9.5))
    path.moveTo(2.5, 6)
    path.lineTo(9.5, 6)
    path.arcTo(QRectF(5.75, 6, 7.5, 7.5), 90, -180)
    path.lineTo(7, 13.5)
    return path


def _redo() -> QPainterPath:
    path = _line((10, 2.5), (13.5, 6), (10, 9.5))
    path.moveTo(13.5, 6)
    path.lineTo(6.5, 6)
    path.arcTo(QRectF(2.75, 6, 7.5, 7.5), 90, 180)
    path.lineTo(9, 13.5)
    return path


def _dice() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(2.5, 2.5, 11, 11), 2.5, 2.5)
    for x, y in ((5.4, 5.4), (10.6, 5.4), (8, 8), (5.4, 10.6), (10.6, 10.6)):
        path.addEllipse(QPointF(x, y), 0.45, 0.45)
    return path


def _more() -> QPainterPath:
    path = QPainterPath()
    for y in (4.0, 8.0, 12.0):
        path.addPath(_line((3, y), (13, y)))
    return path


def _search() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(7, 7), 4.2, 4.2)
    path.addPath(_line((10.2, 10.2), (13.5, 13.5)))
    return path


def _save() -> QPainterPath:
    path = _line((8, 2.5), (8, 9.5))
    path.addPath(_line((5, 6.8), (8, 9.8), (11, 6.8)))
    path.addPath(_line((2.8, 10.5), (2.8, 13.2), (13.2, 13.2), (13.2, 10.5)))
    return path


ICONS: dict[str, Callable[[], QPainterPath]] = {
    "previous": _previous,
    "next": _next,
    "heart": _heart,
    "undo": _undo,
    "redo": _redo,
    "dice": _dice,
    "more": _more,
    "search": _search,
    "save": _save,
}
"""Name -> its lines."""


@cache
def _path(name: str) -> QPainterPath:
    return ICONS[name]()


def draw_icon(painter: QPainter, name: str, box: QRectF, colour: QColor, *, is_filled: bool = False) -> None:
    """Draw an icon as large as fits into a box, in its middle."""
    side = min(box.width(), box.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side / FIELD, side / FIELD)
    painter.setPen(QPen(colour, WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    if is_filled:
        painter.setBrush(colour)
    painter.drawPath(_path(name))
    painter.restore()
