"""Voices, load and level in the header: one widget, of which only what looks different is painted again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.playing.levels import BOTTOM, level_text
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["Meters", "Reading"]

NUMBER, BAR, TEXT = 44, 74, 24
"""Widths: of a number with its caption, of the level's bars, of its number."""
TALL = 36
HOT = -6.0
"""dB from which on a bar is in the colour of a warning."""
LOADED, OVERLOADED = 70, 95
"""% of the time between two blocks."""


@dataclass(frozen=True)
class Reading:
    """What is shown, rounded to what can be seen.

    Attributes:
        voices, allowed: of the polyphony.
        load: % of the time that a block may take; None: nothing plays.
        left, right: pixels of the bars; hold: pixel of the held peak; text: that one in dB.
        is_limited: the limiter holds it down.
    """

    voices: int = 0
    allowed: int = 1
    load: int | None = None
    left: int = 0
    right: int = 0
    hold: int = 0
    text: str = "–"
    is_limited: bool = False


class Meters(QWidget):
    """Shows a Reading."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._reading = theme, Reading()
        self._number, self._small = font("number"), font("small")
        self._number.setWeight(QFont.Weight.DemiBold)
        self.setFixedSize(2 * NUMBER + BAR + TEXT, TALL)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Meters"))
        self.setStatusTip(
            self.tr(
                "Voices that sound, of those allowed; load of the processor, of the time that a block may take; "
                "level left and right, with the highest of late in dB of full scale"
            )
        )
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Always the same."""
        return self.size()

    @property
    def reading(self) -> Reading:
        """What it shows."""
        return self._reading

    def show_reading(self, reading: Reading) -> None:
        """Show it; paints only the parts that differ."""
        before, self._reading = self._reading, reading
        if before == reading:
            return
        if (before.voices, before.allowed) != (reading.voices, reading.allowed):
            self.update(QRect(0, 0, NUMBER, TALL))
            self.setAccessibleDescription(self.tr("{0} of {1} voices").format(reading.voices, reading.allowed))
        if before.load != reading.load:
            self.update(QRect(NUMBER, 0, NUMBER, TALL))
        if replace(before, voices=0, allowed=0, load=0) != replace(reading, voices=0, allowed=0, load=0):
            self.update(QRect(2 * NUMBER, 0, BAR + TEXT, TALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two numbers, two bars, one number."""
        painter, box, shown = QPainter(self), event.rect(), self._reading
        if box.left() < NUMBER:
            self._pair(
                painter, 0, f"{shown.voices}/{shown.allowed}", self.tr("Voices"), "text" if shown.voices else "muted"
            )
        if box.left() < 2 * NUMBER and box.right() >= NUMBER:
            load = shown.load
            role = "muted" if load is None else "text" if load < LOADED else "warning"
            role = "danger" if load is not None and load >= OVERLOADED else role
            self._pair(painter, NUMBER, "–" if load is None else f"{load} %", self.tr("Load"), role)
        if box.right() >= 2 * NUMBER:
            self._level(painter, 2 * NUMBER + 2)
        painter.end()

    def _pair(self, painter: QPainter, left: int, number: str, caption: str, role: str) -> None:
        middle = Qt.AlignmentFlag.AlignHCenter
        painter.setFont(self._number)
        painter.setPen(self._theme.colour(role))
        painter.drawText(QRect(left, 2, NUMBER, 17), middle | Qt.AlignmentFlag.AlignVCenter, number)
        painter.setFont(self._small)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(QRect(left, 19, NUMBER, 15), middle | Qt.AlignmentFlag.AlignVCenter, caption)

    def _level(self, painter: QPainter, left: int) -> None:
        shown, wide = self._reading, BAR - 8
        for top, length in ((8, shown.left), (20, shown.right)):
            self._bar(painter, QRectF(left, top, wide, 8), length)
        painter.fillRect(QRectF(left + min(shown.hold, wide - 2), 6, 2, 24), self._theme.colour("text"))
        role = "danger" if shown.is_limited else "text" if shown.text != "–" else "muted"
        painter.setPen(self._theme.colour(role))
        painter.setFont(self._small)
        box = QRect(left + BAR - 6, 6, TEXT, 24)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown.text)

    def _bar(self, painter: QPainter, box: QRectF, length: int) -> None:
        """Teal, the hot end in the colour of a warning."""
        painter.fillRect(box, self._theme.colour("ground"))
        if length <= 0:
            return
        hot = box.width() * (1 - HOT / BOTTOM)
        painter.fillRect(QRectF(box.left(), box.top(), min(length, hot), box.height()), self._theme.colour("live"))
        if length > hot:
            rest = QRectF(box.left() + hot, box.top(), length - hot, box.height())
            painter.fillRect(rest, self._theme.colour("warning"))

    @staticmethod
    def pixels(part: float) -> int:
        """Of a bar, for a part 0..1 of it."""
        return round(part * (BAR - 8))

    @staticmethod
    def text(level: float) -> str:
        """See `levels.level_text`."""
        return level_text(level)
