"""An LFO, drawn and dragged: two of its cycles from where it starts, as high as it is deep; a dot runs along."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.window.services import Services
from app.window.sound.shape_view import ShapeView
from app.window.sound.shapes import DRAWS, SHAPES, lfo_phase, lfo_points
from app.window.words import TABLE_CONTEXT, translate
from engine.parameters import GROUPS, LFO_BEATS

__all__ = ["LfoView"]

NAMES = ("shape", "phase", "depth", "rate", "sync", "fade")
CYCLES = 2
CRESTS = (0.25, 0.25, 0.4999, 0.25, 0.5)
"""Where in its cycle each shape is taken hold of."""
STEP = 0.01
FASTEST = 20.0
"""Hz; a dot that runs faster cannot be followed by the eye, and stands at the edge instead."""
SMALLEST = 1e-3


class LfoView(ShapeView):
    """One handle, a crest of the wave: sideways it moves the start, up and down the depth.

    Args:
        group: `lfo1` or `lfo2`.
    """

    def __init__(self, services: Services, group: str, parent: QWidget | None = None) -> None:
        super().__init__(services, group, NAMES, parent)
        self.setAccessibleName(translate(TABLE_CONTEXT, GROUPS[group]))
        self.setStatusTip(self.tr("Drag the crest: sideways where it starts, up and down its depth."))
        self.crest = self.add_handle(translate(TABLE_CONTEXT, GROUPS[group]), "phase", "depth")
        self.crest.moved.connect(self._dragged)
        self.crest.stepped.connect(lambda right, up: self._move(STEP * right, STEP * up))
        self._position = 0.0

    @property
    def shape(self) -> int:
        """Its place in `SHAPES`."""
        return int(self.number("shape"))

    def speed(self, tempo: float) -> float:
        """Cycles in a second at a tempo in quarter notes per minute."""
        beats = LFO_BEATS[int(self.number("sync"))]
        return tempo / 60 / beats if beats else self.number("rate")

    def place_of(self, cycles: float, value: float) -> QPointF:
        """Where a value -1..1 so many cycles after the start is, px."""
        box = self.box
        x = box.left() + box.width() * (cycles % CYCLES) / CYCLES
        return QPointF(x, box.center().y() - box.height() / 2 * value)

    def points(self) -> list[QPointF]:
        """The curve, px; a point for each pixel, so that steps stand upright."""
        box = self.box
        count = max(2, round(box.width()))
        parts = np.arange(count) / count * CYCLES
        values = self.number("depth") * lfo_points(self.shape, parts + self.number("phase"))
        heights = box.center().y() - box.height() / 2 * values
        across = box.left() + box.width() * parts / CYCLES
        return [QPointF(x, y) for x, y in zip(across.tolist(), heights.tolist(), strict=True)]

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The middle, the cycles, and the curve."""
        painter.setPen(QPen(self.services.theme.colour("line"), 1.0))
        middle = box.center()
        painter.drawLine(QLineF(box.left(), middle.y(), box.right(), middle.y()))
        painter.drawLine(QLineF(middle.x(), box.top(), middle.x(), box.bottom()))
        self.curve(painter, self.points(), middle.y())

    def place_handles(self) -> None:
        """On the first crest."""
        height = self.number("depth") * (DRAWS[0] if SHAPES[self.shape] == "random" else 1.0)
        place = self.place_of((CRESTS[self.shape] - self.number("phase")) % 1.0, height)
        self.crest.put(place.x(), place.y())

    def _dragged(self, right: float, up: float) -> None:
        box = self.box
        self._move(CYCLES * right / box.width(), 2 * up / box.height())

    def _move(self, right: float, up: float) -> None:
        wanted = {"phase": (self.number("phase") - right) % 1.0} if right else {}
        if up:
            wanted["depth"] = self.number("depth") + up
        if wanted:
            self.set_travels(wanted)

    def show_value(self, value: float | None, depth: float, tempo: float, passed: float) -> None:
        """Let the dot run along.

        The engine tells the value, not the place: that follows from the speed, put right by the value.

        Args:
            value: -1..1, with its depth; None: nothing sounds.
            depth: as modulated, 0..1; tempo: quarter notes per minute; passed: s since the last time.
        """
        if value is None:
            self._position = self.number("phase")
            self.show_dots([])
            return
        speed = self.speed(tempo)
        self._position += speed * passed
        if depth > SMALLEST and not self.number("fade"):
            found = lfo_phase(self.shape, value / depth, self._position)
            self._position += (found - self._position + 0.5) % 1.0 - 0.5
        self._position %= len(DRAWS) * CYCLES
        if speed > FASTEST:
            self.show_dots([(self.box.right(), self.place_of(0.0, value).y())])
        else:
            place = self.place_of(self._position - self.number("phase"), value)
            self.show_dots([(place.x(), place.y())])
