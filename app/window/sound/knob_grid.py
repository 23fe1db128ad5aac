"""Knobs in as many rows as make them biggest. Where even small ones do not fit, it is higher than its place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.labelled_knob import LINE, LabelledKnob

__all__ = ["SIDES", "Arrangement", "KnobGrid", "arranged", "scrolling"]

SIDES = (168, 136, 120, 108, 96, 84, 76, 64, 56, 48, 40)
"""Knobs come in these sizes, px, so that they change seldom while a window is resized."""
NARROWEST, GAP = 64, 8
COMPACT_SIDES, COMPACT = (48, 42, 36), 56
"""Sizes and least width of knobs whose value takes the place of the name while one looks at it."""


@dataclass(frozen=True)
class Arrangement:
    """How knobs stand: columns, side of a knob in px, and whether the value has a line of its own below the name."""

    columns: int
    side: int
    has_value: bool

    @property
    def height(self) -> int:
        """Of a knob with its lines, px."""
        return self.side + LINE * (2 if self.has_value else 1)


def arranged(count: int, width: int, height: int) -> Arrangement:
    """The biggest knobs of which so many fit in a place; the smallest if none fit."""
    choices = [(side, NARROWEST, True) for side in SIDES] + [(side, COMPACT, False) for side in COMPACT_SIDES]
    for side, narrowest, has_value in choices:
        columns = min(count, width // max(narrowest, side + GAP))
        if columns < 1:
            continue
        rows = math.ceil(count / columns)
        found = Arrangement(math.ceil(count / rows), side, has_value)
        if rows * (found.height + GAP) <= height + GAP:
            return found
    return Arrangement(max(1, min(count, width // COMPACT)), COMPACT_SIDES[-1], False)


class KnobGrid(QWidget):
    """Shows the knobs that it is told to: those there are get other names, and only missing ones are made."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._made: list[LabelledKnob] = []
        self.knobs: list[LabelledKnob] = []

    def minimumSizeHint(self) -> QSize:
        """One column of the smallest."""
        return QSize(COMPACT, COMPACT_SIDES[-1] + LINE)

    def show_ids(self, labels: Mapping[str, str]) -> None:
        """Show these, id -> label (empty: the table's), as they are now; nothing is painted until all is in place."""
        self.setUpdatesEnabled(False)
        try:
            for each in list(labels)[len(self._made) :]:
                self._made.append(LabelledKnob(self._services, each, self, side=SIDES[0], has_value=True))
            self.knobs = self._made[: len(labels)]
            for knob, (each, label) in zip(self.knobs, labels.items(), strict=True):
                knob.set_id(each, label)
                knob.show()
            for knob in self._made[len(labels) :]:
                knob.hide()
            self._arrange()
        finally:
            self.setUpdatesEnabled(True)

    def show_sound(self, change: Change | None) -> None:
        """What changed; None: all of it. Not for another model's knobs."""
        for knob in self.knobs:
            knob.show_sound(change)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if not self.knobs:
            return
        place = self.parentWidget()
        room = self.height() if place is None else place.height()
        found = arranged(len(self.knobs), self.width(), room)
        columns, high = found.columns, found.height
        rows = math.ceil(len(self.knobs) / columns)
        least = rows * (high + GAP) - GAP
        self.setMinimumHeight(least)
        free = max(0, max(room, least) - least)
        between = free / (rows + 1)
        for number, knob in enumerate(self.knobs):
            row, column = divmod(number, columns)
            in_row = min(columns, len(self.knobs) - row * columns)
            wide = self.width() / (in_row if rows == 1 else columns)
            top = between + row * (high + GAP + between) if rows > 1 else free / 2
            knob.set_side(found.side, has_value=found.has_value)
            knob.setGeometry(round(column * wide), round(top), round(wide), high)


def scrolling(grid: KnobGrid) -> QScrollArea:
    """A place for a grid, in which it can be scrolled should it be too high."""
    area = QScrollArea()
    area.setWidget(grid)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.viewport().setAutoFillBackground(False)
    grid.setAutoFillBackground(False)
    return area
