"""The pad: two knobs as one place, over the map of what it sounds like there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.window.scopes.plot_view import PlotView
from app.window.theme.theme import Theme
from app.window.timbre.map_file import TimbreMap
from app.window.timbre.map_picture import dots_image, field_image

__all__ = ["Pad"]

STEP, FINE_STEP = 0.01, 0.001
RADIUS = 8.0
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
MOST_TRAIL = 600


class Pad(PlotView):
    """Shows and moves a place 0..1 x 0..1. What it shows is set by `show_*`, which never emit.

    Signals:
        pressed, released: it is touched, by mouse or by Space, or no longer; they always come in turn.
        moved: x and y that the person wants.
    """

    pressed = Signal()
    released = Signal()
    moved = Signal(float, float)
    MARGINS = QMarginsF(2, 2, 2, 2)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._place, self._live = (0.5, 0.5), (0.5, 0.5)
        self._map: TimbreMap | None = None
        self._version, self._is_down, self._labels = 0, False, ("", "")
        self._trail: list[tuple[float, float]] = []
        self._trails, self._is_growing = 0, False
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Timbre map"))
        self.setMinimumSize(140, 90)

    @property
    def place(self) -> tuple[float, float]:
        """Where it stands."""
        return self._place

    @property
    def is_down(self) -> bool:
        """It is touched."""
        return self._is_down

    def show_place(self, x: float, y: float) -> None:
        """Stand there."""
        if (x, y) != self._place:
            self._place = (x, y)
            self._say()
            self.update()

    def show_live(self, x: float, y: float) -> None:
        """Where the sound is just now. Repaints only for what can be seen."""
        live = (round(x, 3), round(y, 3))
        if live != self._live:
            self._live = live
            self.update()

    def show_labels(self, x: str, y: str) -> None:
        """Names of the two knobs."""
        self._labels = (x, y)
        self._say()
        self.update()

    def show_map(self, found: TimbreMap | None) -> None:
        """The background; None: there is none. A map that grows is shown again."""
        self._map = found
        self._version += 1
        self.update()

    def show_trail(self, path: Sequence[tuple[float, float]], *, is_growing: bool = False) -> None:
        """A gesture's way. One that does not grow any more becomes part of the ground, so it costs nothing."""
        step = max(1, len(path) // MOST_TRAIL)
        if (trail := [*path[::step]]) != self._trail or is_growing != self._is_growing:
            self._trail, self._is_growing = trail, is_growing
            self._trails += 1
            self.update()

    def lift(self) -> None:
        """It is touched no more, whatever the mouse does."""
        if self._is_down:
            self._is_down = False
            self.released.emit()
            self.update()

    def _press(self) -> None:
        if not self._is_down:
            self._is_down = True
            self.pressed.emit()
            self.update()

    def _say(self) -> None:
        (x, y), (wide, high) = self._place, self._labels
        self.setAccessibleDescription(f"{wide} {x:.3f}, {high} {y:.3f}")
        self.setStatusTip(
            self.tr("{0} {1:.3f}, {2} {3:.3f}. Drag, or use the arrows (Shift: finer); Space plays the note.").format(
                wide, x, high, y
            )
        )

    def _want(self, x: float, y: float) -> None:
        x, y = min(1.0, max(0.0, x)), min(1.0, max(0.0, y))
        if (x, y) != self._place:
            self.show_place(x, y)
            self.moved.emit(x, y)

    def _at(self, point: QPointF) -> tuple[float, float]:
        plot = self.plot()
        return (point.x() - plot.left()) / plot.width(), (plot.bottom() - point.y()) / plot.height()

    # Mouse, keys, and all the ways in which a touch may end.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there and sound."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._press()
            self._want(*self._at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._is_down:
            self._want(*self._at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.lift()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows a hundredth, with Shift a thousandth; Space touches it."""
        key = Qt.Key(event.key())
        if key in ARROWS:
            step = FINE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
            (x, y), (right, up) = self._place, ARROWS[key]
            self._want(round(x + right * step, 6), round(y + up * step, 6))
        elif key == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._press()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space is up."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.lift()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No note stays behind."""
        super().focusOutEvent(event)
        self.lift()

    def hideEvent(self, event: QHideEvent) -> None:
        """No note stays behind."""
        super().hideEvent(event)
        self.lift()

    # Paint.

    def ground_key(self) -> tuple[object, ...]:
        """The map, its names, a gesture that is complete."""
        return self._version, self._labels, 0 if self._is_growing else self._trails

    def draw_ground(self, painter: QPainter, plot: QRectF) -> None:
        """The field, a grid of quarters, the dots, the names of the axes."""
        if self._map is not None:
            field = field_image(self._map, self.theme.palette)
            size = field.shape[0]
            picture = QImage(field.data, size, size, 3 * size, QImage.Format.Format_RGB888)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(plot, picture)
        painter.setPen(self.soft("text", 0.10))
        for part in (0.25, 0.5, 0.75):
            x, y = plot.left() + part * plot.width(), plot.top() + part * plot.height()
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        self._draw_dots(painter, plot)
        if not self._is_growing:
            self._draw_trail(painter, plot)
        painter.setPen(self.theme.colour("text"))
        inside = plot.adjusted(8, 5, -8, -5)
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, f"{self._labels[0]} →")
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, f"↑ {self._labels[1]}")

    def _draw_dots(self, painter: QPainter, plot: QRectF) -> None:
        if self._map is None or self._map.dots is None:
            return
        ratio = self.devicePixelRatioF()
        width, height = round(plot.width() * ratio), round(plot.height() * ratio)
        pixels = dots_image(self._map.dots, width, height, self.theme.palette)
        picture = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(ratio)
        painter.drawImage(plot.topLeft(), picture)

    def draw_moving(self, painter: QPainter, plot: QRectF) -> None:
        """The gesture's way, where the sound is, and the place itself."""
        if self._is_growing:
            self._draw_trail(painter, plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place, live = self._point(plot, *self._place), self._point(plot, *self._live)
        if np.hypot(place.x() - live.x(), place.y() - live.y()) > 2:
            painter.setPen(QPen(self.theme.colour("ground"), 1))
            painter.setBrush(self.theme.colour("live"))
            painter.drawEllipse(live, 4.5, 4.5)
        painter.setBrush(self.theme.colour("accent") if self._is_down else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.colour("ground"), 5.0))
        painter.drawEllipse(place, RADIUS, RADIUS)
        painter.setPen(QPen(self.theme.colour("accent"), 2.5))
        painter.drawEllipse(place, RADIUS, RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_trail(self, painter: QPainter, plot: QRectF) -> None:
        if len(self._trail) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, not self._is_growing)
            painter.setPen(QPen(self.theme.colour("accent"), 0 if self._is_growing else 1.3))
            painter.drawPolyline(QPolygonF([self._point(plot, *each) for each in self._trail]))

    @staticmethod
    def _point(plot: QRectF, x: float, y: float) -> QPointF:
        return QPointF(plot.left() + x * plot.width(), plot.bottom() - y * plot.height())
