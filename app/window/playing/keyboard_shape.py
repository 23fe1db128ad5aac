"""Where the keys of a piano keyboard lie, for painting and for the mouse. Rectangles only; no widget here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

__all__ = ["Shape", "is_black", "shape_of"]

BLACK = frozenset({1, 3, 6, 8, 10})
LEAN = {1: -0.58, 3: -0.42, 6: -0.62, 8: -0.50, 10: -0.38}
"""Where a black key begins beside the gap that it covers, in its own widths: as on a piano, they are not centred."""
BLACK_WIDTH, BLACK_LENGTH = 0.58, 0.62
"""Of a white key."""
RANGES = ((52, 21, 108), (36, 36, 96), (29, 36, 84), (15, 48, 72))
"""White keys, lowest and highest note: 88, 61, 49 and 25 keys."""
NARROWEST = 20.0
"""Pixels of a white key; where it would be less, there are fewer keys."""


def is_black(note: int) -> bool:
    """Whether a MIDI note is a black key."""
    return note % 12 in BLACK


@dataclass(frozen=True)
class Shape:
    """A keyboard of a size.

    Attributes:
        low, high: notes of its ends.
        boxes: note -> where it lies; black ones lie over white ones.
    """

    low: int
    high: int
    boxes: dict[int, QRectF]

    def note_at(self, place: QPointF) -> int | None:
        """The key at a place; None: none. Black before white."""
        hit = [note for note, box in self.boxes.items() if box.contains(place)]
        return max(hit, key=is_black) if hit else None

    def depth(self, note: int, place: QPointF) -> float:
        """How far down a key a place is, 0 at its far end to 1 at the player's, whatever lies beyond."""
        box = self.boxes[note]
        return min(1.0, max(0.0, (place.y() - box.top()) / (0.95 * box.height())))

    def outline(self, note: int) -> QPainterPath:
        """What can be seen of a key: of a white one, without the black ones upon it."""
        path = QPainterPath()
        path.addRoundedRect(self.boxes[note], 2.5, 2.5)
        if not is_black(note):
            for other in (note - 1, note + 1):
                if other in self.boxes and is_black(other):
                    black = QPainterPath()
                    black.addRect(self.boxes[other].adjusted(-1, -4, 1, 1))
                    path = path.subtracted(black)
        return path


def shape_of(width: float, height: float) -> Shape:
    """The keyboard that fits into so many pixels: 88 keys if there is room, else 61, 49 or 25."""
    count, low, high = next((each for each in RANGES if width / each[0] >= NARROWEST), RANGES[-1])
    white = width / count
    boxes, at = dict[int, QRectF](), 0.0
    for note in range(low, high + 1):
        if is_black(note):
            wide = BLACK_WIDTH * white
            boxes[note] = QRectF(at + LEAN[note % 12] * wide, 0, wide, BLACK_LENGTH * height)
        else:
            boxes[note] = QRectF(at, 0, white - 1, height)
            at += white
    return Shape(low, high, boxes)
