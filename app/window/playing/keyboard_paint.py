"""How the keyboard looks: one picture of all keys that is made once, and over it the few keys that sound."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPixmap

from app.window.playing.key_map import NOTES, base_note, note_name
from app.window.playing.keyboard_shape import Shape, is_black
from app.window.theme.colours import DARK, LIGHT
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["KeyboardLook"]

IVORY, IVORY_LOW, EBONY, EBONY_LOW = "#eceff2", "#cfd5db", "#262b32", "#0d0f12"
TURNS = {True: 0.5, False: 0.85}
"""Is it black -> how much of its colour a key has when its print changes between dark and light: contrast >= 4."""
GAPS = {"dark": DARK.surface, "light": LIGHT.border}
"""What is seen between the keys: in both themes dark, or white keys would be one white stripe."""
PRINT, PRINT_DARK = "#3d4650", "#c9d1d9"
"""Keys are ivory and ebony in both themes: it is what they are known by. Contrast of the print: 8.2 and 9.4."""


class KeyboardLook:
    """Paints keys; keeps its picture of what stands still."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._still: tuple[tuple[object, ...], QPixmap] | None = None
        self._lit: dict[int, QPixmap] = {}
        self._prints: dict[int, str] = {}

    def still(self, shape: Shape, size: QSize, ratio: float, octave: int) -> QPixmap:
        """All keys, none of them down, with the letters that play them."""
        key = (shape.low, shape.high, size.width(), size.height(), ratio, octave, self._theme.palette)
        if self._still is None or self._still[0] != key:
            self._lit = {}
            self._still = (key, self._draw(shape, size, ratio, octave))
        return self._still[1]

    def light(self, painter: QPainter, shape: Shape, note: int, level: float) -> None:
        """One key in the colour of what sounds, by its level 0..1."""
        strength = 0.35 + 0.6 * min(1.0, max(0.0, level))
        if note not in self._lit:
            self._lit[note] = self._draw_lit(shape, note, painter.device().devicePixelRatio())
        painter.setOpacity(strength)
        painter.drawPixmap(_around(shape.boxes[note]).topLeft(), self._lit[note])
        painter.setOpacity(1.0)
        if note in self._prints:
            painter.setFont(font("small"))
            self._print(painter, note, shape.boxes[note], self._prints[note], _print_on(note, strength))

    def _draw_lit(self, shape: Shape, note: int, ratio: float) -> QPixmap:
        """A key in full colour; what is printed on it is printed anew, since this hides it."""
        box = _around(shape.boxes[note])
        picture = QPixmap(box.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-box.topLeft())
        painter.fillPath(shape.outline(note), QColor(DARK.live if is_black(note) else LIGHT.live))
        painter.end()
        return picture

    def cursor(self, painter: QPainter, shape: Shape, note: int) -> None:
        """The key that the arrow keys have chosen."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = self._theme.palette.accent if is_black(note) else "#8f2412"
        painter.setPen(QColor(colour))
        box = shape.boxes[note].adjusted(1.5, 1.5, -1.5, -1.5)
        painter.drawRoundedRect(box, 2, 2)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 2, 2)

    def _draw(self, shape: Shape, size: QSize, ratio: float, octave: int) -> QPixmap:
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(GAPS[self._theme.palette.name]))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for note in sorted(shape.boxes, key=is_black):
            self._key(painter, shape.boxes[note], is_black(note))
        painter.setFont(font("small"))
        self._prints = {note: "" for note in shape.boxes if note % 12 == 0}
        self._prints |= {base_note(octave) + offset: place for place, offset in NOTES.items()}
        for note, letter in self._prints.items():
            if note in shape.boxes:
                colour = QColor(PRINT_DARK if is_black(note) else PRINT)
                self._print(painter, note, shape.boxes[note], letter, colour)
        painter.end()
        return picture

    @staticmethod
    def _key(painter: QPainter, box: QRectF, black: bool) -> None:
        shade = QLinearGradient(QPointF(0, box.top()), QPointF(0, box.bottom()))
        shade.setColorAt(0.0, QColor(EBONY if black else IVORY_LOW))
        shade.setColorAt(0.85 if black else 0.12, QColor(EBONY if black else IVORY))
        shade.setColorAt(1.0, QColor(EBONY_LOW if black else IVORY))
        path = QPainterPath()
        path.addRoundedRect(box.adjusted(0, -4, 0, 0), 2.5, 2.5)
        clip = QPainterPath()
        clip.addRect(box)
        painter.fillPath(path.intersected(clip), shade)

    @staticmethod
    def _print(painter: QPainter, note: int, box: QRectF, letter: str, colour: QColor) -> None:
        """The letter that plays it, and the name of each C."""
        bottom = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.setPen(colour)
        if is_black(note):
            painter.drawText(box.adjusted(-2, 0, 2, -3), bottom, letter)
            return
        if letter:
            painter.drawText(box.adjusted(0, 0, 0, -17 if note % 12 == 0 else -4), bottom, letter)
        if note % 12 == 0:
            painter.drawText(box.adjusted(-2, 0, 2, -4), bottom, note_name(note))


def _print_on(note: int, strength: float) -> QColor:
    """The colour of a print that can be read on a key that is lit so strongly."""
    dark_on_light = (strength > TURNS[True]) if is_black(note) else (strength < TURNS[False])
    return QColor(EBONY_LOW if dark_on_light else "#ffffff")


def _around(box: QRectF) -> QRect:
    """Whole pixels with room for a soft edge."""
    return box.toAlignedRect().adjusted(-1, -1, 1, 1)
