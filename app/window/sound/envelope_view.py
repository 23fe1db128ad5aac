"""An envelope, drawn and dragged. Each segment has the true shape of what is played, and a width by its dial.

Times reach from a millisecond to twenty seconds, so a true time axis would show one segment and hide the others; with
widths by the dials, a handle follows the mouse, and nothing else moves while it is dragged.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.window.services import Services
from app.window.sound.shape_view import ShapeView
from app.window.sound.shapes import STAGES, Envelope, Floats, Segment
from app.window.words import TABLE_CONTEXT, translate
from engine.parameters import GROUPS

__all__ = ["EnvelopeView", "Voice"]

NAMES = ("attack", "decay", "sustain", "release")
SHARES = {"attack": 0.30, "decay": 0.32, "release": 0.28}
"""Of the width, at a dial's end; what is left is the sustain."""
END = 0.72
"""Where the key is let go."""
LEAST = 0.015
POINTS = 20
STEP = 0.01
"""Of a dial, for an arrow key."""
NEAR = 0.004
Voice = tuple[int, float]
"""Stage (its place in `STAGES`) and level 0..1."""


class EnvelopeView(ShapeView):
    """Three handles: attack; decay and sustain; release. Dots show where the voices are.

    Args:
        group: `amp` or `env2`.
    """

    def __init__(self, services: Services, group: str, parent: QWidget | None = None) -> None:
        super().__init__(services, group, NAMES, parent)
        self.setAccessibleName(translate(TABLE_CONTEXT, GROUPS[group]))
        self.setStatusTip(self.tr("Drag the corners. Widths follow the dials, so that 1 ms and 20 s fit side by side."))
        label = translate(TABLE_CONTEXT, GROUPS[group])
        self.attack = self.add_handle(label, "attack")
        self.decay = self.add_handle(label, "decay", "sustain")
        self.release = self.add_handle(label, "release")
        for handle, name in ((self.attack, "attack"), (self.decay, "decay"), (self.release, "release")):
            handle.moved.connect(partial(self._dragged, name))
            handle.stepped.connect(partial(self._stepped, name))
        self._levels: dict[int, float] = {}

    @property
    def shape(self) -> Envelope:
        """As the sound has it."""
        return Envelope(*(self.number(name) for name in NAMES))

    def place_of(self, segment: Segment, part: float, level: float) -> QPointF:
        """Where a part 0..1 of a segment at a level is, px."""
        box, (start, width) = self.box, self._spans()[segment]
        return QPointF(box.left() + box.width() * (start + width * part), box.bottom() - box.height() * level)

    def _spans(self) -> dict[Segment, tuple[float, float]]:
        """Where each segment begins and how wide it is, as shares of the width."""
        rise, fall = (LEAST + SHARES[name] * self.travel(name) for name in ("attack", "decay"))
        return {
            "attack": (0.0, rise),
            "decay": (rise, fall),
            "sustain": (rise + fall, END - rise - fall),
            "release": (END, SHARES["release"] * self.travel("release")),
        }

    def points(self) -> list[QPointF]:
        """The curve, px."""
        shape, box, spans = self.shape, self.box, self._spans()
        parts = np.linspace(0.0, 1.0, POINTS)
        curves: dict[Segment, Floats] = {
            "attack": shape.rise(parts),
            "decay": shape.fall(parts),
            "release": shape.end(parts),
        }
        across = np.concatenate([spans[segment][0] + spans[segment][1] * parts for segment in curves])
        x = box.left() + box.width() * across
        y = box.bottom() - box.height() * np.concatenate([*curves.values()])
        return [QPointF(*place) for place in zip(x.tolist(), y.tolist(), strict=True)]

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Where the key is let go, and the curve."""
        painter.setPen(QPen(self.services.theme.colour("line"), 1.0))
        painter.drawLine(QLineF(box.left(), box.bottom(), box.right(), box.bottom()))
        painter.setPen(QPen(self.services.theme.colour("line"), 1.0, Qt.PenStyle.DashLine))
        x = box.left() + END * box.width()
        painter.drawLine(QLineF(x, box.top(), x, box.bottom()))
        self.curve(painter, self.points(), box.bottom())

    def place_handles(self) -> None:
        """At the corners."""
        level = self.number("sustain")
        for handle, place in (
            (self.attack, self.place_of("attack", 1.0, 1.0)),
            (self.decay, self.place_of("decay", 1.0, level)),
            (self.release, self.place_of("release", 1.0, 0.0)),
        ):
            handle.put(place.x(), place.y())

    def _dragged(self, name: str, right: float, up: float) -> None:
        box = self.box
        self._move(name, right / (box.width() * SHARES[name]), up / box.height())

    def _stepped(self, name: str, right: float, up: float) -> None:
        self._move(name, STEP * (right if name == "decay" else right + up), STEP * up)

    def _move(self, name: str, time: float, level: float) -> None:
        wanted = {name: self.travel(name) + time} if time else {}
        if name == "decay" and level:
            wanted["sustain"] = self.number("sustain") + level
        if wanted:
            self.set_travels(wanted)

    def show_voices(self, voices: Sequence[Voice]) -> None:
        """Dots where the voices are, of which the engine tells stage and level."""
        shape = self.shape
        places = []
        for stage, level in voices:
            name = STAGES[stage]
            if name == "idle" or name == "fade":
                continue
            segment: Segment = name  # type: ignore[assignment]
            place = self.place_of(segment, shape.part_of(segment, level), level)
            places.append((place.x(), place.y()))
        self.show_dots(places)

    def guessed(self, number: int, stage: int, level: float) -> Voice:
        """A voice of the second envelope, whose stage the engine does not tell: from the first one's, and its way."""
        before, self._levels[number] = self._levels.get(number, 0.0), level
        if STAGES[stage] in ("idle", "release", "fade"):
            return stage, level
        if level > before + NEAR / 10 and level < 1.0 - NEAR:
            return STAGES.index("attack"), level
        return STAGES.index("decay" if level > self.number("sustain") + NEAR else "sustain"), level
