"""How a knob looks. What stands still (track, ticks, ground) is a picture that is made once; what moves is a few lines.
Most knobs stand while only their dot moves, so all but the dot becomes a picture, too, when it is painted again.

An arc of 270 degrees: the value from the bottom left, or from the middle where zero lies there. Outside it a thin
ring for each source of modulation, from the value to where it can go at most; upon the track a dot where the sound is
just now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from app.window.theme.theme import Theme

__all__ = ["MOST_ARCS", "Arc", "KnobLook", "angle_of"]

START, SPAN = 225.0, -270.0
"""Degrees as Qt counts them: from three o'clock against the clock."""
MOST_ARCS = 3
"""More rings than this cannot be told apart; the rest is in the menu and the matrix."""
_STEPS = 16


@dataclass(frozen=True)
class Arc:
    """One source's reach: its name and amount, -1..1 of the whole travel; is_both: it swings to both sides."""

    source: str
    amount: float
    is_both: bool = False


def angle_of(travel: float) -> float:
    """Degrees, as Qt counts them, of a dial position 0..1."""
    return START + SPAN * min(1.0, max(0.0, travel))


def _sweep(painter: QPainter, box: QRectF, begin: float, end: float) -> None:
    first = angle_of(begin)
    painter.drawArc(box, round(_STEPS * first), round(_STEPS * (angle_of(end) - first)))


class KnobLook:
    """Paints one knob; keeps its picture of what stands still."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._still: tuple[tuple[object, ...], QPixmap] | None = None
        self._whole: tuple[tuple[object, ...], QPixmap | None] = ((), None)

    def paint(
        self,
        painter: QPainter,
        side: int,
        ratio: float,
        *,
        travel: float,
        origin: float,
        live: float | None,
        arcs: Sequence[Arc],
        notches: int,
        is_focused: bool,
        is_enabled: bool,
    ) -> None:
        """Paint into a square of `side` pixels at (0, 0).

        Args:
            ratio: pixels of the screen per pixel of the layout.
            travel, origin, live: value, where its arc begins, and where the sound is, as dial positions 0..1.
            notches: positions of a choice, 0 for a number that glides.
        """
        key = (side, ratio, travel, origin, tuple(arcs), notches, is_focused, is_enabled, self._theme.palette.name)
        if key != self._whole[0]:
            self._whole = (key, None)
            self._stand(painter, side, ratio, travel, origin, arcs, notches, is_focused, is_enabled)
        else:
            if self._whole[1] is None:
                picture = _empty(side, ratio)
                inner = QPainter(picture)
                self._stand(inner, side, ratio, travel, origin, arcs, notches, is_focused, is_enabled)
                inner.end()
                self._whole = (key, picture)
            assert self._whole[1] is not None
            painter.drawPixmap(0, 0, self._whole[1])
        if live is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = max(2.5, side / 18)
            self._dot(painter, _inside(side, width), live, width)

    def _stand(
        self,
        painter: QPainter,
        side: int,
        ratio: float,
        travel: float,
        origin: float,
        arcs: Sequence[Arc],
        notches: int,
        is_focused: bool,
        is_enabled: bool,
    ) -> None:
        """All but the dot."""
        painter.drawPixmap(0, 0, self._ground(side, ratio, notches, is_enabled))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = max(2.5, side / 18)
        box = _inside(side, width)
        colour = self._theme.colour("accent" if is_enabled else "muted")
        painter.setPen(_pen(colour, width))
        _sweep(painter, box, min(origin, travel), max(origin, travel))
        self._pointer(painter, side, travel)
        for ring, arc in enumerate(arcs[:MOST_ARCS]):
            thin = max(1.5, side / 36)
            painter.setPen(_pen(self._theme.colour(f"source.{arc.source}"), thin))
            begin = travel - arc.amount if arc.is_both else travel
            _sweep(painter, _box(side, (ring + 0.5) * (thin + 0.7)), begin, travel + arc.amount)
        if is_focused:
            painter.setPen(_pen(self._theme.colour("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(_inside(side, 0.29 * side))

    def _pointer(self, painter: QPainter, side: int, travel: float) -> None:
        painter.save()
        painter.translate(side / 2, side / 2)
        painter.rotate(-angle_of(travel))
        painter.setPen(_pen(self._theme.colour("text"), max(2.0, side / 26)))
        painter.drawLine(QPointF(0.07 * side, 0), QPointF(0.165 * side, 0))
        painter.restore()

    def _dot(self, painter: QPainter, box: QRectF, live: float, width: float) -> None:
        painter.save()
        painter.translate(box.center())
        painter.rotate(-angle_of(live))
        painter.setPen(_pen(self._theme.colour("ground"), 1.0))
        painter.setBrush(self._theme.colour("live"))
        painter.drawEllipse(QPointF(box.width() / 2, 0), 0.75 * width, 0.75 * width)
        painter.restore()

    def _ground(self, side: int, ratio: float, notches: int, is_enabled: bool) -> QPixmap:
        key = (side, ratio, notches, is_enabled, self._theme.palette)
        if self._still is None or self._still[0] != key:
            self._still = (key, self._draw_ground(side, ratio, notches))
        return self._still[1]

    def _draw_ground(self, side: int, ratio: float, notches: int) -> QPixmap:
        picture = _empty(side, ratio)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = max(2.5, side / 18)
        painter.setPen(_pen(self._theme.colour("line"), width))
        _sweep(painter, _inside(side, width), 0.0, 1.0)
        painter.setPen(_pen(self._theme.colour("border"), 1.0))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawEllipse(_inside(side, 0.36 * side))
        painter.translate(side / 2, side / 2)
        for notch in range(notches):
            painter.save()
            painter.rotate(-angle_of(notch / max(1, notches - 1)))
            painter.drawLine(QPointF(0.36 * side, 0), QPointF(0.40 * side, 0))
            painter.restore()
        painter.end()
        return picture


def _empty(side: int, ratio: float) -> QPixmap:
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def _box(side: int, away: float) -> QRectF:
    """Around the circle that lies `away` from the edge."""
    return QRectF(away, away, side - 2 * away, side - 2 * away)


def _inside(side: int, less: float) -> QRectF:
    """Around a circle that is `less` narrower than the room that the outer rings leave."""
    return _box(side, less / 2 + max(6.5, side / 7.5))
